//! What is on the machine before an installation and after a removal: paths, and what the system lists.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use anyhow::bail;
use walkdir::WalkDir;

use super::plan::{Plan, Step};

/// How long a removal may go on in the background: uninstallers of Windows hand over to a copy of themselves, and processes
/// need a moment to end.
const SETTLE_LIMIT: Duration = Duration::from_secs(15);
/// How often it is looked again meanwhile: a look takes a second, and nothing tells when an uninstaller's copy is done.
const SETTLE_INTERVAL: Duration = Duration::from_millis(500);
/// Leftovers that an error names (count); more would hide the first.
const NAMED: usize = 10;
/// Paths that one question to the package database holds (count): well below the length of a command line.
const OWNER_BATCH: usize = 100;
/// What package managers write while they work.
const TRANSIENT: &[&str] = &[".dpkg-new", ".dpkg-tmp", ".dpkg-old"];

/// The picture of a machine, as far as an installer can reach it.
#[derive(Debug)]
pub(super) struct Snapshot {
    paths: BTreeSet<PathBuf>,
    listed: BTreeSet<String>,
}

impl Snapshot {
    pub(super) fn take(plan: &Plan) -> anyhow::Result<Snapshot> {
        let paths = plan.places.iter().flat_map(|place| walk(place, &plan.ignored)).collect();
        let mut listed = BTreeSet::new();
        for step in &plan.listings {
            listed.extend(step.list()?);
        }
        Ok(Snapshot { paths, listed })
    }

    /// Fails when something is there that was not there before. It may take its time to go.
    pub(super) fn expect_same(&self, plan: &Plan) -> anyhow::Result<()> {
        let deadline = Instant::now() + SETTLE_LIMIT;
        loop {
            let left = self.left(plan)?;
            if left.is_empty() {
                return Ok(());
            }
            if Instant::now() >= deadline {
                let named = left.iter().take(NAMED).map(|text| format!("`{text}`"));
                let named = named.collect::<Vec<_>>().join(", ");
                bail!("left behind ({}): {named}", left.len());
            }
            thread::sleep(SETTLE_INTERVAL);
        }
    }

    fn left(&self, plan: &Plan) -> anyhow::Result<Vec<String>> {
        let now = Snapshot::take(plan)?;
        let paths: Vec<PathBuf> = now.paths.difference(&self.paths).cloned().collect();
        let paths = match &plan.owner {
            Some(owner) => unowned(owner, paths)?,
            None => paths,
        };
        let paths = paths.into_iter().map(|path| path.display().to_string());
        Ok(paths.chain(now.listed.difference(&self.listed).cloned()).collect())
    }
}

/// Every path below `place`. What cannot be read is the same before and after.
fn walk(place: &Path, ignored: &[PathBuf]) -> Vec<PathBuf> {
    let entries = WalkDir::new(place).into_iter();
    let wanted = entries.filter_entry(|entry| !ignored.iter().any(|path| entry.path() == path));
    let paths = wanted.filter_map(|entry| Some(entry.ok()?.into_path()));
    paths.filter(|path| !is_transient(path)).collect()
}

fn is_transient(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    TRANSIENT.iter().any(|suffix| name.ends_with(suffix))
}

/// Paths that no package owns: what another installation brought meanwhile is not ours to complain about.
fn unowned(owner: &Step, paths: Vec<PathBuf>) -> anyhow::Result<Vec<PathBuf>> {
    let mut left = Vec::new();
    for batch in paths.chunks(OWNER_BATCH) {
        let mut step = owner.clone();
        step.words.extend(batch.iter().map(|path| path.clone().into_os_string()));
        let owned: BTreeSet<String> = step.list_some()?.into_iter().collect();
        let is_owned = |path: &Path| {
            let end = format!(": {}", path.display());
            owned.iter().any(|line| line.ends_with(&end))
        };
        left.extend(batch.iter().filter(|path| !is_owned(path)).cloned());
    }
    Ok(left)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_paths_are_found_and_ignored_ones_are_not() {
        let dir = tempfile::tempdir().unwrap();
        let plan = Plan {
            places: vec![dir.path().to_owned()],
            ignored: vec![dir.path().join("cache")],
            ..Plan::default()
        };
        fs_err::write(dir.path().join("there"), "").unwrap();
        let before = Snapshot::take(&plan).unwrap();
        fs_err::create_dir(dir.path().join("cache")).unwrap();
        fs_err::write(dir.path().join("cache/a"), "").unwrap();
        fs_err::write(dir.path().join("b.dpkg-new"), "").unwrap();
        assert_eq!(before.left(&plan).unwrap(), Vec::<String>::new());
        fs_err::write(dir.path().join("litter"), "").unwrap();
        let litter = dir.path().join("litter").display().to_string();
        assert_eq!(before.left(&plan).unwrap(), [litter]);
    }
}
