//! `deskwright`: parses, dispatches and reports.

mod cli;
mod printer;

use std::{process::ExitCode, sync::Arc};

use clap::Parser as _;
use tracing_subscriber::EnvFilter;

/// How a command ends that somebody has interrupted, as shells have it.
const INTERRUPTED: u8 = 130;
/// What the log is to have, such as `orchestrator=debug`; nothing by default.
const LOG: &str = "DESKWRIGHT_LOG";

#[tokio::main]
async fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    if let Ok(filter) = EnvFilter::try_from_env(LOG) {
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    }
    let printer = Arc::new(printer::Printer::new(cli.format));
    tokio::select! {
        // The signal first, so that it is listened for before anything is begun.
        biased;
        // An error here means that nobody can interrupt, which is no reason to stop.
        Ok(()) = tokio::signal::ctrl_c() => {
            printer.interrupted();
            ExitCode::from(INTERRUPTED)
        }
        result = cli.run(Arc::clone(&printer)) => match result {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => printer.failure(&error),
        },
    }
}
