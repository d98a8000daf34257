//! Bundling: a stamped tree becomes installers. Tauri's bundler patches the binary in place, so hashes come after.

mod app_archive;
mod deb;
mod linux;
mod record;
mod rpm;

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use config_schema::{AppModel, BundleFormat, SignedBy, System, Target, plan::ArtifactKind};
use serde_json::{Value, json};

use crate::{
    artifacts, error, printer::Printer, process, render, runtime::Profile, stamp::Stamped,
    tauri_cli::TauriCli,
};

pub(crate) use record::{BundleRecord, BundledFile};

/// What is bundled, and into what.
pub(crate) struct BundleJob<'a> {
    pub(crate) tree: &'a Path,
    pub(crate) model: &'a AppModel,
    pub(crate) target: Target,
    pub(crate) formats: &'a [BundleFormat],
    pub(crate) profile: Profile,
}

impl BundleJob<'_> {
    /// The folder that installers are made in.
    pub(crate) fn out(&self) -> PathBuf {
        record::folder(self.tree, self.profile)
    }

    /// Where an installer is put, under the name that it is released by.
    pub(crate) fn file(&self, format: BundleFormat) -> PathBuf {
        self.out().join(format.name()).join(artifacts::file_name(
            &self.model.app,
            self.target,
            format,
        ))
    }
}

/// Makes the installers from a stamped tree, and writes down which.
pub(crate) fn bundle(job: &BundleJob<'_>, printer: &Printer) -> anyhow::Result<BundleRecord> {
    let stamped = Stamped::of_tree(job.tree, job.profile.name())?;
    let names: Vec<_> = job.formats.iter().map(|format| format.name()).collect();
    printer.status("Bundling", names.join(", "));
    let out = job.out();
    if out.exists() {
        fs_err::remove_dir_all(&out)?;
    }
    let overrides = match job.target.row().system {
        System::Linux => linux::overrides(&stamped.binary, job.model)?,
        System::Windows | System::Macos => json!({}),
    };
    tauri_bundle(job, overrides, printer)?;
    let mut files = Vec::new();
    for format in job.formats {
        files.push(BundledFile::of((*format).into(), finished(job, *format)?)?);
    }
    let record = BundleRecord::new(job.target, SignedBy::None, files);
    record.write(job.tree, job.profile)?;
    Ok(record)
}

/// Runs `tauri bundle`. The hook that stamps is left out: the tree is stamped already.
fn tauri_bundle(job: &BundleJob<'_>, mut config: Value, printer: &Printer) -> anyhow::Result<()> {
    let names: Vec<_> = job.formats.iter().map(|format| format.name()).collect();
    config["build"] = json!({ "beforeBundleCommand": null });
    let mut command = TauriCli::find()?.command(job.tree);
    command.args(["bundle", "--ci", "--bundles", &names.join(","), "--config"]);
    command.arg(config.to_string());
    command.env("CARGO_TARGET_DIR", job.tree.join("target"));
    if job.profile == Profile::Debug {
        command.arg("--debug");
    }
    let spinner = printer.spinner("tauri bundle");
    let bundled = process::run_quiet(&mut command).context("failed to bundle");
    spinner.finish_and_clear();
    bundled
}

/// The finished file of a format. The bundler names files after the product, which may be in any language; a release names
/// them after the slug.
fn finished(job: &BundleJob<'_>, format: BundleFormat) -> anyhow::Result<PathBuf> {
    let file = job.file(format);
    if format == BundleFormat::App {
        let app = only_entry(&job.out().join("macos"), "app")?;
        fs_err::create_dir_all(file.parent().unwrap_or(job.tree))?;
        app_archive::write(&app, &file)?;
    } else if !file.is_file() {
        fs_err::rename(only_entry(&job.out().join(format.name()), extension(format))?, &file)?;
    }
    match format {
        BundleFormat::Rpm => rpm::complete(&file, job.model)?,
        BundleFormat::Deb if linux::is_pre_release(job.model) => {
            deb::set_version(&file, &render::package_version(job.model))?;
        }
        _ => {}
    }
    Ok(file)
}

/// The one entry of a folder that ends so.
fn only_entry(dir: &Path, extension: &str) -> anyhow::Result<PathBuf> {
    let missing = || error::hinted(format!("the bundler made no .{extension}"), "see its output");
    let mut found = Vec::new();
    for entry in fs_err::read_dir(dir).map_err(|_| missing())? {
        let path = entry?.path();
        if path.extension().is_some_and(|other| other == extension) {
            found.push(path);
        }
    }
    match found.as_slice() {
        [path] => Ok(path.clone()),
        _ => Err(missing()),
    }
}

fn extension(format: BundleFormat) -> &'static str {
    match format {
        BundleFormat::Nsis => "exe",
        other => other.name(),
    }
}

impl BundledFile {
    /// The kind as a bundle format; none for signatures.
    pub(crate) fn format(&self) -> Option<BundleFormat> {
        let all = [System::Linux, System::Windows, System::Macos];
        let mut formats = all.into_iter().flat_map(|system| system.formats().iter().copied());
        formats.find(|format| ArtifactKind::from(*format) == self.kind)
    }
}
