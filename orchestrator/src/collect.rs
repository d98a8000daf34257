//! What a run made comes home: listed, fetched, verified, landed.
//!
//! `list` asks GitHub what the run has and holds it against the plan, `fetch` brings it here and looks at every byte, and
//! `land` puts it into its folder, whole or not at all. Each leaves a trace before the next relies on it, so that the same
//! three calls after a crash at any point go on from there. What somebody else made is never believed: archives by `unpack`,
//! names by `names`, contents by `check`.

mod check;
mod content;
mod download;
mod fault;
mod fetch;
mod kept;
mod land;
mod latest;
mod list;
mod names;
mod place;
mod release;
mod tree;
mod unpack;

use std::{
    cmp::Ordering,
    path::{Path, PathBuf},
};

use config_schema::{
    Target,
    plan::{AppPlan, ArtifactKind, BuildPlan, Job},
};
use serde::{Deserialize, Serialize};

use fault::below;
pub use place::Place;

use crate::{
    Github,
    state::{App, ArtifactRow, Build, Store},
};

/// What a run has, as far as it is wanted here.
#[derive(Debug, Clone)]
pub struct Listing {
    pub plan: BuildPlan,
    /// All of them are at GitHub, or here already.
    pub wanted: Vec<ArtifactRow>,
    /// App, by its slug, and target of jobs that failed, where the plan allows it.
    pub missing: Vec<(String, Target)>,
    pub facts: RunFacts,
}

/// What tells builds of one app and version apart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RunFacts {
    /// Of the run, or of the release.
    pub id: u64,
    /// Counted from one.
    pub attempt: u32,
    pub commit: String,
    pub created_at: jiff::Timestamp,
    pub url: String,
}

impl RunFacts {
    /// Which of two was begun first.
    fn age(&self, other: &Self) -> Ordering {
        (self.created_at, self.id).cmp(&(other.created_at, other.id))
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

/// A build whose files are here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LandedBuild {
    pub folder: PathBuf,
    /// Of all its files.
    pub bytes: u64,
}

/// What was removed, or would be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Pruned {
    /// Folders of builds.
    pub builds: Vec<PathBuf>,
    /// What they alone had, in bytes.
    pub bytes: u64,
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

    /// Those that something was built of.
    fn built_apps(&self) -> impl Iterator<Item = &AppPlan> {
        self.plan.apps.iter().filter(|app| self.jobs().any(|(job, _)| job.app == app.slug))
    }

    /// The jobs that made something, each with its artifact.
    fn jobs(&self) -> impl Iterator<Item = (&Job, &ArtifactRow)> {
        let row = |job: &Job| self.wanted.iter().find(|row| row.name == list::bundle_name(job));
        self.plan.matrix.include.iter().filter_map(move |job| Some((job, row(job)?)))
    }

    /// The artifacts that have files of an app.
    fn rows_of(&self, slug: &str) -> impl Iterator<Item = &ArtifactRow> {
        self.wanted.iter().filter(move |row| {
            row.name == list::RECORD
                || self.jobs().any(|(job, other)| other.name == row.name && job.app == slug)
        })
    }
}

/// Asks GitHub what the run has, reads its plan, and records what is to be fetched. Everything that the plan expects is
/// there, or this fails.
pub async fn list(github: &Github, store: &Store, build: &Build) -> anyhow::Result<Listing> {
    list::list(github, store, build).await.map_err(|error| below(error, &build.request.out))
}

/// Downloads what is not here, verifies it, and unpacks it into the build's work folder. Whatever fails, the others are
/// fetched as far as they can be.
pub async fn fetch(
    github: &Github,
    store: &Store,
    build: &Build,
    listing: &Listing,
) -> anyhow::Result<()> {
    let fetched = fetch::fetch(github, store, build, listing).await;
    fetched.map_err(|error| below(error, &build.request.out))
}

/// Puts what was fetched into its folders.
pub fn land(build: &Build, listing: &Listing) -> anyhow::Result<Landed> {
    land::land(build, listing).map_err(|error| below(error, &build.request.out))
}

/// Fetches the assets of a release, into `release-<tag>` instead of the run's folder.
pub async fn release(github: &Github, tag: &str, out: &Path) -> anyhow::Result<Landed> {
    release::release(github, tag, out).await.map_err(|error| below(error, out))
}

/// The builds below a folder, by app and then the newest first.
pub fn landed(out: &Path) -> anyhow::Result<Vec<LandedBuild>> {
    kept::landed(out)
}

/// Removes all but the newest builds of each app, and content that nothing has any more. Never one of `protected`: those
/// are under way.
pub fn prune(
    out: &Path,
    keep: usize,
    protected: &[Build],
    dry_run: bool,
) -> anyhow::Result<Pruned> {
    kept::prune(out, keep, protected, dry_run)
}
