//! A desk with a checkout of an app, and a GitHub on loopback that has the same: where builds begin.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    sync::Arc,
};

use anyhow::{Result, ensure};
use fake_github::{Access, Dispatch, FakeGithub, Options, OurRun, Repository, Script};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::process::{Child, Command};

use super::said::{MARKER, Said, TOKEN, wait};

pub(crate) const REPOSITORY: &str = "me/apps";
/// The path of the one dispatch that a build makes.
pub(crate) const DISPATCHES: &str = "/repos/*/*/actions/workflows/*/dispatches";
/// How much faster time goes, so that no test waits.
pub(crate) const SPEED: f64 = 200.0;
const BUILD: &str = include_str!("../../../.github/workflows/build.yml");
const BUILD_APP: &str = include_str!("../../../.github/workflows/build-app.yml");

/// A checkout, a state, a folder for builds, and a GitHub.
pub(crate) struct Desk {
    pub(crate) fake: FakeGithub,
    pub(crate) dir: TempDir,
    pub(crate) token: &'static str,
}

impl Desk {
    /// One app for three systems, pushed; runs succeed.
    pub(crate) async fn new() -> Result<Self> {
        Self::with(Options { speed: SPEED, ..Options::default() }).await
    }

    pub(crate) async fn with(options: Options) -> Result<Self> {
        let desk = Self {
            fake: FakeGithub::start_with(options).await?,
            dir: tempfile::tempdir()?,
            token: TOKEN,
        };
        desk.fake.add_token(Access::full(TOKEN));
        desk.write("app/app.json", &config("notes", "1.0.0").to_string())?;
        desk.write("app/web/index.html", "<!doctype html><title>Notes</title>")?;
        desk.write(".github/workflows/build.yml", BUILD)?;
        desk.write(".github/workflows/build-app.yml", BUILD_APP)?;
        desk.git(&["init", "--quiet", "--initial-branch", "main"]).await?;
        desk.git(&["remote", "add", "origin", "https://github.com/me/apps.git"]).await?;
        desk.commit().await?;
        desk.fake.add_repository(Repository::from_checkout(REPOSITORY, &desk.checkout())?);
        desk.scripted(|run, _| run.script());
        Ok(desk)
    }

    /// Runs go as this says.
    pub(crate) fn scripted(
        &self,
        change: impl Fn(OurRun, &Dispatch) -> Result<Script> + Send + Sync + 'static,
    ) {
        let config = self.config();
        let scripter = move |dispatch: &Dispatch| {
            let text = match dispatch.inputs.get("config-json").filter(|text| !text.is_empty()) {
                Some(text) => Ok(text.clone()),
                None => fs_err::read_to_string(&config).map_err(anyhow::Error::from),
            };
            let script = text.and_then(|text| change(OurRun::of(&text, dispatch)?, dispatch));
            script.unwrap_or_else(|error| panic!("no script: {error:#}"))
        };
        self.fake.on_dispatch(REPOSITORY, Arc::new(scripter));
    }

    pub(crate) fn checkout(&self) -> PathBuf {
        self.dir.path().join("checkout")
    }

    pub(crate) fn config(&self) -> PathBuf {
        self.checkout().join("app/app.json")
    }

    pub(crate) fn state(&self) -> PathBuf {
        self.dir.path().join("state")
    }

    /// Where builds land.
    pub(crate) fn out(&self) -> PathBuf {
        self.checkout().join("builds")
    }

    /// Writes a file of the checkout.
    pub(crate) fn write(&self, path: &str, text: &str) -> Result<()> {
        let path = self.checkout().join(path);
        fs_err::create_dir_all(path.parent().unwrap_or(&path))?;
        Ok(fs_err::write(path, text)?)
    }

    pub(crate) async fn git(&self, args: &[&str]) -> Result<()> {
        git(&self.checkout(), args).await
    }

    pub(crate) async fn commit(&self) -> Result<()> {
        self.git(&["add", "--all"]).await?;
        self.git(&["commit", "--quiet", "--message", "Change"]).await
    }

    /// Commits everything, and brings it to GitHub.
    pub(crate) async fn push(&self, branch: &str) -> Result<()> {
        self.commit().await?;
        let checkout = self.checkout();
        self.fake.change(REPOSITORY, |repository| repository.git.import(branch, &checkout))??;
        Ok(())
    }

    /// The program with these arguments, in the checkout, not yet started.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        self.command_at(SPEED, args)
    }

    /// The same with time going so much faster.
    pub(crate) fn command_at(&self, speed: f64, args: &[&str]) -> Command {
        self.command_of(Path::new(env!("CARGO_BIN_EXE_deskwright")), speed, args)
    }

    fn command_of(&self, program: &Path, speed: f64, args: &[&str]) -> Command {
        #[expect(clippy::disallowed_methods, reason = "tests start the program here")]
        let mut command = std::process::Command::new(program);
        command.args(args).env_clear().env("GITHUB_TOKEN", self.token);
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("GITHUB_REPOSITORY", REPOSITORY).env("GITHUB_API_URL", self.fake.url());
        command.env("DESKWRIGHT_STATE_DIR", self.state());
        command.env("DESKWRIGHT_CLOCK_SPEED", speed.to_string());
        command.current_dir(self.checkout());
        let mut command = Command::from(command);
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        command
    }

    /// A line of a shell that finds the program by its name, in the checkout.
    pub(crate) fn shell(&self, line: &str) -> Command {
        let mut path =
            Path::new(env!("CARGO_BIN_EXE_deskwright")).with_file_name("").into_os_string();
        path.push(":");
        path.push(std::env::var_os("PATH").unwrap_or_default());
        let mut command = self.command_of(Path::new("sh"), SPEED, &["-euc", line]);
        command.env("PATH", path);
        command
    }

    /// The program with these arguments, as a user who owns nothing here. Root may write everywhere, and so could not see what
    /// such a user sees.
    pub(crate) fn as_nobody(&self, args: &[&str]) -> Result<Command> {
        /// Its number on Linux.
        const NOBODY: u32 = 65_534;
        // Cargo's folder may be in root's home, where nobody else comes.
        let program = self.dir.path().join("deskwright");
        fs_err::copy(env!("CARGO_BIN_EXE_deskwright"), &program)?;
        let mut command = self.command_of(&program, SPEED, args);
        if rustix::process::geteuid().is_root() {
            command.uid(NOBODY).gid(NOBODY);
        }
        // Git refuses checkouts of other users unless it is told.
        let trusted = [("GIT_CONFIG_COUNT", "1"), ("GIT_CONFIG_KEY_0", "safe.directory")];
        command.envs(trusted).env("GIT_CONFIG_VALUE_0", "*");
        Ok(command)
    }

    pub(crate) fn start(&self, args: &[&str]) -> Result<Child> {
        Ok(self.command(args).spawn()?)
    }

    pub(crate) async fn run(&self, args: &[&str]) -> Result<Said> {
        wait(self.start(args)?).await
    }

    /// The result of a command, as JSON.
    pub(crate) async fn json(&self, args: &[&str]) -> Result<Value> {
        self.run(&[args, &["--format", "json"]].concat()).await?.ok().last()
    }

    /// How many runs there are at GitHub.
    pub(crate) fn dispatches(&self) -> usize {
        self.fake
            .requests()
            .iter()
            .filter(|request| {
                let taken = request.status.is_some_and(|status| status.is_success());
                // A request that was cut off has no status, whether it took effect or not.
                request.path.ends_with("/dispatches") && taken
            })
            .count()
    }

    /// Fails when the token is in any file of the desk.
    pub(crate) fn expect_no_token(&self) -> Result<()> {
        for file in files_below(self.dir.path())? {
            let bytes = fs_err::read(&file)?;
            let found = bytes.windows(MARKER.len()).any(|window| window == MARKER.as_bytes());
            ensure!(!found, "the token is in: {}", file.display());
        }
        Ok(())
    }
}

impl Drop for Desk {
    /// Whatever else a test is about: nobody breaks the contract.
    fn drop(&mut self) {
        if !std::thread::panicking() {
            assert_eq!(self.fake.violations(), Vec::<String>::new());
        }
    }
}

/// The config of an app for three systems.
pub(crate) fn config(slug: &str, version: &str) -> Value {
    json!({
        "app": { "name": slug, "id": format!("com.example.{}", slug.replace('-', "")), "slug": slug, "version": version },
        "content": { "dir": "web" },
        "bundle": { "targets": ["linux-x64", "windows-x64", "macos-arm64"] },
    })
}

pub(crate) async fn git(dir: &Path, args: &[&str]) -> Result<()> {
    let identity =
        ["-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"];
    #[expect(clippy::disallowed_methods, reason = "tests start git here")]
    let mut git = std::process::Command::new("git");
    git.args(identity).args(args).current_dir(dir).stdin(Stdio::null());
    let output = Command::from(git).output().await?;
    ensure!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}

/// Every file below a folder.
pub(crate) fn files_below(dir: &Path) -> Result<Vec<PathBuf>> {
    let (mut files, mut folders) = (Vec::new(), vec![dir.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in fs_err::read_dir(folder)? {
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
