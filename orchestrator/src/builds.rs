//! Builds, from the wish to the files: one state machine, whose every step is recorded before it is taken.
//!
//! `carry_on` looks where a build stands and goes on from there, whoever began it and however that process ended. The
//! command line is one caller of `Orchestrator`; a server is another.

mod dispatch;
mod fleet;
mod poll;
mod watch;
mod wish;

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use serde::Serialize;
use tokio::{sync::Mutex, task::spawn_blocking};

pub use fleet::{FleetEntry, FleetOptions, FleetReport, USUAL_IN_FLIGHT};
use poll::Eyes;
pub use wish::Wish;

use crate::{
    Clock, Connection, Event, Github, Host, Job, Progress, RepoName, Run, Server, SignIn,
    collect::{self, Landed},
    error,
    failure::FailureReport,
    github::Fresh,
    source::{Checkout, Origin},
    state::{Build, BuildId, BuildLock, BuildState, Change, Store},
};

/// How often a build that another process works on is asked for again.
const BUSY_PAUSE: Duration = Duration::from_millis(500);

/// What an orchestrator is made with.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where the state is; none: the usual place.
    pub state_dir: Option<PathBuf>,
    /// How to sign in; none: what the environment has.
    pub sign_in: Option<SignIn>,
    pub clock: Clock,
    /// How long one request waits when GitHub asks it to.
    pub patience: Duration,
    /// How long a run is waited for.
    pub deadline: Duration,
}

/// How far to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Goal {
    /// The run is known, and goes on.
    Run,
    /// The run has ended.
    Outcome,
    /// Its files are here.
    Files,
}

/// Where a build stands when nobody works on it any more.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Finished {
    pub build: Build,
    /// Why it failed, when this call saw that.
    pub report: Option<FailureReport>,
    pub landed: Option<Landed>,
}

/// All builds of this machine.
pub struct Orchestrator {
    store: Store,
    progress: Arc<dyn Progress>,
    options: Options,
    /// By address: repositories of one GitHub share its limits.
    servers: Mutex<HashMap<String, Arc<Server>>>,
    /// What was seen of a reference lately, by repository: a fleet asks once.
    origins: Mutex<HashMap<String, Arc<Origin>>>,
    /// By the folder that has `.git`, each with where its remote leads.
    checkouts: Mutex<HashMap<PathBuf, Checkout>>,
    remotes: Mutex<HashMap<PathBuf, (Host, RepoName)>>,
}

impl Orchestrator {
    pub fn open(options: Options, progress: Arc<dyn Progress>) -> anyhow::Result<Self> {
        let dir = options.state_dir.clone().map_or_else(Store::usual_dir, Ok)?;
        let store = Store::open(&dir)?;
        Ok(Self {
            store,
            progress,
            options,
            servers: Mutex::default(),
            origins: Mutex::default(),
            checkouts: Mutex::default(),
            remotes: Mutex::default(),
        })
    }

    pub fn store(&self) -> &Store {
        &self.store
    }

    pub fn event(&self, event: &Event) {
        self.progress.event(event);
    }

    /// The repository, on a GitHub that is signed in to once.
    pub async fn github(&self, host: &Host, repo: &RepoName) -> anyhow::Result<Github> {
        let mut servers = self.servers.lock().await;
        let key = host.api().to_string();
        if let Some(server) = servers.get(&key) {
            return Ok(server.repository(repo.clone()));
        }
        if self.options.clock.is_faster() && !host.is_loopback() {
            let hint = "unset DESKWRIGHT_CLOCK_SPEED: it is for a GitHub on this machine";
            return Err(error::usage(format!("time goes its own way at {host}"), hint));
        }
        let sign_in = match &self.options.sign_in {
            Some(sign_in) => sign_in.clone(),
            None => SignIn::find(host).await?,
        };
        let Options { clock, patience, .. } = self.options;
        let connection = Connection { host: host.clone(), sign_in, clock, patience };
        let server = Server::connect(connection, Arc::clone(&self.progress))?;
        servers.insert(key, Arc::clone(&server));
        Ok(server.repository(repo.clone()))
    }

    /// The checkout around a folder.
    async fn checkout(&self, dir: &Path) -> anyhow::Result<Checkout> {
        let Some(landmark) = Checkout::landmark(dir) else { return Checkout::find(dir).await };
        let mut checkouts = self.checkouts.lock().await;
        if let Some(checkout) = checkouts.get(&landmark) {
            return Ok(checkout.clone());
        }
        let checkout = Checkout::find(dir).await?;
        checkouts.insert(landmark, checkout.clone());
        Ok(checkout)
    }

    /// The repository that the checkout around a folder belongs to.
    pub async fn remote_of(&self, dir: &Path) -> anyhow::Result<(Host, RepoName)> {
        let checkout = self.checkout(dir).await?;
        let mut remotes = self.remotes.lock().await;
        if let Some(remote) = remotes.get(checkout.root()) {
            return Ok(remote.clone());
        }
        let remote = checkout.repository().await?;
        remotes.insert(checkout.root().to_owned(), remote.clone());
        Ok(remote)
    }

    async fn github_of(&self, build: &Build) -> anyhow::Result<Github> {
        self.github(&Host::parse(&build.host)?, &build.repo).await
    }

    /// Goes on with a build until the goal, or to the end when it fails.
    pub async fn carry_on(&self, id: &BuildId, goal: Goal) -> anyhow::Result<Finished> {
        self.carry_on_seeing(id, goal, &Eyes::Own).await
    }

    async fn carry_on_seeing(
        &self,
        id: &BuildId,
        goal: Goal,
        eyes: &Eyes,
    ) -> anyhow::Result<Finished> {
        let _lock = self.lock(id).await?;
        let mut build = self.store.build(id)?;
        let github = self.github_of(&build).await?;
        let (mut report, mut landed) = (None, None);
        loop {
            build = match build.state {
                BuildState::Requested | BuildState::Dispatching | BuildState::Dispatched => {
                    self.dispatch(&github, &build).await?
                }
                BuildState::Running if goal > Goal::Run => {
                    let (build, why) = self.watch(&github, &build, eyes).await?;
                    report = why;
                    build
                }
                BuildState::Succeeded | BuildState::Collecting | BuildState::Verified
                    if goal == Goal::Files =>
                {
                    let (build, files) = self.collect(&github, &build).await?;
                    landed = Some(files);
                    build
                }
                _ => return Ok(Finished { build, report, landed }),
            };
        }
    }

    async fn collect(&self, github: &Github, build: &Build) -> anyhow::Result<(Build, Landed)> {
        let listing = collect::list(github, &self.store, build).await?;
        let mut build = build.clone();
        if build.state != BuildState::Verified {
            let change = Change { apps: Some(listing.apps()), ..Change::default() };
            build = self.step(&build.id, BuildState::Collecting, change)?;
        }
        // Also what was verified before may be gone from the disk; what is there costs nothing.
        collect::fetch(github, &self.store, &build, &listing).await?;
        if build.state != BuildState::Verified {
            build = self.step(&build.id, BuildState::Verified, Change::default())?;
        }
        let verified = build.clone();
        let landed = spawn_blocking(move || collect::land(&verified, &listing)).await??;
        let folder = landed.folders.first().cloned();
        let build =
            self.step(&build.id, BuildState::Complete, Change { folder, ..Change::default() })?;
        Ok((build, landed))
    }

    /// Records that a build comes to a state, and tells before and after.
    fn step(&self, id: &BuildId, state: BuildState, change: Change) -> anyhow::Result<Build> {
        self.event(&Event::Entering { build: id.clone(), state });
        let build = self.store.advance(id, state, &change)?;
        self.event(&Event::Entered {
            build: id.clone(),
            state,
            run: build.run,
            url: build.run_url.clone(),
            detail: build.detail.clone(),
        });
        Ok(build)
    }

    /// Takes the build for this process, when whoever has it is done with it.
    async fn lock(&self, id: &BuildId) -> anyhow::Result<BuildLock> {
        let mut told = false;
        loop {
            if let Some(lock) = self.store.try_lock(id)? {
                return Ok(lock);
            }
            if !told {
                self.event(&Event::Busy { build: id.clone() });
                told = true;
            }
            // Another process's lock cannot be awaited in a way that can be given up.
            tokio::time::sleep(BUSY_PAUSE).await;
        }
    }

    /// The build that a person names, by its id or by that of its run. A run that nobody here has asked for becomes one.
    pub async fn find(
        &self,
        text: &str,
        place: Option<(&Host, &RepoName)>,
        out: &Path,
    ) -> anyhow::Result<Build> {
        if let Some(build) = self.store.find(text)? {
            return Ok(build);
        }
        let hint = "`deskwright runs` lists what this machine knows, `deskwright runs --remote` what the repository has";
        let Ok(run) = text.parse::<u64>() else {
            return Err(error::usage(format!("no such build: {text}"), hint));
        };
        let Some((host, repo)) = place else {
            let hint = "name its repository with `--repo OWNER/NAME`";
            return Err(error::usage(format!("this machine does not know the run: {run}"), hint));
        };
        self.adopt(host, repo, run, out).await
    }

    /// Asks a build to end. One whose request may be under way is looked for first.
    pub async fn cancel(&self, id: &BuildId, force: bool) -> anyhow::Result<Build> {
        let build = self.store.build(id)?;
        if build.state.is_final() {
            return Ok(build);
        }
        let github = self.github_of(&build).await?;
        if let Some(run) = build.run {
            // Whoever watches it sees the end and records it.
            github.cancel(run, force).await?;
            return Ok(build);
        }
        let _lock = self.lock(id).await?;
        let build = self.store.build(id)?;
        let run = match (build.run, build.state) {
            (Some(run), _) => Some(run),
            (None, BuildState::Requested) => None,
            (None, _) => self.look_up(&github, &build).await?.map(|run| run.id),
        };
        let Some(run) = run else {
            return self.step(id, BuildState::Cancelled, Change::default());
        };
        self.step(id, BuildState::Running, Change { run: Some(run), ..Change::default() })?;
        github.cancel(run, force).await?;
        self.store.build(id)
    }

    /// The run of a build, with its jobs.
    pub async fn look_at_run(&self, build: &Build) -> anyhow::Result<(Github, Run, Vec<Job>)> {
        let github = self.github_of(build).await?;
        let run = build.run.ok_or_else(|| {
            let hint = format!("`deskwright watch {}` waits for it", build.id);
            error::usage(format!("the build has no run yet: {}", build.id), hint)
        })?;
        let (run, jobs) = (github.run(run).await?, github.jobs(run).await?);
        Ok((github, run, jobs))
    }

    /// The runs of a workflow that were begun by hand or by program, the newest first.
    pub async fn remote_runs(&self, github: &Github, workflow: &str) -> anyhow::Result<Vec<Run>> {
        match github.dispatched_runs(workflow, None).await? {
            Fresh::New(runs, _) => Ok(runs),
            Fresh::NotModified => Ok(Vec::new()),
        }
    }

    /// Makes a complete build whose files are gone one that is collected again.
    pub async fn collect_again(&self, id: &BuildId) -> anyhow::Result<Build> {
        let build = self.store.build(id)?;
        let is_here = build.folder.as_ref().is_some_and(|folder| folder.is_dir());
        if build.state != BuildState::Complete || is_here {
            return Ok(build);
        }
        let _lock = self.lock(id).await?;
        self.step(id, BuildState::Succeeded, Change::default())
    }

    /// Runs the failed jobs of a build again, in the same run.
    pub async fn retry(&self, id: &BuildId) -> anyhow::Result<Build> {
        let _lock = self.lock(id).await?;
        let build = self.store.build(id)?;
        let failed = matches!(build.state, BuildState::Failed | BuildState::Cancelled);
        let (true, Some(run)) = (failed, build.run) else {
            return Err(error::usage(
                format!("the build has not failed: {id} is {}", build.state),
                "`deskwright watch` shows how it goes on",
            ));
        };
        let github = self.github_of(&build).await?;
        let seen = github.run(run).await?;
        if seen.outcome().is_none() {
            // Somebody has done it on the page.
            let attempt = Some(seen.attempt());
            return self.step(id, BuildState::Running, Change { attempt, ..Change::default() });
        }
        // The watch sees that this attempt is not there yet, and asks for it.
        let attempt = Some(seen.attempt() + 1);
        self.step(id, BuildState::Running, Change { attempt, ..Change::default() })
    }
}
