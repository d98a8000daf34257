//! `plugin …` on the command line.

use std::{path::PathBuf, process::ExitCode};

use clap::{Args, Subcommand};

use crate::{
    plugin::{self, RunRequest},
    printer::Printer,
};

/// WebAssembly plugins: make, build, run and examine them
///
/// A plugin is named by its folder in `plugins/` of this checkout, or by a path. The first use compiles `plugin-tool`, for some minutes;
/// the environment variable DESKWRIGHT_PLUGIN_TOOL names one that is there already.
#[derive(Debug, Subcommand)]
pub(super) enum PluginCommand {
    /// Start a plugin: a copy of the template under a name of its own
    New {
        /// Its name: small letters, digits, `-` and `_`
        name: String,
        /// The folder that the plugin's own folder is made in (default: `plugins/` of this checkout)
        #[arg(long, value_name = "DIR")]
        dir: Option<PathBuf>,
        /// The plugin that is copied
        #[arg(long, value_name = "PLUGIN", default_value = plugin::TEMPLATE)]
        from: String,
    },
    /// Build plugins into their `dist` folders, and check that an app would load them
    ///
    /// A folder with `Cargo.toml` is built by Cargo for wasm32-wasip1, one with `build.sh` by that script, one with `main.c` by clang and
    /// wasi-libc, one with `asconfig.json` by its npm script `build`. Where the Rust toolchain lacks wasm32-wasip1, the environment
    /// variable DESKWRIGHT_WASM_CARGO names a program that is started as `PROGRAM DIR --release --target-dir TARGET` and leaves the module
    /// in `TARGET/wasm32-wasip1/release`.
    Build {
        #[arg(required_unless_present = "all", value_name = "PLUGIN")]
        plugins: Vec<String>,
        /// Every plugin of this checkout
        #[arg(long, conflicts_with = "plugins")]
        all: bool,
    },
    Run(RunArgs),
    /// Say what a module is (size, hash, imports, exports), and whether an app would load it
    Inspect {
        /// A module, or a plugin that is built
        #[arg(value_name = "FILE|PLUGIN")]
        module: String,
    },
    /// Measure calls: the host beside a bare loop of its engine, beside an engine for each call, and beside Extism
    ///
    /// With a module, its function beside the bare loop alone.
    Bench {
        /// A module, or a plugin that is built
        #[arg(value_name = "FILE|PLUGIN")]
        module: Option<String>,
        #[command(flatten)]
        call: CallArgs,
    },
}

#[derive(Debug, Args)]
pub(super) struct CallArgs {
    /// The function, as the plugin's dispatcher knows it
    #[arg(value_name = "FN", default_value = "add")]
    function: String,
    /// Its arguments, as a JSON array or object
    #[arg(value_name = "ARGS_JSON", default_value = "[2, 3]")]
    arguments: String,
}

/// Call a function of a plugin as an app would: same host, same limits, files in its own storage
///
/// What the plugin answers goes to stdout, its diagnostics to stderr; `--format json` prints all that the host knows.
#[derive(Debug, Args)]
pub(super) struct RunArgs {
    /// A module, or a plugin that is built
    #[arg(value_name = "FILE|PLUGIN")]
    module: String,
    /// The function, as the plugin's dispatcher knows it
    #[arg(value_name = "FN")]
    function: String,
    /// Its arguments, as a JSON array or object
    #[arg(value_name = "ARGS_JSON", default_value = "{}")]
    arguments: String,
    /// Where plugins keep their files (default: `target/storage` in the plugin's folder)
    #[arg(long, value_name = "DIR")]
    storage: Option<PathBuf>,
    /// Time that the call may take, in milliseconds
    #[arg(long, value_name = "MS")]
    timeout: Option<u32>,
    /// What the plugin is granted, as JSON such as {"memoryMb": 128}
    #[arg(long, value_name = "JSON")]
    limits: Option<String>,
}

impl PluginCommand {
    pub(super) fn run(self, printer: &Printer) -> anyhow::Result<ExitCode> {
        match self {
            PluginCommand::New { name, dir, from } => {
                plugin::create(&name, dir.as_deref(), &from, printer)?;
            }
            PluginCommand::Build { plugins, all } => {
                let wanted = if all { plugin::names()? } else { plugins };
                plugin::build(&wanted, printer)?;
            }
            PluginCommand::Run(args) => return args.run(printer),
            PluginCommand::Inspect { module } => return plugin::inspect(&module, printer),
            PluginCommand::Bench { module: None, .. } => return plugin::bench::table(printer),
            PluginCommand::Bench { module: Some(module), call } => {
                return plugin::bench::one(&module, &call.function, &call.arguments, printer);
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl RunArgs {
    fn run(self, printer: &Printer) -> anyhow::Result<ExitCode> {
        let request = RunRequest {
            module: &self.module,
            function: &self.function,
            arguments: &self.arguments,
            storage: self.storage.as_deref(),
            timeout_ms: self.timeout,
            limits: self.limits.as_deref(),
        };
        plugin::run(&request, printer)
    }
}
