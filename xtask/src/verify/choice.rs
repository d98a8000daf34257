//! Which of the installers that were made this machine can try.

use std::{env, path::PathBuf};

use anyhow::ensure;
use config_schema::{BundleFormat, Target};
use runtime_settings::Sha256;

use super::report::Skipped;
use crate::{
    bundle::{BundleRecord, BundledFile},
    error, runtime,
};

/// A file to be tried.
#[derive(Debug)]
pub(super) struct Installer {
    pub(super) kind: BundleFormat,
    pub(super) path: PathBuf,
    pub(super) sha256: Sha256,
}

impl Installer {
    /// The installers among the files of a bundling.
    pub(super) fn all(record: &BundleRecord) -> Vec<Installer> {
        let installer = |file: &BundledFile| {
            let kind = file.kind.format()?;
            Some(Installer { kind, path: file.path.clone(), sha256: file.sha256 })
        };
        record.artifacts.iter().filter_map(installer).collect()
    }

    /// Fails when the file is not the one that was made.
    pub(super) fn expect_unchanged(&self) -> anyhow::Result<()> {
        let found = Sha256::of_reader(fs_err::File::open(&self.path)?)?;
        ensure!(
            found == self.sha256,
            "the file was changed after it was made: its SHA-256 is {found}"
        );
        Ok(())
    }
}

/// Parts what this machine can install from what it cannot; what it cannot must not have been asked for.
pub(super) fn choose(
    installers: Vec<Installer>,
    target: Target,
    wanted: Option<&[BundleFormat]>,
) -> anyhow::Result<(Vec<Installer>, Vec<Skipped>)> {
    let is_wanted = |kind| wanted.is_none_or(|wanted| wanted.contains(&kind));
    let made: Vec<_> = installers.iter().map(|installer| installer.kind).collect();
    if let Some(kind) = wanted.unwrap_or_default().iter().find(|kind| !made.contains(kind)) {
        return Err(error::usage(
            format!("no {} was made", kind.name()),
            "bundle it first, or leave it out of `--bundles`",
        ));
    }
    let (mut chosen, mut skipped) = (Vec::new(), Vec::new());
    for installer in installers.into_iter().filter(|installer| is_wanted(installer.kind)) {
        match obstacle(installer.kind, target) {
            None => chosen.push(installer),
            Some(why) => skipped.push(Skipped { kind: installer.kind, why }),
        }
    }
    match skipped.first() {
        Some(first) if wanted.is_some() || chosen.is_empty() => Err(error::usage(
            format!("cannot be verified here: {}: {}", first.kind.name(), first.why),
            "verify it on the system that it is made for",
        )),
        _ => Ok((chosen, skipped)),
    }
}

/// Why an installer cannot run on this machine.
fn obstacle(kind: BundleFormat, target: Target) -> Option<String> {
    let lacks = |program: &str| which::which(program).is_err();
    match kind {
        _ if runtime::host().ok() != Some(target) => Some(format!(
            "it is for {}, this machine is {} on {}",
            target.name(),
            env::consts::OS,
            env::consts::ARCH
        )),
        BundleFormat::Deb if lacks("apt-get") => Some("this system has no apt".to_owned()),
        BundleFormat::Rpm if lacks("rpm") => Some("this system has no rpm".to_owned()),
        _ => None,
    }
}
