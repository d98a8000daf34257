//! What the page and the runtime say to each other: commands, payload types, error codes, event names.
//!
//! This crate knows no Tauri. The runtime implements it; `cargo xtask codegen` writes the TypeScript types and the
//! reference page from it, so that a command exists in one place.

mod command;
mod error;
mod event;
mod plugin_code;
mod types;

pub use command::{
    Argument, Command, Module, Needs, SCRIPT_FUNCTIONS, ScriptFunction, Signature, Type, commands,
    systems_of, unsupported_on,
};
pub use error::{BridgeError, ErrorCode};
pub use event::{
    EventName, EventNameError, MAX_EVENT_NAME_LENGTH, MAX_EVENT_PAYLOAD_BYTES, RESERVED_NAMES,
    RESERVED_PREFIXES,
};
pub use plugin_code::{PLUGIN_CALL_CODES, PluginCallCode};
pub use types::{
    AppInfo, AppScreenInfo, AppWindowInfo, AuthOptions, AuthPkce, AuthRedirect, AuthResult,
    AutostartMode, ClipboardPicture, CoreVersion, Deeplink, DeeplinkSegments, Download,
    DownloadState, DropPosition, ErrorPayload, FileDrop, FilePicked, FileRejected, FilesOpened,
    FilesPicked, FsChange, FsItem, FsListing, FsOpened, FsUsage, LastExit, MenuEvent, NativeEvent,
    NetworkAddresses, NetworkBandwidth, NetworkChange, NetworkFetched, NetworkPing, NetworkReason,
    NetworkRedirect, NetworkStatus, NotificationAction, NotificationClick, NotificationOptions,
    NotificationShown, PluginInfo, PluginInstalled, PluginLimits, PluginRun, PluginStatus,
    PrivacySettings, RecordsArea, RecordsFile, RetentionRun, ShortcutEvent, Stroke, TrayIconEvent,
    TrayPoint, TrayRect, UpdateInfo, UpdateProgress, VariableChange, WindowInfo, WindowPosition,
    WindowSize,
};

/// Header of a call with the token of the calling document.
pub const TOKEN_HEADER: &str = "Deskwright-Token";
/// Header of a call with a name that no other has: a call that comes twice runs once.
pub const CALL_HEADER: &str = "Deskwright-Call";
/// Header of a call whose body is bytes, with its arguments: JSON, percent-encoded.
pub const ARGUMENTS_HEADER: &str = "Deskwright-Arguments";
/// Event on `window` by which the runtime gives a granted document its token, as `detail`.
pub const TOKEN_EVENT: &str = "deskwright:token";

/// A piece of a stream, in bytes: large enough that the way costs little beside the bytes, and small enough that a page does not
/// stall over it.
pub const STREAM_PIECE_BYTES: usize = 1024 * 1024;

/// Most bytes of a file that travel in one call: they are in memory two or three times on their way.
pub const MAX_BYTES_AT_ONCE: u64 = 64 * 1024 * 1024;
/// Largest file that a page reads or writes as a whole, in bytes: what its memory may hold. Larger ones are streams.
pub const MAX_WHOLE_FILE_BYTES: u64 = 2 * 1024 * 1024 * 1024;

/// Version of the bridge's API (semver): a page can ask for it as `Desktopr.apiVersion`.
pub const API_VERSION: &str = "1.0.0";
