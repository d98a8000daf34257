//! How fast a build comes home: beside `curl`, `sha256sum` and `unzip` of the same, in turns, from the same GitHub on
//! loopback.
//!
//!     cargo bench --package orchestrator --bench collect -- [--megabytes N] [--rounds N] [--format json]
//!
//! Four artifacts that do not shrink, stored. Ours does more: it asks what there is, hashes each file, brings everything onto
//! the disk, and puts it in its place at once.

#![allow(clippy::print_stdout, reason = "prints its results")]

#[path = "../tests/collect/sample.rs"]
#[allow(dead_code, clippy::unwrap_used, reason = "made for the tests")]
mod sample;

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use config_schema::Target;
use fake_github::{
    Access, Action, FakeGithub, Fault, Repository, Script, ScriptedArtifact, ScriptedJob,
};
use orchestrator::{
    Clock, Connection, Event, Host, Progress, SHORT_PATIENCE, Server, SignIn, Token, collect,
    state::{
        Build, BuildId, BuildState, ConfigSource, NewBuild, Publication, Request, Requested, Store,
    },
};
use serde_json::{Value, json};
use tokio::process::{Child, Command};

const REPOSITORY: &str = "o/r";
const TOKEN: &str = "token-of-the-benchmark";
const TARGETS: [Target; 4] =
    [Target::LinuxX64, Target::LinuxArm64, Target::WindowsX64, Target::MacosArm64];
/// What is not lost when the process ends, as `download` promises (bytes of a file).
const CHUNK_LEN: u64 = 1024 * 1024;
/// The least that ours may be of the baseline's speed (ratio).
const GOAL: f64 = 0.8;
/// How long parts may not grow until everything that came is in them.
const STILL: Duration = Duration::from_millis(500);
/// Fetches, checks and unpacks the artifacts whose ids are the arguments.
const BASELINE: &str = r#"
set -eu
one() {
  curl --silent --show-error --fail --location --header "Authorization: Bearer $TOKEN" --output "$1.zip" "$API/$1/zip"
  sha256sum "$1.zip" > "$1.sum"
  unzip -q "$1.zip" -d "$1"
}
if [ "$AT_ONCE" = 1 ]; then for id in "$@"; do one "$id"; done
else for id in "$@"; do one "$id" & done; wait; fi
"#;

/// What was asked for on the command line.
struct Wish {
    megabytes: usize,
    rounds: usize,
    json: bool,
}

/// A GitHub with a run, and a folder for everything.
struct Scene {
    fake: FakeGithub,
    dir: tempfile::TempDir,
    run: u64,
    ids: Vec<String>,
    /// Of one archive, in bytes.
    len: u64,
}

#[tokio::main]
async fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if let [flag, url, run, dir] = &args[..]
        && flag == "--child"
    {
        return child(url, run.parse()?, Path::new(dir)).await;
    }
    let value = |name: &str| args.iter().skip_while(|arg| *arg != name).nth(1);
    let number = |name: &str, usual| value(name).map_or(Ok(usual), |text| text.parse());
    let wish = Wish {
        megabytes: number("--megabytes", 512)?,
        rounds: number("--rounds", 3)?,
        json: value("--format").is_some_and(|format| format == "json"),
    };
    let scene = Scene::new(wish.megabytes).await?;
    let results = measure(&scene, &wish).await?;
    if wish.json {
        println!("{}", serde_json::to_string_pretty(&results)?);
    } else {
        print(&results);
    }
    Ok(())
}

impl Scene {
    async fn new(megabytes: usize) -> Result<Self> {
        let fake = FakeGithub::start().await?;
        let workflow = "on: workflow_dispatch\n";
        let repository = Repository::new(REPOSITORY)?;
        fake.add_repository(repository.with_file(".github/workflows/build.yml", workflow)?);
        fake.add_token(Access::full(TOKEN));
        let dir = tempfile::tempdir()?;
        let sample = sample::Sample::new("notes", "1.0.0", &TARGETS);
        let mut job = ScriptedJob::new("build").artifact(sample.plan_artifact());
        let mut len = 0;
        for (index, name) in sample.names().iter().enumerate() {
            let content = noise(index as u64 + 1, megabytes * 1024 * 1024);
            let files = sample::bundle(sample.app(), &sample.plan.matrix.include[index], &content);
            let path = dir.path().join(format!("{name}.zip"));
            fs_err::write(&path, sample::zipped(&files))?;
            len = fs_err::metadata(&path)?.len();
            job = job.artifact(ScriptedArtifact::file(name, path));
        }
        let script = Script::new().job(job);
        fake.on_dispatch(REPOSITORY, Arc::new(move |_| script.clone()));
        let mut scene = Self { fake, dir, run: 0, ids: Vec::new(), len };
        scene.dispatch().await?;
        Ok(scene)
    }

    async fn dispatch(&mut self) -> Result<()> {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder().user_agent("bench").build()?;
        let actions = format!("{}/repos/{REPOSITORY}/actions", self.fake.url());
        let url = format!("{actions}/workflows/build.yml/dispatches");
        let wish = json!({ "ref": "main", "return_run_details": true });
        let answer = client.post(url).bearer_auth(TOKEN).json(&wish).send().await?;
        let details: Value = answer.json().await?;
        self.run = details["workflow_run_id"].as_u64().context("no run")?;
        let url = format!("{actions}/runs/{}/artifacts", self.run);
        let list: Value = client.get(url).bearer_auth(TOKEN).send().await?.json().await?;
        let artifacts = list["artifacts"].as_array().context("no artifacts")?;
        let bundles = artifacts.iter().filter(|artifact| artifact["name"] != "plan");
        self.ids = bundles.map(|artifact| artifact["id"].to_string()).collect();
        Ok(())
    }

    /// A folder of this name with nothing in it.
    fn empty(&self, name: &str) -> Result<PathBuf> {
        let dir = self.dir.path().join(name);
        if dir.exists() {
            fs_err::remove_dir_all(&dir)?;
        }
        fs_err::create_dir_all(&dir)?;
        Ok(dir)
    }

    /// Ours, in a process of its own.
    fn start(&self, dir: &Path) -> Result<Child> {
        let mut command = program(std::env::current_exe()?.as_os_str());
        command.args(["--child", self.fake.url(), &self.run.to_string()]).arg(dir);
        Ok(command.stdout(Stdio::piped()).kill_on_drop(true).spawn()?)
    }

    /// Seconds and peak memory of ours.
    async fn ours(&self) -> Result<(f64, u64)> {
        let dir = self.empty("ours")?;
        settle().await?;
        let output = self.start(&dir)?.wait_with_output().await?;
        ensure!(output.status.success(), "ours failed: {}", output.status);
        let told: Value = serde_json::from_slice(&output.stdout)?;
        let figure = |name: &str| told[name].as_f64().context("a figure");
        Ok((figure("seconds")?, figure("peak")? as u64))
    }

    /// Seconds of the baseline.
    async fn baseline(&self, at_once: usize) -> Result<f64> {
        let dir = self.empty("baseline")?;
        settle().await?;
        let mut command = program("sh".as_ref());
        command.args(["-c", BASELINE, "sh"]).args(&self.ids).current_dir(&dir);
        let api = format!("{}/repos/{REPOSITORY}/actions/artifacts", self.fake.url());
        command.env("API", api).env("TOKEN", TOKEN).env("AT_ONCE", at_once.to_string());
        let start = Instant::now();
        let status = command.status().await.context("failed to start `sh`")?;
        ensure!(status.success(), "the baseline failed: curl, sha256sum and unzip must be there");
        Ok(start.elapsed().as_secs_f64())
    }

    /// Bytes of each file that come twice when the process is killed at nine tenths.
    async fn lost(&self) -> Result<Vec<u64>> {
        let dir = self.empty("ours")?;
        let cut = self.len * 9 / 10;
        let hold = Action::HoldDownload(usize::try_from(cut)?);
        let fault = Fault::on(reqwest::Method::GET, "/blob/**", hold);
        self.fake.add_fault(fault.after(1).times(TARGETS.len()));
        let mut child = self.start(&dir)?;
        let parts = || -> Result<Vec<u64>> {
            let mut found = Vec::new();
            for entry in walk(&dir.join("builds/.deskwright"))? {
                if entry.extension().is_some_and(|end| end == "part") {
                    found.push(fs_err::metadata(entry)?.len());
                }
            }
            Ok(found)
        };
        let mut before = Vec::new();
        loop {
            tokio::time::sleep(STILL).await;
            let now = parts()?;
            if now == before && now.len() == TARGETS.len() && now.iter().all(|len| *len > 0) {
                break;
            }
            before = now;
        }
        child.kill().await?;
        let lost = parts()?.iter().map(|len| cut - len).collect();
        self.fake.clear_faults();
        let output = self.start(&dir)?.wait_with_output().await?;
        ensure!(output.status.success(), "it did not go on: {}", output.status);
        let requests = self.fake.requests();
        let last = requests.iter().rev().filter(|request| request.path.starts_with("/blob/"));
        let ranges = last
            .take(TARGETS.len())
            .filter(|request| request.status == Some(reqwest::StatusCode::PARTIAL_CONTENT));
        ensure!(ranges.count() == TARGETS.len(), "it began anew");
        Ok(lost)
    }
}

async fn measure(scene: &Scene, wish: &Wish) -> Result<Value> {
    let (mut ours, mut one, mut four, mut peak) = (Vec::new(), Vec::new(), Vec::new(), 0);
    for _ in 0..wish.rounds {
        one.push(scene.baseline(1).await?);
        let (seconds, memory) = scene.ours().await?;
        ours.push(seconds);
        peak = peak.max(memory);
        four.push(scene.baseline(TARGETS.len()).await?);
    }
    let lost = scene.lost().await?;
    let ratio = median(&one) / median(&ours);
    let most_lost = lost.iter().copied().max().unwrap_or_default();
    Ok(json!({
        "bytes": scene.len * TARGETS.len() as u64,
        "ours": ours,
        "baseline": one,
        "baselineAtOnce": four,
        "ratio": ratio,
        "ratioAtOnce": median(&four) / median(&ours),
        "goal": GOAL,
        "peakBytes": peak,
        "lostBytes": lost,
        "chunkBytes": CHUNK_LEN,
        "figures": [
            figure("builds fetched, checked and landed", median(&ours), "s", Some(median(&one)), 1.0 / GOAL),
            figure("the same, beside all at once", median(&ours), "s", Some(median(&four)), 1.0 / GOAL),
            figure("fetched twice after a kill at 90 %", most_lost as f64 / 1e6, "MB", None, CHUNK_LEN as f64 / 1e6),
        ],
        "ok": ratio >= GOAL && lost.iter().all(|lost| *lost <= CHUNK_LEN),
    }))
}

/// As `cargo xtask bench` tells it: with a baseline, the goal is a ratio.
fn figure(name: &str, value: f64, unit: &str, baseline: Option<f64>, goal: f64) -> Value {
    json!({ "name": name, "value": value, "unit": unit, "baseline": baseline, "goal": goal })
}

fn print(results: &Value) {
    let seconds = |name: &str| {
        let all = results[name].as_array().into_iter().flatten().filter_map(Value::as_f64);
        let all: Vec<_> = all.collect();
        let each: Vec<_> = all.iter().map(|seconds| format!("{seconds:.2}")).collect();
        format!("{:>7.2} s   ({})", median(&all), each.join(", "))
    };
    let megabytes = |value: &Value| value.as_f64().unwrap_or_default() / 1024.0 / 1024.0;
    println!("{} artifacts, {:.0} MiB in all", TARGETS.len(), megabytes(&results["bytes"]));
    println!("deskwright: list, fetch, land             {}", seconds("ours"));
    println!("curl, sha256sum, unzip, one by one        {}", seconds("baseline"));
    println!("the same, all at once                     {}", seconds("baselineAtOnce"));
    println!(
        "speed: {:.2} x one by one, {:.2} x all at once (goal {GOAL} x)",
        results["ratio"].as_f64().unwrap_or_default(),
        results["ratioAtOnce"].as_f64().unwrap_or_default()
    );
    println!(
        "peak memory                               {:>7.1} MiB",
        megabytes(&results["peakBytes"])
    );
    println!(
        "fetched twice after a kill at 90 % (bytes of each file, at most {CHUNK_LEN}): {}",
        results["lostBytes"]
    );
}

/// Collects in a process of its own, and tells how long it took and how much memory it needed.
async fn child(url: &str, run: u64, dir: &Path) -> Result<()> {
    struct Silent;
    impl Progress for Silent {
        fn event(&self, _: &Event) {}
    }
    let connection = Connection {
        host: Host::parse(url)?,
        sign_in: SignIn::Token(Token::new(TOKEN)),
        clock: Clock::real(),
        patience: SHORT_PATIENCE,
    };
    let server = Server::connect(connection, Arc::new(Silent))?;
    let repo: orchestrator::RepoName = REPOSITORY.parse().map_err(anyhow::Error::msg)?;
    let github = server.repository(repo.clone());
    let store = Store::open(&dir.join("state"))?;
    let known = store.find(&run.to_string())?;
    let build = known.map_or_else(|| record(&store, &build(url, repo, run, dir)), Ok)?;
    let start = Instant::now();
    let listing = collect::list(&github, &store, &build).await?;
    collect::fetch(&github, &store, &build, &listing).await?;
    collect::land(&build, &listing)?;
    let told = json!({ "seconds": start.elapsed().as_secs_f64(), "peak": peak()? });
    println!("{told}");
    Ok(())
}

fn build(url: &str, repo: orchestrator::RepoName, run: u64, dir: &Path) -> NewBuild {
    NewBuild {
        id: BuildId::new(),
        host: url.to_owned(),
        repo,
        request: Request {
            workflow: "build.yml".to_owned(),
            config: ConfigSource::Unknown,
            reference: "main".to_owned(),
            commit: String::new(),
            targets: Vec::new(),
            release: Publication::None,
            allow_partial: false,
            environment: String::new(),
            out: dir.join("builds"),
        },
        apps: Vec::new(),
        state: BuildState::Succeeded,
        run: Some(run),
        run_url: None,
    }
}

/// The most memory that this process has had, in bytes; nothing where the system does not tell.
fn peak() -> Result<u64> {
    if !cfg!(target_os = "linux") {
        return Ok(0);
    }
    let status = fs_err::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("no VmHWM")?;
    let kilobytes: u64 = line.trim().trim_end_matches(" kB").parse()?;
    Ok(kilobytes * 1024)
}

/// What one round has left to be written does not slow the next.
async fn settle() -> Result<()> {
    program("sync".as_ref()).status().await?;
    Ok(())
}

fn program(name: &std::ffi::OsStr) -> Command {
    #[expect(clippy::disallowed_methods, reason = "the benchmark starts programs here")]
    let command = std::process::Command::new(name);
    Command::from(command)
}

/// Every file below a folder.
fn walk(dir: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    if !dir.is_dir() {
        return Ok(found);
    }
    for entry in fs_err::read_dir(dir)? {
        let path = entry?.path();
        if path.is_dir() { found.extend(walk(&path)?) } else { found.push(path) }
    }
    found.sort();
    Ok(found)
}

/// Bytes that do not shrink, others for each seed.
fn noise(seed: u64, len: usize) -> Vec<u8> {
    let mut state = seed;
    let next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    };
    std::iter::repeat_with(next).flatten().take(len).collect()
}

/// The middle one.
fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}

fn record(store: &Store, new: &NewBuild) -> Result<Build> {
    match store.request(new, true)? {
        Requested::New(build) | Requested::Found(build) => Ok(build),
    }
}
