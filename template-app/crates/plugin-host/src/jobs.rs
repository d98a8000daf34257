//! Calls under way: a few run, some wait in order, the rest are refused.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;

use crate::{Code, PluginError};

/// Longest name of a call, in bytes: it is a key, not data.
const MAX_ID: usize = 128;

/// All calls of a host.
#[derive(Debug)]
pub(crate) struct Jobs {
    turns: Arc<Semaphore>,
    slots: usize,
    queue: usize,
    waiting: AtomicUsize,
    known: Mutex<HashMap<String, CancellationToken>>,
    count: AtomicU64,
}

/// A call that is known by its id until this is dropped.
#[derive(Debug)]
pub(crate) struct Job {
    jobs: Arc<Jobs>,
    pub(crate) id: String,
    pub(crate) cancelled: CancellationToken,
}

impl Jobs {
    /// `slots` run at the same time, `queue` wait.
    pub(crate) fn new(slots: u32, queue: u32) -> Arc<Jobs> {
        let slots = slots as usize;
        Arc::new(Jobs {
            turns: Arc::new(Semaphore::new(slots)),
            slots,
            queue: queue as usize,
            waiting: AtomicUsize::new(0),
            known: Mutex::default(),
            count: AtomicU64::new(0),
        })
    }

    /// A new call, by a name of its own or by the one that the caller gives it.
    pub(crate) fn begin(self: &Arc<Jobs>, id: Option<String>) -> Result<Job, PluginError> {
        let mut known = self.known();
        let id = match id {
            Some(id) if id.is_empty() || id.len() > MAX_ID || known.contains_key(&id) => {
                let message = "the id of a call has 1 to 128 bytes, and no other call has it";
                return Err(PluginError::new(Code::InvalidId, message));
            }
            Some(id) => id,
            None => loop {
                let id = format!("plugin_req{}", self.count.fetch_add(1, Ordering::Relaxed) + 1);
                // A caller may have chosen just this name.
                if !known.contains_key(&id) {
                    break id;
                }
            },
        };
        let cancelled = CancellationToken::new();
        known.insert(id.clone(), cancelled.clone());
        drop(known);
        Ok(Job { jobs: Arc::clone(self), id, cancelled })
    }

    /// Ends all calls. True when there was one.
    pub(crate) fn cancel_all(&self) -> bool {
        let known = self.known();
        known.values().for_each(CancellationToken::cancel);
        !known.is_empty()
    }

    /// Ends one call. True when there was one of this name.
    pub(crate) fn cancel(&self, id: &str) -> bool {
        self.known().get(id).inspect(|cancelled| cancelled.cancel()).is_some()
    }

    pub(crate) fn running(&self) -> usize {
        self.slots - self.turns.available_permits()
    }

    pub(crate) fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }

    fn known(&self) -> MutexGuard<'_, HashMap<String, CancellationToken>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Job {
    /// Waits for a turn; whoever came first is first.
    pub(crate) async fn turn(&self) -> Result<OwnedSemaphorePermit, PluginError> {
        let jobs = &self.jobs;
        if let Ok(permit) = Arc::clone(&jobs.turns).try_acquire_owned() {
            return Ok(permit);
        }
        let _waits = Waits::begin(jobs).ok_or_else(|| {
            let message = format!("{} calls wait already", jobs.queue);
            PluginError::new(Code::QueueFull, message)
        })?;
        tokio::select! {
            biased;
            () = self.cancelled.cancelled() => Err(cancelled()),
            turn = Arc::clone(&jobs.turns).acquire_owned() => turn.map_err(PluginError::internal),
        }
    }
}

impl Drop for Job {
    fn drop(&mut self) {
        self.jobs.known().remove(&self.id);
    }
}

/// A place in the queue.
struct Waits<'a>(&'a Jobs);

impl Waits<'_> {
    fn begin(jobs: &Jobs) -> Option<Waits<'_>> {
        let free = |waiting: usize| (waiting < jobs.queue).then_some(waiting + 1);
        let taken = jobs.waiting.fetch_update(Ordering::Relaxed, Ordering::Relaxed, free);
        taken.is_ok().then(|| Waits(jobs))
    }
}

impl Drop for Waits<'_> {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

pub(crate) fn cancelled() -> PluginError {
    PluginError::new(Code::Cancelled, "the call was cancelled")
}
