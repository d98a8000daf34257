//! The benchmark of plugins. Everything that is compared runs in turns in one process, so that what else the machine does falls on
//! all alike: the ratios say something, the times do not.

mod bare;
mod memory;
mod others;
mod ours;
mod scenarios;
mod stats;
mod table;

use std::{path::PathBuf, process::ExitCode};

use anyhow::Result;
use clap::Parser;

/// Measures the plugin host. With the environment variable `PLUGIN_BENCH_JSON` the result is JSON.
#[derive(Debug, Parser)]
enum Args {
    /// Every figure, beside a bare loop, an engine for each call, and Extism.
    Table(Table),
    /// One function of one plugin, beside a bare loop.
    One {
        module: PathBuf,
        function: String,
        /// A JSON array or object.
        arguments: String,
    },
}

#[derive(Debug, clap::Args)]
pub(crate) struct Table {
    /// The example plugin `math`.
    #[arg(long)]
    pub(crate) math: PathBuf,
    /// The example plugin `files`.
    #[arg(long)]
    pub(crate) files: PathBuf,
    /// The same function as `divide` of `math`, for Extism.
    #[arg(long)]
    pub(crate) extism: PathBuf,
    /// Calls of each kind; those that compile make a hundredth.
    #[arg(long, default_value_t = 4_000)]
    pub(crate) calls: usize,
}

fn main() -> ExitCode {
    // The host starts this very program as its compiler.
    if std::env::args().nth(1).as_deref() == Some("compile-child") {
        return plugin_host::compile_child();
    }
    match measure(&Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn measure(args: &Args) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let rows = match args {
        Args::Table(table) => runtime.block_on(scenarios::all(table))?,
        Args::One { module, function, arguments } => {
            let arguments: serde_json::Value = serde_json::from_str(arguments)?;
            let payload = serde_json::json!({"fn": function, "args": arguments}).to_string();
            runtime.block_on(scenarios::one(module, &payload))?
        }
    };
    table::print(&rows, std::env::var_os("PLUGIN_BENCH_JSON").is_some())
}
