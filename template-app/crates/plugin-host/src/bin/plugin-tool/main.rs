//! `plugin-tool`: what is done with plugins outside of an app, by the very code that runs them inside.
//!
//! stdout is data; exit codes: 0 done, 1 failed, 2 usage.

mod args;
mod desk;
mod inspect;
mod report;
mod run;

use std::process::ExitCode;

use clap::Parser as _;

use args::{Args, Command};

fn main() -> ExitCode {
    let args = Args::parse();
    let done = match &args.command {
        Command::Compile(compile) => desk::compile(compile),
        Command::Inspect(inspect) => inspect::inspect(inspect),
        Command::Run(run) => run::run(run),
        Command::CompileChild => return plugin_host::compile_child(),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            report::error(error.as_ref());
            ExitCode::FAILURE
        }
    }
}
