//! Builds that are here: what there is, and how old ones go.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use super::{
    LandedBuild, Pruned,
    content::Content,
    land::{BuildFile, discard},
    place::{Place, remove},
};
use crate::{error, state::Build};

/// How long nothing happens in a work folder before it is taken for forgotten: its build may be of another user's state.
const FORGOTTEN: Duration = Duration::from_secs(24 * 3600);

/// A build in its place.
pub(super) struct Kept {
    pub(super) folder: PathBuf,
    pub(super) file: BuildFile,
}

/// The build that fits.
pub(super) fn find(out: &Path, fits: impl Fn(&BuildFile) -> bool) -> io::Result<Option<Kept>> {
    Ok(by_app(out)?.into_values().flatten().find(|kept| fits(&kept.file)))
}

/// The builds below a folder, by app and then the newest first.
pub(super) fn landed(out: &Path) -> anyhow::Result<Vec<LandedBuild>> {
    let apps = by_app(out)?;
    let landed = apps.into_values().flatten().map(|kept| LandedBuild {
        folder: kept.folder,
        bytes: kept.file.files.iter().map(|file| file.size).sum(),
    });
    Ok(landed.collect())
}

/// Removes all but the newest builds of each app, and what nothing has any more.
pub(super) fn prune(
    out: &Path,
    keep: usize,
    protected: &[Build],
    dry_run: bool,
) -> anyhow::Result<Pruned> {
    if keep == 0 {
        let hint = "to remove all builds, remove their folder";
        return Err(error::usage("at least one build of each app is kept", hint));
    }
    let place = Place::of(out);
    let (mut kept, mut old) = (Vec::new(), Vec::new());
    for builds in by_app(out)?.into_values() {
        for (age, build) in builds.into_iter().enumerate() {
            let stays = age < keep || protected.iter().any(|under_way| is_of(&build, under_way));
            if stays { &mut kept } else { &mut old }.push(build);
        }
    }
    let needed: BTreeSet<_> =
        kept.iter().flat_map(|build| &build.file.files).map(|file| file.sha256.clone()).collect();
    let files = old.iter().flat_map(|build| &build.file.files);
    let alone: BTreeMap<_, _> = files
        .filter(|file| !needed.contains(&file.sha256))
        .map(|file| (file.sha256.clone(), file.size))
        .collect();
    let mut bytes = alone.values().sum();
    if !dry_run {
        for build in &old {
            take_away(&place, &build.folder)?;
        }
    }
    for stray in strays(&place, &needed, protected)? {
        if !Content::hash_of(&stray).is_some_and(|hash| alone.contains_key(hash)) {
            bytes += size(&stray)?;
        }
        if !dry_run {
            remove(&stray)?;
        }
    }
    Ok(Pruned { builds: old.into_iter().map(|build| build.folder).collect(), bytes })
}

/// Removes a build, and the folder of its version when that is empty then.
fn take_away(place: &Place, folder: &Path) -> io::Result<()> {
    if let Some(discarded) = discard(place, folder)? {
        remove(&discarded)?;
    }
    if let Some(version) = folder.parent() {
        // Other builds may be in it.
        let _ = fs_err::remove_dir(version);
    }
    Ok(())
}

fn is_of(kept: &Kept, build: &Build) -> bool {
    kept.file.host == build.host
        && kept.file.repo == build.repo.to_string()
        && Some(kept.file.facts.id) == build.run
}

fn by_app(out: &Path) -> io::Result<BTreeMap<PathBuf, Vec<Kept>>> {
    let mut apps: BTreeMap<PathBuf, Vec<Kept>> = BTreeMap::new();
    for app in folders(out)? {
        for version in folders(&app)? {
            for folder in folders(&version)? {
                if let Some(file) = BuildFile::read(&folder) {
                    apps.entry(app.clone()).or_default().push(Kept { folder, file });
                }
            }
        }
    }
    for builds in apps.values_mut() {
        builds.sort_by(|a, b| b.file.facts.age(&a.file.facts));
    }
    Ok(apps)
}

/// The folders in a folder, but for ours and for links.
fn folders(dir: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for path in entries(dir)? {
        let hidden = path.file_name().is_none_or(|name| name.as_encoded_bytes().starts_with(b"."));
        if !hidden && fs_err::symlink_metadata(&path)?.is_dir() {
            found.push(path);
        }
    }
    Ok(found)
}

/// What a folder has, by name; nothing when it is not there.
fn entries(dir: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    match fs_err::read_dir(dir) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        entries => {
            for entry in entries? {
                found.push(entry?.path());
            }
        }
    }
    found.sort();
    Ok(found)
}

/// What belongs to no build: contents without one, and work that nobody goes on with.
fn strays(
    place: &Place,
    needed: &BTreeSet<String>,
    protected: &[Build],
) -> io::Result<Vec<PathBuf>> {
    let mut strays = entries(&place.removed())?;
    for folder in entries(&place.content())? {
        let contents = entries(&folder)?.into_iter();
        strays.extend(
            contents
                .filter(|path| Content::hash_of(path).is_none_or(|hash| !needed.contains(hash))),
        );
    }
    for path in entries(&place.own())? {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let under_way = protected.iter().any(|build| build.id.as_str() == name);
        if !Place::is_shared(name) && !under_way && is_forgotten(&path)? {
            strays.push(path);
        }
    }
    Ok(strays)
}

/// Whether nothing has happened for long, to the folder or to anything in it.
fn is_forgotten(path: &Path) -> io::Result<bool> {
    let mut newest = fs_err::symlink_metadata(path)?.modified()?;
    for entry in entries(path)? {
        newest = newest.max(fs_err::symlink_metadata(entry)?.modified()?);
    }
    let age = SystemTime::now().duration_since(newest).unwrap_or_default();
    Ok(age >= FORGOTTEN)
}

/// Of a file, or of all files in a folder, in bytes.
fn size(path: &Path) -> io::Result<u64> {
    let found = fs_err::symlink_metadata(path)?;
    if !found.is_dir() {
        return Ok(found.len());
    }
    entries(path)?.iter().map(|entry| size(entry)).sum()
}
