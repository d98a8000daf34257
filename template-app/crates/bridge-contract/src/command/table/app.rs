//! Commands of the module `app`.

use super::{Command, Module};

pub(super) const COMMANDS: &[Command] = &[
    Command {
        module: Module::App,
        name: "app_info",
        signature: "app.info(): Promise<AppInfo>",
        summary: "What is known about the app, its windows and screens. Host paths only with `{\"app\": {\"paths\": true}}`.",
        errors: &[],
    },
    Command {
        module: Module::App,
        name: "app_exit",
        signature: "app.exit(code?: number): Promise<void>",
        summary: "Ends the app with an exit code (default 0).",
        errors: &[],
    },
    Command {
        module: Module::App,
        name: "app_relaunch",
        signature: "app.relaunch(): Promise<void>",
        summary: "Ends the app and starts it again.",
        errors: &[],
    },
];
