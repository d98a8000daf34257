//! The command line. The doc comments are the help text.

mod build;
mod kept;
mod manual;
mod place;
mod release;
mod run;

use std::{path::PathBuf, sync::Arc, time::Duration};

use clap::{Parser, Subcommand};
use orchestrator::{
    Clock, LONG_PATIENCE, SHORT_PATIENCE,
    builds::{Options, Orchestrator},
    error,
};

use crate::printer::{Format, Printer};

/// How long a run is waited for: above what GitHub gives a job of its own machines.
const DEADLINE: Duration = Duration::from_secs(7 * 3600);
/// Makes everything that waits run so many times faster; only for a GitHub on this machine.
const CLOCK_SPEED: &str = "DESKWRIGHT_CLOCK_SPEED";

/// Deskwright in the cloud: builds apps on GitHub, in your own repository, and brings the installers home.
#[derive(Debug, Parser)]
#[command(name = "deskwright", version, max_term_width = 100)]
#[command(after_long_help = manual::below_help())]
pub(crate) struct Cli {
    /// What goes to stdout: text for people, or a line of JSON for each event and the result
    #[arg(long, global = true, default_value = "human", value_enum)]
    pub(crate) format: Format,
    /// Where the state of builds is (default: in the user's data directory)
    #[arg(
        long,
        global = true,
        env = "DESKWRIGHT_STATE_DIR",
        hide_env_values = true,
        value_name = "DIR"
    )]
    state_dir: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Build(build::BuildArgs),
    Dispatch(build::DispatchArgs),
    Fleet(build::FleetArgs),
    Doctor(build::DoctorArgs),
    Watch(run::WatchArgs),
    Logs(run::LogsArgs),
    Cancel(run::CancelArgs),
    Retry(run::RetryArgs),
    Collect(run::CollectArgs),
    Resume(run::ResumeArgs),
    Runs(kept::RunsArgs),
    Builds(kept::BuildsArgs),
    Prune(kept::PruneArgs),
    Release(release::ReleaseArgs),
    Completions(manual::CompletionsArgs),
    Manual(manual::ManualArgs),
}

/// What every command has.
pub(crate) struct Context {
    pub(crate) printer: Arc<Printer>,
    state_dir: Option<PathBuf>,
    clock: Clock,
}

impl Cli {
    pub(crate) async fn run(self, printer: Arc<Printer>) -> anyhow::Result<()> {
        let context = Context { printer, state_dir: self.state_dir, clock: clock()? };
        match self.command {
            Command::Build(args) => args.run(&context).await,
            Command::Dispatch(args) => args.run(&context).await,
            Command::Fleet(args) => args.run(&context).await,
            Command::Doctor(args) => args.run(&context).await,
            Command::Watch(args) => args.run(&context).await,
            Command::Logs(args) => args.run(&context).await,
            Command::Cancel(args) => args.run(&context).await,
            Command::Retry(args) => args.run(&context).await,
            Command::Collect(args) => args.run(&context).await,
            Command::Resume(args) => args.run(&context).await,
            Command::Runs(args) => args.run(&context).await,
            Command::Builds(args) => args.run(&context),
            Command::Prune(args) => args.run(&context),
            Command::Release(args) => args.run(&context.printer).await,
            Command::Completions(args) => args.run(),
            Command::Manual(args) => args.run(),
        }
    }
}

impl Context {
    fn orchestrator(&self) -> anyhow::Result<Orchestrator> {
        self.patient(SHORT_PATIENCE, DEADLINE)
    }

    /// The same for work that takes hours anyway.
    fn long_orchestrator(&self, deadline: Duration) -> anyhow::Result<Orchestrator> {
        self.patient(LONG_PATIENCE, deadline)
    }

    fn patient(&self, patience: Duration, deadline: Duration) -> anyhow::Result<Orchestrator> {
        let options = Options {
            state_dir: self.state_dir.clone(),
            sign_in: None,
            clock: self.clock,
            patience,
            deadline,
        };
        Orchestrator::open(options, Arc::clone(&self.printer) as _)
    }
}

fn clock() -> anyhow::Result<Clock> {
    let Ok(text) = std::env::var(CLOCK_SPEED) else { return Ok(Clock::real()) };
    let speed = text.parse::<f64>().ok().filter(|speed| *speed >= 1.0);
    let speed = speed.ok_or_else(|| {
        error::usage(format!("not a speed: {CLOCK_SPEED}={text}"), "write a number from 1 on")
    })?;
    Ok(Clock::faster(speed))
}

/// The command line as data, for pages about it.
pub(crate) fn definition() -> clap::Command {
    <Cli as clap::CommandFactory>::command()
}
