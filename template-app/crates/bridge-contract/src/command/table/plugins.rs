//! Commands of the module `plugins`.

use super::{Command, Module};
use crate::ErrorCode;

pub(super) const COMMANDS: &[Command] = &[
    Command {
        module: Module::Plugins,
        name: "plugins_call",
        signature: "plugins.call(module: string, payload: object, options?: number | { timeoutMs?: number, id?: string, signal?: AbortSignal }): Promise<PluginCallResult>",
        summary: "Runs a plugin on a payload. What goes wrong in the run is in the result, not a rejection; a number is the time limit in milliseconds.",
        errors: &[],
    },
    Command {
        module: Module::Plugins,
        name: "plugins_status",
        signature: "plugins.status(): Promise<PluginStatus>",
        summary: "What runs plugins here, and how many calls run and wait.",
        errors: &[],
    },
    Command {
        module: Module::Plugins,
        name: "plugins_list",
        signature: "plugins.list(): Promise<string[]>",
        summary: "Names of the modules that can be called, sorted.",
        errors: &[ErrorCode::PluginsInternal],
    },
    Command {
        module: Module::Plugins,
        name: "plugins_info",
        signature: "plugins.info(module: string): Promise<PluginInfo>",
        summary: "Size, hash, version, limits and rights of a module.",
        errors: MODULE_ERRORS,
    },
    Command {
        module: Module::Plugins,
        name: "plugins_add",
        signature: "plugins.add(name?: string, maxBytes?: number, options?: { replace?: boolean }): Promise<PluginInstalled>",
        summary: "Lets the user choose a `.wasm` file, and adds it with the `NAME.plugin.json` beside it; a name that is left out is the file's. When the user chooses none, `cancelled` is true.",
        errors: ADD_ERRORS,
    },
    Command {
        module: Module::Plugins,
        name: "plugins_add_from_bytes",
        signature: "plugins.addFromBytes(name: string, bytes: Uint8Array | ArrayBuffer, options?: { replace?: boolean, manifest?: object }): Promise<PluginInstalled>",
        summary: "Adds a module. The user is asked first, unless the config trusts its hash.",
        errors: ADD_ERRORS,
    },
    Command {
        module: Module::Plugins,
        name: "plugins_remove",
        signature: "plugins.remove(module: string): Promise<boolean>",
        summary: "Removes an added module; false when there is none.",
        errors: REMOVE_MODULE_ERRORS,
    },
    Command {
        module: Module::Plugins,
        name: "plugins_kill_jobs",
        signature: "plugins.killJobs(): Promise<boolean>",
        summary: "Stops every call, the waiting ones too; false when there was none.",
        errors: &[],
    },
    Command {
        module: Module::Plugins,
        name: "plugins_cancel",
        signature: "plugins.cancel(id: string): Promise<boolean>",
        summary: "Stops one call by its id; false when there is none.",
        errors: &[],
    },
];

const MODULE_ERRORS: &[ErrorCode] =
    &[ErrorCode::PluginsNotFound, ErrorCode::PluginsInvalidName, ErrorCode::PluginsInternal];

const REMOVE_MODULE_ERRORS: &[ErrorCode] = &[
    ErrorCode::PluginsInstallForbidden,
    ErrorCode::PluginsInvalidName,
    ErrorCode::PluginsInternal,
];

const ADD_ERRORS: &[ErrorCode] = &[
    ErrorCode::PluginsInstallForbidden,
    ErrorCode::PluginsUnsupported,
    ErrorCode::PluginsInvalidName,
    ErrorCode::PluginsInvalidModule,
    ErrorCode::PluginsMissingStart,
    ErrorCode::PluginsForbiddenImport,
    ErrorCode::PluginsHashMismatch,
    ErrorCode::PluginsAlreadyInstalled,
    ErrorCode::PluginsRefusedByUser,
    ErrorCode::PluginsInternal,
];
