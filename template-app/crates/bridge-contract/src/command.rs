//! The table of commands: every function that the page can reach in the runtime.

use crate::ErrorCode;

/// A part of the bridge that a config switches on or off as one (`bridge.modules`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Module {
    /// Always there where the bridge is: `openBrowser` and what the script itself needs.
    Core,
    App,
    Events,
    Window,
    /// Granted only to an app that was started with `--self-test`.
    SelfTest,
}

impl Module {
    pub const ALL: &[Module] =
        &[Module::Core, Module::App, Module::Events, Module::Window, Module::SelfTest];

    /// The module's name in `bridge.modules` and in error codes.
    pub fn name(self) -> &'static str {
        match self {
            Module::Core => "core",
            Module::App => "app",
            Module::Events => "events",
            Module::Window => "window",
            Module::SelfTest => "self_test",
        }
    }
}

/// One function of the runtime.
#[derive(Debug, Clone, Copy)]
pub struct Command {
    pub module: Module,
    /// Name of the Tauri command; its permission is `bridge:allow-<name with dashes>`.
    pub name: &'static str,
    /// What the page calls, with its TypeScript signature; empty when only the script itself calls it.
    pub signature: &'static str,
    /// One sentence for the reference page.
    pub summary: &'static str,
    /// Codes that it rejects with, besides those that every call can have.
    pub errors: &'static [ErrorCode],
}

impl Command {
    /// The Tauri permission that grants this command.
    pub fn permission(&self) -> String {
        format!("bridge:allow-{}", self.name.replace('_', "-"))
    }
}

/// Every command, in the order of the reference page.
pub const COMMANDS: &[Command] = &[
    Command {
        module: Module::Core,
        name: "core_hello",
        signature: "",
        summary: "A document asks for its token; the one command that needs none.",
        errors: &[],
    },
    Command {
        module: Module::Core,
        name: "core_version",
        signature: "",
        summary: "Versions of the bridge and of the runtime.",
        errors: &[],
    },
    Command {
        module: Module::Core,
        name: "navigate",
        signature: "",
        summary: "A click on a link to another origin: stays, goes to the browser or is refused, as `navigation` says.",
        errors: &[ErrorCode::BridgeInvalidUrl],
    },
    Command {
        module: Module::Core,
        name: "open_browser",
        signature: "openBrowser(url: string): Promise<void>",
        summary: "Opens an http, https or mailto URL in the user's browser or mail program.",
        errors: &[ErrorCode::BridgeInvalidUrl, ErrorCode::BridgeOpenFailed],
    },
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
    Command {
        module: Module::Events,
        name: "events_subscribe",
        signature: "",
        summary: "Opens the page's channel for events; the script calls it at the first listener.",
        errors: &[],
    },
    Command {
        module: Module::Events,
        name: "events_emit",
        signature: "events.emit(event: string, payload?: unknown): Promise<void>",
        summary: "Sends an event to the listeners of this window only.",
        errors: EMIT_ERRORS,
    },
    Command {
        module: Module::Events,
        name: "events_emit_to_all",
        signature: "events.emitToAll(event: string, payload?: unknown): Promise<void>",
        summary: "Sends an event to the listeners of every window that has the bridge.",
        errors: EMIT_ERRORS,
    },
    Command {
        module: Module::Events,
        name: "events_emit_to",
        signature: "events.emitTo(label: string, event: string, payload?: unknown): Promise<void>",
        summary: "Sends an event to the listeners of one window.",
        errors: &[
            ErrorCode::EventsReservedName,
            ErrorCode::EventsInvalidName,
            ErrorCode::EventsTooLarge,
            ErrorCode::EventsUnknownLabel,
        ],
    },
    Command {
        module: Module::Window,
        name: "window_close",
        signature: "window.close(label?: string): Promise<void>",
        summary: "Closes a window (default: the caller's).",
        errors: WINDOW_ERRORS,
    },
    Command {
        module: Module::Window,
        name: "window_minimize",
        signature: "window.minimize(label?: string): Promise<void>",
        summary: "Minimises a window.",
        errors: WINDOW_ERRORS,
    },
    Command {
        module: Module::Window,
        name: "window_maximize_toggle",
        signature: "window.maximizeToggle(label?: string): Promise<void>",
        summary: "Maximises a window, or restores it when it is maximised.",
        errors: WINDOW_ERRORS,
    },
    Command {
        module: Module::Window,
        name: "window_fullscreen",
        signature: "window.fullscreen(on: boolean, label?: string): Promise<void>",
        summary: "Puts a window into fullscreen, or back.",
        errors: WINDOW_ERRORS,
    },
    Command {
        module: Module::Window,
        name: "window_get_info",
        signature: "window.getInfo(label?: string): Promise<WindowInfo>",
        summary: "Title, URL, state, size and position of a window, in physical pixels.",
        errors: WINDOW_ERRORS,
    },
    Command {
        module: Module::SelfTest,
        name: "self_test_report",
        signature: "",
        summary: "What the page found out about itself, for `--self-test`.",
        errors: &[],
    },
];

/// A function that the script answers by itself, without a command of its own.
#[derive(Debug, Clone, Copy)]
pub struct ScriptFunction {
    pub module: Module,
    /// What the page calls, with its TypeScript signature.
    pub signature: &'static str,
    /// One sentence for the reference page.
    pub summary: &'static str,
}

const fn script(module: Module, signature: &'static str, summary: &'static str) -> ScriptFunction {
    ScriptFunction { module, signature, summary }
}

/// Every such function, for the reference page.
pub const SCRIPT_FUNCTIONS: &[ScriptFunction] = &[
    script(
        Module::Core,
        "isAvailable: boolean",
        "Whether the bridge is there; false in a plain browser.",
    ),
    script(
        Module::Core,
        "isDesktop: boolean",
        "Whether the page runs in the app; false in a plain browser.",
    ),
    script(Module::Core, "apiVersion: string", "Version of this API."),
    script(
        Module::Core,
        "ready: Promise<void>",
        "Resolves at once in the app; `dtrReady` is dispatched on `window` too.",
    ),
    script(
        Module::Core,
        "onReady(callback: () => void): void",
        "Calls back when the bridge is ready, also when registered late.",
    ),
    script(
        Module::Core,
        "supports(name: string): boolean",
        "Whether a function or module works here, such as `window.close`.",
    ),
    script(
        Module::Events,
        "events.on(event: string, listener: (payload: unknown) => void): Promise<() => void>",
        "Listens to an event of pages or of the runtime; resolves to the function that stops it.",
    ),
    script(
        Module::Events,
        "events.once(event: string): Promise<unknown>",
        "The payload of the next event of this name.",
    ),
    script(
        Module::Events,
        "events.onMany(events: string[], listener: (event: string, payload: unknown) => void): Promise<() => void>",
        "Listens to several events at once.",
    ),
    script(
        Module::Events,
        "events.onWindow(kind: \"focus\" | \"blur\" | \"resized\" | \"moved\" | \"close-requested\" | \"theme\", \
         listener: (payload: unknown) => void): Promise<() => void>",
        "Listens to what happens to windows; each payload carries the window's `label`.",
    ),
    script(
        Module::Events,
        "events.onNetworkStatus, onDeeplink, onShortcut, onDragDrop, onMenuEvent, onTrayIconEvent",
        "Reject with `events/unsupported` in this version, which has no source for them.",
    ),
];

const EMIT_ERRORS: &[ErrorCode] =
    &[ErrorCode::EventsReservedName, ErrorCode::EventsInvalidName, ErrorCode::EventsTooLarge];
const WINDOW_ERRORS: &[ErrorCode] = &[ErrorCode::WindowUnknownLabel];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_begin_with_their_module() {
        let mut names: Vec<_> = COMMANDS.iter().map(|command| command.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), COMMANDS.len());
        for command in COMMANDS.iter().filter(|command| command.module != Module::Core) {
            assert!(command.name.starts_with(command.module.name()), "{}", command.name);
        }
    }
}
