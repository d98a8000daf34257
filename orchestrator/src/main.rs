//! `deskwright`: parses, dispatches and reports.

mod cli;
mod printer;

use std::{process::ExitCode, sync::Arc};

use clap::Parser as _;

#[tokio::main]
async fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    let printer = Arc::new(printer::Printer::new(cli.format));
    match cli.run(&printer).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => printer.failure(&error),
    }
}
