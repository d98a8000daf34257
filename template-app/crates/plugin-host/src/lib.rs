//! Runs WebAssembly plugins: sandboxed, limited, and without Tauri, so that the app, the tools at the desk, the tests and the
//! benchmarks use the very same code.
//!
//! A plugin is a core module for WASI preview 1 that exports `_start` and `memory`, reads one JSON object from stdin and prints
//! one to stdout.

mod answer;
#[cfg(feature = "compiler")]
mod cache;
mod code;
#[cfg(feature = "compiler")]
mod compile;
#[cfg(not(feature = "compiler"))]
#[path = "no_compiler.rs"]
mod compiled;
#[cfg(feature = "compiler")]
mod compiled;
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
#[cfg(feature = "compiler")]
pub use compile::{compile_ahead, compile_child};
#[doc(hidden)]
pub use engine::pooled_engine;
pub use error::{Code, PluginError};
pub use host::{BundledCode, Candidate, CompilerProgram, HostOptions, Places, PluginHost};
#[cfg(feature = "tool")]
pub use outline::{MemoryOutline, ModuleOutline, outline};
pub use runtime_settings::plugins::{
    BundledPlugin, ModuleName, PluginLimits, PluginManifest, Plugins,
};
