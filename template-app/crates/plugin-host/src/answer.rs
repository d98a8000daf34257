//! What the host answers: the result of a call, the state of the host, and what is known about a module.

use std::time::Duration;

use runtime_settings::{Sha256, plugins::PluginLimits};
use serde::Serialize;
use serde_json::Value;

use crate::Code;

/// How a call is made, besides module and payload.
#[derive(Debug, Clone, Default)]
pub struct CallOptions {
    /// Time that the run may take; none: the module's own `timeout_ms`. More than `max_timeout_ms` is cut to it.
    pub timeout: Option<Duration>,
    /// A name for the call, by which it can be cancelled; none: one is made up.
    pub id: Option<String>,
}

/// The result of a call. It is one whatever happened: stdout and stderr up to their limits are there after a failure too.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CallResult {
    pub id: String,
    /// The host's word: the module ran to its end, and its answer was one JSON object. What the plugin itself thinks is in `value.ok`.
    pub ok: bool,
    /// Bytes that are no UTF-8 are replaced.
    pub stdout: String,
    pub stderr: String,
    /// `stdout` parsed; null where it is not one JSON object.
    pub value: Option<Value>,
    /// A sentence.
    pub error: Option<String>,
    pub code: Option<Code>,
    /// With [`Code::Exit`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exit_code: Option<i32>,
    /// Where a trap happened, innermost first; names are there when the module has them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backtrace: Option<String>,
    /// From the call to its answer, waiting included, in milliseconds.
    pub duration_ms: u64,
}

/// What the host is doing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Status {
    /// Always true where there is a host.
    pub ready: bool,
    /// What runs the modules.
    pub runtime: String,
    /// Whether modules can be compiled here; bundled ones are compiled already.
    pub compiler: bool,
    pub running: usize,
    pub queued: usize,
    /// Modules that can be called.
    pub modules: usize,
}

/// What is known about a module.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ModuleInfo {
    pub name: String,
    /// Size of the module.
    pub bytes: u64,
    pub sha256: Sha256,
    pub version: Option<String>,
    pub description: Option<String>,
    pub limits: PluginLimits,
    /// What it may reach besides its own memory: always its storage, and nothing else.
    pub permissions: &'static [&'static str],
    /// It came with the app, and cannot be removed.
    pub bundled: bool,
    /// Its code is ready: the next call does not compile.
    pub compiled: bool,
}

/// What was added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Installed {
    /// False when the very same module was there already.
    pub saved: bool,
    pub name: String,
    /// Where it is, below the app's data folder: no path of the machine.
    pub path: String,
    pub bytes: u64,
}
