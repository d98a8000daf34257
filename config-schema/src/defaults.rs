//! The defaults of `app.json`: named once, used by the resolved model and shown by the schema.

use runtime_settings::plugins::PluginLimits;

use crate::values::FsScope;

pub(crate) const SCHEMA_VERSION: u32 = 1;
pub(crate) const APP_VERSION: &str = "0.1.0";
pub(crate) const ICON: &str = "icon.svg";
pub(crate) const SPA_FALLBACK: bool = true;

/// The Content-Security-Policy of embedded content when the config has none: the app's own files and the IPC, nothing else.
///
/// `ipc:` (Linux, macOS) and `http://ipc.localhost` (Windows) are how the bridge reaches the native side.
/// `base-uri` and `form-action` do not fall back to `default-src`, so `'self'` is said for them too.
/// Inline scripts, inline styles, `data:` images and other origins are an app's own decision: it writes its own policy.
pub const CSP: &str = "default-src 'self'; connect-src 'self' ipc: http://ipc.localhost; base-uri 'self'; form-action 'self'";

pub(crate) const WINDOW_WIDTH: u32 = 1200;
pub(crate) const WINDOW_HEIGHT: u32 = 800;
pub(crate) const WINDOW_CENTER: bool = true;
pub(crate) const WINDOW_RESIZABLE: bool = true;
pub(crate) const WINDOW_MAXIMIZED: bool = false;
pub(crate) const WINDOW_FULLSCREEN: bool = false;
pub(crate) const WINDOW_ALWAYS_ON_TOP: bool = false;
pub(crate) const WINDOW_DECORATIONS: bool = true;
pub(crate) const WINDOW_TRANSPARENT: bool = false;
pub(crate) const WINDOW_ZOOM: f64 = 1.0;
pub(crate) const WINDOW_REMEMBER_GEOMETRY: bool = true;
pub(crate) const BACKGROUND_LIGHT: &str = "#ffffff";
pub(crate) const BACKGROUND_DARK: &str = "#202020";

pub(crate) const LOGIN_HOSTS: bool = true;

pub(crate) const WEB_INCOGNITO: bool = false;
pub(crate) const WEB_DEVTOOLS: bool = false;
pub(crate) const WEB_CONTEXT_MENU: bool = true;
pub(crate) const WEB_SPELL_CHECK: bool = true;
/// A page gets nothing from the system that the config does not name.
pub(crate) const WEB_PERMISSION: bool = false;

pub(crate) const MODULE_APP: bool = true;
pub(crate) const MODULE_APP_PATHS: bool = false;
pub(crate) const MODULE_EVENTS: bool = true;
/// Every other module, and all of them in `cacheOnly` windows.
pub(crate) const MODULE_OFF: bool = false;
pub(crate) const ISOLATION: bool = false;
pub(crate) const MODULE_NETWORK_LAN: bool = false;
pub(crate) const MODULE_WINDOW_OPEN: bool = false;
/// What `fs: true` opens.
pub(crate) const FS_SCOPES: &[FsScope] = &[FsScope::Data, FsScope::Cache, FsScope::Trash];
/// The same in `cacheOnly` windows.
pub(crate) const FS_CACHE_ONLY_SCOPES: &[FsScope] = &[FsScope::Cache];
/// The most that `data` and `cache` hold, each (MiB): enough for an app's own files, and a disk has it.
pub(crate) const FS_QUOTA_MB: u32 = 1024;
/// The most that the trash holds (MiB).
pub(crate) const FS_TRASH_MB: u32 = 256;

pub(crate) const TRAY_START_HIDDEN: bool = false;

pub(crate) const SINGLE_INSTANCE: bool = true;

pub(crate) const PLUGINS_ALLOW_INSTALL: bool = false;
/// Calls that run at the same time (count): as many as an ordinary machine has cores.
pub(crate) const PLUGINS_CONCURRENCY: u32 = 4;
/// Calls that wait (count).
pub(crate) const PLUGINS_QUEUE: u32 = 64;

/// What a plugin may use when the config says nothing: what the runtime's own type says.
pub(crate) fn plugin_limits() -> PluginLimits {
    PluginLimits::default()
}

pub(crate) const DEB_SECTION: &str = "misc";
/// What Tauri's webview and our own use of it need.
pub(crate) const MACOS_MINIMUM_VERSION: &str = "10.15";
pub(crate) const TIMESTAMP_URL: &str = "http://timestamp.digicert.com";
pub(crate) const UPDATE_CHANNEL: &str = "stable";
/// Nothing is asked for that the page did not ask for.
pub(crate) const UPDATE_CHECK_ON_START: bool = false;
