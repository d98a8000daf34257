//! Size and start of the smallest app, beside an empty Tauri app with the same page and profile.

use std::{env, path::Path, path::PathBuf};

use anyhow::Context as _;
use serde_json::Value;

use super::{Figure, empty_app, start};
use crate::{printer::Printer, process, workspace::root};

/// Bytes in a megabyte, as package managers count.
const MEGABYTE: f64 = 1e6;

/// Measures binary, package and start. The page tells when it has loaded; both apps have the same.
pub(super) fn measure(printer: &Printer) -> anyhow::Result<Vec<Figure>> {
    let listener = start::Listener::bind()?;
    let project = tempfile::tempdir()?;
    write_project(project.path(), &listener)?;
    let empty = empty_app::build(&project.path().join("web"), printer)?;
    let ours = build(&project.path().join("app.json"))?;
    printer.status("Measuring", "size and start");
    let (ours_start, empty_start) = start::compare(&ours.binary, &empty.binary, &listener)?;
    Ok(vec![
        figure("binary of the smallest app", size(&ours.binary)?, "MB", size(&empty.binary)?, 1.15),
        figure(".deb of the smallest app", size(&ours.deb)?, "MB", size(&empty.deb)?, 1.15),
        figure("start to page loaded", ours_start, "s", empty_start, 1.1),
    ])
}

fn figure(name: &'static str, value: f64, unit: &'static str, baseline: f64, goal: f64) -> Figure {
    let (name, unit) = (name.into(), unit.into());
    Figure { name, value, unit, baseline: Some(baseline), beside: None, goal }
}

struct Built {
    binary: PathBuf,
    deb: PathBuf,
}

/// `examples/minimal` with a script that tells when the page has loaded. Its policy lets it tell.
fn write_project(dir: &Path, listener: &start::Listener) -> anyhow::Result<()> {
    let example = root().join("examples/minimal");
    fs_err::create_dir_all(dir.join("web"))?;
    for entry in fs_err::read_dir(example.join("web"))? {
        let entry = entry?;
        fs_err::copy(entry.path(), dir.join("web").join(entry.file_name()))?;
    }
    let index = fs_err::read_to_string(dir.join("web/index.html"))?;
    let index = index.replacen("</head>", "<script src=\"loaded.js\"></script></head>", 1);
    fs_err::write(dir.join("web/index.html"), index)?;
    let script =
        format!("addEventListener('load', () => {{ new Image().src = '{}'; }});\n", listener.url());
    fs_err::write(dir.join("web/loaded.js"), script)?;
    let mut config: Value = serde_json::from_slice(&fs_err::read(example.join("app.json"))?)?;
    config["app"]["id"] = "dev.deskwright.bench".into();
    config["content"]["csp"] = format!("default-src 'self'; img-src {}", listener.origin()).into();
    Ok(fs_err::write(dir.join("app.json"), config.to_string())?)
}

fn build(config: &Path) -> anyhow::Result<Built> {
    let mut command = process::command(env::current_exe()?, root());
    command.args(["--format", "json", "build"]).arg(config).args(["--bundles", "deb"]);
    let output: Value = serde_json::from_str(&process::read(&mut command)?)?;
    let binary = output["binary"].as_str().context("the build names its binary")?;
    let deb = output["artifacts"][0]["path"].as_str().context("the build names its package")?;
    Ok(Built { binary: binary.into(), deb: deb.into() })
}

fn size(path: &Path) -> anyhow::Result<f64> {
    Ok(fs_err::metadata(path)?.len() as f64 / MEGABYTE)
}
