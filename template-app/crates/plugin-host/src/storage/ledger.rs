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
    runs: HashMap<u64, Run>,
}

/// What is known of a run.
#[derive(Debug, Default)]
struct Run {
    open: HashMap<u32, Mark>,
    /// Taken for what is being done just now: a look may not find it yet.
    pending: Usage,
    /// Sizes of files that somebody else took the names of while this run had files open, the largest first and no more than it has
    /// open: it may still have just these open, where no look finds them.
    nameless: Vec<u64>,
    /// Taken since the first of those.
    grown: u64,
    /// The page has taken a name, of a file of unknown size.
    page_removed: bool,
}

impl Run {
    /// At most so much of what it has open has lost its name to others.
    fn hidden(&self) -> u64 {
        let by_page = self.open.values().filter(|_| self.page_removed).map(|mark| mark.length);
        let sizes = self.nameless.iter().copied().chain(by_page).chain([self.grown]);
        sizes.fold(0, u64::saturating_add)
    }

    fn lost(&mut self, size: u64) {
        let place = self.nameless.partition_point(|known| *known > size);
        self.nameless.insert(place, size);
        self.nameless.truncate(self.open.len());
    }

    fn closed(&mut self) {
        self.nameless.truncate(self.open.len());
        if self.open.is_empty() {
            (self.grown, self.page_removed) = (0, false);
        }
    }
}

/// What a look found, until it is put into the account.
#[derive(Debug)]
pub(crate) struct Survey {
    found: Usage,
    /// Taken by others for what was being done when it began.
    pending: Usage,
    /// All that was taken before it began.
    before: Usage,
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

    /// Looks through the folder, for a run or for the page.
    fn survey(&self, run: Option<u64>) -> Survey {
        let (pending, before) = {
            let state = self.state();
            let others = state.runs.iter().filter(|(id, _)| Some(**id) != run);
            (others.fold(Usage::default(), |sum, (_, run)| add(sum, run.pending)), state.taken)
        };
        // A folder that cannot be looked through, or is too deep for it, counts as full.
        let found = Dir::open_ambient_dir(&self.path, ambient_authority())
            .ok()
            .and_then(|dir| scoped_fs::measure(&dir, self.quota.entries).ok())
            .unwrap_or(Usage { bytes: u64::MAX, entries: u64::MAX });
        Survey { found, pending, before }
    }

    /// Makes the account what was found, with what others took meanwhile. `open` belongs to the run that asks, and is younger than
    /// the survey: a file that was removed or cut off in between counts as it was.
    fn adopt(&self, survey: &Survey, run: Option<u64>, open: &[OpenFile]) {
        let mut state = self.state();
        let state = &mut *state;
        let meanwhile = Usage {
            bytes: state.taken.bytes.saturating_sub(survey.before.bytes),
            entries: state.taken.entries.saturating_sub(survey.before.entries),
        };
        let nameless = open.iter().filter(|file| !file.has_name).map(|file| file.size);
        let others = state.runs.iter().filter(|(id, _)| Some(**id) != run);
        let hidden =
            nameless.chain(others.map(|(_, run)| run.hidden())).fold(0, u64::saturating_add);
        let hidden = Usage { bytes: hidden, entries: 0 };
        state.used = Some(add(add(survey.found, meanwhile), add(hidden, survey.pending)));
        state.look += 1;
        let look = state.look;
        let Some(run) = run.and_then(|run| state.runs.get_mut(&run)) else { return };
        for file in open {
            if let Some(mark) = run.open.get_mut(&file.fd) {
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
        self.adopt(&self.survey(None), None, &[]);
        if self.take(&mut self.state(), more) { Ok(()) } else { Err(Full) }
    }

    fn changed(&self) {
        let mut state = self.state();
        for run in state.runs.values_mut() {
            run.page_removed |= !run.open.is_empty();
        }
        // What is there now is less than the account says: the next who needs room looks.
        state.used = None;
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
        ledger.state().runs.insert(run, Run::default());
        CallLedger { ledger, run }
    }

    /// Takes room for what an operation may add at most. False: there is none, as far as is known.
    pub(crate) fn take(&self, growth: Growth) -> bool {
        let mut state = self.ledger.state();
        let look = state.look;
        let mark = |state: &State, fd| {
            let mark = state.runs.get(&self.run).and_then(|run| run.open.get(&fd)).copied();
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
        if let (true, Some(run)) = (fits, state.runs.get_mut(&self.run)) {
            run.pending = more;
            if !run.nameless.is_empty() {
                run.grown = run.grown.saturating_add(more.bytes);
            }
            run.open.extend(changed);
        }
        fits
    }

    /// What room was taken for is done, or has failed.
    pub(crate) fn settle(&self) {
        if let Some(run) = self.ledger.state().runs.get_mut(&self.run) {
            run.pending = Usage::default();
        }
    }

    /// Looks through the folder. None: the look failed, and the account stays as it is: full.
    pub(crate) async fn survey(&self) -> Option<Survey> {
        let (ledger, run) = (Arc::clone(&self.ledger), self.run);
        tokio::task::spawn_blocking(move || ledger.survey(Some(run))).await.ok()
    }

    /// Makes the account what a look found; `open` is what the run has open, asked for after the look.
    pub(crate) fn adopt(&self, survey: &Survey, open: &[OpenFile]) {
        self.ledger.adopt(survey, Some(self.run), open);
    }

    pub(crate) fn opened(&self, fd: u32, appends: bool) {
        self.run(|run, look| run.open.insert(fd, Mark { appends, length: 0, look }));
    }

    /// True when it was open.
    pub(crate) fn closed(&self, fd: u32) -> bool {
        let close = |run: &mut Run, _| {
            let was_open = run.open.remove(&fd);
            run.closed();
            was_open
        };
        self.run(close).is_some()
    }

    /// `from` becomes `to`, and what `to` was is closed. True when one file fewer is open.
    pub(crate) fn renumbered(&self, from: u32, to: u32) -> bool {
        let renumber = |run: &mut Run, _| {
            if from == to {
                return None;
            }
            let replaced = run.open.remove(&to);
            // What is no file, such as stdout, takes the place of one too.
            if let Some(mark) = run.open.remove(&from) {
                run.open.insert(to, mark);
            }
            run.closed();
            replaced
        };
        self.run(renumber).is_some()
    }

    pub(crate) fn set_append(&self, fd: u32, appends: bool) {
        self.run(|run, _| run.open.get_mut(&fd).map(|mark| mark.appends = appends));
    }

    pub(crate) fn has(&self, fd: u32) -> bool {
        self.run(|run, _| run.open.get(&fd).copied()).is_some()
    }

    pub(crate) fn appends(&self, fd: u32) -> bool {
        self.run(|run, _| run.open.get(&fd).copied()).is_some_and(|mark| mark.appends)
    }

    /// Every file and folder that the run has open.
    pub(crate) fn files(&self) -> Vec<u32> {
        self.run(|run, _| Some(run.open.keys().copied().collect())).unwrap_or_default()
    }

    /// Does another run have files open, so that one of them may be what loses its name?
    pub(crate) fn others_have_open(&self) -> bool {
        let state = self.ledger.state();
        state.runs.iter().any(|(id, run)| *id != self.run && !run.open.is_empty())
    }

    /// A file of this size has lost its name.
    pub(crate) fn removed(&self, size: u64) {
        for (id, run) in &mut self.ledger.state().runs {
            if *id != self.run {
                run.lost(size);
            }
        }
    }

    fn run<T>(&self, change: impl FnOnce(&mut Run, u64) -> Option<T>) -> Option<T> {
        let mut state = self.ledger.state();
        let look = state.look;
        change(state.runs.get_mut(&self.run)?, look)
    }
}

impl Drop for CallLedger {
    fn drop(&mut self) {
        self.ledger.state().runs.remove(&self.run);
    }
}
