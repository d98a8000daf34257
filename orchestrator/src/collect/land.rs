//! Verified files into their folder: put together beside it, renamed as a whole, each content stored once.

use std::{
    io,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use config_schema::{Target, plan::AppPlan};
use serde::{Deserialize, Serialize};

use super::{
    Landed, LandedFile, Listing, RunFacts,
    check::{self, Checked},
    content::{self, Content},
    fault::on_disk,
    latest,
    place::{BUILD_FILE, Place, Work, remove, sync_file, sync_folder},
    tree,
};
use crate::{
    error,
    state::{ArtifactRow, Build},
};

/// The version of `build.json`.
const FORMAT: u32 = 1;

/// What a folder of a build says of itself: enough to know it again, and to check it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct BuildFile {
    pub(super) format: u32,
    /// Address of the API.
    pub(super) host: String,
    pub(super) repo: String,
    /// The run, or the release.
    #[serde(flatten)]
    pub(super) facts: RunFacts,
    pub(super) app: String,
    pub(super) version: String,
    /// Targets of the plan that were not built.
    pub(super) missing: Vec<Target>,
    pub(super) artifacts: Vec<Source>,
    /// Paths start at the folder.
    pub(super) files: Vec<LandedFile>,
}

/// The artifact that files come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Source {
    pub(super) name: String,
    /// GitHub's id.
    pub(super) id: u64,
    pub(super) digest: Option<String>,
}

impl Source {
    fn of(row: &ArtifactRow) -> Self {
        Self { name: row.name.clone(), id: row.remote, digest: row.digest.clone() }
    }
}

impl BuildFile {
    pub(super) fn new(host: &str, repo: &str, facts: RunFacts, app: &str, version: &str) -> Self {
        Self {
            format: FORMAT,
            host: host.to_owned(),
            repo: repo.to_owned(),
            facts,
            app: app.to_owned(),
            version: version.to_owned(),
            missing: Vec::new(),
            artifacts: Vec::new(),
            files: Vec::new(),
        }
    }

    /// What a folder says, if it is a build's.
    pub(super) fn read(folder: &Path) -> Option<Self> {
        let bytes = fs_err::read(folder.join(BUILD_FILE)).ok()?;
        let read: Self = serde_json::from_slice(&bytes).ok()?;
        (read.format == FORMAT).then_some(read)
    }

    /// Whether every file is there, by its size, and by its hash if asked.
    pub(super) fn holds(&self, folder: &Path, by_hash: bool) -> bool {
        self.files.iter().all(|file| {
            let path = folder.join(&file.path);
            let found = fs_err::symlink_metadata(&path);
            found.is_ok_and(|found| found.is_file() && found.len() == file.size)
                && (!by_hash || content::hash(&path).is_ok_and(|hash| hash == file.sha256))
        })
    }

    pub(super) fn landed(&self, folder: &Path) -> impl Iterator<Item = LandedFile> {
        self.files.iter().map(|file| LandedFile { path: folder.join(&file.path), ..file.clone() })
    }
}

/// Puts everything into its folders.
pub(super) fn land(build: &Build, listing: &Listing) -> anyhow::Result<Landed> {
    let place = Place::of(&build.request.out);
    let work = place.work(&build.id);
    // They were fetched although a folder is there: somebody has changed files in it.
    let anew = listing.wanted.iter().all(|row| work.tree(row).is_dir());
    let mut landed = Landed { folders: Vec::new(), files: Vec::new() };
    for app in listing.built_apps() {
        let folder = place.build(&app.id, &app.version, &listing.facts.id.to_string());
        let wanted = describe(build, listing, app);
        let there = BuildFile::read(&folder);
        let build_file = match there {
            Some(there) if is_same(&there, &wanted) && there.holds(&folder, anew) => there,
            there => {
                refuse_stranger(&folder, there.as_ref(), &wanted)?;
                let new = BuildFile { files: Vec::new(), ..wanted };
                let trees = trees(&work, listing, &app.id)?;
                put(&place, &work.landing(), &folder, new, &trees)?
            }
        };
        latest::point(&place.app(&app.id), &folder, &build_file)?;
        landed.files.extend(build_file.landed(&folder));
        landed.folders.push(folder);
    }
    work.remove()?;
    Ok(landed)
}

/// Whether every app of a build is in its place, whole.
pub(super) fn is_landed(build: &Build, listing: &Listing, by_hash: bool) -> bool {
    let place = Place::of(&build.request.out);
    listing.built_apps().all(|app| {
        let folder = place.build(&app.id, &app.version, &listing.facts.id.to_string());
        let there = BuildFile::read(&folder);
        there.is_some_and(|there| {
            is_same(&there, &describe(build, listing, app)) && there.holds(&folder, by_hash)
        })
    })
}

/// Whether a folder is of the same artifacts. That the run has had another attempt meanwhile changes nothing by itself.
fn is_same(there: &BuildFile, wanted: &BuildFile) -> bool {
    let build = |file: &BuildFile| (file.host.clone(), file.repo.clone(), file.facts.id);
    build(there) == build(wanted)
        && there.artifacts == wanted.artifacts
        && there.missing == wanted.missing
}

fn describe(build: &Build, listing: &Listing, app: &AppPlan) -> BuildFile {
    let of_app = listing.missing.iter().filter(|(slug, _)| *slug == app.slug);
    let (host, repo) = (&build.host, build.repo.to_string());
    let described = BuildFile::new(host, &repo, listing.facts.clone(), &app.id, &app.version);
    BuildFile {
        missing: of_app.map(|(_, target)| *target).collect(),
        artifacts: listing.rows_of(&app.slug).map(Source::of).collect(),
        ..described
    }
}

/// What another attempt of the run has left may be replaced; what is of somebody else may not.
pub(super) fn refuse_stranger(
    folder: &Path,
    there: Option<&BuildFile>,
    wanted: &BuildFile,
) -> anyhow::Result<()> {
    let ours = there.is_some_and(|there| there.host == wanted.host && there.repo == wanted.repo);
    if ours || fs_err::symlink_metadata(folder).is_err() {
        return Ok(());
    }
    Err(error::hinted(
        format!("something else is there: {}", folder.display()),
        "move it away, or collect into another folder with `--out`",
    ))
}

/// The verified files of an app, with the folders that they are in.
fn trees(work: &Work, listing: &Listing, app: &str) -> anyhow::Result<Vec<(PathBuf, Checked)>> {
    let mut trees = Vec::new();
    for row in &listing.wanted {
        let dir = work.tree(row);
        let checked = tree::read(&dir).with_context(|| format!("not fetched yet: {}", row.name))?;
        let of_app = checked.into_iter().filter(|checked| checked.app == app);
        trees.extend(of_app.map(|checked| (tree::files(&dir).join(&checked.folder), checked)));
    }
    Ok(trees)
}

/// Fails when artifacts contradict each other.
pub(super) fn agree(work: &Work, listing: &Listing) -> anyhow::Result<()> {
    let mut all = Vec::new();
    for row in &listing.wanted {
        all.extend(tree::read(&work.tree(row))?);
    }
    check::agree(&all).map_err(|fault| {
        error::hinted(fault, "the run's artifacts are not of one build: build again")
    })
}

/// Puts a folder together and renames it to its place.
pub(super) fn put(
    place: &Place,
    landing: &Path,
    folder: &Path,
    mut build_file: BuildFile,
    trees: &[(PathBuf, Checked)],
) -> anyhow::Result<BuildFile> {
    remove(landing)?;
    let content = Content::of(place);
    let made = (|| -> anyhow::Result<()> {
        let needs = trees.iter().flat_map(|(_, checked)| &checked.files).map(|file| file.size);
        let needs = needs.sum();
        let full = |error: io::Error| on_disk(error, landing, needs);
        fs_err::create_dir_all(landing).map_err(full)?;
        for (dir, checked) in trees {
            for file in &checked.files {
                let name = file.path.file_name().context("a file has a name")?;
                let to = landing.join(&file.path);
                fs_err::create_dir_all(to.parent().unwrap_or(landing)).map_err(full)?;
                content.place(&dir.join(name), &file.sha256, &to).map_err(full)?;
                build_file.files.push(file.clone());
            }
        }
        let text = serde_json::to_vec_pretty(&build_file)?;
        write_synced(&landing.join(BUILD_FILE), &text).map_err(full)?;
        sync_all(landing).map_err(full)?;
        Ok(())
    })();
    if let Err(error) = made {
        // What is half done takes room that the next attempt needs.
        let _ = remove(landing);
        return Err(error);
    }
    swap_in(place, landing, folder)?;
    Ok(build_file)
}

/// Renames a folder to its place. What an earlier attempt of the run has left there goes away.
fn swap_in(place: &Place, landing: &Path, folder: &Path) -> anyhow::Result<()> {
    let parent = folder.parent().unwrap_or(folder);
    let full = |error: io::Error| on_disk(error, folder, 0);
    fs_err::create_dir_all(parent).map_err(full)?;
    let old = discard(place, folder).map_err(full)?;
    fs_err::rename(landing, folder).map_err(full)?;
    sync_folder(parent)?;
    if let Some(old) = old {
        remove(&old)?;
        // Another process may have something in it.
        let _ = fs_err::remove_dir(place.removed());
    }
    Ok(())
}

/// Takes a folder away at once, so that nobody ever sees half of it. Gives where it is now.
pub(super) fn discard(place: &Place, folder: &Path) -> io::Result<Option<PathBuf>> {
    if fs_err::symlink_metadata(folder).is_err() {
        return Ok(None);
    }
    let removed = place.removed();
    fs_err::create_dir_all(&removed)?;
    let to = tempfile::Builder::new().prefix("build-").tempdir_in(&removed)?.keep();
    fs_err::rename(folder, to.join("build"))?;
    Ok(Some(to))
}

pub(super) fn write_synced(path: &Path, bytes: &[u8]) -> io::Result<()> {
    fs_err::write(path, bytes)?;
    sync_file(path)
}

/// The names in a folder and in the folders of it are on the disk.
fn sync_all(folder: &Path) -> io::Result<()> {
    for entry in fs_err::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            sync_all(&entry.path())?;
        }
    }
    sync_folder(folder)
}
