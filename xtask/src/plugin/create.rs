//! `plugin new`: a copy of a plugin under another name.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use runtime_settings::plugins::ModuleName;
use serde_json::json;
use walkdir::{DirEntry, WalkDir};

use super::{Source, plugins_dir};
use crate::{error, printer::Printer, workspace::slashed};

/// The plugin that new ones begin as.
pub(crate) const TEMPLATE: &str = "template";
/// What a build leaves in a plugin's folder.
const BUILT: &[&str] = &["target", "dist", "node_modules"];
/// Files that say the plugin's name, and how: `{}` stands for it.
const NAMED_IN: &[(&str, &str)] = &[
    ("Cargo.toml", r#"name = "{}""#),
    ("Cargo.lock", r#"name = "{}""#),
    ("package.json", r#""name": "{}""#),
    ("package-lock.json", r#""name": "{}""#),
];

/// Copies the plugin `from` to a new folder in `dir` that is called `name`, and prints where it is.
pub(crate) fn create(
    name: &str,
    dir: Option<&Path>,
    from: &str,
    printer: &Printer,
) -> anyhow::Result<()> {
    check_name(name)?;
    let source = Source::find(from)?;
    let parent = dir.map_or_else(|| Ok(plugins_dir()), std::path::absolute)?;
    let place = parent.join(name);
    if place.exists() {
        let message = format!("there is something already: `{}`", place.display());
        return Err(error::usage(message, "take another name, or another folder with `--dir`"));
    }
    fs_err::create_dir_all(&parent)?;
    // Whole or not at all.
    let temporary = tempfile::Builder::new().prefix(".new-plugin-").tempdir_in(&parent)?;
    let copy = temporary.path().join(name);
    for file in files(&source.dir)? {
        copy_file(&source, &file, &copy, name)?;
    }
    fs_err::rename(&copy, &place)?;
    printer.status("Created", format_args!("{name}; its functions go into `src/functions`"));
    let by = if dir.is_some() { place.display().to_string() } else { name.to_owned() };
    printer.status("Next", format_args!("`cargo xtask plugin build {by}`"));
    printer.data(&place.display().to_string(), &json!({ "ok": true, "name": name, "dir": place }))
}

/// A name that is good for files, for Cargo and for npm.
fn check_name(name: &str) -> anyhow::Result<()> {
    let is_known = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_');
    let begins = name.starts_with(|c: char| c.is_ascii_lowercase());
    if begins && name.chars().all(is_known) && ModuleName::parse(name).is_ok() {
        return Ok(());
    }
    Err(error::usage(
        format!("not a name for a plugin: `{}`", name.escape_debug()),
        "use up to 64 small letters, digits, `-` and `_`, beginning with a letter: `text-tools`",
    ))
}

/// Every file of a plugin that is not made by building it, relative to its folder.
fn files(dir: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let is_built = |entry: &DirEntry| {
        entry.depth() == 1 && BUILT.iter().any(|name| entry.file_name() == *name)
    };
    let mut files = Vec::new();
    for entry in WalkDir::new(dir).into_iter().filter_entry(|entry| !is_built(entry)) {
        let entry = entry.context("failed to read the template")?;
        if entry.file_type().is_file() {
            files.push(entry.path().strip_prefix(dir)?.to_owned());
        }
    }
    Ok(files)
}

fn copy_file(source: &Source, file: &Path, copy: &Path, name: &str) -> anyhow::Result<()> {
    let old = source.name.stem();
    let path = slashed(file);
    let is_manifest = path == source.name.manifest_file();
    let target =
        if is_manifest { copy.join(format!("{name}.plugin.json")) } else { copy.join(file) };
    fs_err::create_dir_all(target.parent().unwrap_or(copy))?;
    match NAMED_IN.iter().find(|(named, _)| path == *named) {
        Some((_, form)) => {
            let text = fs_err::read_to_string(source.dir.join(file))?;
            fs_err::write(
                target,
                text.replace(&form.replace("{}", old), &form.replace("{}", name)),
            )?;
        }
        None => drop(fs_err::copy(source.dir.join(file), target)?),
    }
    Ok(())
}
