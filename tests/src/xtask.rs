//! The real xtask: found beside the tests, run in a scrubbed environment.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};

use crate::desktop::Desktop;
use crate::process::{self, Output};

/// Names the xtask to be tested; `cargo xtask test` sets it to itself.
const PATH_VARIABLE: &str = "DESKWRIGHT_XTASK";

/// Tells xtask which checkout it serves, wherever it is started.
const ROOT_VARIABLE: &str = "DESKWRIGHT_ROOT";

/// What xtask and the cargo and npm inside it need of our environment. A name that ends in `*` is a
/// prefix. What cargo sets for the tests themselves (`CARGO_PKG_*`, `CARGO_MANIFEST_DIR`) would
/// mislead a cargo inside, and a display would hide that building needs none.
const INHERITED_VARIABLES: &[&str] = &[
    "PATH",
    "HOME",
    "TMPDIR",
    "CARGO_HOME",
    "CARGO_TARGET_DIR",
    "CARGO_BUILD_*",
    "CARGO_HTTP_*",
    "CARGO_NET_*",
    "RUSTUP_*",
    "npm_config_*",
    // What stands in for a slower `plugin-tool`, and for a toolchain that can build plugins.
    "DESKWRIGHT_PLUGIN_TOOL",
    "DESKWRIGHT_WASM_CARGO",
    "NODE_EXTRA_CA_CERTS",
    "SSL_CERT_*",
    "http_proxy",
    "https_proxy",
    "no_proxy",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
];

/// The compiled xtask, to be run in the repository or in another directory.
#[derive(Debug, Clone)]
pub struct Xtask {
    binary: PathBuf,
    directory: PathBuf,
    input: Option<String>,
    file_limit: Option<u64>,
    variables: Vec<(String, OsString)>,
}

impl Xtask {
    /// Takes the binary that `DESKWRIGHT_XTASK` names, else the one in the same target directory
    /// and profile as the tests.
    pub fn new() -> Result<Self> {
        let binary = match std::env::var_os(PATH_VARIABLE) {
            Some(path) => path.into(),
            None => beside_tests("xtask")?,
        };
        anyhow::ensure!(
            binary.is_file(),
            "no xtask at: `{}`; run `cargo build --package xtask`, or set `{PATH_VARIABLE}`",
            binary.display()
        );
        Ok(Self {
            binary,
            directory: repo_root()?,
            input: None,
            file_limit: None,
            variables: Vec::new(),
        })
    }

    /// The binary itself, for a test that starts it in a way of its own.
    pub fn binary(&self) -> &Path {
        &self.binary
    }

    /// Runs in this directory instead of the repository's root.
    pub fn in_dir(mut self, directory: impl Into<PathBuf>) -> Self {
        self.directory = directory.into();
        self
    }

    /// Gives the command an input, such as a config for `-`.
    pub fn with_input(mut self, input: impl Into<String>) -> Self {
        self.input = Some(input.into());
        self
    }

    /// Sets a variable of the environment, over what is inherited.
    pub fn with_variable(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.variables.push((name.to_owned(), value.into()));
        self
    }

    /// Makes writes fail that would make a file larger than this, in bytes: what a full disk does,
    /// without one. What xtask prints goes to files too, and must stay below.
    pub fn with_file_limit(mut self, bytes: u64) -> Self {
        self.file_limit = Some(bytes);
        self
    }

    /// A command that has a desktop, and keeps the home directory that cargo is in.
    pub fn command_on(&self, desktop: &Desktop, args: &[&str]) -> Result<Command> {
        let mut command = self.command(args)?;
        command.envs(desktop.env().into_iter().filter(|(name, _)| name != "HOME"));
        Ok(command)
    }

    /// Runs a command to its end, whatever its exit code is.
    pub async fn run(&self, args: &[&str], limit: Duration) -> Result<Output> {
        process::run(&mut self.command(args)?, limit).await
    }

    fn command(&self, args: &[&str]) -> Result<Command> {
        let mut command = match self.file_limit {
            None => process::command(&self.binary),
            Some(bytes) => {
                let mut limited = process::command("prlimit");
                limited.arg(format!("--fsize={bytes}"));
                // Without the signal the write fails, as it does on a full disk.
                limited.args(["env", "--ignore-signal=XFSZ"]).arg(&self.binary);
                limited
            }
        };
        command.args(args).current_dir(&self.directory);
        command.env_clear().envs(std::env::vars_os().filter(|(name, _)| is_inherited(name)));
        command.env(ROOT_VARIABLE, repo_root()?);
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        if let Some(input) = &self.input {
            process::set_input(&mut command, input.as_bytes())?;
        }
        Ok(command)
    }

    /// The script of the Tauri CLI that xtask has installed, to be run by `node`.
    pub fn tauri_cli() -> Result<PathBuf> {
        let tools = target_dir()?.join("tools");
        let mut scripts: Vec<PathBuf> = fs_err::read_dir(&tools)?
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| path.file_name().is_some_and(is_tauri_cli))
            .map(|path| path.join("node_modules/@tauri-apps/cli/tauri.js"))
            .filter(|path| path.is_file())
            .collect();
        scripts.sort();
        let hint = || format!("no Tauri CLI in: `{}`; run `cargo xtask setup`", tools.display());
        scripts.pop().with_context(hint)
    }
}

/// The root of this repository, as cargo tells the running tests: checkouts may share a target directory, and then the place
/// of the compile is another one's.
pub fn repo_root() -> Result<PathBuf> {
    let package = std::env::var_os("CARGO_MANIFEST_DIR").context("not run by `cargo test`")?;
    Ok(Path::new(&package).parent().context("the tests are in no repository")?.to_owned())
}

/// A program that `cargo xtask setup --tests` has installed from PyPI, such as zizmor.
pub fn tool(name: &str) -> Result<PathBuf> {
    let program = target_dir()?.join("tools/python/bin").join(name);
    anyhow::ensure!(
        program.is_file(),
        "not installed: `{}`; run `cargo xtask setup --tests`",
        program.display()
    );
    Ok(program)
}

/// The directory that xtask builds in, given the environment that it gets here.
pub fn target_dir() -> Result<PathBuf> {
    Ok(match std::env::var_os("CARGO_TARGET_DIR") {
        Some(directory) => directory.into(),
        None => repo_root()?.join("target"),
    })
}

/// The command line of the cloud; `cargo xtask test workflows` compiles it.
pub fn deskwright() -> Result<PathBuf> {
    let binary = beside_tests("deskwright")?;
    anyhow::ensure!(
        binary.is_file(),
        "no deskwright at: `{}`; run `cargo build --package orchestrator`",
        binary.display()
    );
    Ok(binary)
}

/// The test executable is `<target>/<profile>/deps/<name>`, a program `<target>/<profile>/<program>`.
fn beside_tests(program: &str) -> Result<PathBuf> {
    let executable = std::env::current_exe().context("the test executable has no path")?;
    let profile =
        executable.ancestors().nth(2).context("the test executable is in no target directory")?;
    Ok(profile.join(program))
}

fn is_tauri_cli(name: &std::ffi::OsStr) -> bool {
    name.to_string_lossy().starts_with("tauri-cli-npm-")
}

fn is_inherited(name: &std::ffi::OsStr) -> bool {
    let name = name.to_string_lossy();
    INHERITED_VARIABLES.iter().any(|inherited| match inherited.strip_suffix('*') {
        Some(prefix) => name.starts_with(prefix),
        None => name == *inherited,
    })
}
