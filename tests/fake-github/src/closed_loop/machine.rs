//! The machine that jobs run on: a folder with its own home and caches, so that nothing of the user's environment reaches a
//! job but how to reach the network. It keeps a well-behaved build from touching what is the user's; a hostile one it does not
//! hold, since act's jobs run as this user.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::{
    act::Act,
    copy, orphans,
    programs::{self, Programs},
};
use crate::process;

/// Bundling the stand-ins.
const PREPARE_LIMIT: Duration = Duration::from_secs(120);
/// What act does at the same time (count): Content and Runtime of one run.
const CONCURRENT_JOBS: &str = "2";
/// The label of the runners whose jobs this machine takes, and how act is told so.
const LINUX: &str = "ubuntu-22.04=-self-hosted";
/// Jobs of a matrix that this machine can run.
const LEGS: &str = "target:linux-x64";
const FOLDERS: [&str; 4] = ["home", "tmp", "cargo", "act"];

/// A folder with everything that runs share.
#[derive(Debug)]
pub struct Machine {
    root: PathBuf,
    programs: Programs,
    /// Held as long as the machine is used.
    _lock: fs_err::File,
}

/// A run of a workflow, as it is started.
#[derive(Debug)]
pub struct Wish<'a> {
    /// The files of the repository, as `copy` leaves them.
    pub checkout: &'a Path,
    /// Where the actions and workflows of ours are taken from.
    pub source: &'a Path,
    /// The workflow's file name or path.
    pub workflow: &'a str,
    pub actor: &'a str,
    pub event: Value,
    /// What the steps see besides what act tells them.
    pub environment: BTreeMap<String, String>,
    /// `GITHUB_TOKEN` among them.
    pub secrets: BTreeMap<String, String>,
}

impl Machine {
    /// Prepares a folder, or takes up one that was prepared before. One machine runs in one place at a time.
    pub async fn open(root: &Path, programs: Programs) -> Result<Self> {
        for folder in FOLDERS {
            fs_err::create_dir_all(root.join(folder))?;
        }
        let lock = fs_err::File::create(root.join(".lock"))?;
        lock.try_lock().map_err(|_| {
            anyhow::anyhow!("another closed loop works in this folder: {}", root.display())
        })?;
        share_downloads(root)?;
        let machine = Self { root: root.to_owned(), programs, _lock: lock };
        machine.bundle_stand_ins().await?;
        Ok(machine)
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Removes what jobs have left: their checkouts and their temporary folders.
    pub(super) fn tidy(&self) -> Result<()> {
        for folder in ["act", "tmp"] {
            fs_err::remove_dir_all(self.root.join(folder))?;
            fs_err::create_dir(self.root.join(folder))?;
        }
        Ok(())
    }

    /// Starts act for a workflow that is dispatched.
    pub fn start(&self, wish: &Wish) -> Result<Act> {
        let files = tempfile::tempdir_in(self.root.join("tmp"))?;
        let write = |name: &str, text: String| {
            let path = files.path().join(name);
            fs_err::write(&path, text).map(|()| path)
        };
        // The folder's name is one that no other run has.
        let mark = files.path().to_string_lossy().into_owned();
        let mut environment = wish.environment.clone();
        environment.insert(orphans::MARK.to_owned(), mark.clone());
        let mut act = process::command(&self.programs.act);
        act.env_clear().envs(programs::network_environment());
        act.env("PATH", &self.programs.path).env("HOME", self.root.join("home"));
        act.env("CARGO_HOME", self.root.join("cargo")).env("TMPDIR", self.root.join("tmp"));
        act.env("RUSTUP_HOME", self.root.join("no-rustup")).env(orphans::MARK, &mark);
        act.current_dir(wish.checkout).args(["workflow_dispatch", "--json"]);
        act.args(["--matrix", LEGS, "--platform", LINUX, "--actor", wish.actor]);
        let workflow = Path::new(wish.workflow).file_name().context("a workflow is a file")?;
        act.arg("--workflows").arg(Path::new(".github/workflows").join(workflow));
        // The checkout has what is committed and nothing else.
        act.args(["--action-offline-mode", "--pull=false", "--use-gitignore=false"]);
        act.args(["--no-cache-server", "--concurrent-jobs", CONCURRENT_JOBS]);
        act.arg("--action-cache-path").arg(self.root.join("act"));
        act.arg("--eventpath").arg(write("event.json", wish.event.to_string())?);
        // JSON is YAML, and has one way of quoting.
        let pairs = |pairs: &BTreeMap<_, _>| serde_json::to_string(pairs);
        act.arg("--env-file").arg(write("environment.yml", pairs(&environment)?)?);
        act.arg("--secret-file").arg(write("secrets.yml", pairs(&wish.secrets)?)?);
        for name in copy::OWN_REFS {
            act.args(["--local-repository", &format!("{name}={}", wish.source.display())]);
        }
        for action in copy::third_party(wish.source)? {
            let name = action.split('@').next().unwrap_or_default();
            let place = self.root.join("stand-ins").join(name);
            act.args(["--local-repository", &format!("{action}={}", place.display())]);
        }
        Act::start(act, mark, files)
    }

    /// Puts GitHub's clients and our few lines around them together to the actions that workflows find.
    async fn bundle_stand_ins(&self) -> Result<()> {
        let mut node = process::command("node");
        node.env("PATH", &self.programs.path);
        node.arg(self.programs.stand_ins.join("build.mjs")).arg(self.root.join("stand-ins"));
        programs::output(node, PREPARE_LIMIT).await?;
        Ok(())
    }
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
    if link.is_symlink() {
        fs_err::remove_file(&link)?;
    }
    if registry.is_dir() {
        fs_err::os::unix::fs::symlink(registry, link)?;
    }
    Ok(())
}
