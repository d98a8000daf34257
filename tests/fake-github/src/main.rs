//! The fake as a program: prints its address, answers until it is ended, and then says what broke the contract.

#![cfg_attr(
    not(target_os = "linux"),
    allow(dead_code, reason = "the closed loop is there on Linux only")
)]

#[cfg(target_os = "linux")]
mod command;
mod output;

use std::{path::PathBuf, process::ExitCode};

use anyhow::Result;
use clap::{CommandFactory as _, Parser, error::ErrorKind};
use fake_github::{Access, FakeGithub, Options, Repository};
use serde_json::json;

use crate::output::{Format, Output};

/// What `deskwright` takes for the token of a GitHub on loopback when nothing else is said.
const TOKEN: &str = "fake-token";

/// A GitHub on loopback
#[derive(Debug, Parser)]
struct Arguments {
    /// Port on 127.0.0.1; any free one by default
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Folder for uploaded bytes; a temporary one by default
    #[arg(long, conflicts_with = "closed_loop")]
    state: Option<PathBuf>,
    /// A repository, `owner/name`; may be repeated. With `--closed-loop` one, `demo/app` by default
    #[arg(long = "repository")]
    repositories: Vec<String>,
    /// A token that may do everything
    #[arg(long, default_value = TOKEN, env = "FAKE_GITHUB_TOKEN", hide_env_values = true)]
    token: String,
    /// Make the checkout around this folder the repository, and run its workflows on this machine
    #[arg(long)]
    closed_loop: bool,
    /// With `--closed-loop`: the folder of jobs and their caches (default: in the user's cache directory)
    #[arg(long = "box", value_name = "DIR", env = "DESKWRIGHT_BOX", requires = "closed_loop")]
    place: Option<PathBuf>,
    /// With `--closed-loop`: a file with lines `NAME=value` that workflows find as secrets
    #[arg(long, value_name = "FILE", requires = "closed_loop")]
    secrets_file: Option<PathBuf>,
    /// What goes to stdout; text for people exists with `--closed-loop` only
    #[arg(long, value_enum)]
    format: Option<Format>,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let usual = if arguments.closed_loop { Format::Human } else { Format::Json };
    let output = Output::new(arguments.format.unwrap_or(usual));
    let done = if arguments.closed_loop {
        closed_loop(&arguments, output).await
    } else {
        plain(&arguments, output).await
    };
    done.unwrap_or_else(|error| {
        output.error(&error);
        ExitCode::FAILURE
    })
}

async fn plain(arguments: &Arguments, output: Output) -> Result<ExitCode> {
    if arguments.repositories.is_empty() {
        let error = Arguments::command().error(
            ErrorKind::MissingRequiredArgument,
            "name a repository: --repository OWNER/NAME",
        );
        error.exit();
    }
    let fake = FakeGithub::start_with(Options {
        port: arguments.port,
        dir: arguments.state.clone(),
        ..Options::default()
    })
    .await?;
    fake.add_token(Access::full(&arguments.token));
    let mut runs = Vec::new();
    for name in &arguments.repositories {
        fake.add_repository(Repository::new(name)?);
        runs.push(json!({ "repository": name, "environment": fake.start_run(name)?.environment }));
    }
    output.document(&json!({ "url": fake.url(), "token": arguments.token, "runs": runs }));
    tokio::signal::ctrl_c().await?;
    Ok(output.end(&fake))
}

#[cfg(target_os = "linux")]
async fn closed_loop(arguments: &Arguments, output: Output) -> Result<ExitCode> {
    command::run(arguments, output).await
}

#[cfg(not(target_os = "linux"))]
async fn closed_loop(_: &Arguments, _: Output) -> Result<ExitCode> {
    anyhow::bail!("the closed loop runs on Linux only")
}
