//! Payloads of the modules `plugins` and `fs`. Field names are camelCase, as the plugin document has them.

use serde::Serialize;

/// What became of `plugins.call`, as it travels: the script parses `stdout`, so that the page sees the answer as the plugin
/// printed it, and it travels once.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct PluginRun {
    pub id: String,
    /// The host's word: the module ran to its end, and its answer was one JSON object. What the plugin thinks is in `value.ok`.
    pub ok: bool,
    /// What the plugin printed, up to its limit, also when the call failed; bytes that are no UTF-8 are replaced.
    pub stdout: String,
    /// Diagnostics, up to their limit.
    pub stderr: String,
    /// `stdout` is one JSON object.
    pub answered: bool,
    /// A sentence for people, when `ok` is false.
    pub error: Option<String>,
    /// Why `ok` is false.
    #[cfg_attr(feature = "typescript", ts(type = "PluginCallCode | null"))]
    pub code: Option<&'static str>,
    /// With `plugins/exit`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub exit_code: Option<i32>,
    /// Where a trap happened, innermost first.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub backtrace: Option<String>,
    /// From the call to its answer, waiting included, in milliseconds.
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub duration_ms: u64,
}

/// `plugins.status()`.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct PluginStatus {
    pub ready: bool,
    /// What runs the modules.
    pub runtime: String,
    /// Whether modules can be compiled here; bundled ones are compiled already.
    pub compiler: bool,
    /// Calls that run.
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub running: usize,
    /// Calls that wait for their turn.
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub queued: usize,
    /// Modules that can be called.
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub modules: usize,
}

/// `plugins.info()`.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct PluginInfo {
    pub name: String,
    /// Size of the module.
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub bytes: u64,
    pub sha256: String,
    pub version: Option<String>,
    pub description: Option<String>,
    pub limits: PluginLimits,
    /// What it may reach besides its own memory: always its storage, and nothing else.
    pub permissions: Vec<String>,
    /// It came with the app, and cannot be removed.
    pub bundled: bool,
    /// Its code is ready: the next call does not compile.
    pub compiled: bool,
}

/// What one plugin may use.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct PluginLimits {
    /// Time of a call that names none, in milliseconds.
    pub timeout_ms: u32,
    /// The longest time that a call may name, in milliseconds.
    pub max_timeout_ms: u32,
    /// Linear memory, in MiB.
    pub memory_mb: u32,
    /// Size of the module, in MiB.
    pub module_mb: u32,
    /// The payload of a call, in KiB.
    pub stdin_kb: u32,
    /// The answer of a call, in KiB.
    pub stdout_kb: u32,
    /// Diagnostics of a call, in KiB.
    pub stderr_kb: u32,
    /// All files in the plugin's storage, in MiB.
    pub storage_mb: u32,
    /// Files and folders in the plugin's storage.
    pub storage_files: u32,
}

/// What `plugins.add` and `plugins.addFromBytes` did.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct PluginInstalled {
    /// False when the very same module was there already, and when the user chose none.
    pub saved: bool,
    pub name: String,
    /// Where it is, below the app's data folder: no path of the machine.
    pub path: String,
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub bytes: u64,
    /// The user chose no file.
    pub cancelled: bool,
}
