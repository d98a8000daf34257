//! The baseline: an empty Tauri app with the same page and the same release profile, built beside ours.

use std::{
    env,
    path::{Path, PathBuf},
};

use anyhow::Context as _;

use crate::{
    icons,
    printer::Printer,
    process,
    tauri_cli::TauriCli,
    workspace::{target_dir, template_app},
};

const MANIFEST: &str = r#"[package]
name = "empty"
version = "0.1.0"
edition = "2024"
[workspace]
[build-dependencies]
tauri-build = "2.7.4"
[dependencies]
tauri = "2.12.5"
"#;
const MAIN: &str = "#![cfg_attr(not(debug_assertions), windows_subsystem = \"windows\")]\n\
    fn main() { tauri::Builder::default().run(tauri::generate_context!()).unwrap(); }\n";
const BUILD: &str = "fn main() { tauri_build::build() }\n";
/// As `create-tauri-app` writes it, without its sample command and its plugin.
const CONFIG: &str = r#"{
  "productName": "empty", "version": "0.1.0", "identifier": "dev.deskwright.empty",
  "build": { "frontendDist": "web" },
  "app": { "windows": [{ "title": "Empty", "width": 1200, "height": 800 }], "security": { "csp": null } },
  "bundle": { "active": true, "targets": ["deb"], "icon": ["icons/32x32.png", "icons/128x128.png", "icons/icon.png"] }
}
"#;

/// The capability that `create-tauri-app` writes.
const CAPABILITY: &str =
    r#"{ "identifier": "default", "windows": ["main"], "permissions": ["core:default"] }"#;

/// What the baseline is measured by.
pub(super) struct EmptyApp {
    pub(super) binary: PathBuf,
    pub(super) deb: PathBuf,
}

/// Writes and builds the empty app around the page in `web`.
pub(super) fn build(web: &Path, printer: &Printer) -> anyhow::Result<EmptyApp> {
    let project = target_dir().join("bench/empty");
    write(&project, web)?;
    printer.status("Compiling", "the empty Tauri app that is the baseline");
    let cli = TauriCli::find()?;
    let mut command = cli.command(&project);
    command
        .args(["build", "--ci", "--bundles", "deb"])
        .env("CARGO_TARGET_DIR", project.join("target"));
    command.env_remove("RUSTFLAGS");
    process::run_quiet(&mut command).context("failed to build the empty app")?;
    let release = project.join("target/release");
    let deb = release.join("bundle/deb/empty_0.1.0_amd64.deb");
    let deb = if deb.is_file() { deb } else { release.join("bundle/deb/empty_0.1.0_arm64.deb") };
    Ok(EmptyApp { binary: release.join(format!("empty{}", env::consts::EXE_SUFFIX)), deb })
}

fn write(project: &Path, web: &Path) -> anyhow::Result<()> {
    for dir in ["src", "icons", "web", "capabilities"] {
        fs_err::create_dir_all(project.join(dir))?;
    }
    let template = fs_err::read_to_string(template_app().join("Cargo.toml"))?;
    let profile =
        template.split("[profile.release]").nth(1).context("the template has a release profile")?;
    let profile = profile.split("\n[").next().unwrap_or_default();
    fs_err::write(project.join("Cargo.toml"), format!("{MANIFEST}[profile.release]{profile}\n"))?;
    fs_err::write(project.join("src/main.rs"), MAIN)?;
    fs_err::write(project.join("build.rs"), BUILD)?;
    fs_err::write(project.join("tauri.conf.json"), CONFIG)?;
    fs_err::write(project.join("capabilities/default.json"), CAPABILITY)?;
    for (name, bytes) in icons::load(None)? {
        fs_err::write(project.join("icons").join(name), bytes)?;
    }
    for entry in fs_err::read_dir(web)? {
        let entry = entry?;
        fs_err::copy(entry.path(), project.join("web").join(entry.file_name()))?;
    }
    Ok(())
}
