//! What a build made: the manifest of one app on one target, and that of a release.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::delivery::SignedBy;
use crate::plan::{ArtifactKind, BuildPlan, ExpectedArtifact, FORMAT, Job};
use crate::target::Target;

/// The file beside the artifacts of one job.
pub const ARTIFACT_MANIFEST_FILE: &str = "manifest.json";
/// The file beside the assets of one release.
pub const RELEASE_MANIFEST_FILE: &str = "release.json";

/// What one job made: one app on one target.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ArtifactManifest {
    pub format: u32,
    pub app: AppRef,
    pub target: Target,
    pub runtime: RuntimeRef,
    /// SHA-256 of the app pack's manifest, which is stamped into the binary.
    pub pack: String,
    pub signing: SignedBy,
    /// Whether the installers were installed, started and removed again.
    pub verified: bool,
    pub artifacts: Vec<Artifact>,
}

/// Which app, in which version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AppRef {
    pub id: String,
    pub slug: String,
    pub version: String,
}

/// The compiled runtime that an app was stamped from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuntimeRef {
    pub key: String,
    /// Before it was stamped.
    pub sha256: String,
}

/// A file of a build.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Artifact {
    pub kind: ArtifactKind,
    /// File name beside the manifest, and name of the release's asset.
    pub name: String,
    /// In bytes.
    pub size: u64,
    /// In lower-case hexadecimal digits.
    pub sha256: String,
}

/// A release of one app: what is uploaded, and what is said about it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReleaseManifest {
    pub format: u32,
    pub app: AppRef,
    pub tag: String,
    pub title: String,
    pub prerelease: bool,
    /// The commit that the tag is to point at; none: the default branch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// In Markdown.
    pub notes: String,
    /// Targets of the plan that are missing; empty unless the plan allows it.
    pub partial: Vec<Target>,
    pub assets: Vec<Artifact>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updates: Option<UpdateFile>,
}

/// The updater manifest and where it goes once the release is public.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UpdateFile {
    /// On the branch `updates`.
    pub path: String,
    /// Name of the asset that is written there.
    pub file: String,
}

impl ArtifactManifest {
    /// What is wrong with it as what a job of the plan made. The files themselves are not looked at.
    pub fn faults(&self, plan: &BuildPlan, job: &Job) -> Vec<String> {
        let mut faults = Vec::new();
        if self.format != FORMAT {
            faults.push(format!("a manifest of format {}, known is {FORMAT}", self.format));
        }
        let app = plan.apps.iter().find(|app| app.slug == job.app);
        if !app.is_some_and(|app| app.id == self.app.id && app.version == self.app.version) {
            faults.push(format!("another app: {} {}", self.app.id, self.app.version));
        }
        if self.target != job.target {
            faults.push(format!("another target: {}", self.target.name()));
        }
        let runtime = plan.runtimes.include.iter().find(|runtime| runtime.id == job.runtime);
        if runtime.is_some_and(|runtime| runtime.key != self.runtime.key) {
            faults.push(format!("stamped from another runtime: {}", self.runtime.key));
        }
        let has: BTreeSet<_> = self.artifacts.iter().map(Artifact::expectation).collect();
        let wanted: BTreeSet<_> = job.artifacts.iter().cloned().collect();
        let missing = wanted.difference(&has);
        faults.extend(missing.map(|file| format!("missing `{}`", file.name)));
        let strange = has.difference(&wanted);
        faults.extend(strange.map(|file| format!("not in the plan `{}`", file.name)));
        if has.len() != self.artifacts.len() {
            faults.push("a file is listed twice".to_owned());
        }
        faults
    }
}

impl Artifact {
    /// What a plan says of it.
    pub fn expectation(&self) -> ExpectedArtifact {
        ExpectedArtifact { kind: self.kind, name: self.name.clone() }
    }
}
