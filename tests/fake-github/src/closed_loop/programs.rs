//! What the closed loop needs of this machine, and short programs run to their end.

use std::{
    env,
    ffi::OsString,
    fmt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use anyhow::{Context as _, Result, bail};

use crate::process;

/// A compiler or Node.js says where it is.
const ASK_LIMIT: Duration = Duration::from_secs(60);
/// The oldest Node.js that GitHub's clients run on.
const NODE: u32 = 20;
/// What steps of the workflows call.
const CALLED: &[&str] = &["git", "bash", "jq", "tar", "npm", "cargo"];
/// Installs everything that is checked here.
const CURE: &str = "cargo xtask setup --workflows";
/// Variables by which programs reach registries: certificates and proxies. A name that ends in `*` is a prefix.
const NETWORK: &[&str] = &[
    "CARGO_BUILD_*",
    "CARGO_HTTP_*",
    "CARGO_NET_*",
    "npm_config_*",
    "NODE_EXTRA_CA_CERTS",
    "SSL_CERT_*",
    "http_proxy",
    "https_proxy",
    "no_proxy",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
];

/// The programs, where they are.
#[derive(Debug, Clone)]
pub struct Programs {
    pub act: PathBuf,
    /// Our own few lines in place of third-party actions, with their packages.
    pub stand_ins: PathBuf,
    /// The path that jobs have: the compiler itself instead of a version manager's proxy for it, which would need its own home.
    pub path: OsString,
}

/// What is not here.
#[derive(Debug, PartialEq, Eq)]
pub struct Missing(Vec<String>);

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not installed: {}", self.0.join(", "))
    }
}

impl std::error::Error for Missing {}

impl Missing {
    /// The command that installs it.
    pub fn cure(&self) -> &'static str {
        CURE
    }
}

impl Programs {
    /// Looks for everything, in a checkout of this repository and on the path.
    ///
    /// # Errors
    ///
    /// `Missing`, with all that is not here.
    pub async fn find(checkout: &Path) -> Result<Self> {
        let target =
            env::var_os("CARGO_TARGET_DIR").map_or_else(|| checkout.join("target"), PathBuf::from);
        let act = target.join("tools/python/bin/act");
        let stand_ins = checkout.join("tests/workflows/stand-ins");
        let mut missing = Vec::new();
        if !act.is_file() {
            missing.push("act".to_owned());
        }
        if !packages_are_there(&stand_ins) {
            missing.push("the npm packages of tests/workflows/stand-ins".to_owned());
        }
        missing
            .extend(CALLED.iter().filter(|name| !is_on_path(name)).map(|name| (*name).to_owned()));
        let sysroot = ask("rustc", &["--print", "sysroot"], checkout).await;
        let node = node(checkout).await;
        match (sysroot, node) {
            (Ok(sysroot), Ok(node)) if missing.is_empty() => {
                Ok(Self { act, stand_ins, path: search_path(&sysroot, &node) })
            }
            (sysroot, node) => {
                missing.extend(sysroot.err().map(|_| "Rust".to_owned()));
                missing.extend(node.err().map(|error| error.to_string()));
                Err(Missing(missing).into())
            }
        }
    }
}

/// What programs need of our environment to reach registries, and nothing else.
pub(super) fn network_environment() -> impl Iterator<Item = (OsString, OsString)> {
    let is_of_network = |name: &str| {
        NETWORK.iter().any(|known| match known.strip_suffix('*') {
            Some(prefix) => name.starts_with(prefix),
            None => name == *known,
        })
    };
    env::vars_os().filter(move |(name, _)| is_of_network(&name.to_string_lossy()))
}

/// Runs a program to its end, within a time, for what it prints.
pub(super) async fn output(command: Command, limit: Duration) -> Result<String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let mut command = tokio::process::Command::from(command);
    let command = command.stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    let output = tokio::time::timeout(limit, command.output()).await;
    let output = output.with_context(|| format!("`{program}` did not end within {limit:?}"))?;
    let output = output.with_context(|| format!("failed to run `{program}`"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("`{program}` failed ({}): {}", output.status, said.trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

async fn ask(program: &str, arguments: &[&str], dir: &Path) -> Result<String> {
    let mut command = process::command(program);
    command.args(arguments).current_dir(dir);
    Ok(output(command, ASK_LIMIT).await?.trim().to_owned())
}

/// The folder of Node.js.
async fn node(dir: &Path) -> Result<String> {
    let needed = || format!("Node.js {NODE} or later");
    let script = "`${process.versions.node} ${require('node:path').dirname(process.execPath)}`";
    let told = ask("node", &["--print", script], dir).await.with_context(needed)?;
    let (version, folder) = told.split_once(' ').with_context(needed)?;
    let major: u32 = version.split('.').next().unwrap_or_default().parse().with_context(needed)?;
    if major < NODE {
        bail!("{} (this is {version})", needed());
    }
    Ok(folder.to_owned())
}

fn search_path(sysroot: &str, node: &str) -> OsString {
    format!("{sysroot}/bin:{node}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
        .into()
}

fn is_on_path(program: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).any(|dir| dir.join(program).is_file())
}

/// Whether the packages are those of the lock file; the installer leaves a copy of it beside them.
fn packages_are_there(package: &Path) -> bool {
    let read = |name: &str| fs_err::read(package.join(name)).ok();
    read("package-lock.json")
        .is_some_and(|lock| read("node_modules/.deskwright-lock") == Some(lock))
}
