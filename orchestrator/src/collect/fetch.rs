//! Artifacts come here, several at a time: downloaded, unpacked, verified. Each step that is done is recorded.

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use anyhow::Context as _;
use config_schema::plan::{BuildPlan, Job};
use futures_util::StreamExt as _;
use tokio::task::spawn_blocking;

use super::{
    Listing,
    check::{self, Checked},
    download::{self, Wanted},
    fault::Fault,
    land, list,
    place::{Place, Work, remove},
    tree,
    unpack::Unpacked,
};
use crate::{
    Event, Github, error,
    github::Remote,
    state::{ArtifactRow, ArtifactState, Build, Store},
};

/// Artifacts at the same time (count): enough to fill a line, few enough to be fair.
const AT_ONCE: usize = 4;

/// What an artifact is, which decides how it is checked.
#[derive(Debug, Clone)]
pub(super) enum Role {
    Plan,
    Record(Arc<BuildPlan>),
    Bundle(Arc<BuildPlan>, Box<Job>),
}

impl Role {
    fn check(&self, dir: &std::path::Path, files: &[Unpacked]) -> Result<Vec<Checked>, Fault> {
        match self {
            Self::Plan => check::plan(dir, files).map(|_| Vec::new()),
            Self::Record(plan) => check::record(plan, dir, files),
            Self::Bundle(plan, job) => Ok(vec![check::bundle(plan, job, dir, files)?]),
        }
    }
}

/// One artifact on its way.
pub(super) struct Task<'a> {
    pub(super) github: &'a Github,
    pub(super) store: &'a Store,
    pub(super) build: &'a Build,
    pub(super) work: &'a Work,
    pub(super) row: &'a ArtifactRow,
    pub(super) role: Role,
}

pub(super) async fn fetch(
    github: &Github,
    store: &Store,
    build: &Build,
    listing: &Listing,
) -> anyhow::Result<()> {
    let (owned, of) = (build.clone(), listing.clone());
    if spawn_blocking(move || land::is_landed(&owned, &of, true)).await? {
        for row in &listing.wanted {
            store.advance_artifact(&build.id, &row.name, ArtifactState::Verified)?;
        }
        return Ok(());
    }
    let work = Place::of(&build.request.out).work(&build.id);
    let known = list::recorded_plan(store, build)?;
    work.tidy(&listing.wanted.iter().chain(&known).collect::<Vec<_>>())?;
    let plan = Arc::new(listing.plan.clone());
    let tasks = listing.wanted.iter().map(|row| {
        let job = listing.jobs().find(|(_, other)| other.name == row.name);
        let role = match job {
            Some((job, _)) => Role::Bundle(Arc::clone(&plan), Box::new(job.clone())),
            None => Role::Record(Arc::clone(&plan)),
        };
        Task { github, store, build, work: &work, row, role }
    });
    let running = tasks.map(|task| async move { (task.row, task.run().await) });
    let ended: Vec<_> =
        futures_util::stream::iter(running).buffer_unordered(AT_ONCE).collect().await;
    let mut failed = Vec::new();
    for (row, outcome) in ended {
        match outcome {
            Err(error) => failed.push((row, error)),
            Ok(true) => {}
            Ok(false) => github.event(&Event::Note {
                text: format!("its installers were not tried: {}", row.name),
            }),
        }
    }
    let mut failed = failed.into_iter();
    let Some((_, first)) = failed.next() else {
        return land::agree(&work, listing);
    };
    for (row, error) in failed {
        github.event(&Event::Note { text: format!("{} failed too: {error:#}", row.name) });
    }
    Err(first)
}

impl Task<'_> {
    /// Whether installers in it were tried, when it is here and verified.
    pub(super) async fn run(&self) -> anyhow::Result<bool> {
        let tree = self.work.tree(self.row);
        if tree.is_dir() {
            let checked = tree::read(&tree)?;
            self.advance(ArtifactState::Verified)?;
            return Ok(checked.iter().all(|checked| checked.tried));
        }
        let part = self.work.part(self.row);
        let mut state = self.row.state;
        let mut tries = 0;
        loop {
            let is_here = state != ArtifactState::Listed && part.is_file();
            if !is_here {
                self.download(&part).await?;
            }
            match self.unpack(&part, &tree).await {
                Ok(checked) => {
                    self.advance(ArtifactState::Verified)?;
                    remove(&part)?;
                    self.verified(&checked);
                    return Ok(checked.iter().all(|checked| checked.tried));
                }
                Err(Fault::Here(error)) => return Err(error),
                Err(Fault::Refused(reason)) => {
                    state = ArtifactState::Listed;
                    self.advance(state)?;
                    remove(&part)?;
                    self.work.leave();
                    tries += 1;
                    // The same bytes would come again, unless nobody has checked that these are they.
                    let proven = !is_here && self.row.digest.is_some();
                    if proven || tries > 1 {
                        return Err(self.refused(&reason));
                    }
                    self.broken(&reason);
                }
            }
        }
    }

    async fn download(&self, part: &std::path::Path) -> anyhow::Result<()> {
        let wanted = Wanted {
            build: &self.build.id,
            name: &self.row.name,
            what: Remote::Artifact(self.row.remote),
            size: self.row.size,
            digest: self.row.digest.as_deref(),
        };
        download::download(self.github, &wanted, part).await?;
        self.advance(ArtifactState::Downloaded)?;
        self.github.event(&Event::ArtifactDownloaded {
            build: self.build.id.clone(),
            name: self.row.name.clone(),
            size: self.row.size,
        });
        Ok(())
    }

    async fn unpack(
        &self,
        part: &std::path::Path,
        tree: &std::path::Path,
    ) -> Result<Vec<Checked>, Fault> {
        let (work, part, tree) = (self.work.clone(), part.to_owned(), tree.to_owned());
        let role = self.role.clone();
        let guard = Abandon::default();
        let abandoned = Arc::clone(&guard.0);
        let made = spawn_blocking(move || {
            tree::make(&work, &part, &tree, &abandoned, |dir, files| role.check(dir, files))
        });
        let made = made.await.context("unpacking was ended")?;
        drop(guard);
        made
    }

    fn advance(&self, state: ArtifactState) -> anyhow::Result<()> {
        self.store.advance_artifact(&self.build.id, &self.row.name, state)
    }

    fn verified(&self, checked: &[Checked]) {
        self.github.event(&Event::ArtifactVerified {
            build: self.build.id.clone(),
            name: self.row.name.clone(),
            files: checked.iter().map(|checked| checked.files.len()).sum(),
        });
    }

    fn broken(&self, reason: &str) {
        self.github.event(&Event::ArtifactBroken {
            build: self.build.id.clone(),
            name: self.row.name.clone(),
            received: self.row.size,
            error: reason.to_owned(),
        });
    }

    fn refused(&self, reason: &str) -> anyhow::Error {
        error::hinted(
            format!("refused: {}: {reason}", self.row.name),
            "the workflow of this project makes no such artifact: see who changed the run, and build again",
        )
    }
}

/// Ends the work of a thread when nobody waits for it any more.
#[derive(Default)]
struct Abandon(Arc<AtomicBool>);

impl Drop for Abandon {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Where the plan is, once it has been fetched.
pub(super) fn plan_file(work: &Work, row: &ArtifactRow) -> PathBuf {
    tree::files(&work.tree(row)).join(check::PLAN_FILE)
}
