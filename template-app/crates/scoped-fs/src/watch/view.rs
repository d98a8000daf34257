//! What one watch knows: what was there when it last looked.

use std::{collections::BTreeSet, io, ops::Bound};

use super::{Change, ChangeKind};
use crate::{
    Scope,
    error::{Code, Error, Result},
    measure::unless_gone,
    path::{ScopedPath, is_sayable},
};

/// Files and folders that one watch knows at most (count): it keeps their names.
const MAX_KNOWN: usize = 200_000;

/// What the system has named.
#[derive(Debug, Default)]
pub(super) struct News {
    pub(super) paths: BTreeSet<String>,
    pub(super) renamed: Vec<(String, String)>,
    /// Everything may have changed.
    pub(super) all: bool,
}

/// What one watch is about, and what it knows of that.
#[derive(Debug)]
pub(super) struct View {
    path: String,
    is_folder: bool,
    is_tree: bool,
    /// What was there, without the watched folder itself.
    known: BTreeSet<String>,
    is_over: bool,
}

impl View {
    pub(super) fn take(
        scope: &Scope,
        path: &ScopedPath,
        is_folder: bool,
        is_tree: bool,
    ) -> Result<View> {
        let path = path.text();
        let mut known = BTreeSet::new();
        if is_folder {
            collect(scope, &path, is_tree, &mut known).map_err(|error| Error::io(&path, &error))?;
        }
        if known.len() > MAX_KNOWN {
            let message = format!("more than {MAX_KNOWN} files and folders to watch: `{path}`");
            return Err(Error::new(Code::TooLarge, message));
        }
        Ok(View { path, is_folder, is_tree, known, is_over: false })
    }

    pub(super) fn is_tree(&self) -> bool {
        self.is_tree
    }

    /// Nothing will be told any more.
    pub(super) fn is_over(&self) -> bool {
        self.is_over
    }

    /// Looks at what is named, and says what happened.
    pub(super) fn look(&mut self, scope: &Scope, news: &News) -> Vec<Change> {
        let mut changes = Vec::new();
        if !news.all && !self.is_touched(news) {
            return changes;
        }
        if !self.path.is_empty() && kind_of(scope, &self.path).is_none() {
            self.is_over = true;
            return vec![change(ChangeKind::Removed, &self.path)];
        }
        if !self.is_folder {
            return vec![change(ChangeKind::Changed, &self.path)];
        }
        for (from, to) in &news.renamed {
            self.rename(scope, from, to, &mut changes);
        }
        let mut paths: BTreeSet<String> = news.paths.clone();
        paths.extend(news.renamed.iter().flat_map(|(from, to)| [from.clone(), to.clone()]));
        if news.all {
            paths.extend(self.known.iter().cloned());
            // What cannot be listed now is told by what happens next.
            let _ = collect(scope, &self.path, self.is_tree, &mut paths);
        }
        for path in paths {
            let is_told = changes.iter().any(|known: &Change| known.path == path);
            if !is_told && self.covers(&path) {
                self.compare(scope, &path, news.all, &mut changes);
            }
        }
        changes
    }

    fn is_touched(&self, news: &News) -> bool {
        let renamed = news.renamed.iter().flat_map(|(from, to)| [from, to]);
        news.paths.iter().chain(renamed).any(|path| {
            // What happens to a folder above happens to this one.
            self.covers(path) || *path == self.path || is_below(&self.path, path)
        })
    }

    /// Is it in the watched folder?
    fn covers(&self, path: &str) -> bool {
        let Some(below) = below(path, &self.path) else { return false };
        self.is_tree || !below.contains('/')
    }

    /// Something that was known has another name now.
    fn rename(&mut self, scope: &Scope, from: &str, to: &str, changes: &mut Vec<Change>) {
        let is_here = self.known.contains(from) && self.covers(to);
        if !is_here || kind_of(scope, from).is_some() || kind_of(scope, to).is_none() {
            return;
        }
        self.known.remove(from);
        let moved: Vec<_> = self.below(from).collect();
        for old in moved {
            self.known.remove(&old);
            self.known.insert(format!("{to}{}", &old[from.len()..]));
        }
        self.known.insert(to.to_owned());
        changes.push(Change {
            kind: ChangeKind::Renamed,
            path: to.to_owned(),
            from: Some(from.to_owned()),
        });
    }

    fn compare(&mut self, scope: &Scope, path: &str, only_names: bool, changes: &mut Vec<Change>) {
        match (self.known.contains(path), kind_of(scope, path)) {
            (true, None) => {
                self.known.remove(path);
                let gone: Vec<_> = self.below(path).collect();
                for path in gone {
                    self.known.remove(&path);
                }
                changes.push(change(ChangeKind::Removed, path));
            }
            (false, Some(is_folder)) => {
                self.known.insert(path.to_owned());
                changes.push(change(ChangeKind::Created, path));
                if is_folder && self.is_tree {
                    self.greet(scope, path, changes);
                }
            }
            // A folder changes by what is in it, which is told itself.
            (true, Some(false)) if !only_names => {
                changes.push(change(ChangeKind::Changed, path));
            }
            _ => {}
        }
    }

    /// What is in a new folder already: it may have come before the system watched it.
    fn greet(&mut self, scope: &Scope, path: &str, changes: &mut Vec<Change>) {
        let mut found = BTreeSet::new();
        // A folder that has gone again is told by what happens next.
        let _ = collect(scope, path, true, &mut found);
        for path in found {
            if self.known.len() < MAX_KNOWN && self.known.insert(path.clone()) {
                changes.push(change(ChangeKind::Created, &path));
            }
        }
    }

    /// What is known to be in a folder.
    fn below(&self, path: &str) -> impl Iterator<Item = String> + '_ {
        let folder = format!("{path}/");
        let from = (Bound::Included(folder.clone()), Bound::Unbounded);
        let names = self.known.range::<String, _>(from);
        names.take_while(move |known| known.starts_with(&folder)).cloned()
    }
}

fn change(kind: ChangeKind, path: &str) -> Change {
    Change { kind, path: path.to_owned(), from: None }
}

/// The rest of a path that is in a folder.
fn below<'a>(path: &'a str, folder: &str) -> Option<&'a str> {
    if folder.is_empty() {
        return Some(path).filter(|path| !path.is_empty());
    }
    path.strip_prefix(folder)?.strip_prefix('/')
}

fn is_below(path: &str, folder: &str) -> bool {
    below(path, folder).is_some()
}

/// What is at a path: true for a folder; a link is none.
fn kind_of(scope: &Scope, path: &str) -> Option<bool> {
    let path = ScopedPath::parse(path).ok()?;
    Some(scope.dir.symlink_metadata(path.os()).ok()?.is_dir())
}

/// Adds what is in a folder, and with `is_tree` in those below.
fn collect(
    scope: &Scope,
    folder: &str,
    is_tree: bool,
    found: &mut BTreeSet<String>,
) -> io::Result<()> {
    let mut pending = vec![folder.to_owned()];
    while let Some(folder) = pending.pop() {
        let path = ScopedPath::parse(&folder).map_err(io::Error::other)?;
        let Some(entries) = unless_gone(scope.dir.read_dir(path.os()))? else { continue };
        for entry in entries {
            let Some(entry) = unless_gone(entry)? else { continue };
            let Ok(name) = entry.file_name().into_string() else { continue };
            if !is_sayable(&name) {
                continue;
            }
            let path = if folder.is_empty() { name } else { format!("{folder}/{name}") };
            if is_tree && entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                pending.push(path.clone());
            }
            found.insert(path);
            if found.len() > MAX_KNOWN {
                return Ok(());
            }
        }
    }
    Ok(())
}
