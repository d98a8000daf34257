//! Functions that need no command: the script answers them by itself.

use super::Module;

/// A function that the script answers by itself, without a command of its own.
#[derive(Debug, Clone, Copy)]
pub struct ScriptFunction {
    pub module: Module,
    /// What the page calls, with its TypeScript signature.
    pub signature: &'static str,
    /// The command that must be granted for it to work; none when it always does.
    pub needs: Option<&'static str>,
    /// One sentence for the reference page.
    pub summary: &'static str,
}

const fn script(
    module: Module,
    signature: &'static str,
    needs: Option<&'static str>,
    summary: &'static str,
) -> ScriptFunction {
    ScriptFunction { module, signature, needs, summary }
}

/// What a listener to events needs.
const LISTENS: Option<&str> = Some("events_subscribe");

/// Every such function, for the reference page.
pub const SCRIPT_FUNCTIONS: &[ScriptFunction] = &[
    script(
        Module::Core,
        "isAvailable: boolean",
        None,
        "Whether the bridge is there; false in a plain browser.",
    ),
    script(
        Module::Core,
        "isDesktop: boolean",
        None,
        "Whether the page runs in the app; false in a plain browser.",
    ),
    script(Module::Core, "apiVersion: string", None, "Version of this API."),
    script(
        Module::Core,
        "ready: Promise<void>",
        None,
        "Resolves at once in the app; `dtrReady` is dispatched on `window` too.",
    ),
    script(
        Module::Core,
        "onReady(callback: () => void): void",
        None,
        "Calls back when the bridge is ready, also when registered late.",
    ),
    script(
        Module::Core,
        "supports(name: string): boolean",
        None,
        "Whether a function or module works here, such as `window.close`.",
    ),
    script(
        Module::Events,
        "events.on(event: string, listener: (payload: unknown) => void): Promise<() => void>",
        LISTENS,
        "Listens to an event of pages or of the runtime; resolves to the function that stops it.",
    ),
    script(
        Module::Events,
        "events.once(event: string): Promise<unknown>",
        LISTENS,
        "The payload of the next event of this name.",
    ),
    script(
        Module::Events,
        "events.onMany(events: string[], listener: (event: string, payload: unknown) => void): Promise<() => void>",
        LISTENS,
        "Listens to several events at once.",
    ),
    script(
        Module::Events,
        "events.onWindow(kind: \"focus\" | \"blur\" | \"resized\" | \"moved\" | \"close-requested\" | \"theme\", \
         listener: (payload: unknown) => void): Promise<() => void>",
        LISTENS,
        "Listens to what happens to windows; each payload carries the window's `label`.",
    ),
    script(
        Module::Events,
        "events.onNetworkStatus(listener: (status: NetworkChange) => void): Promise<() => void>",
        LISTENS,
        "Listens to changes of the connection, which `network.setMonitor` looks for.",
    ),
    script(
        Module::Events,
        "events.onShortcut(listener: (shortcut: ShortcutEvent) => void): Promise<() => void>",
        LISTENS,
        "Listens to shortcuts that app.json binds, and to those that were registered with `emitEvent`.",
    ),
    script(
        Module::Events,
        "events.onMenuEvent(listener: (item: MenuEvent) => void): Promise<() => void>",
        LISTENS,
        "Listens to what the user chooses in the app's menu and in the tray icon's, whether config or page made them.",
    ),
    script(
        Module::Events,
        "events.onTrayIconEvent(listener: (event: TrayIconEvent) => void): Promise<() => void>",
        LISTENS,
        "Listens to the pointer at the tray icon. Not on Linux: rejects with `events/unsupported`.",
    ),
    script(
        Module::Window,
        "window.onCloseRequested(listener: () => unknown): Promise<() => void>",
        Some("window_watch_close"),
        "Asks before the window closes, each time: `false`, or a promise of it, keeps the window; no answer in 3 s closes it.",
    ),
    script(
        Module::Files,
        "files.openWithBytes(options?: OpenOptions): Promise<OpenedBytes>",
        Some("files_open"),
        "Asks for files like `files.open`, and reads them.",
    ),
    script(
        Module::Files,
        "files.save(defaultName?: string, options?: SaveOptions & { bytes?: Uint8Array | ArrayBuffer, text?: string }): Promise<string>",
        Some("files_save"),
        "Asks where to save, and writes there; gives the path, or an empty text when the user cancels.",
    ),
    script(
        Module::Downloads,
        "downloads.onStart(listener: (download: Download) => void): Promise<() => void>",
        Some("downloads_list"),
        "Listens to the beginnings of downloads of this window; needs the module `events` too, as do the two below.",
    ),
    script(
        Module::Downloads,
        "downloads.onDone(listener: (download: Download) => void): Promise<() => void>",
        Some("downloads_list"),
        "Listens to their ends, whether they are done, failed or cancelled.",
    ),
    script(
        Module::Downloads,
        "downloads.onProgress(listener: (download: Download) => void): Promise<() => void>",
        Some("downloads_list"),
        "Listens to their progress. Linux only; rejects with `downloads/unsupported` elsewhere.",
    ),
    script(
        Module::Notifications,
        "notifications.onClick(listener: (click: NotificationClick) => void): Promise<() => void>",
        Some("notifications_show"),
        "Listens to clicks on notifications that this page has shown; needs the module `events` too.",
    ),
    script(
        Module::GlobalVariables,
        "globalVariables.onChange(key: string | null, listener: (change: VariableChange) => void): Promise<() => void>",
        Some("global_variables_list"),
        "Listens to changes of a variable, or with `null` of all, by any window; needs the module `events` too.",
    ),
    script(
        Module::Menu,
        "contextMenu.handler.init(listener: (details: ContextMenuDetails) => void, preventDefault?: boolean): Promise<void>",
        None,
        "Calls back where the user wants a menu, in place of any listener before; the webview's own stays away unless `preventDefault` is `false`.",
    ),
    script(
        Module::Menu,
        "contextMenu.handler.remove(): Promise<void>",
        None,
        "Calls back no more.",
    ),
    script(
        Module::Plugins,
        "plugins.modules: PluginModules",
        Some("plugins_list"),
        "The same functions by another name.",
    ),
    script(
        Module::Plugins,
        "worker: PluginsModule",
        Some("plugins_list"),
        "Another name of `plugins`.",
    ),
    script(
        Module::Fs,
        "fs.cache: FsScope",
        Some("fs_list"),
        "The functions of `fs.data`, for files that the app can do without; what is removed there is gone.",
    ),
    script(
        Module::Fs,
        "fs.trash: TrashFs",
        Some("fs_list"),
        "What was removed from `fs.data`, the oldest of which goes when it is too much.",
    ),
    script(Module::Fs, "fs.diagnostics: DiagnosticsFs", Some("fs_list"), "Records of the runtime."),
    script(
        Module::Fs,
        "fs.base: FsBase",
        Some("fs_list"),
        "Names of the scopes. Where their folders are is not told to pages.",
    ),
    script(Module::Fs, "fs.paths(): Promise<FsBase>", Some("fs_list"), "The same names."),
    script(
        Module::Fs,
        "fs.pluginFs(module: string): PluginFs",
        Some("fs_list"),
        "The storage of a plugin, at once; awaiting it gives the same.",
    ),
];
