//! Runs WebAssembly plugins: sandboxed, limited, and without Tauri, so that the app, the tools at the desk, the tests and the
//! benchmarks use the very same code.
//!
//! A plugin is a core module for WASI preview 1 that exports `_start` and `memory`, reads one JSON object from stdin and prints
//! one to stdout.

mod answer;
mod cache;
mod code;
mod compile;
mod engine;
mod error;
mod host;
mod jobs;
mod limiter;
mod modules;
#[cfg(feature = "tool")]
mod outline;
mod private;
mod run;
mod storage;
mod wasi;

pub use answer::{CallOptions, CallResult, Installed, ModuleInfo, Status};
pub use compile::CompilerProgram;
#[cfg(feature = "compiler")]
pub use compile::{compile_ahead, compile_child};
pub use error::{Code, PluginError};
pub use host::{BundledCode, Candidate, HostOptions, Places, PluginHost};
#[cfg(feature = "tool")]
pub use outline::{MemoryOutline, ModuleOutline, outline};
pub use runtime_settings::plugins::{
    BundledPlugin, ModuleName, PluginLimits, PluginManifest, Plugins,
};
