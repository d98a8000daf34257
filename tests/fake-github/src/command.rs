//! The closed loop as a program: a GitHub that has the checkout around the working directory and runs its workflows here.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

use anyhow::{Context as _, Result, bail};
use etcetera::BaseStrategy as _;
use fake_github::{
    Access, FakeGithub, Options, Repository,
    closed_loop::{ClosedLoop, LoopEvent, LoopOptions, Machine, Missing, Programs, TARGET},
};
use serde_json::json;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::{Arguments, TOKEN, output::Output};

const REPOSITORY: &str = "demo/app";
/// Where a box is in the user's cache directory.
const PLACE: &str = "deskwright/closed-loop";
/// The workflow that a checkout must have to be built.
const WORKFLOW: &str = ".github/workflows/build.yml";
/// What there is to build in every checkout of this repository.
const EXAMPLE: &str = "examples/showcase/app.json";
/// Ids for each second since 1970 (count), so that a start has larger ones than those before it: what `deskwright` keeps of
/// their runs stays true.
const IDS_PER_SECOND: u64 = 10;
/// Characters of a commit's name that people read.
const SHORT: usize = 7;

pub(crate) async fn run(arguments: &Arguments, output: Output) -> Result<ExitCode> {
    if !cfg!(target_arch = "x86_64") {
        bail!("the closed loop builds for {TARGET}, and this machine is another one");
    }
    let name = match arguments.repositories.as_slice() {
        [] => REPOSITORY,
        [name] => name,
        _ => bail!("the closed loop has one repository"),
    };
    let checkout = checkout()?;
    let repository = Repository::from_checkout(name, &checkout)?;
    let commit = repository.git.resolve("main").context("the checkout has no commit")?;
    if repository.git.read("main", WORKFLOW).is_none() {
        bail!("not a checkout of Deskwright: {} has no {WORKFLOW}", checkout.display());
    }
    let secrets = arguments.secrets_file.as_deref().map(secrets).transpose()?.unwrap_or_default();
    let programs = Programs::find(&checkout).await.map_err(with_cure)?;
    let place = place(arguments.place.as_deref())?;
    output.status(format_args!("Preparing {}", place.display()));
    let machine = Arc::new(Machine::open(&place, programs).await?);
    let fake = open(arguments, &place).await?;
    fake.add_repository(repository);
    let options = LoopOptions {
        repository: name.to_owned(),
        machine,
        secrets,
        follow: Some(checkout),
        observer: Arc::new(move |event| {
            output.tell(Some(words(event)), &serde_json::to_value(event).unwrap_or_default());
        }),
    };
    let closed_loop = ClosedLoop::start(&fake, options)?;
    let command = command(name, fake.url());
    output.tell(
        Some(greeting(name, fake.url(), &arguments.token, &commit, &command)),
        &json!({
            "url": fake.url(),
            "token": arguments.token,
            "repository": name,
            "commit": commit,
            "command": command,
        }),
    );
    until_ended(closed_loop, output).await?;
    Ok(output.end(&fake))
}

fn with_cure(error: anyhow::Error) -> anyhow::Error {
    match error.downcast_ref::<Missing>() {
        Some(missing) => anyhow::anyhow!("{missing}\n  hint: run `{}`", missing.cure()),
        None => error,
    }
}

/// A GitHub whose caches outlive it. Runs of earlier starts are gone.
async fn open(arguments: &Arguments, place: &Path) -> Result<FakeGithub> {
    let state = place.join("state");
    if state.exists() {
        fs_err::remove_dir_all(&state)?;
    }
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let fake = FakeGithub::start_with(Options {
        port: arguments.port,
        dir: Some(state),
        cache_dir: Some(place.join("caches")),
        first_id: seconds * IDS_PER_SECOND,
        ..Options::default()
    })
    .await?;
    fake.add_token(Access::full(&arguments.token));
    Ok(fake)
}

/// Waits for Ctrl-C or its like, then for the run under way; who asks twice does not wait.
async fn until_ended(closed_loop: ClosedLoop, output: Output) -> Result<()> {
    let mut wishes = [signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?];
    wish(&mut wishes).await;
    output.status("Ending: a run under way is cancelled; once more kills it");
    let quit = closed_loop.quitter();
    let mut end = tokio::task::spawn_blocking(move || drop(closed_loop));
    loop {
        tokio::select! {
            ended = &mut end => return Ok(ended?),
            () = wish(&mut wishes) => quit(true),
        }
    }
}

async fn wish([interrupt, terminate]: &mut [Signal; 2]) {
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
}

/// The checkout around the working directory.
fn checkout() -> Result<PathBuf> {
    let here = std::env::current_dir()?;
    let found = here.ancestors().find(|dir| dir.join(".git").exists());
    found.map(Path::to_owned).with_context(|| format!("no checkout around: {}", here.display()))
}

fn place(wanted: Option<&Path>) -> Result<PathBuf> {
    Ok(match wanted {
        Some(place) => std::path::absolute(place)?,
        None => etcetera::choose_base_strategy()?.cache_dir().join(PLACE),
    })
}

fn secrets(file: &Path) -> Result<BTreeMap<String, String>> {
    let pairs = dotenvy::from_path_iter(file)
        .with_context(|| format!("failed to read: {}", file.display()))?;
    // The library's own words quote the line, which is a secret.
    let pairs: Result<_, _> = pairs.collect();
    pairs.map_err(|_| anyhow::anyhow!("not lines of `NAME='value'`: {}", file.display()))
}

/// What starts a build, in words of a command line.
fn command(repository: &str, url: &str) -> [String; 7] {
    ["deskwright", "build", EXAMPLE, "--repo", repository, "--github-url", url].map(str::to_owned)
}

fn greeting(repository: &str, url: &str, token: &str, commit: &str, command: &[String]) -> String {
    let given = if token == TOKEN { String::new() } else { format!("GITHUB_TOKEN='{token}' ") };
    let command = format!("{given}{}", command.join(" "));
    let short = commit.get(..SHORT).unwrap_or(commit);
    format!(
        "A GitHub is at {url}. Its repository {repository} is this checkout, now at {short}: what you commit here is what runs.\n\
         Workflows run on this machine, as you, and build for {TARGET} alone. To try a package they install and remove it.\n\
         The first build compiles tools and runtime, which takes minutes; later ones find them in the cache.\n\
         \n\
         Type in another terminal, in this folder:\n\
         \n    {command}\n\
         \n\
         Without `deskwright` on the path: `cargo run --package orchestrator --` and what follows it. Ctrl-C ends this.\n"
    )
}

/// An event as a line for people.
fn words(event: &LoopEvent) -> String {
    match event {
        LoopEvent::RunBegins { run, attempt, title, commit } => {
            let commit = commit.get(..SHORT).unwrap_or(commit);
            format!("run {run}, attempt {attempt}: {title} at {commit}")
        }
        LoopEvent::JobBegins { job, .. } => format!("  {job}: begins"),
        LoopEvent::StepEnds { job, step, conclusion, seconds, .. } => {
            format!("  {job}: {}: {} in {seconds:.1} s", without_hash(step), conclusion.name())
        }
        LoopEvent::JobEnds { job, conclusion, seconds, .. } => {
            format!("  {job}: {} in {seconds:.1} s", conclusion.name())
        }
        LoopEvent::RunEnds { run, conclusion, seconds } => {
            format!("run {run}: {} in {seconds:.0} s", conclusion.name())
        }
        LoopEvent::Pushed { commit, subject } => {
            format!("pushed {}: {subject}", commit.get(..SHORT).unwrap_or(commit))
        }
        LoopEvent::Note { text } => format!("note: {}", text.trim_end()),
    }
}

/// The name of a step, without the commit that its action is named by.
fn without_hash(step: &str) -> &str {
    match step.split_once('@') {
        Some((name, hash)) if hash.chars().all(|digit| digit.is_ascii_hexdigit()) => name,
        _ => step,
    }
}
