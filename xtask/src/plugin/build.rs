//! `plugin build`: from a plugin's folder to the module in its `dist`, checked as an app would.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use runtime_settings::Sha256;
use serde::Serialize;
use serde_json::json;

use super::{DIST, Language, Source, tool};
use crate::{error, plugin_tool::PluginTool, printer::Printer, process};

/// A module that was built.
#[derive(Debug, Serialize)]
pub(super) struct Built {
    name: String,
    language: &'static str,
    file: PathBuf,
    /// In bytes.
    bytes: u64,
    sha256: Sha256,
}

/// Builds plugins, named as on the command line, and prints what came out.
pub(crate) fn build(wanted: &[String], printer: &Printer) -> anyhow::Result<()> {
    let sources = wanted.iter().map(|text| Source::find(text));
    let sources = sources.collect::<anyhow::Result<Vec<_>>>()?;
    let mut built = Vec::new();
    for source in &sources {
        built.push(build_one(source, printer)?);
    }
    // Last, since it may have to be compiled first, and whoever has a mistake in a plugin should not wait for it.
    let tool = tool(printer)?;
    for module in &built {
        check(&tool, module)?;
    }
    let line = |built: &Built| {
        format!(
            "{}  {} kB  sha256 {}",
            built.file.display(),
            built.bytes.div_ceil(1000),
            built.sha256
        )
    };
    let lines: Vec<_> = built.iter().map(line).collect();
    printer.data(&lines.join("\n"), &json!({ "ok": true, "plugins": built }))
}

/// Builds one plugin. Whether an app would load it is not checked yet.
pub(super) fn build_one(source: &Source, printer: &Printer) -> anyhow::Result<Built> {
    let Some(language) = Language::of(&source.dir) else {
        let message =
            format!("nothing in the folder says how it is built: `{}`", source.dir.display());
        let hint = "a plugin has `Cargo.toml`, `build.sh`, `main.c`, or `package.json` and `asconfig.json`";
        return Err(error::usage(message, hint));
    };
    printer.status("Building", format_args!("{} ({})", source.name, language.name()));
    let made = language.build(source, printer).with_context(|| source.name.stem().to_owned())?;
    let module = source.module();
    if let Some(made) = made {
        place(&made, &module)?;
    }
    if !module.is_file() {
        let message = format!("the build has left no module: `{}`", module.display());
        return Err(error::hinted(message, format!("let it write `{DIST}/{}`", source.name)));
    }
    let manifest = source.name.manifest_file();
    if source.dir.join(&manifest).is_file() {
        fs_err::copy(source.dir.join(&manifest), module.with_file_name(&manifest))?;
    }
    let bytes = fs_err::read(&module)?;
    Ok(Built {
        name: source.name.to_string(),
        language: language.name(),
        file: module,
        bytes: bytes.len() as u64,
        sha256: Sha256::of(&bytes),
    })
}

/// Puts a copy there, whole, in the place of an older one or of a link to it.
fn place(made: &Path, module: &Path) -> anyhow::Result<()> {
    let dist = module.parent().context("a module has a folder")?;
    fs_err::create_dir_all(dist)?;
    let temporary = tempfile::NamedTempFile::new_in(dist)?;
    fs_err::copy(made, temporary.path())?;
    temporary.persist(module)?;
    Ok(())
}

/// An app must load it.
fn check(tool: &PluginTool, built: &Built) -> anyhow::Result<()> {
    let mut command = tool.command(Path::new("."));
    let output = command
        .arg("inspect")
        .arg(&built.file)
        .output()
        .context("failed to start `plugin-tool`")?;
    if output.status.success() {
        return Ok(());
    }
    let said = [output.stdout, output.stderr].concat();
    Err(error::hinted(
        format!(
            "no app would load it: `{}`\n{}",
            built.file.display(),
            process::tail(&String::from_utf8_lossy(&said)).trim_end()
        ),
        "the last line says why; a plugin is a program for WASI preview 1 without arguments, sockets or threads",
    ))
}
