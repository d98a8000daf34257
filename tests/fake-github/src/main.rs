//! The fake as a program: prints its address, answers until it is ended, and then says what broke the contract.

use std::{path::PathBuf, process::ExitCode};

use anyhow::Result;
use clap::Parser;
use fake_github::{Access, FakeGithub, Options, Repository};
use serde_json::json;

/// A GitHub on loopback for tests
#[derive(Debug, Parser)]
struct Arguments {
    /// Port on 127.0.0.1; any free one by default
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Folder for uploaded bytes; a temporary one by default
    #[arg(long)]
    state: Option<PathBuf>,
    /// A repository, `owner/name`; may be repeated
    #[arg(long = "repository", required = true)]
    repositories: Vec<String>,
    /// A token that may do everything
    #[arg(long, default_value = "fake-token")]
    token: String,
}

#[tokio::main]
async fn main() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    let fake = FakeGithub::start_with(Options {
        port: arguments.port,
        dir: arguments.state,
        ..Options::default()
    })
    .await?;
    fake.add_token(Access::full(&arguments.token));
    let mut runs = Vec::new();
    for name in &arguments.repositories {
        fake.add_repository(Repository::new(name)?);
        runs.push(json!({ "repository": name, "environment": fake.start_run(name)?.environment }));
    }
    print(&json!({ "url": fake.url(), "token": arguments.token, "runs": runs }))?;
    tokio::signal::ctrl_c().await?;
    let requests: Vec<_> = fake.requests().iter().map(ToString::to_string).collect();
    let violations = fake.violations();
    print(&json!({ "requests": requests, "violations": violations }))?;
    Ok(if violations.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// One line of JSON, written out at once: who started this waits for it.
fn print(document: &serde_json::Value) -> Result<()> {
    use std::io::Write as _;
    let mut stdout = std::io::stdout().lock();
    writeln!(stdout, "{document}")?;
    Ok(stdout.flush()?)
}
