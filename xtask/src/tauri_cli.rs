//! The Tauri CLI that bundles: the pinned npm package (prebuilt, no install script), else the pinned crate.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::Context as _;

use crate::{error, printer::Printer, process, workspace::target_dir};

const PACKAGE: &str = include_str!("../assets/tauri-cli/package.json");
const PACKAGE_LOCK: &str = include_str!("../assets/tauri-cli/package-lock.json");
/// Version of the npm package, the newest with a prebuilt binary for each of the three systems. A test compares it with
/// the package file.
const NPM_VERSION: &str = "2.12.3";
/// Version of the crate that goes with it.
const CRATE_VERSION: &str = "2.12.4";
const INSTALL_HINT: &str = "run `cargo xtask setup`";

/// An installed CLI.
#[derive(Debug)]
pub(crate) enum TauriCli {
    Npm { node: PathBuf, script: PathBuf },
    Crate { binary: PathBuf },
}

impl TauriCli {
    /// The CLI that is installed; an error with a cure when there is none.
    pub(crate) fn find() -> anyhow::Result<TauriCli> {
        let script = npm_dir().join("node_modules/@tauri-apps/cli/tauri.js");
        if let (Ok(node), true) = (which::which("node"), script.is_file()) {
            return Ok(TauriCli::Npm { node, script });
        }
        let binary =
            crate_dir().join("bin").join(format!("cargo-tauri{}", std::env::consts::EXE_SUFFIX));
        if binary.is_file() {
            return Ok(TauriCli::Crate { binary });
        }
        Err(error::missing("the Tauri CLI is not installed", INSTALL_HINT))
    }

    /// The installed CLI, or the one that this installs: with npm when there is Node, else by compiling the crate.
    pub(crate) fn install(printer: &Printer) -> anyhow::Result<TauriCli> {
        if let Ok(cli) = TauriCli::find() {
            return Ok(cli);
        }
        if which::which("npm").is_ok() {
            install_npm(printer)?
        } else {
            install_crate(printer)?
        }
        TauriCli::find()
    }

    /// Which one is used, for `doctor`.
    pub(crate) fn describe(&self) -> String {
        match self {
            TauriCli::Npm { .. } => format!("npm package @tauri-apps/cli {NPM_VERSION}"),
            TauriCli::Crate { .. } => format!("crate tauri-cli {CRATE_VERSION}"),
        }
    }

    /// `tauri …` in a project's folder.
    pub(crate) fn command(&self, project: &Path) -> Command {
        match self {
            TauriCli::Npm { node, script } => {
                let mut command = process::command(node, project);
                command.arg(script);
                command
            }
            TauriCli::Crate { binary } => {
                let mut command = process::command(binary, project);
                command.arg("tauri");
                command
            }
        }
    }
}

fn npm_dir() -> PathBuf {
    target_dir().join("tools").join(format!("tauri-cli-npm-{NPM_VERSION}"))
}

fn crate_dir() -> PathBuf {
    target_dir().join("tools").join(format!("tauri-cli-crate-{CRATE_VERSION}"))
}

fn install_npm(printer: &Printer) -> anyhow::Result<()> {
    printer.status("Installing", format_args!("@tauri-apps/cli {NPM_VERSION}"));
    let dir = npm_dir();
    fs_err::create_dir_all(&dir)?;
    fs_err::write(dir.join("package.json"), PACKAGE)?;
    fs_err::write(dir.join("package-lock.json"), PACKAGE_LOCK)?;
    let npm = process::find("npm", "install Node.js 20 or later")?;
    process::run_quiet(process::command(npm, &dir).args([
        "ci",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
    ]))
    .context("failed to install the Tauri CLI")
}

fn install_crate(printer: &Printer) -> anyhow::Result<()> {
    printer.status(
        "Installing",
        format_args!(
            "tauri-cli {CRATE_VERSION} (compiles for some minutes; with Node.js it would not)"
        ),
    );
    let root = crate_dir();
    fs_err::create_dir_all(&root)?;
    let version = format!("={CRATE_VERSION}");
    let mut command = process::cargo(&root);
    command.args(["install", "--locked", "tauri-cli", "--version", &version, "--root"]).arg(&root);
    process::run(&mut command).context("failed to install the Tauri CLI")
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_package_pins_this_version() {
        let package: serde_json::Value = serde_json::from_str(super::PACKAGE).unwrap();
        assert_eq!(package["dependencies"]["@tauri-apps/cli"], super::NPM_VERSION);
    }
}
