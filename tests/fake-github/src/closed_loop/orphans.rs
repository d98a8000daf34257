//! Processes that a run has left behind, such as a server in the background: found by the mark that every step of the run has
//! in its environment.

use std::ffi::OsStr;

use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

/// GitHub's runner has this mark for the same purpose.
pub(super) const MARK: &str = "RUNNER_TRACKING_ID";
/// One that is found may be about to start another (count of looks).
const ROUNDS: usize = 5;

/// Ends every process of the mark.
pub(super) fn end(mark: &str) {
    for _ in 0..ROUNDS {
        if marked(mark).filter(|found| found.kill()).count() == 0 {
            return;
        }
    }
}

/// A process, by a handle that no other process can come to have.
struct Found(std::os::fd::OwnedFd);

impl Found {
    fn kill(&self) -> bool {
        pidfd_send_signal(&self.0, Signal::KILL).is_ok()
    }
}

fn marked(mark: &str) -> impl Iterator<Item = Found> {
    let all = procfs::process::all_processes().into_iter().flatten().flatten();
    all.filter_map(move |process| {
        // The handle comes first: a process that takes the place of an ended one does not have it.
        let handle = pidfd_open(Pid::from_raw(process.pid)?, PidfdFlags::empty()).ok()?;
        // Those of other users cannot be looked at, and are none of ours.
        let environment = procfs::process::Process::new(process.pid).ok()?.environ().ok()?;
        let is_ours = environment.get(OsStr::new(MARK)).is_some_and(|found| found == mark);
        // The dead that nobody has buried yet have no environment.
        is_ours.then_some(Found(handle))
    })
}
