//! Linux: does the webview paint with what this machine has? Some drivers and webviews do not get along: the window stays empty,
//! or its process dies. So on a machine with a graphics device the first start tries it out, in a child process, and what is found
//! is remembered for as long as driver, kernel and webview stay the same. Only where a webview paints nothing as it is, and paints
//! with one of the `REMEDIES`, does the app start itself again with that in its environment.
//!
//! `DESKWRIGHT_WEBVIEW` overrides it: `auto` tries again, `accelerated` takes the webview as it is, `software` paints without the
//! graphics device. A variable of the remedies that the user has set wins over all of it.

mod machine;
mod probe;

use std::{
    env, io,
    io::Write as _,
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::Command,
};

use gtk::glib;
use serde::{Deserialize, Serialize};

pub(crate) use probe::{PROBE_ARGUMENT, probe_child};

/// Variables that are set for the webview.
type Remedy = &'static [(&'static str, &'static str)];

/// What helps, from the smallest to the last one: buffers that are shared the old way; no layers; no graphics device at all.
const REMEDIES: &[Remedy] = &[
    &[("WEBKIT_DISABLE_DMABUF_RENDERER", "1")],
    &[("WEBKIT_DISABLE_DMABUF_RENDERER", "1"), ("WEBKIT_DISABLE_COMPOSITING_MODE", "1")],
    &[
        ("WEBKIT_DISABLE_DMABUF_RENDERER", "1"),
        ("WEBKIT_DISABLE_COMPOSITING_MODE", "1"),
        ("LIBGL_ALWAYS_SOFTWARE", "1"),
    ],
];
/// The user's say.
const OVERRIDE: &str = "DESKWRIGHT_WEBVIEW";
/// What was found, in the app's data folder.
const FILE: &str = "webview-health.json";
/// The process that has started and has not shown a page yet. One that never did makes the next start try again.
const STARTED_FILE: &str = "webview-health.started";

/// What was found, and for what.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Found {
    key: String,
    /// Number of the remedy; absent when none is needed.
    remedy: Option<usize>,
}

/// Makes sure that the webview paints, before the window system starts. Comes back where this process can go on as it is.
pub(crate) fn ensure(app_id: &str) {
    let is_set = |(name, _): &(&str, &str)| env::var_os(name).is_some();
    if REMEDIES.iter().copied().flatten().any(is_set) {
        return;
    }
    let wish = env::var(OVERRIDE).unwrap_or_default();
    let remedy = match wish.as_str() {
        "accelerated" => None,
        "software" => REMEDIES.last().copied(),
        _ => remedy_for(&folder(app_id), wish == "auto"),
    };
    if let Some(remedy) = remedy {
        let error = start_again(remedy);
        warn(&format!("failed to start again with {remedy:?}: {error}"));
    }
}

/// A page has been shown: this start was a good one.
pub(crate) fn has_shown(app_id: &str) {
    // Where nothing was to be tried, nothing was noted.
    let _ = fs_err::remove_file(folder(app_id).join(STARTED_FILE));
}

/// What this machine needs. Nothing is tried out where everything is painted in software anyway.
fn remedy_for(folder: &Path, anew: bool) -> Option<Remedy> {
    let drivers = machine::drivers();
    if drivers.is_empty() && !anew {
        return None;
    }
    let found = recall_or_find(folder, machine::key(&drivers), anew, probe::paints);
    // Without the note a start that fails looks like a good one.
    let _ = fs_err::write(folder.join(STARTED_FILE), std::process::id().to_string());
    found.remedy.and_then(|number| REMEDIES.get(number)).copied()
}

/// As remembered for this key, or as found out now: the first time, when asked, and after a start that showed nothing.
fn recall_or_find(
    folder: &Path,
    key: String,
    anew: bool,
    paints: fn(Remedy) -> Option<bool>,
) -> Found {
    let remembered = recall(folder).filter(|found| found.key == key);
    if let Some(found) = remembered.filter(|_| !anew && !died_early(folder)) {
        return found;
    }
    let found = Found { key, remedy: find(paints) };
    // What is not remembered is found out again.
    if let Err(error) = remember(folder, &found) {
        warn(&format!("failed to remember how the webview paints: {error}"));
    }
    found
}

/// The first remedy that helps, if one is needed. Where none helps, the cause is another one, and nothing is changed; nor on a
/// machine that is too slow to tell.
fn find(paints: impl Fn(Remedy) -> Option<bool>) -> Option<usize> {
    if paints(&[]) != Some(false) {
        return None;
    }
    let found = REMEDIES.iter().position(|remedy| paints(remedy) == Some(true));
    match found.and_then(|number| REMEDIES.get(number)) {
        Some(remedy) => warn(&format!("the webview does not paint as it is: it gets {remedy:?}")),
        None => warn("the webview does not paint, and nothing helps"),
    }
    found
}

/// Becomes the same program with more in its environment. Gives only what went wrong.
fn start_again(remedy: Remedy) -> io::Error {
    let program = match env::current_exe() {
        Ok(program) => program,
        Err(error) => return error,
    };
    #[allow(clippy::disallowed_methods, reason = "the rule is about programs of others")]
    let mut command = Command::new(program);
    command.args(env::args_os().skip(1)).envs(remedy.iter().copied()).exec()
}

/// Did the last start end before it had shown a page? One that still runs did not.
fn died_early(folder: &Path) -> bool {
    let Ok(pid) = fs_err::read_to_string(folder.join(STARTED_FILE)) else { return false };
    let program = fs_err::read_link(format!("/proc/{}/exe", pid.trim()));
    program.ok() != env::current_exe().ok()
}

fn recall(folder: &Path) -> Option<Found> {
    // A file that cannot be read is no memory.
    serde_json::from_slice(&fs_err::read(folder.join(FILE)).ok()?).ok()
}

fn remember(folder: &Path, found: &Found) -> io::Result<()> {
    fs_err::create_dir_all(folder)?;
    let new = folder.join(format!("{FILE}.new"));
    fs_err::write(&new, serde_json::to_vec(found)?)?;
    fs_err::rename(new, folder.join(FILE))
}

/// The app's data folder, where Tauri has it too.
fn folder(app_id: &str) -> PathBuf {
    glib::user_data_dir().join(app_id)
}

fn warn(what: &str) {
    // Without stderr there is nobody to tell.
    let _ = writeln!(io::stderr(), "warning: {what}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_remedy_that_helps_is_taken_and_none_where_none_is_needed() {
        let (yes, no, slow) = (Some(true), Some(false), None);
        for (painting, expected) in [
            ([yes, yes, yes, yes], None),
            ([no, yes, yes, yes], Some(0)),
            ([no, no, yes, yes], Some(1)),
            ([no, slow, no, yes], Some(2)),
            ([no, no, no, no], None),
            ([slow, yes, yes, yes], None),
        ] {
            assert_eq!(find(|remedy| painting[remedy.len()]), expected);
        }
    }

    #[test]
    fn what_is_remembered_comes_back_and_a_broken_file_is_no_memory() {
        let folder = env::temp_dir().join(format!("health-{}", std::process::id()));
        assert_eq!(recall(&folder), None);
        let found = Found { key: "a".into(), remedy: Some(1) };
        remember(&folder, &found).unwrap();
        assert_eq!(recall(&folder), Some(found));
        fs_err::write(folder.join(FILE), "{").unwrap();
        assert_eq!(recall(&folder), None);
        fs_err::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn it_is_tried_once_for_each_key_and_again_after_a_start_that_showed_nothing() {
        let folder = env::temp_dir().join(format!("tried-{}", std::process::id()));
        let with =
            |key: &str, anew, paints| recall_or_find(&folder, key.into(), anew, paints).remedy;
        let never = |_: Remedy| panic!("tried again");
        assert_eq!(with("a", false, |remedy| Some(!remedy.is_empty())), Some(0));
        assert_eq!(with("a", false, never), Some(0));
        assert_eq!(with("b", false, |_| Some(true)), None);
        assert_eq!(with("b", false, never), None);
        assert_eq!(with("b", true, |remedy| Some(remedy.len() == 2)), Some(1));
        fs_err::write(folder.join(STARTED_FILE), "0").unwrap();
        assert_eq!(with("b", false, |_| Some(true)), None);
        fs_err::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn a_start_that_still_runs_did_not_die() {
        let folder = env::temp_dir().join(format!("started-{}", std::process::id()));
        fs_err::create_dir_all(&folder).unwrap();
        assert!(!died_early(&folder), "no note, no death");
        fs_err::write(folder.join(STARTED_FILE), std::process::id().to_string()).unwrap();
        assert!(!died_early(&folder));
        fs_err::write(folder.join(STARTED_FILE), "0").unwrap();
        assert!(died_early(&folder));
        fs_err::remove_dir_all(&folder).unwrap();
    }
}
