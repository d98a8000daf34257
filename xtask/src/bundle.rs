//! Bundling: a stamped tree becomes installers. Tauri's bundler patches the binary in place, so hashes come after.

mod app_archive;
mod deb;
mod linux;
mod macos;
mod record;
mod rpm;

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use config_schema::{AppModel, BundleFormat, SignedBy, System, Target};
use serde_json::{Value, json};

use crate::{
    artifacts, error,
    printer::Printer,
    process,
    render::{self, ENTITLEMENTS, TemplateSet},
    runtime::Profile,
    sign::SigningSession,
    stamp::Stamped,
    tauri_cli::TauriCli,
    windows::{self, Bundling, Identity},
    workspace::template_app,
};

pub(crate) use record::{BundleRecord, BundledFile};

/// What is bundled, and into what.
pub(crate) struct BundleJob<'a> {
    pub(crate) tree: &'a Path,
    pub(crate) model: &'a AppModel,
    pub(crate) target: Target,
    pub(crate) formats: &'a [BundleFormat],
    pub(crate) profile: Profile,
    /// Whether the secrets of signing are taken from the environment.
    pub(crate) sign: bool,
}

impl BundleJob<'_> {
    /// The folder that installers are made in.
    pub(crate) fn out(&self) -> PathBuf {
        record::folder(self.tree, self.profile)
    }

    fn open_session(&self) -> anyhow::Result<SigningSession> {
        let entitlements = Some(self.tree.join(ENTITLEMENTS)).filter(|path| path.is_file());
        if self.sign {
            SigningSession::open(self.model, entitlements, self.target)
        } else {
            SigningSession::without_secrets(entitlements, self.target)
        }
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
    // Before anything is made: what cannot be signed fails at once.
    let session = job.open_session()?;
    session.sign_binary(&stamped.binary)?;
    match job.target.row().system {
        System::Linux => {
            let overrides = linux::overrides(&stamped.binary, job.model)?;
            tauri_bundle(job, job.formats, overrides, printer)?;
        }
        System::Windows => windows_bundle(job, &stamped, &session)?,
        System::Macos => macos::bundle(job, &session, printer)?,
    }
    let mut files = Vec::new();
    for format in job.formats {
        let installer = finished(job, *format)?;
        let signatures = session.sign_installer(&installer, *format)?;
        files.push(BundledFile::of((*format).into(), installer)?);
        for (kind, path) in signatures {
            files.push(BundledFile::of(kind, path)?);
        }
    }
    let record = BundleRecord::new(job.target, session.signed_by(), files);
    session.close()?;
    record.write(job.tree, job.profile)?;
    Ok(record)
}

/// Windows installers are our own, and made on any system.
fn windows_bundle(
    job: &BundleJob<'_>,
    stamped: &Stamped,
    session: &SigningSession,
) -> anyhow::Result<()> {
    let sign = |path: &Path| session.sign_binary(path);
    let bundling = Bundling {
        templates: &TemplateSet::read(&template_app())?,
        tree: job.tree,
        binary: &stamped.binary,
        model: job.model,
        identity: Identity::read(job.tree)?,
        target: job.target,
        sign: (session.signed_by() != SignedBy::None).then_some(&sign),
    };
    job.formats
        .iter()
        .try_for_each(|format| windows::bundle(&bundling, *format, &job.file(*format)))
}

/// Runs `tauri bundle`. The hook that stamps is left out: the tree is stamped already.
fn tauri_bundle(
    job: &BundleJob<'_>,
    formats: &[BundleFormat],
    mut config: Value,
    printer: &Printer,
) -> anyhow::Result<()> {
    let names: Vec<_> = formats.iter().map(|format| format.name()).collect();
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
