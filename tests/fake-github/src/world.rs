//! Everything that the fake knows, behind one lock.

use std::{
    collections::{BTreeMap, HashMap},
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use anyhow::{Context as _, Result};
use jiff::Timestamp;
use tokio::sync::{Notify, watch};

use crate::{
    access::Access,
    actions::{Services, kept},
    answer::Refusal,
    apps::App,
    clock::Clock,
    contract::Contract,
    exchange::Exchange,
    fault::Fault,
    limits::{Limits, Traffic},
    repository::Repository,
    script::Scripter,
    server::Options,
    simulation::{Simulation, WorkflowRun},
    store::Store,
};

/// The state, and what it takes to answer.
pub(crate) struct World {
    /// Address of the API, without a slash at its end.
    pub(crate) api: String,
    /// Address of the store of bytes. Another port, as GitHub's is another host: a client must not send it its token.
    pub(crate) blobs: String,
    pub(crate) contract: Contract,
    pub(crate) clock: Clock,
    /// See `Options::old_server`.
    pub(crate) old_server: bool,
    /// See `Options::cache_dir`.
    pub(crate) cache_dir: Option<PathBuf>,
    pub(crate) store: Store,
    /// How many requests are held by a fault.
    pub(crate) held: watch::Sender<usize>,
    /// Wakes them.
    pub(crate) let_go: Notify,
    state: Mutex<State>,
}

pub(crate) struct State {
    next_id: u64,
    /// By `owner/name`.
    pub(crate) repositories: BTreeMap<String, Repository>,
    pub(crate) tokens: Vec<Access>,
    pub(crate) apps: Vec<App>,
    /// By token.
    traffic: HashMap<String, Traffic>,
    /// Absent when nothing is refused.
    pub(crate) limits: Option<Limits>,
    pub(crate) crossings: Vec<String>,
    /// By id.
    pub(crate) runs: BTreeMap<u64, Run>,
    /// Scripted runs.
    pub(crate) simulation: Simulation,
    /// Who makes the scripts, by repository.
    pub(crate) scripters: HashMap<String, Scripter>,
    pub(crate) services: Services,
    /// Files behind signed addresses, by signature.
    pub(crate) downloads: HashMap<String, crate::actions::Download>,
    pub(crate) faults: Vec<Fault>,
    pub(crate) log: Vec<Exchange>,
    pub(crate) violations: Vec<String>,
}

/// A run of a workflow, as far as its runner's services know it.
#[derive(Debug, Clone)]
pub struct Run {
    pub id: u64,
    pub repository: String,
    /// What a runner hands to the actions of this run, `GITHUB_TOKEN` among it.
    pub environment: BTreeMap<String, String>,
    pub(crate) runtime_token: String,
    pub(crate) id_token_secret: String,
}

impl World {
    pub(crate) fn new(api: String, blobs: String, dir: &Path, options: &Options) -> Result<Self> {
        let mut next_id = options.first_id;
        let mut services = Services::default();
        if let Some(dir) = &options.cache_dir {
            services.caches = kept::read(dir, || {
                next_id += 1;
                next_id
            })?;
        }
        Ok(Self {
            api,
            blobs,
            contract: Contract::read()?,
            clock: Clock::new(options.speed, options.clock_skew),
            old_server: options.old_server,
            cache_dir: options.cache_dir.clone(),
            store: Store::new(dir)?,
            held: watch::Sender::new(0),
            let_go: Notify::new(),
            state: Mutex::new(State {
                next_id,
                repositories: BTreeMap::new(),
                tokens: Vec::new(),
                apps: Vec::new(),
                traffic: HashMap::new(),
                limits: options.limits.clone(),
                crossings: Vec::new(),
                runs: BTreeMap::new(),
                simulation: Simulation::new(options.concurrent_jobs),
                scripters: HashMap::new(),
                services,
                downloads: HashMap::new(),
                faults: Vec::new(),
                log: Vec::new(),
                violations: Vec::new(),
            }),
        })
    }

    /// The state as it is now: what a script says has happened has.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.forward(self.clock.now());
        state
    }
}

impl State {
    pub(crate) fn id(&mut self) -> u64 {
        self.next_id += 1;
        self.next_id
    }

    /// Plays the scripts up to now.
    pub(crate) fn forward(&mut self, now: Timestamp) {
        for left in self.simulation.forward(now) {
            crate::actions::publish(self, left);
        }
    }

    /// The scripted run that a request names.
    pub(crate) fn run(&self, owner: &str, name: &str, id: u64) -> Result<&WorkflowRun, Refusal> {
        let run = self.simulation.runs.get(&id);
        run.filter(|run| run.repository == format!("{owner}/{name}")).ok_or_else(Refusal::not_found)
    }

    pub(crate) fn add(&mut self, mut repository: Repository) {
        repository.id = self.id();
        self.repositories.insert(repository.full_name(), repository);
    }

    pub(crate) fn repository(&mut self, full_name: &str) -> Result<&mut Repository> {
        self.repositories
            .get_mut(full_name)
            .with_context(|| format!("no such repository: {full_name}"))
    }

    /// The repository that a request names.
    pub(crate) fn named(&mut self, owner: &str, name: &str) -> Result<&mut Repository, Refusal> {
        self.repositories.get_mut(&format!("{owner}/{name}")).ok_or_else(Refusal::not_found)
    }

    /// What a token has asked for by now.
    pub(crate) fn traffic(&mut self, token: &str, now: Timestamp) -> &mut Traffic {
        let limits = self.limits.as_ref();
        self.traffic.entry(token.to_owned()).or_insert_with(|| Traffic::new(now, limits)).at(now)
    }

    pub(crate) fn token(&self, token: &str) -> Option<&Access> {
        self.tokens.iter().find(|known| known.token == token)
    }
}
