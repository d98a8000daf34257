//! The server's two loopback ports, and the handle by which tests set up and look.

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    sync::Arc,
    thread::JoinHandle,
    time::Duration,
};

use anyhow::{Context as _, Result, bail};
use tempfile::TempDir;
use tokio::{net::TcpListener, sync::oneshot};

use crate::{
    access::Access,
    actions,
    apps::App,
    exchange::Exchange,
    fault::Fault,
    limits::Limits,
    repository::{Release, Repository},
    rest,
    script::Scripter,
    serve,
    world::{Run, World},
};

/// How to start.
#[derive(Debug, Clone)]
pub struct Options {
    /// Port of the API on loopback; any free one when 0.
    pub port: u16,
    /// Where uploaded bytes go; a folder that vanishes with the fake when absent.
    pub dir: Option<PathBuf>,
    /// How many of the fake's seconds pass in one of the world's; 1 by default. Everything that has a time follows: scripts,
    /// documents, limits, signed addresses. With 0 time stands still but for `FakeGithub::advance`.
    pub speed: f64,
    /// How far the fake's clock is ahead of the world's (seconds).
    pub clock_skew: i64,
    /// A server of before 2026: no run id from a dispatch, no digests of artifacts, no API version 2026-03-10.
    pub old_server: bool,
    /// What a token may ask for; nothing is refused by default.
    pub limits: Option<Limits>,
    /// Jobs of one account that run at a time (count); 20, as GitHub's free plan has it.
    pub concurrent_jobs: usize,
    /// Folder in which the caches of jobs outlive the fake; they go with it when absent.
    pub cache_dir: Option<PathBuf>,
    /// Ids are larger than this (count). Who keeps what a fake has said beyond its life starts the next one higher.
    pub first_id: u64,
}

/// GitHub's are large too.
const FIRST_ID: u64 = 1000;

impl Default for Options {
    fn default() -> Self {
        Self {
            port: 0,
            dir: None,
            speed: 1.0,
            clock_skew: 0,
            old_server: false,
            limits: None,
            concurrent_jobs: 20,
            cache_dir: None,
            first_id: FIRST_ID,
        }
    }
}

/// A running fake. It runs on threads of its own, whatever the test is busy with, and ends on drop.
pub struct FakeGithub {
    pub(crate) world: Arc<World>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
    _dir: Option<TempDir>,
}

impl FakeGithub {
    /// Starts on a free port, with nothing in it.
    pub async fn start() -> Result<Self> {
        Self::start_with(Options::default()).await
    }

    pub async fn start_with(options: Options) -> Result<Self> {
        let temporary = if options.dir.is_none() { Some(tempfile::tempdir()?) } else { None };
        let own = temporary.as_ref().map(|dir| dir.path().to_owned());
        let dir = options.dir.clone().or(own).context("there is a folder")?;
        let (stop, stopped) = oneshot::channel();
        let (ready, started) = oneshot::channel();
        let thread = std::thread::spawn(move || {
            let runtime =
                tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
            let Ok(runtime) = runtime else { return };
            runtime.block_on(async {
                let _ = ready.send(open(&options, &dir).await);
                // An error means that the handle is gone, which is the same wish.
                let _ = stopped.await;
            });
            // Requests that a fault holds never end by themselves.
            runtime.shutdown_background();
        });
        let world = started.await.context("the fake did not start")??;
        Ok(Self { world, stop: Some(stop), thread: Some(thread), _dir: temporary })
    }

    /// Address of the API: what `GITHUB_API_URL` is in a job.
    pub fn url(&self) -> &str {
        &self.world.api
    }

    pub fn add_repository(&self, repository: Repository) {
        self.world.state().add(repository);
    }

    pub fn add_token(&self, access: Access) {
        self.world.state().tokens.push(access);
    }

    /// Makes a GitHub App known by the public half of its key. It is installed everywhere, with all rights, until
    /// `install_app` says where.
    pub fn add_app(&self, id: u64, public_key_pem: &str) -> Result<()> {
        self.world.state().apps.push(App::new(id, public_key_pem)?);
        Ok(())
    }

    /// Installs an App at an owner's, with the rights of this access, and tells the installation's number.
    pub fn install_app(&self, app: u64, owner: &str, access: &Access) -> Result<u64> {
        let mut state = self.world.state();
        let id = state.id();
        let mut apps = state.apps.iter_mut();
        let app = apps.find(|found| found.id == app).context("no such App")?;
        app.install(id, owner, access.rights);
        Ok(id)
    }

    /// A copy of a repository as it is now.
    pub fn repository(&self, full_name: &str) -> Result<Repository> {
        Ok(self.world.state().repository(full_name)?.clone())
    }

    /// Changes a repository as its owner might on the web page.
    pub fn change<T>(
        &self,
        full_name: &str,
        change: impl FnOnce(&mut Repository) -> T,
    ) -> Result<T> {
        Ok(change(self.world.state().repository(full_name)?))
    }

    /// Adds a draft without assets, as somebody else might have.
    pub fn add_draft(&self, full_name: &str, tag: &str) -> Result<u64> {
        let mut state = self.world.state();
        let id = state.id();
        let draft = Release::draft(id, tag, self.world.clock.now());
        state.repository(full_name)?.releases.insert(id, draft);
        Ok(id)
    }

    /// Says how the runs of a repository go, from the next dispatch on. Without it each is one job that succeeds at once.
    pub fn on_dispatch(&self, full_name: &str, scripter: Scripter) {
        self.world.state().scripters.insert(full_name.to_owned(), scripter);
    }

    /// Consents to an environment that a run's jobs wait for.
    pub fn approve(&self, run: u64, environment: &str) {
        let mut state = self.world.state();
        state.simulation.approve(run, environment, self.world.clock.now());
    }

    /// Lets so much of the fake's own time pass at once.
    pub fn advance(&self, by: Duration) {
        self.world.clock.advance(by);
    }

    /// The fake's own time, which documents and headers tell.
    pub fn now(&self) -> jiff::Timestamp {
        self.world.clock.now()
    }

    /// Starts a run, whose environment has everything that actions need to reach this fake.
    pub fn start_run(&self, full_name: &str) -> Result<Run> {
        actions::start_run(&self.world, full_name)
    }

    pub fn add_fault(&self, fault: Fault) {
        self.world.state().faults.push(fault);
    }

    pub fn clear_faults(&self) {
        self.world.state().faults.clear();
    }

    /// Waits until a fault holds a request.
    pub async fn wait_for_hold(&self) -> Result<()> {
        let mut held = self.world.held.subscribe();
        held.wait_for(|count| *count > 0).await.context("the fake has ended")?;
        self.world.held.send_replace(0);
        Ok(())
    }

    /// Lets every held request go on.
    pub fn let_go(&self) {
        self.world.let_go.notify_waiters();
    }

    /// Every request so far, oldest first.
    pub fn requests(&self) -> Vec<Exchange> {
        self.world.state().log.clone()
    }

    /// How many requests were counted against the limit of an hour (count).
    pub fn counted_requests(&self) -> usize {
        self.world.state().log.iter().filter(|exchange| exchange.counted).count()
    }

    /// Each request that crossed a limit, with the limit; none without `Options::limits`.
    pub fn limit_crossings(&self) -> Vec<String> {
        self.world.state().crossings.clone()
    }

    pub fn violations(&self) -> Vec<String> {
        self.world.state().violations.clone()
    }

    /// Fails when an exchange did not keep to the contract.
    pub fn assert_no_violations(&self) -> Result<()> {
        let violations = self.violations();
        if !violations.is_empty() {
            bail!("the contract was broken:\n{}", violations.join("\n"));
        }
        Ok(())
    }
}

impl Drop for FakeGithub {
    fn drop(&mut self) {
        self.stop = None;
        // A thread that panicked has failed its requests already.
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

async fn open(options: &Options, dir: &std::path::Path) -> Result<Arc<World>> {
    let api =
        TcpListener::bind((Ipv4Addr::LOCALHOST, options.port)).await.context("failed to listen")?;
    let blobs = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.context("failed to listen")?;
    let url = |address: SocketAddr| format!("http://{address}");
    let world =
        Arc::new(World::new(url(api.local_addr()?), url(blobs.local_addr()?), dir, options)?);
    let hosts = [
        (api, rest::router(&world).merge(actions::router(&world))),
        (blobs, actions::blob_router(&world)),
    ];
    for (listener, router) in hosts {
        tokio::spawn(serve::accept(listener, Arc::clone(&world), router));
    }
    Ok(world)
}
