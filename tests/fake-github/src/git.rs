//! Git objects and refs of a repository, with git's own names for them.

mod import;

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use bytes::Bytes;
use sha1::{Digest as _, Sha1};

use crate::store::hex;

const FILE_MODE: &str = "100644";
const TREE_MODE: &str = "040000";

/// Who wrote a commit, and when.
#[derive(Debug, Clone)]
pub struct Person {
    pub name: String,
    pub email: String,
    pub date: jiff::Timestamp,
}

/// Content that git knows by its hash.
#[derive(Debug, Clone)]
pub enum Object {
    Blob(Bytes),
    Tree(BTreeMap<String, Entry>),
    Commit { tree: String, parents: Vec<String>, message: String, author: Person },
}

/// A name in a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub mode: String,
    pub sha: String,
}

impl Entry {
    pub(crate) fn file(sha: String) -> Self {
        Self { mode: FILE_MODE.to_owned(), sha }
    }

    pub(crate) fn kind(&self) -> &'static str {
        if self.mode == TREE_MODE { "tree" } else { "blob" }
    }
}

/// Files of a tree by path, folders left out.
pub type Files = BTreeMap<String, Entry>;

/// All objects, and the refs by their full names.
#[derive(Debug, Clone, Default)]
pub struct Git {
    objects: BTreeMap<String, Object>,
    pub refs: BTreeMap<String, String>,
}

impl Git {
    pub fn object(&self, sha: &str) -> Option<&Object> {
        self.objects.get(sha)
    }

    pub fn blob(&mut self, bytes: impl Into<Bytes>) -> String {
        let bytes = bytes.into();
        self.put("blob", &bytes.clone(), Object::Blob(bytes))
    }

    /// A commit with this tree and these parents.
    pub fn commit(
        &mut self,
        tree: &str,
        parents: &[String],
        message: &str,
        author: Person,
    ) -> String {
        let mut text = format!("tree {tree}\n");
        for parent in parents {
            text += &format!("parent {parent}\n");
        }
        let stamp = format!("{} <{}> {} +0000", author.name, author.email, author.date.as_second());
        text += &format!("author {stamp}\ncommitter {stamp}\n\n{message}");
        let object = Object::Commit {
            tree: tree.to_owned(),
            parents: parents.to_vec(),
            message: message.to_owned(),
            author,
        };
        self.put("commit", text.as_bytes(), object)
    }

    /// The tree of these files, with its folders.
    pub fn tree(&mut self, files: &Files) -> String {
        let mut entries = BTreeMap::new();
        let mut folders: BTreeMap<&str, Files> = BTreeMap::new();
        for (path, entry) in files {
            match path.split_once('/') {
                None => {
                    entries.insert(path.clone(), entry.clone());
                }
                Some((folder, rest)) => {
                    folders.entry(folder).or_default().insert(rest.to_owned(), entry.clone());
                }
            }
        }
        for (name, files) in folders {
            let sha = self.tree(&files);
            entries.insert(name.to_owned(), Entry { mode: TREE_MODE.to_owned(), sha });
        }
        let bytes = tree_bytes(&entries);
        self.put("tree", &bytes, Object::Tree(entries))
    }

    /// The files of a tree.
    pub fn files(&self, tree: &str) -> Files {
        let mut files = Files::new();
        if let Some(Object::Tree(entries)) = self.objects.get(tree) {
            for (name, entry) in entries {
                if entry.mode == TREE_MODE {
                    let inner = self.files(&entry.sha);
                    files.extend(
                        inner.into_iter().map(|(path, entry)| (format!("{name}/{path}"), entry)),
                    );
                } else {
                    files.insert(name.clone(), entry.clone());
                }
            }
        }
        files
    }

    /// What stands in a tree by its path, folders before what is in them.
    pub(crate) fn entries(&self, tree: &str, recursive: bool) -> Vec<(String, Entry)> {
        let mut found = Vec::new();
        if let Some(Object::Tree(entries)) = self.objects.get(tree) {
            for (name, entry) in entries {
                found.push((name.clone(), entry.clone()));
                if recursive && entry.mode == TREE_MODE {
                    let inner = self.entries(&entry.sha, true).into_iter();
                    found.extend(inner.map(|(path, entry)| (format!("{name}/{path}"), entry)));
                }
            }
        }
        found
    }

    /// What stands at a path below a tree.
    pub(crate) fn entry(&self, tree: &str, path: &str) -> Option<&Entry> {
        let mut names = path.split('/').filter(|name| !name.is_empty());
        let mut found = self.child(tree, names.next()?)?;
        for name in names {
            found = self.child(&found.sha, name)?;
        }
        Some(found)
    }

    fn child(&self, tree: &str, name: &str) -> Option<&Entry> {
        match self.objects.get(tree)? {
            Object::Tree(entries) => entries.get(name),
            _ => None,
        }
    }

    /// The tree of a commit.
    pub fn tree_of(&self, commit: &str) -> Option<&str> {
        match self.objects.get(commit)? {
            Object::Commit { tree, .. } => Some(tree),
            _ => None,
        }
    }

    /// The commit that a branch, a tag, a full ref or a hash means.
    pub fn resolve(&self, name: &str) -> Option<String> {
        let names = [format!("refs/heads/{name}"), format!("refs/tags/{name}"), name.to_owned()];
        if let Some(sha) = names.iter().find_map(|name| self.refs.get(name)) {
            return Some(sha.clone());
        }
        self.tree_of(name).map(|_| name.to_owned())
    }

    /// The bytes of a file on a branch, a tag or a commit.
    pub fn read(&self, name: &str, path: &str) -> Option<&[u8]> {
        let commit = self.resolve(name)?;
        match self.objects.get(&self.entry(self.tree_of(&commit)?, path)?.sha)? {
            Object::Blob(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// A commit and everything before it, the nearer the earlier.
    pub fn history(&self, commit: &str) -> Vec<String> {
        let (mut found, mut next) = (vec![commit.to_owned()], 0);
        while let Some(sha) = found.get(next).cloned() {
            next += 1;
            if let Some(Object::Commit { parents, .. }) = self.objects.get(&sha) {
                let new: Vec<_> =
                    parents.iter().filter(|parent| !found.contains(parent)).cloned().collect();
                found.extend(new);
            }
        }
        found
    }

    /// Whether a commit stands in another one's history.
    pub fn is_ancestor(&self, ancestor: &str, commit: &str) -> bool {
        self.history(commit).iter().any(|sha| sha == ancestor)
    }

    /// Adds a commit with one file more, or changed, to a branch, which is made when it is not there.
    pub fn write(
        &mut self,
        branch: &str,
        path: &str,
        bytes: &[u8],
        message: &str,
    ) -> Result<String> {
        let name = format!("refs/heads/{branch}");
        let parent = self.refs.get(&name).cloned();
        let mut files = match &parent {
            Some(commit) => self.files(self.tree_of(commit).context("a branch has a commit")?),
            None => Files::new(),
        };
        let sha = self.blob(bytes.to_vec());
        files.insert(path.to_owned(), Entry::file(sha));
        let tree = self.tree(&files);
        let parents: Vec<_> = parent.into_iter().collect();
        let commit = self.commit(&tree, &parents, message, Person::bot());
        self.refs.insert(name, commit.clone());
        Ok(commit)
    }

    /// Puts a branch at a commit that was made elsewhere: its name is known, and it stands for the files that are there.
    pub fn adopt(&mut self, branch: &str, commit: &str) {
        let name = format!("refs/heads/{branch}");
        let parent = self.refs.insert(name, commit.to_owned());
        let tree = parent
            .as_deref()
            .and_then(|parent| self.tree_of(parent))
            .unwrap_or_default()
            .to_owned();
        let (message, author) = ("Made elsewhere".to_owned(), Person::bot());
        let object =
            Object::Commit { tree, parents: parent.into_iter().collect(), message, author };
        self.objects.insert(commit.to_owned(), object);
    }

    fn put(&mut self, kind: &str, bytes: &[u8], object: Object) -> String {
        let mut hash = Sha1::new();
        hash.update(format!("{kind} {}\0", bytes.len()));
        hash.update(bytes);
        let sha = hex(&hash.finalize());
        self.objects.insert(sha.clone(), object);
        sha
    }
}

impl Person {
    /// Who commits when a test does not say.
    pub fn bot() -> Self {
        Self::bot_at(jiff::Timestamp::now())
    }

    /// Who commits when a request does not say.
    pub(crate) fn bot_at(date: jiff::Timestamp) -> Self {
        let (name, email) = ("fake-bot".to_owned(), "fake-bot@example.com".to_owned());
        Self { name, email, date }
    }
}

/// Git's own form of a tree: folders are sorted as if their names ended with a slash.
fn tree_bytes(entries: &BTreeMap<String, Entry>) -> Vec<u8> {
    let mut sorted: Vec<_> = entries.iter().collect();
    sorted.sort_by_key(
        |(name, entry)| {
            if entry.mode == TREE_MODE { format!("{name}/") } else { (*name).clone() }
        },
    );
    let mut bytes = Vec::new();
    for (name, entry) in sorted {
        bytes.extend(format!("{} {name}\0", entry.mode.trim_start_matches('0')).into_bytes());
        let sha = entry.sha.as_bytes().chunks(2);
        bytes.extend(
            sha.filter_map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()),
        );
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::{Entry, Files, Git};

    #[test]
    fn names_are_those_of_git() {
        let mut git = Git::default();
        let blob = git.blob(b"hello\n".to_vec());
        // `printf 'hello\n' | git hash-object --stdin`
        assert_eq!(blob, "ce013625030ba8dba906f756967f9e9ca394464a");
        let mut files = Files::new();
        files.insert("a.txt".to_owned(), Entry::file(blob.clone()));
        files.insert("a/b.txt".to_owned(), Entry::file(blob));
        // `git write-tree` of the same two files
        assert_eq!(git.tree(&files), "e9d00327ba627626531609529f87f79a0b097ba5");
    }
}
