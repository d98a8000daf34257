//! Functions that need no command: the script answers them by itself.

use super::Module;

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
        "events.onNetworkStatus, onDeeplink, onShortcut, onMenuEvent, onTrayIconEvent",
        "Reject with `events/unsupported` in this version, which has no source for them.",
    ),
    script(
        Module::Window,
        "window.onCloseRequested(listener: () => unknown): Promise<() => void>",
        "Asks before the window closes, each time: `false`, or a promise of it, keeps the window; no answer in 3 s closes it.",
    ),
    script(
        Module::Downloads,
        "downloads.onStart(listener: (download: Download) => void): Promise<() => void>",
        "Listens to the beginnings of downloads of this window; needs the module `events` too, as do the two below.",
    ),
    script(
        Module::Downloads,
        "downloads.onDone(listener: (download: Download) => void): Promise<() => void>",
        "Listens to their ends, whether they are done, failed or cancelled.",
    ),
    script(
        Module::Downloads,
        "downloads.onProgress(listener: (download: Download) => void): Promise<() => void>",
        "Listens to their progress. Linux only; rejects with `downloads/unsupported` elsewhere.",
    ),
    script(
        Module::Plugins,
        "plugins.modules.{ add, addFromBytes, list, remove }",
        "The same functions by another name.",
    ),
    script(Module::Plugins, "worker", "Another name of `plugins`."),
    script(
        Module::Fs,
        "fs.cache: FsScope",
        "The functions of `fs.data`, for files that the app can do without; what is removed there is gone.",
    ),
    script(
        Module::Fs,
        "fs.trash: { listContent, stat, exists, readText, readBytes, readStream, recover, clear }",
        "What was removed from `fs.data`, the oldest of which goes when it is too much.",
    ),
    script(
        Module::Fs,
        "fs.diagnostics: { listContent, list, stat, exists, readText, read, readBytes, readStream, remove, clear }",
        "Records of the runtime.",
    ),
    script(
        Module::Fs,
        "fs.base: { data: string, cache: string, trash: string, diagnostics: string }, fs.paths(): Promise<the same>",
        "Names of the scopes. Where their folders are is not told to pages.",
    ),
    script(
        Module::Fs,
        "fs.pluginFs(module: string): PluginFs",
        "The storage of a plugin, at once; awaiting it gives the same.",
    ),
];
