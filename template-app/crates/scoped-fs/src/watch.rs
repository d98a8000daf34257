//! Watching a file or a folder of a scope: what happened, by paths from the scope, each told once.
//!
//! The system says that something happened, and never quite what: a file that is replaced looks new, and a change may be told
//! twice, late or for a whole folder. So what it says only names the paths to look at, some moments later: what was known to be
//! there and what is there now tell what happened. Links are looked at and never followed.

mod source;
mod view;

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
};

use crate::{
    Scope,
    error::{Code, Error, Result},
    path::ScopedPath,
};

use self::{source::Source, view::View};

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    pub kind: ChangeKind,
    /// From the scope, with `/`; the new one of something that was renamed.
    pub path: String,
    /// The old path of something that was renamed.
    pub from: Option<String>,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeKind {
    Created,
    Changed,
    Removed,
    Renamed,
}

/// Tells of changes until it is dropped.
pub struct Watch {
    watched: Arc<Watched>,
    id: u64,
    is_tree: bool,
    folder: PathBuf,
}

/// Who is told.
type Listener = Arc<dyn Fn(Vec<Change>) + Send + Sync>;

/// All that watches one scope. It is there as long as somebody watches.
struct Watched {
    root: PathBuf,
    shared: Arc<Shared>,
    /// For those who watch with all folders below: the whole scope, once.
    tree: Mutex<Source>,
    /// For the others: their folders.
    folders: Mutex<Source>,
}

/// What the threads of the sources look at.
struct Shared {
    scope: Scope,
    root: PathBuf,
    views: Mutex<Views>,
}

#[derive(Default)]
struct Views {
    count: u64,
    by_id: HashMap<u64, (View, Listener)>,
}

impl Shared {
    fn views(&self) -> MutexGuard<'_, Views> {
        self.views.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Scope {
    /// Tells of what happens to a file or in a folder, `recursive` in those below too. When what is watched goes away, that is
    /// the last that is told, with nothing after it: an empty list.
    pub fn watch(
        &self,
        path: &str,
        recursive: bool,
        listener: impl Fn(Vec<Change>) + Send + Sync + 'static,
    ) -> Result<Watch> {
        let path = ScopedPath::parse(path)?;
        let watched = watched(self, &self.root)?;
        let is_folder = self.metadata(&path)?.is_dir();
        let folder = if is_folder { path.clone() } else { path.parent() };
        // The system is given a path, and no handle: one without links.
        for above in folder.prefixes() {
            let about = self.dir.symlink_metadata(above.os());
            if about.map_err(|error| Error::io(&path.text(), &error))?.is_symlink() {
                let message = format!("a link is not watched: `{}`", above.text());
                return Err(Error::new(Code::OutsideScope, message));
            }
        }
        let is_tree = recursive && is_folder;
        let folder = if is_tree || folder.is_root() {
            watched.root.clone()
        } else {
            watched.root.join(folder.os())
        };
        watched.source(is_tree).add(&watched.shared, &folder, is_tree)?;
        // From here on nothing is missed: what happens while the view is taken is looked at again.
        let view = View::take(self, &path, is_folder, is_tree);
        let id = {
            let mut views = watched.shared.views();
            views.count += 1;
            let id = views.count;
            if let Ok(view) = view {
                views.by_id.insert(id, (view, Arc::new(listener)));
                id
            } else {
                drop(views);
                watched.source(is_tree).remove(&folder);
                return Err(view.err().unwrap_or_else(|| failed("nothing is known of it")));
            }
        };
        Ok(Watch { watched, id, is_tree, folder })
    }
}

impl Watched {
    fn source(&self, is_tree: bool) -> MutexGuard<'_, Source> {
        let source = if is_tree { &self.tree } else { &self.folders };
        source.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.watched.shared.views().by_id.remove(&self.id);
        self.watched.source(self.is_tree).remove(&self.folder);
    }
}

/// Whoever watches a folder already, or somebody new.
fn watched(scope: &Scope, root: &Path) -> Result<Arc<Watched>> {
    static ALL: Mutex<Vec<(PathBuf, Weak<Watched>)>> = Mutex::new(Vec::new());
    let root = std::fs::canonicalize(root).map_err(|error| Error::io("", &error))?;
    let mut all = ALL.lock().unwrap_or_else(PoisonError::into_inner);
    all.retain(|(_, watched)| watched.strong_count() > 0);
    if let Some(watched) = all
        .iter()
        .find_map(|(known, watched)| if *known == root { watched.upgrade() } else { None })
    {
        return Ok(watched);
    }
    let shared =
        Arc::new(Shared { scope: scope.clone(), root: root.clone(), views: Mutex::default() });
    let watched = Arc::new(Watched {
        root: root.clone(),
        shared,
        tree: Mutex::default(),
        folders: Mutex::default(),
    });
    all.push((root, Arc::downgrade(&watched)));
    Ok(watched)
}

fn failed(why: impl std::fmt::Display) -> Error {
    Error::new(Code::Io, format!("cannot be watched: {why}"))
}

#[cfg(test)]
mod tests;
