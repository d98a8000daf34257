//! How long a user waits for nothing: the start of the program, and a list of ten thousand builds.
//!
//!     cargo bench --package orchestrator --bench start -- [--format json]
//!
//! Beside the one stands the start of a program that does nothing, beside the other the time that it takes to read the same
//! rows in a process that has the database open.

#![allow(clippy::print_stdout, reason = "prints its results")]

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Instant,
};

use anyhow::{Context as _, Result, ensure};
use orchestrator::state::{
    App, BuildId, BuildState, Change, ConfigSource, NewBuild, Publication, Request, Store,
};
use serde_json::{Value, json};

/// Runs of each (count), in turns, so that a busy moment of the machine hits all. The first of them warms the disk's cache.
const RUNS: usize = 40;
const BUILDS: usize = 10_000;
/// The longest that a user may wait, in milliseconds.
const START_GOAL: f64 = 10.0;
const LIST_GOAL: f64 = 100.0;

/// What was measured, in milliseconds each.
#[derive(Default)]
struct Times {
    version: Vec<f64>,
    nothing: Vec<f64>,
    list: Vec<f64>,
    rows: Vec<f64>,
}

fn main() -> Result<()> {
    let json = std::env::args().any(|arg| arg == "json");
    let dir = tempfile::tempdir_in(memory())?;
    fill(dir.path())?;
    let figures = figures(&measure(dir.path())?);
    if json {
        println!("{}", serde_json::to_string_pretty(&json!({ "figures": figures }))?);
        return Ok(());
    }
    for figure in &figures {
        let number = |name: &str| figure[name].as_f64().unwrap_or(f64::NAN);
        println!(
            "{:<40} {:>8.2} ms  (goal {} ms)  beside {:.2} ms",
            figure["name"].as_str().unwrap_or_default(),
            number("value"),
            number("goal"),
            number("beside"),
        );
    }
    Ok(())
}

fn figures(times: &Times) -> [Value; 2] {
    let figure = |name: &str, value: &[f64], beside: &[f64], goal: f64| {
        json!({
            "name": name,
            "value": median(value),
            "unit": "ms",
            "baseline": null,
            "beside": median(beside),
            "goal": goal,
        })
    };
    [
        figure("deskwright --version", &times.version, &times.nothing, START_GOAL),
        figure("deskwright runs --all, of 10,000 builds", &times.list, &times.rows, LIST_GOAL),
    ]
}

/// A folder in memory where there is one: every record is synced, which on a disk takes minutes for so many.
fn memory() -> PathBuf {
    let memory = PathBuf::from("/dev/shm");
    if memory.is_dir() { memory } else { std::env::temp_dir() }
}

/// Records builds as they are when they have come home.
fn fill(dir: &Path) -> Result<()> {
    let store = Store::open(dir)?;
    for number in 0..BUILDS {
        let app = App {
            id: format!("com.example.app{}", number % 100),
            slug: format!("app{}", number % 100),
            version: format!("1.0.{number}"),
        };
        let request = Request {
            workflow: "build.yml".to_owned(),
            config: ConfigSource::Path(format!("apps/{}/app.json", app.slug)),
            reference: "main".to_owned(),
            commit: format!("{number:040x}"),
            targets: Vec::new(),
            release: Publication::None,
            allow_partial: false,
            environment: String::new(),
            out: "/home/me/apps/builds".into(),
        };
        let folder = Path::new("/home/me/apps/builds").join(&app.id).join(&app.version);
        let run = 20_000_000_000 + number as u64;
        let new = NewBuild {
            id: BuildId::new(),
            host: "https://api.github.com/".to_owned(),
            repo: "me/apps".parse().map_err(anyhow::Error::msg)?,
            request,
            apps: vec![app],
            state: BuildState::Requested,
            run: None,
            run_url: None,
        };
        store.request(&new, true)?;
        let change = Change {
            run: Some(run),
            run_url: Some(format!("https://github.com/me/apps/actions/runs/{run}")),
            folder: Some(folder),
            ..Change::default()
        };
        store.advance(&new.id, BuildState::Complete, &change)?;
    }
    Ok(())
}

fn measure(dir: &Path) -> Result<Times> {
    let program = env!("CARGO_BIN_EXE_deskwright");
    let connection = rusqlite::Connection::open(dir.join("builds.db"))?;
    let mut times = Times::default();
    for run in 0..=RUNS {
        let version = run_time(program, &["--version"], dir)?;
        let nothing = run_time("true", &[], dir)?;
        let list = run_time(program, &["runs", "--all"], dir)?;
        let rows = read_time(&connection)?;
        if run > 0 {
            times.version.push(version);
            times.nothing.push(nothing);
            times.list.push(list);
            times.rows.push(rows);
        }
    }
    Ok(times)
}

/// From the start of a program to its end.
fn run_time(program: &str, args: &[&str], state: &Path) -> Result<f64> {
    #[expect(clippy::disallowed_methods, reason = "the benchmark starts programs here")]
    let mut command = Command::new(program);
    command.args(args).env("DESKWRIGHT_STATE_DIR", state);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let began = Instant::now();
    let status = command.status().with_context(|| format!("failed to start: {program}"))?;
    let took = began.elapsed();
    ensure!(status.success(), "{program} {args:?}: {status}");
    Ok(took.as_secs_f64() * 1000.0)
}

/// Every column of every build, read and looked at.
fn read_time(connection: &rusqlite::Connection) -> Result<f64> {
    let began = Instant::now();
    let mut statement = connection.prepare("SELECT * FROM builds ORDER BY created_at DESC")?;
    let columns = statement.column_count();
    let mut rows = statement.query([])?;
    let mut seen = 0;
    while let Some(row) = rows.next()? {
        for column in 0..columns {
            std::hint::black_box(row.get_ref(column)?);
        }
        seen += 1;
    }
    ensure!(seen == BUILDS, "{seen} builds");
    Ok(began.elapsed().as_secs_f64() * 1000.0)
}

/// The middle one.
fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}
