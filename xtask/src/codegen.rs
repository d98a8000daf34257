//! `codegen`: files that are generated, committed, and checked. One list; each file knows its maker.

mod accelerators;
mod bridge_docs;
mod declarations;
mod functions;
mod typescript;

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde_json::json;
use similar::TextDiff;

use crate::{deskwright, error, printer::Printer, process, workspace::root};

/// What to do with a generated file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Write,
    /// Compare only, and fail when a file is stale.
    Check,
}

/// Context lines around a difference (count).
const DIFF_CONTEXT: usize = 2;
/// The injected script, which esbuild makes of the TypeScript beside it.
const BRIDGE_SCRIPT: &str = "template-app/bridge/dist/bridge.js";

/// Writes or checks every generated file.
pub(crate) fn run(mode: Mode, printer: &Printer) -> anyhow::Result<()> {
    let mut stale = Vec::new();
    for (path, text) in texts(printer)? {
        settle(&path, &text, mode, &mut stale)?;
    }
    bridge_script(mode, &mut stale, printer)?;
    if stale.is_empty() {
        let done = if mode == Mode::Check {
            "generated files are up to date"
        } else {
            "generated files are written"
        };
        return printer.data(done, &json!({ "ok": true }));
    }
    Err(error::hinted(
        format!("generated files are stale:\n{}", stale.join("\n")),
        "run `cargo xtask codegen` and commit the result",
    ))
}

/// Every generated text, by path from the root.
fn texts(printer: &Printer) -> anyhow::Result<Vec<(PathBuf, String)>> {
    let schema = format!("{:#}\n", config_schema::json_schema());
    let mut texts = vec![
        (Path::new("config-schema").join(config_schema::SCHEMA_FILE), schema),
        ("docs/reference/config.md".into(), config_schema::reference_markdown()),
        ("docs/reference/deskwright.md".into(), deskwright_manual(printer)?),
        ("template-app/bridge/src/generated.ts".into(), typescript::module()?),
        ("template-app/bridge/test/types/contract.ts".into(), functions::type_test()),
        ("template-app/bridge/test/accelerators.json".into(), accelerators::cases()?),
    ];
    texts.extend(bridge_docs::pages()?);
    Ok(texts)
}

/// What `deskwright` says of itself.
fn deskwright_manual(printer: &Printer) -> anyhow::Result<String> {
    let program = deskwright::compile(printer)?;
    let page =
        process::read(process::command(program, root()).args(["manual", "--form", "markdown"]))?;
    Ok(page + "\n")
}

fn settle(path: &Path, text: &str, mode: Mode, stale: &mut Vec<String>) -> anyhow::Result<()> {
    let full = root().join(path);
    let current = if full.exists() { fs_err::read_to_string(&full)? } else { String::new() };
    if current == text {
        return Ok(());
    }
    if mode == Mode::Write {
        fs_err::create_dir_all(full.parent().context("a generated file has a folder")?)?;
        return Ok(fs_err::write(full, text)?);
    }
    let diff = TextDiff::from_lines(current.as_str(), text);
    let shown = diff
        .unified_diff()
        .context_radius(DIFF_CONTEXT)
        .header("committed", "generated")
        .to_string();
    stale.push(format!("{}\n{shown}", path.display()));
    Ok(())
}

/// Builds the script with its own package's tools. It is not written when nothing changed, so that nothing recompiles.
fn bridge_script(mode: Mode, stale: &mut Vec<String>, printer: &Printer) -> anyhow::Result<()> {
    let package = root().join("template-app/bridge");
    install_package(&package, printer)?;
    let committed = fs_err::read_to_string(root().join(BRIDGE_SCRIPT)).unwrap_or_default();
    let npm = process::find("npm", "install Node.js 20 or later")?;
    process::run_quiet(process::command(npm, &package).args(["run", "--silent", "build:bridge"]))?;
    let built = fs_err::read_to_string(root().join(BRIDGE_SCRIPT))?;
    if mode == Mode::Check && built != committed {
        fs_err::write(root().join(BRIDGE_SCRIPT), &committed)?;
        stale.push(format!("{BRIDGE_SCRIPT} (built from other sources than those here)"));
    }
    Ok(())
}

/// `npm ci`, unless what is installed is what the lock file says.
pub(crate) fn install_package(package: &Path, printer: &Printer) -> anyhow::Result<()> {
    let lock = fs_err::read(package.join("package-lock.json"))?;
    let mark = package.join("node_modules/.deskwright-lock");
    if fs_err::read(&mark).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    printer.status("Installing", format_args!("the npm packages of {}", package.display()));
    let npm = process::find("npm", "install Node.js 20 or later")?;
    process::run_quiet(process::command(npm, package).args([
        "ci",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
    ]))?;
    Ok(fs_err::write(mark, lock)?)
}
