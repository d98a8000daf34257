//! The command line.

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};
use runtime_settings::Sha256;

/// Compiles, inspects and runs WebAssembly plugins, as an app does.
#[derive(Debug, Parser)]
#[command(version)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What is to be done.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Compile a module ahead of time, for the oldest processors of a target.
    Compile(Compile),
    /// Say what a module is, and whether it would load.
    Inspect(Inspect),
    /// Call a function of a module, with its storage and its limits.
    Run(Run),
    /// Compile stdin to stdout, as a child with limits.
    #[command(hide = true)]
    CompileChild,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Compile {
    /// Triple of the machines that will run it, such as x86_64-unknown-linux-gnu.
    #[arg(long)]
    pub(crate) target: String,
    /// Refuse any other module.
    #[arg(long, value_name = "SHA256", value_parser = sha256)]
    pub(crate) expect_sha256: Option<Sha256>,
    /// The module.
    pub(crate) module: PathBuf,
    /// Where its code goes.
    pub(crate) out: PathBuf,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Inspect {
    /// How the result is printed.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
    /// The module.
    pub(crate) module: PathBuf,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Run {
    /// The module.
    pub(crate) module: PathBuf,
    /// The function, as the module's dispatcher knows it.
    pub(crate) function: String,
    /// Its arguments, as a JSON array or object.
    #[arg(default_value = "{}")]
    pub(crate) arguments: String,
    /// Where plugins keep their files, a folder for each; default: a temporary folder.
    #[arg(long, value_name = "DIR")]
    pub(crate) storage: Option<PathBuf>,
    /// Where compiled code is kept; default: a temporary folder.
    #[arg(long, value_name = "DIR")]
    pub(crate) cache: Option<PathBuf>,
    /// Time that the call may take, in milliseconds; default: what the limits say.
    #[arg(long, value_name = "MS")]
    pub(crate) timeout: Option<u32>,
    /// What the plugin is granted, as JSON such as {"memoryMb": 128}; the rest are the defaults of an app.
    #[arg(long, value_name = "JSON", default_value = "{}")]
    pub(crate) limits: String,
    /// How the result is printed: the plugin's own answer, or all that the host knows.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

/// How a result is printed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    #[default]
    Text,
    Json,
}

fn sha256(text: &str) -> Result<Sha256, String> {
    Sha256::parse(text).ok_or_else(|| "a SHA-256 has 64 hex digits".to_owned())
}
