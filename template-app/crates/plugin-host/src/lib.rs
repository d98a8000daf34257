//! Runs WebAssembly plugins: sandboxed, limited, and without Tauri, so that the app, the tools at the desk, the tests and the
//! benchmarks use the very same code.
//!
//! A plugin is a core module for WASI preview 1 that exports `_start` and `memory`, reads one JSON object from stdin and prints
//! one to stdout.

mod answer;
mod error;

pub use answer::{CallOptions, CallResult, Installed, ModuleInfo, Status};
pub use error::{Code, PluginError};
pub use runtime_settings::plugins::{ModuleName, PluginLimits, PluginManifest, Plugins};
