//! What a run made comes home: listed, fetched, verified, landed.
//!
//! `list` asks GitHub what the run has and holds it against the plan, `fetch` brings it here and looks at every byte, and
//! `land` puts it into its folder, whole or not at all. Each leaves a trace before the next relies on it, so that the same
//! three calls after a crash at any point go on from there.

use std::path::{Path, PathBuf};

use config_schema::{
    Target,
    plan::{AppPlan, ArtifactKind, BuildPlan},
};
use serde::{Deserialize, Serialize};

use crate::{
    Github, error,
    state::{App, ArtifactRow, Build, Store},
};

/// What a run has, as far as it is wanted here.
#[derive(Debug, Clone)]
pub struct Listing {
    pub plan: BuildPlan,
    /// All of them are listed, and none is expired unless it is here already.
    pub wanted: Vec<ArtifactRow>,
}

impl Listing {
    /// The apps of the plan.
    pub fn apps(&self) -> Vec<App> {
        let app = |app: &AppPlan| App {
            id: app.id.clone(),
            slug: app.slug.clone(),
            version: app.version.clone(),
        };
        self.plan.apps.iter().map(app).collect()
    }
}

/// Everything of a build that is in its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Landed {
    /// One for each app.
    pub folders: Vec<PathBuf>,
    pub files: Vec<LandedFile>,
}

/// A file that is in its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LandedFile {
    pub path: PathBuf,
    /// None: it is of the whole build.
    pub target: Option<Target>,
    /// None: it tells of others, such as a manifest.
    pub kind: Option<ArtifactKind>,
    /// In bytes.
    pub size: u64,
    pub sha256: String,
}

/// What was removed, or would be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Pruned {
    /// Folders of builds.
    pub builds: Vec<PathBuf>,
    /// What they alone had, in bytes.
    pub bytes: u64,
}

/// Asks GitHub what the run has, reads its plan, and records what is to be fetched. Everything that the plan expects is
/// there, or this fails.
pub async fn list(_github: &Github, _store: &Store, build: &Build) -> anyhow::Result<Listing> {
    Err(not_yet(build.id.as_str()))
}

/// Downloads what is not here, verifies it, and unpacks it into the build's work folder.
pub async fn fetch(
    _github: &Github,
    _store: &Store,
    build: &Build,
    _listing: &Listing,
) -> anyhow::Result<()> {
    Err(not_yet(build.id.as_str()))
}

/// Puts what was fetched into its folders.
pub fn land(build: &Build, _listing: &Listing) -> anyhow::Result<Landed> {
    Err(not_yet(build.id.as_str()))
}

/// Fetches the assets of a release.
pub async fn release(_github: &Github, tag: &str, _out: &Path) -> anyhow::Result<Landed> {
    Err(not_yet(tag))
}

/// A build whose files are here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LandedBuild {
    pub folder: PathBuf,
    /// Of all its files.
    pub bytes: u64,
}

/// The builds below a folder, by app and then the newest first.
pub fn landed(out: &Path) -> anyhow::Result<Vec<LandedBuild>> {
    Err(not_yet(&out.display().to_string()))
}

/// Removes all but the newest builds of each app, and content that nothing has any more. Never one of `protected`: those
/// are under way.
pub fn prune(
    out: &Path,
    _keep: usize,
    _protected: &[Build],
    _dry_run: bool,
) -> anyhow::Result<Pruned> {
    Err(not_yet(&out.display().to_string()))
}

fn not_yet(what: &str) -> anyhow::Error {
    error::hinted(format!("nothing is collected yet: {what}"), "wait for the next version")
}
