//! The mark of a running app: a file that is locked as long as the process lives, and goes when it ends in a normal way. One that
//! nobody holds is of a process that was killed, or has crashed.

use std::{
    fs::File,
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
    time::SystemTime,
};

use serde::{Deserialize, Serialize};

use super::{ms_since_epoch, now_ms};

/// The most that is read of a mark, in bytes.
const MAX_MARK_BYTES: u64 = 4096;

/// The mark of this process.
pub(super) struct Mark {
    file: File,
    path: PathBuf,
}

/// What a mark says.
#[derive(Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Content {
    pid: u32,
    started_ms: u64,
    app_version: Option<String>,
}

/// A process that did not end in a normal way.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Ended {
    pub(super) pid: u32,
    pub(super) started_ms: u64,
    pub(super) last_seen_ms: u64,
    pub(super) app_version: Option<String>,
}

/// Marks this process as running.
pub(super) fn mark(folder: &Path, app_version: &str) -> io::Result<Mark> {
    fs_err::create_dir_all(folder)?;
    let (pid, started_ms) = (std::process::id(), now_ms());
    let path = folder.join(format!("{started_ms}-{pid}.json"));
    // Locked before it has its name: another start must not take it for one that was left.
    let new = path.with_extension("new");
    let (mut file, _) = fs_err::File::create(&new)?.into_parts();
    file.lock()?;
    let content = Content { pid, started_ms, app_version: Some(app_version.to_owned()) };
    file.write_all(&serde_json::to_vec(&content)?)?;
    fs_err::rename(&new, &path)?;
    Ok(Mark { file, path })
}

impl Mark {
    /// The app still runs.
    pub(super) fn beat(&self) {
        let _ = self.file.set_modified(SystemTime::now());
    }

    /// The app ends in a normal way.
    pub(super) fn remove(self) {
        let _ = fs_err::remove_file(&self.path);
    }
}

/// Processes that have left their marks, which are removed.
pub(super) fn ended(folder: &Path) -> Vec<Ended> {
    let entries = fs_err::read_dir(folder).into_iter().flatten().flatten();
    let marks = entries.map(|entry| entry.path());
    let marks = marks.filter(|path| path.extension().is_some_and(|extension| extension == "json"));
    marks.filter_map(|path| left(&path).ok()).collect()
}

fn left(path: &Path) -> io::Result<Ended> {
    let (file, _) = fs_err::OpenOptions::new().read(true).write(true).open(path)?.into_parts();
    file.try_lock()?;
    let last_seen_ms = ms_since_epoch(file.metadata()?.modified()?);
    let mut text = Vec::new();
    (&file).take(MAX_MARK_BYTES).read_to_end(&mut text)?;
    // A process may be killed before it has said who it is.
    let content: Content = serde_json::from_slice(&text).unwrap_or_default();
    fs_err::remove_file(path)?;
    let Content { pid, started_ms, app_version } = content;
    Ok(Ended { pid, started_ms, last_seen_ms, app_version })
}

/// A session that ends, and whoever stops the app kindly, sends a signal: that is a normal way to end.
#[cfg(target_os = "linux")]
pub(super) fn end_at_signals(app: &tauri::AppHandle) {
    use gtk::glib::{self, ControlFlow};

    const HANGUP: i32 = 1;
    const INTERRUPT: i32 = 2;
    const TERMINATE: i32 = 15;
    for signal in [HANGUP, INTERRUPT, TERMINATE] {
        let app = app.clone();
        glib::unix_signal_add_local(signal, move || {
            app.exit(0);
            ControlFlow::Continue
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_that_nobody_holds_was_left() {
        let folder = tempfile::tempdir().unwrap();
        assert!(ended(folder.path()).is_empty());
        let running = mark(folder.path(), "1.0.0").unwrap();
        assert!(ended(folder.path()).is_empty(), "it runs");
        drop(running);
        let left = ended(folder.path());
        assert_eq!(left.len(), 1);
        assert_eq!(
            (left[0].pid, left[0].app_version.as_deref()),
            (std::process::id(), Some("1.0.0"))
        );
        assert!(ended(folder.path()).is_empty(), "it is told once");
        mark(folder.path(), "1.0.0").unwrap().remove();
        assert!(ended(folder.path()).is_empty(), "it ended well");
        fs_err::write(folder.path().join("1-2.json"), "").unwrap();
        assert_eq!(ended(folder.path()).len(), 1, "killed before it said anything");
    }
}
