//! What changes on the disk. Each folder is watched by itself, since a system's own way of watching a whole tree would watch the
//! packages of npm and the build's output too, and lose a folder that is removed and made again.

use std::{
    collections::BTreeSet,
    path::{Component, Path, PathBuf},
};

use notify::{
    Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _, event::ModifyKind,
};
use walkdir::WalkDir;

use super::project::Sources;

/// Folders that are no content, and large.
const NOT_WATCHED: &[&str] = &["node_modules", ".git", "target"];

/// How editors call what they write beside a file: Vim, Emacs, Kate, JetBrains, and what saves by renaming.
const TEMPORARY_ENDINGS: &[&str] =
    &["~", ".swp", ".swo", ".swx", ".kate-swp", "___jb_tmp___", "___jb_old___", ".tmp", ".crswap"];
const TEMPORARY_BEGINNINGS: &[&str] = &[".#", "#", ".goutputstream-", ".~lock."];
/// The file by which Vim finds out whether it may write into a folder.
const VIM_PROBE: &str = "4913";

pub(super) struct Changes {
    watcher: RecommendedWatcher,
    watched: BTreeSet<PathBuf>,
    sources: Sources,
}

impl Changes {
    pub(super) fn new(
        handler: impl FnMut(notify::Result<Event>) + Send + 'static,
    ) -> anyhow::Result<Changes> {
        let watcher = notify::recommended_watcher(handler)?;
        Ok(Changes { watcher, watched: BTreeSet::new(), sources: Sources::default() })
    }

    /// Watches these from now on, with what has appeared below them.
    pub(super) fn watch(&mut self, sources: &Sources) {
        let wanted = folders(sources);
        for gone in self.watched.difference(&wanted) {
            // What is gone is not watched any more anyway.
            let _ = self.watcher.unwatch(gone);
        }
        self.watched.retain(|dir| wanted.contains(dir));
        for dir in wanted {
            // A folder may go before it is watched; the one above it tells when it comes again.
            if !self.watched.contains(&dir)
                && self.watcher.watch(&dir, RecursiveMode::NonRecursive).is_ok()
            {
                self.watched.insert(dir);
            }
        }
        self.sources = sources.clone();
    }

    /// Whether the app may be another one now. While it is broken, anything may mend it.
    pub(super) fn concern(&mut self, event: &notify::Result<Event>, is_broken: bool) -> bool {
        let Ok(event) = event else {
            // The system has lost count: look at everything.
            return true;
        };
        // Neither who reads a file nor its times are of interest.
        let is_metadata = matches!(event.kind, EventKind::Modify(ModifyKind::Metadata(_)));
        if event.kind.is_access() || is_metadata {
            return false;
        }
        for path in &event.paths {
            self.forget(path);
        }
        event.paths.iter().any(|path| is_broken || self.sources.contain(path))
    }

    /// A folder that was removed, or moved away, is not watched any more, even if another one is in its place by now.
    fn forget(&mut self, path: &Path) {
        if !self.watched.contains(path) {
            return;
        }
        for gone in self.watched.iter().filter(|dir| dir.starts_with(path)) {
            let _ = self.watcher.unwatch(gone);
        }
        self.watched.retain(|dir| !dir.starts_with(path));
    }
}

impl Sources {
    /// Whether the app is made of what is at this path.
    fn contain(&self, path: &Path) -> bool {
        if self.files.contains(path) {
            return true;
        }
        let Some(content) = &self.content else { return false };
        // The content's own folder comes and goes with those that it is in.
        if content.starts_with(path) {
            return true;
        }
        let Ok(inside) = path.strip_prefix(content) else { return false };
        !is_temporary(inside)
            && !inside.components().any(|part| {
                matches!(part, Component::Normal(name) if NOT_WATCHED.iter().any(|other| name == *other))
            })
    }
}

/// Every folder in which something may change: the content with all below it, the way to it, and those of single files.
fn folders(sources: &Sources) -> BTreeSet<PathBuf> {
    let mut folders: BTreeSet<_> =
        sources.files.iter().filter_map(|file| file.parent().map(Path::to_owned)).collect();
    if let Some(content) = &sources.content {
        let base = folders.iter().find(|dir| content.starts_with(dir)).cloned();
        let way = content.ancestors().skip(1);
        let way = way.take_while(|dir| base.as_ref().is_some_and(|base| dir.starts_with(base)));
        folders.extend(way.map(Path::to_owned).collect::<Vec<_>>());
        let walk = WalkDir::new(content).into_iter().filter_entry(|entry| {
            entry.file_type().is_dir()
                && (entry.depth() == 0
                    || !NOT_WATCHED.iter().any(|name| entry.file_name() == *name))
        });
        folders.extend(walk.flatten().map(walkdir::DirEntry::into_path));
    }
    folders
}

/// Whether an editor has put this file there for a moment.
pub(super) fn is_temporary(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name == VIM_PROBE
        || TEMPORARY_ENDINGS.iter().any(|ending| name.ends_with(ending))
        || TEMPORARY_BEGINNINGS.iter().any(|beginning| name.starts_with(beginning))
}

/// A path without `..`, as the system tells it.
pub(super) fn without_dots(path: PathBuf) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                plain.pop();
            }
            part => plain.push(part),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use std::{sync::mpsc, time::Duration};

    use super::*;

    const SOON: Duration = Duration::from_secs(20);

    fn sources(base: &Path) -> Sources {
        Sources { content: Some(base.join("web")), files: [base.join("app.json")].into() }
    }

    #[test]
    fn what_an_app_is_made_of() {
        let base = Path::new("/p");
        let sources = sources(base);
        for (path, expected) in [
            ("/p/app.json", true),
            ("/p/other.json", false),
            ("/p/web", true),
            ("/p/web/deep/page.html", true),
            ("/p/web/.page.html.swp", false),
            ("/p/web/4913", false),
            ("/p/web/node_modules/a/index.js", false),
            ("/p/web/.git/index", false),
            ("/p/webs/page.html", false),
        ] {
            assert_eq!(sources.contain(Path::new(path)), expected, "{path}");
        }
        assert_eq!(without_dots("/p/../shared/a.wasm".into()), Path::new("/shared/a.wasm"));
    }

    #[test]
    fn a_folder_that_is_made_again_is_watched_again() {
        let folder = tempfile::tempdir().unwrap();
        let base = fs_err::canonicalize(folder.path()).unwrap();
        fs_err::create_dir_all(base.join("web/deep")).unwrap();
        fs_err::create_dir_all(base.join("web/node_modules")).unwrap();
        let sources = sources(&base);
        let (sender, receiver) = mpsc::channel();
        let mut changes = Changes::new(move |event| drop(sender.send(event))).unwrap();
        changes.watch(&sources);
        assert_eq!(changes.watched.len(), 3, "{:?}", changes.watched);
        for round in 0..3 {
            fs_err::remove_dir_all(base.join("web")).unwrap();
            fs_err::create_dir_all(base.join("web/deep")).unwrap();
            // What comes of that is over when the file at its end is told.
            fs_err::write(base.join("app.json"), round.to_string()).unwrap();
            wait_for(&receiver, &mut changes, &base.join("app.json"));
            changes.watch(&sources);
            fs_err::write(base.join("web/deep/page.html"), "page").unwrap();
            wait_for(&receiver, &mut changes, &base.join("web/deep/page.html"));
        }
    }

    fn wait_for(
        receiver: &mpsc::Receiver<notify::Result<Event>>,
        changes: &mut Changes,
        path: &Path,
    ) {
        loop {
            let event = receiver.recv_timeout(SOON).unwrap();
            let concerns = changes.concern(&event, false);
            if concerns && event.unwrap().paths.iter().any(|other| other == path) {
                return;
            }
        }
    }
}
