//! `cargo xtask`: everything that happens at the desk and in a build job. This file parses, dispatches and reports.

mod app_source;
mod artifacts;
mod bench;
mod build_app;
mod bundle;
mod ci;
mod cli;
mod codegen;
mod config_file;
mod deskwright;
mod dev;
mod doctor;
mod error;
mod finalise;
mod icons;
mod injected;
mod package;
mod plan;
mod plugin;
mod plugin_tool;
mod plugins;
mod printer;
mod process;
mod python_tools;
mod render;
mod runtime;
mod setup;
mod sign;
mod stamp;
mod tauri_cli;
mod test;
mod tidy;
mod verify;
mod windows;
mod workspace;
mod write_whole;

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    let printer = printer::Printer::new(cli.format);
    match cli.run(&printer) {
        Ok(code) => code,
        Err(error) => printer.failure(&error),
    }
}
