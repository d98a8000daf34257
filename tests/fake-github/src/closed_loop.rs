//! The closed loop: whoever dispatches a workflow of the fake has it executed, by `act`, on this machine, and sees its jobs,
//! steps, logs and artifacts as with GitHub. Only what runs on Linux x64, and one run at a time, since runs share the
//! machine's caches.
//!
//! Some things are as they are here and not as with GitHub: a run that is to run its failed jobs again runs all of them; a
//! cancellation kills what runs; `concurrency`, `permissions`, environments and time limits of jobs are not looked at.

mod act;
pub mod copy;
mod event;
mod executor;
mod follow;
mod jobs;
mod machine;
mod orphans;
mod programs;
mod recorder;

use std::{collections::BTreeMap, path::PathBuf, sync::Arc, thread::JoinHandle};

use anyhow::{Context as _, Result};
use serde::{Serialize, Serializer};
use tokio::sync::mpsc::{self, UnboundedSender};

pub use act::{Act, Ended, Finished};
pub use event::{Record, Stage, What};
pub use machine::{Machine, Wish};
pub use programs::{Missing, Programs};

use crate::{
    FakeGithub,
    script::{Conclusion, Script},
    simulation::Order,
};

/// The one target that a run here can build.
pub const TARGET: &str = "linux-x64";

/// What to execute, and how.
pub struct LoopOptions {
    /// `owner/name`, as the fake knows it.
    pub repository: String,
    pub machine: Arc<Machine>,
    /// What workflows find as secrets.
    pub secrets: BTreeMap<String, String>,
    /// A checkout whose commits are the repository's: its default branch follows what is committed there.
    pub follow: Option<PathBuf>,
    /// Who is told of all that happens.
    pub observer: Observer,
}

/// Hears of events as they happen.
pub type Observer = Arc<dyn Fn(&LoopEvent) + Send + Sync>;

/// Something that has happened.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "event", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum LoopEvent {
    RunBegins {
        run: u64,
        attempt: u64,
        title: String,
        commit: String,
    },
    JobBegins {
        run: u64,
        job: String,
    },
    StepEnds {
        run: u64,
        job: String,
        step: String,
        #[serde(serialize_with = "named")]
        conclusion: Conclusion,
        seconds: f64,
    },
    JobEnds {
        run: u64,
        job: String,
        #[serde(serialize_with = "named")]
        conclusion: Conclusion,
        seconds: f64,
    },
    RunEnds {
        run: u64,
        #[serde(serialize_with = "named")]
        conclusion: Conclusion,
        seconds: f64,
    },
    /// The default branch is where the checkout is.
    Pushed {
        commit: String,
        subject: String,
    },
    Note {
        text: String,
    },
}

/// Serde gives a field by reference.
fn named<S: Serializer>(conclusion: &Conclusion, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(conclusion.name())
}

/// A loop that runs until it is dropped, on a thread of its own.
pub struct ClosedLoop {
    orders: UnboundedSender<Order>,
    thread: Option<JoinHandle<()>>,
}

impl ClosedLoop {
    /// Executes every run of the repository from now on. A fake has one loop.
    pub fn start(fake: &FakeGithub, options: LoopOptions) -> Result<Self> {
        let (orders, received) = mpsc::unbounded_channel();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let world = Arc::clone(&fake.world);
        {
            let mut state = world.state();
            let repository = state.repository(&options.repository)?;
            repository.secrets.extend(options.secrets.keys().cloned());
            state.simulation.execute_by(orders.clone());
        }
        fake.on_dispatch(&options.repository, Arc::new(|_| Script::live()));
        let thread = std::thread::Builder::new().name("closed-loop".to_owned());
        let thread = thread.spawn(move || {
            runtime.block_on(executor::work(world, options, received));
        });
        Ok(Self { orders, thread: Some(thread.context("the loop did not start")?) })
    }

    /// What asks for the end, from anywhere: what runs is cancelled, or killed by force. Dropping the loop waits for it.
    pub fn quitter(&self) -> impl Fn(bool) + Send + Sync + use<> {
        let orders = self.orders.clone();
        move |force| {
            // A loop that has ended needs no asking.
            let _ = orders.send(Order::Quit { force });
        }
    }
}

impl Drop for ClosedLoop {
    fn drop(&mut self) {
        self.quitter()(false);
        // A thread that panicked has left its runs as they are.
        let _ = self.thread.take().map(JoinHandle::join);
    }
}
