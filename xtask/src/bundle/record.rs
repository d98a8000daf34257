//! The record of a bundling, `artifacts.json`: what was made, for the steps after it.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use config_schema::{SignedBy, Target, plan::ArtifactKind};
use runtime_settings::Sha256;
use serde::{Deserialize, Serialize};

use crate::{error, runtime::Profile};

const FILE: &str = "artifacts.json";
const FORMAT: u32 = 1;

/// What a bundling made.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BundleRecord {
    format: u32,
    pub(crate) target: Target,
    pub(crate) signing: SignedBy,
    pub(crate) artifacts: Vec<BundledFile>,
}

/// A file that was made.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BundledFile {
    pub(crate) kind: ArtifactKind,
    pub(crate) path: PathBuf,
    pub(crate) sha256: Sha256,
    /// In bytes.
    pub(crate) size: u64,
}

/// The folder of a tree that the bundler writes to.
pub(super) fn folder(tree: &Path, profile: Profile) -> PathBuf {
    tree.join("target").join(profile.name()).join("bundle")
}

impl BundleRecord {
    pub(super) fn new(target: Target, signing: SignedBy, artifacts: Vec<BundledFile>) -> Self {
        BundleRecord { format: FORMAT, target, signing, artifacts }
    }

    pub(super) fn write(&self, tree: &Path, profile: Profile) -> anyhow::Result<()> {
        let mut record = serde_json::to_value(self)?;
        // Relative, so that the tree may move.
        for (entry, file) in
            record["artifacts"].as_array_mut().into_iter().flatten().zip(&self.artifacts)
        {
            let path = file.path.strip_prefix(tree).unwrap_or(&file.path);
            entry["path"] = crate::workspace::slashed(path).into();
        }
        fs_err::write(folder(tree, profile).join(FILE), serde_json::to_vec_pretty(&record)?)?;
        Ok(())
    }

    /// The record of a bundled tree, with its paths made whole.
    pub(crate) fn read(tree: &Path) -> anyhow::Result<BundleRecord> {
        let path = folder(tree, Profile::Release).join(FILE);
        let bytes = fs_err::read(&path).map_err(|cause| {
            error::usage(cause.to_string(), "bundle the project first: `cargo xtask bundle`")
        })?;
        let mut record: BundleRecord = serde_json::from_slice(&bytes)
            .with_context(|| format!("not a record of a bundling: `{}`", path.display()))?;
        for file in &mut record.artifacts {
            file.path = tree.join(&file.path);
        }
        Ok(record)
    }
}

impl BundledFile {
    /// Describes a finished file.
    pub(crate) fn of(kind: ArtifactKind, path: PathBuf) -> anyhow::Result<BundledFile> {
        let file = fs_err::File::open(&path)?;
        let size = file.metadata()?.len();
        Ok(BundledFile { kind, sha256: Sha256::of_reader(file)?, size, path })
    }
}
