//! What Windows refuses for a moment: to move or remove what somebody else has open, a virus scanner or another call.

use std::{io, thread, time::Duration};

/// The refusals that pass: access denied, and a sharing violation.
const PASSING: [i32; 2] = [5, 32];
/// Waits between tries, in milliseconds: a tenth of a second in all, which a call may take.
const WAITS: [u64; 6] = [1, 3, 6, 12, 25, 50];

/// Does it, on Windows again and again for a moment while somebody has it open. Elsewhere open files hinder nobody.
pub(crate) fn patiently<T>(mut act: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    for wait in WAITS {
        let done = act();
        let passes =
            |error: &io::Error| error.raw_os_error().is_some_and(|os| PASSING.contains(&os));
        if !cfg!(windows) || !done.as_ref().is_err_and(passes) {
            return done;
        }
        thread::sleep(Duration::from_millis(wait));
    }
    act()
}
