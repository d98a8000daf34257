//! A cloud in a box: a folder with its own home and caches, a GitHub on loopback, and act as the machine that runs jobs. act's
//! jobs run as this user, so nothing of the user's environment reaches them but how to reach the network.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use anyhow::{Context as _, Result};
use fake_github::{FakeGithub, Options, Repository};
use serde_json::{Value, json};
use tests::{
    process,
    xtask::{network_environment, repo_root, target_dir, tool},
};

use tokio::sync::OnceCell;

use crate::{copy, times};

/// One run: the first compiles tools and runtime, some minutes on two cores, and more beside other work.
const RUN_LIMIT: Duration = Duration::from_secs(30 * 60);
/// Bundling the stand-ins, asking for the compiler.
const PREPARE_LIMIT: Duration = Duration::from_secs(120);
/// Who runs everything. GitHub keeps caches by repository, so that a second repository would compile all over again.
pub(crate) const REPOSITORY: &str = "me/apps";
/// The references by which callers name our repository: the running commit, and the major version.
const OWN_REFS: &[&str] = &["deskwright/deskwright@local", "deskwright/deskwright@v1"];

/// The box with everything that runs share.
pub(crate) struct Cloud {
    root: PathBuf,
    pub(crate) fake: FakeGithub,
}

/// What a run did.
pub(crate) struct Run {
    pub(crate) succeeded: bool,
    /// Everything that the steps printed.
    pub(crate) log: String,
    /// Each step with its result, in the order of their ends.
    pub(crate) steps: Vec<Step>,
}

/// A step that has ended.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    pub(crate) job: String,
    pub(crate) name: String,
    pub(crate) result: String,
    pub(crate) seconds: f64,
}

/// The one box of this process: the first run fills its caches, and the others find them.
pub(crate) async fn cloud() -> Result<&'static Cloud> {
    static CLOUD: OnceCell<Cloud> = OnceCell::const_new();
    CLOUD.get_or_try_init(Cloud::open).await
}

impl Cloud {
    /// A new box below Cargo's target directory, with fresh copies of the sources. What an earlier one held is gone: the first
    /// run is a cold one.
    async fn open() -> Result<Self> {
        let root = target_dir()?.join("workflows-box");
        if root.exists() {
            fs_err::remove_dir_all(&root)?;
        }
        for folder in ["home", "tmp", "cargo", "logs", "checkouts"] {
            fs_err::create_dir_all(root.join(folder))?;
        }
        share_downloads(&root)?;
        let options = Options { dir: Some(root.join("fake")), ..Options::default() };
        let cloud = Self { fake: FakeGithub::start_with(options).await?, root };
        cloud.fake.add_repository(Repository::new(REPOSITORY)?);
        copy::repository(&cloud.root.join("deskwright")).await?;
        let mut node = process::command("node");
        let script = repo_root()?.join("tests/workflows/stand-ins/build.mjs");
        node.arg(script).arg(cloud.root.join("stand-ins"));
        process::run(&mut node, PREPARE_LIMIT).await?.expect_code(0)?;
        Ok(cloud)
    }

    /// A checkout that is a copy of ours, as a fork's is.
    pub(crate) async fn fork(&self, name: &str) -> Result<PathBuf> {
        let folder = self.root.join("checkouts").join(name);
        copy::repository(&folder).await?;
        self.push(&folder).await?;
        Ok(folder)
    }

    /// A checkout with these files alone.
    pub(crate) async fn checkout(&self, name: &str, files: &[(&str, &str)]) -> Result<()> {
        let folder = self.root.join("checkouts").join(name);
        if folder.exists() {
            fs_err::remove_dir_all(&folder)?;
        }
        for (path, text) in files {
            let path = folder.join(path);
            fs_err::create_dir_all(path.parent().context("a file has a folder")?)?;
            fs_err::write(path, text)?;
        }
        self.push(&folder).await
    }

    /// The repository stands at what the checkout holds.
    async fn push(&self, folder: &Path) -> Result<()> {
        let commit = copy::commit(folder).await?;
        self.fake.change(REPOSITORY, |repository| repository.git.adopt("main", &commit))
    }

    /// The copy of this repository that actions and workflows are taken from.
    pub(crate) fn source(&self) -> PathBuf {
        self.root.join("deskwright")
    }

    /// Whether a file of this name is anywhere in the box: what an injected command would have left.
    pub(crate) fn leaves(&self, name: &str) -> Result<bool> {
        Ok(self.files()?.iter().any(|path| path.file_name().is_some_and(|file| file == name)))
    }

    /// Files that a run left behind which hold this text, in whatever job or service.
    pub(crate) fn files_with(&self, text: &str) -> Result<Vec<PathBuf>> {
        // act is told the secrets by this file.
        let told = self.root.join("secrets");
        let mut found = Vec::new();
        for path in self.files()? {
            let holds = || Ok::<_, anyhow::Error>(memmem(&fs_err::read(&path)?, text.as_bytes()));
            if path != told && holds()? {
                found.push(path);
            }
        }
        Ok(found)
    }

    /// Every file of the box but what was downloaded from registries.
    fn files(&self) -> Result<Vec<PathBuf>> {
        let (mut files, mut folders) = (Vec::new(), vec![self.root.clone()]);
        while let Some(folder) = folders.pop() {
            for entry in fs_err::read_dir(&folder)? {
                let entry = entry?;
                if entry.file_type()?.is_dir() {
                    folders.push(entry.path());
                } else if entry.file_type()?.is_file() {
                    files.push(entry.path());
                }
            }
        }
        Ok(files)
    }

    /// Starts a workflow of a checkout by hand, with these inputs and secrets, and waits for its end.
    pub(crate) async fn run(
        &self,
        title: &str,
        checkout: &str,
        workflow: &str,
        inputs: Value,
        secrets: &[(&str, &str)],
    ) -> Result<Run> {
        let folder = self.root.join("checkouts").join(checkout);
        let run = self.fake.start_run(REPOSITORY)?;
        let event = json!({ "inputs": inputs, "repository": { "private": false, "full_name": REPOSITORY } });
        fs_err::write(self.root.join("event.json"), event.to_string())?;
        let mut environment = run.environment.clone();
        let token = environment.remove("GITHUB_TOKEN").unwrap_or_default();
        // Nothing is published here, and the real place is out of reach.
        environment
            .insert("DESKWRIGHT_RUNTIMES_URL".to_owned(), format!("{}/none", self.fake.url()));
        self.write_pairs("environment", environment)?;
        let mut all: BTreeMap<_, _> =
            secrets.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        all.insert("GITHUB_TOKEN".to_owned(), token);
        self.write_pairs("secrets", all)?;
        let mut act = self.act(&folder, workflow).await?;
        let output = process::run(&mut act, RUN_LIMIT).await?;
        fs_err::write(self.root.join(format!("logs/{title}.jsonl")), &output.stdout)?;
        let run = Run::read(&output.stdout, output.status.success());
        times::note(&self.root, title, output.elapsed, &run.steps)?;
        Ok(run)
    }

    async fn act(&self, folder: &Path, workflow: &str) -> Result<Command> {
        let mut act = process::command(tool("act")?);
        act.env_clear().envs(network_environment());
        act.env("PATH", search_path().await?).env("HOME", self.root.join("home"));
        act.env("CARGO_HOME", self.root.join("cargo")).env("TMPDIR", self.root.join("tmp"));
        act.env("RUSTUP_HOME", self.root.join("no-rustup"));
        act.current_dir(folder).args([
            "workflow_dispatch",
            "--json",
            "--matrix",
            "target:linux-x64",
        ]);
        act.arg("--workflows").arg(Path::new(".github/workflows").join(workflow));
        act.args([
            "--platform",
            "ubuntu-22.04=-self-hosted",
            "--action-offline-mode",
            "--pull=false",
        ]);
        act.args(["--no-cache-server", "--concurrent-jobs", "2", "--action-cache-path"])
            .arg(self.root.join("act"));
        act.arg("--eventpath").arg(self.root.join("event.json"));
        act.arg("--env-file").arg(self.root.join("environment"));
        act.arg("--secret-file").arg(self.root.join("secrets"));
        let source = self.root.join("deskwright");
        for name in OWN_REFS {
            act.args(["--local-repository", &format!("{name}={}", source.display())]);
        }
        for action in copy::third_party(&source)? {
            let name = action.split('@').next().unwrap_or_default();
            let place = self.root.join("stand-ins").join(name);
            act.args(["--local-repository", &format!("{action}={}", place.display())]);
        }
        Ok(act)
    }

    /// A file of `NAME="value"` lines, as act reads them.
    fn write_pairs(&self, file: &str, pairs: BTreeMap<String, String>) -> Result<()> {
        let mut text = String::new();
        for (name, value) in pairs {
            writeln!(text, "{name}={}", json!(value))?;
        }
        Ok(fs_err::write(self.root.join(file), text)?)
    }
}

fn memmem(bytes: &[u8], text: &[u8]) -> bool {
    bytes.windows(text.len()).any(|window| window == text)
}

/// What was downloaded from registries once is not downloaded again; nothing else of the user's Cargo is seen.
fn share_downloads(root: &Path) -> Result<()> {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(std::env::home_dir()?.join(".cargo")));
    let (Some(registry), link) =
        (home.map(|home| home.join("registry")), root.join("cargo/registry"))
    else {
        return Ok(());
    };
    if registry.is_dir() && !link.exists() {
        fs_err::os::unix::fs::symlink(registry, link)?;
    }
    Ok(())
}

/// The compiler itself instead of a version manager's proxy for it, which would need its own home.
async fn search_path() -> Result<String> {
    let mut rustc = process::command("rustc");
    rustc.args(["--print", "sysroot"]);
    let sysroot = process::run(&mut rustc, PREPARE_LIMIT).await?.expect_code(0)?.stdout;
    let mut node = process::command("node");
    node.args(["--print", "require('node:path').dirname(process.execPath)"]);
    let node = process::run(&mut node, PREPARE_LIMIT).await?.expect_code(0)?.stdout;
    Ok(format!(
        "{}/bin:{}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        sysroot.trim(),
        node.trim()
    ))
}

impl Run {
    fn read(stream: &str, succeeded: bool) -> Self {
        let mut run = Self { succeeded, log: String::new(), steps: Vec::new() };
        for event in stream.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok()) {
            let text = |key: &str| event[key].as_str().unwrap_or_default().to_owned();
            if event["raw_output"] == true || event.get("command").is_some() {
                run.log.push_str(&text("msg"));
                run.log.push('\n');
            }
            // Steps of a composite action have ids of several parts.
            let is_whole = event["stepID"].as_array().is_some_and(|id| id.len() == 1);
            if event["stage"] == "Main" && event["stepResult"].is_string() && is_whole {
                let job = text("job").trim().to_owned();
                let seconds = event["executionTime"].as_f64().unwrap_or_default() / 1e9;
                run.steps.push(Step {
                    job,
                    name: text("step"),
                    result: text("stepResult"),
                    seconds,
                });
            }
        }
        run
    }

    /// Steps that failed, as text for messages.
    pub(crate) fn failures(&self) -> String {
        let failed = self.steps.iter().filter(|step| step.result != "success");
        failed.map(|step| format!("{}: {}\n", step.job, step.name)).collect()
    }

    /// The end of the log, for messages.
    pub(crate) fn tail(&self) -> &str {
        /// Enough for an error and what led to it (bytes).
        const SHOWN: usize = 6000;
        let start = self.log.len().saturating_sub(SHOWN);
        let start = (start..self.log.len()).find(|at| self.log.is_char_boundary(*at));
        &self.log[start.unwrap_or(0)..]
    }

    /// Fails unless the run succeeded.
    pub(crate) fn expect_success(self) -> Result<Self> {
        anyhow::ensure!(self.succeeded, "the run failed:\n{}\n{}", self.failures(), self.tail());
        Ok(self)
    }

    /// Fails unless the run failed.
    pub(crate) fn expect_failure(self) -> Result<Self> {
        anyhow::ensure!(!self.succeeded, "the run succeeded:\n{}", self.tail());
        Ok(self)
    }
}
