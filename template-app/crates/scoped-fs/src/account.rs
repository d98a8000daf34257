//! The account of a folder that nobody but its scope writes to: counted once, and kept by what changes.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use cap_std::fs::Dir;

use crate::{Budget, Full, Usage, home, scope::Changes};

/// How much a scope holds, with a quota.
pub(crate) struct Account {
    dir: Arc<Dir>,
    /// Held while something gets or loses its place, so that a count sees each thing once.
    changes: Changes,
    quota: Usage,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// What is in its place; none when nobody knows.
    settled: Option<Usage>,
    /// What room was taken for, and what is not in its place yet.
    pending: Usage,
}

impl Account {
    pub(crate) fn new(dir: Arc<Dir>, changes: Changes, quota: Usage) -> Account {
        Account { dir, changes, quota, state: Mutex::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes room if there is some; never before the first count.
    fn take(&self, more: Usage) -> bool {
        let mut state = self.state();
        let Some(settled) = state.settled else { return false };
        let after = settled.plus(state.pending).plus(more);
        let fits = (after.bytes <= self.quota.bytes || more.bytes == 0)
            && (after.entries <= self.quota.entries || more.entries == 0);
        if fits {
            state.pending = state.pending.plus(more);
        }
        fits
    }
}

impl Budget for Account {
    fn reserve(&self, bytes: u64, entries: u64) -> Result<(), Full> {
        let more = Usage { bytes, entries };
        if self.take(more) {
            return Ok(());
        }
        let _still = self.changes.lock();
        // Somebody else may have counted while this one waited.
        if self.state().settled.is_none() || !self.take(more) {
            // A folder that cannot be looked through, or has too much in it for that, counts as full.
            let found = home::measure(&self.dir, self.quota.entries).unwrap_or(Usage::MAX);
            self.state().settled = Some(found);
            return if self.take(more) { Ok(()) } else { Err(Full) };
        }
        Ok(())
    }

    fn settled(&self, reserved: Usage, gone: Usage) {
        let mut state = self.state();
        state.pending = state.pending.minus(reserved);
        state.settled = state.settled.map(|settled| settled.plus(reserved).minus(gone));
    }

    fn cancelled(&self, reserved: Usage) {
        let mut state = self.state();
        state.pending = state.pending.minus(reserved);
    }

    fn changed(&self) {
        self.state().settled = None;
    }

    fn counted(&self, found: Usage) {
        self.state().settled = Some(found);
    }

    fn quota(&self) -> Usage {
        self.quota
    }
}
