//! The account of a storage: never less than what is there, and made exact only when it says that the storage is full.
//!
//! A run takes room for what a write could add at most. So an ordinary write costs an addition, and the folder is looked through
//! only when the account reaches the quota. What is removed or cut off comes back at the next look.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use cap_std::{ambient_authority, fs::Dir};
use scoped_fs::{Budget, Full, Usage};

/// What an operation of a run may add.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Growth {
    /// A write that makes the file at least this long.
    Reaches { fd: u32, end: u64 },
    /// A write at the end of a file.
    Appends { fd: u32, length: u64 },
    /// One more file or folder.
    Entry,
}

/// A file that a run has open, as it is at a look.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OpenFile {
    pub(crate) fd: u32,
    pub(crate) size: u64,
    /// False for a file that was removed: it takes room until it is closed, and no look at the folder finds it.
    pub(crate) has_name: bool,
}

/// The account of one storage, shared by all runs and by the page.
#[derive(Debug)]
pub(crate) struct Ledger {
    path: PathBuf,
    quota: Usage,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// What is there at most; none before the first look.
    used: Option<Usage>,
    /// All that was ever taken: tells what is taken during a look.
    taken: Usage,
    /// Rises with each look: what is known of files from before is void.
    look: u64,
    /// By run: the files that it has open.
    runs: HashMap<u64, HashMap<u32, Mark>>,
    /// A file has lost its name while several runs were under way, so one of the others may still have it open.
    removed: bool,
}

/// What is known of an open file.
#[derive(Debug, Clone, Copy, Default)]
struct Mark {
    appends: bool,
    /// Room was taken up to this length, in the look of this number.
    length: u64,
    look: u64,
}

impl Ledger {
    pub(super) fn new(path: &Path, quota: Usage) -> Arc<Ledger> {
        Arc::new(Ledger { path: path.to_owned(), quota, state: Mutex::default() })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes room if there is some; never before the first look.
    fn take(&self, state: &mut State, more: Usage) -> bool {
        let Some(used) = &mut state.used else { return false };
        let after = add(*used, more);
        let fits = (after.bytes <= self.quota.bytes || more.bytes == 0)
            && (after.entries <= self.quota.entries || more.entries == 0);
        if fits {
            *used = after;
            state.taken = add(state.taken, more);
        }
        fits
    }

    /// Looks through the folder. What others take meanwhile is added; `open` belongs to the run that asks.
    fn look(&self, run: Option<u64>, open: &[OpenFile]) {
        let before = self.state().taken;
        // A folder that cannot be looked through, or is too deep for it, counts as full.
        let found = Dir::open_ambient_dir(&self.path, ambient_authority())
            .ok()
            .and_then(|dir| scoped_fs::measure(&dir, self.quota.entries).ok())
            .unwrap_or(Usage { bytes: u64::MAX, entries: u64::MAX });
        let mut state = self.state();
        let state = &mut *state;
        let meanwhile = Usage {
            bytes: state.taken.bytes.saturating_sub(before.bytes),
            entries: state.taken.entries.saturating_sub(before.entries),
        };
        let nameless = open.iter().filter(|file| !file.has_name).map(|file| file.size);
        let of_others = state.runs.iter().filter(|(id, _)| state.removed && Some(**id) != run);
        let of_others = of_others.flat_map(|(_, marks)| marks.values()).map(|mark| mark.length);
        let hidden = nameless.chain(of_others).fold(0_u64, u64::saturating_add);
        let hidden = Usage { bytes: hidden, entries: 0 };
        state.used = Some(add(add(found, meanwhile), hidden));
        state.look += 1;
        let look = state.look;
        let Some(marks) = run.and_then(|run| state.runs.get_mut(&run)) else { return };
        for file in open {
            if let Some(mark) = marks.get_mut(&file.fd) {
                (mark.length, mark.look) = (file.size, look);
            }
        }
    }
}

fn add(one: Usage, other: Usage) -> Usage {
    Usage {
        bytes: one.bytes.saturating_add(other.bytes),
        entries: one.entries.saturating_add(other.entries),
    }
}

/// What the page writes counts too.
impl Budget for Ledger {
    fn reserve(&self, bytes: u64, entries: u64) -> Result<(), Full> {
        let more = Usage { bytes, entries };
        if self.take(&mut self.state(), more) {
            return Ok(());
        }
        self.look(None, &[]);
        if self.take(&mut self.state(), more) { Ok(()) } else { Err(Full) }
    }

    fn changed(&self) {
        let mut state = self.state();
        state.removed |= !state.runs.is_empty();
    }

    fn quota(&self) -> Usage {
        self.quota
    }
}

/// The account as one run sees it.
#[derive(Debug)]
pub(crate) struct CallLedger {
    ledger: Arc<Ledger>,
    run: u64,
}

impl CallLedger {
    pub(super) fn new(ledger: Arc<Ledger>) -> CallLedger {
        static RUNS: AtomicU64 = AtomicU64::new(0);
        let run = RUNS.fetch_add(1, Ordering::Relaxed);
        ledger.state().runs.insert(run, HashMap::new());
        CallLedger { ledger, run }
    }

    /// Takes room for what an operation may add at most. False: there is none, as far as is known.
    pub(crate) fn take(&self, growth: Growth) -> bool {
        let mut state = self.ledger.state();
        let look = state.look;
        let mark = |state: &State, fd| {
            let mark = state.runs.get(&self.run).and_then(|marks| marks.get(&fd)).copied();
            let mark = mark.unwrap_or_default();
            if mark.look == look { mark } else { Mark { length: 0, look, ..mark } }
        };
        let (more, changed) = match growth {
            Growth::Entry => (Usage { bytes: 0, entries: 1 }, None),
            Growth::Reaches { fd, end } => {
                let mark = mark(&state, fd);
                let more = Usage { bytes: end.saturating_sub(mark.length), entries: 0 };
                (more, Some((fd, Mark { length: mark.length.max(end), ..mark })))
            }
            Growth::Appends { fd, length } => {
                let mark = mark(&state, fd);
                let changed = Mark { length: mark.length.saturating_add(length), ..mark };
                (Usage { bytes: length, entries: 0 }, Some((fd, changed)))
            }
        };
        let fits = self.ledger.take(&mut state, more);
        if let (true, Some((fd, mark))) = (fits, changed)
            && let Some(marks) = state.runs.get_mut(&self.run)
        {
            marks.insert(fd, mark);
        }
        fits
    }

    /// Makes the account exact.
    pub(crate) async fn measure(&self, open: &[OpenFile]) {
        let (ledger, run, open) = (Arc::clone(&self.ledger), self.run, open.to_owned());
        let look = tokio::task::spawn_blocking(move || ledger.look(Some(run), &open));
        // A look that panics leaves the account as it is: full.
        let _ = look.await;
    }

    pub(crate) fn opened(&self, fd: u32, appends: bool) {
        let mut state = self.ledger.state();
        let look = state.look;
        self.marks(&mut state, |marks| marks.insert(fd, Mark { appends, length: 0, look }));
    }

    /// True when it was open.
    pub(crate) fn closed(&self, fd: u32) -> bool {
        self.marks(&mut self.ledger.state(), |marks| marks.remove(&fd)).is_some()
    }

    /// `from` becomes `to`, and what `to` was is closed. True when one fewer is open.
    pub(crate) fn renumbered(&self, from: u32, to: u32) -> bool {
        self.marks(&mut self.ledger.state(), |marks| {
            if from == to {
                return None;
            }
            let mark = marks.remove(&from)?;
            marks.insert(to, mark)
        })
        .is_some()
    }

    pub(crate) fn set_append(&self, fd: u32, appends: bool) {
        self.marks(&mut self.ledger.state(), |marks| {
            marks.get_mut(&fd).map(|mark| mark.appends = appends)
        });
    }

    pub(crate) fn has(&self, fd: u32) -> bool {
        self.marks(&mut self.ledger.state(), |marks| marks.get(&fd).copied()).is_some()
    }

    pub(crate) fn appends(&self, fd: u32) -> bool {
        let mark = self.marks(&mut self.ledger.state(), |marks| marks.get(&fd).copied());
        mark.is_some_and(|mark| mark.appends)
    }

    /// Every file and folder that the run has open.
    pub(crate) fn files(&self) -> Vec<u32> {
        let mut state = self.ledger.state();
        self.marks(&mut state, |marks| Some(marks.keys().copied().collect())).unwrap_or_default()
    }

    /// A file may have lost its name.
    pub(crate) fn removed(&self) {
        let mut state = self.ledger.state();
        state.removed |= state.runs.len() > 1;
    }

    fn marks<T>(
        &self,
        state: &mut State,
        change: impl FnOnce(&mut HashMap<u32, Mark>) -> Option<T>,
    ) -> Option<T> {
        change(state.runs.get_mut(&self.run)?)
    }
}

impl Drop for CallLedger {
    fn drop(&mut self) {
        let mut state = self.ledger.state();
        state.runs.remove(&self.run);
        if state.runs.is_empty() {
            state.removed = false;
        }
    }
}
