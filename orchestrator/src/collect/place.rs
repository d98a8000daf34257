//! Where things are in the out folder: `<app id>/<version>/<run>/<target>/` and `<app id>/latest` for people, `.deskwright`
//! for what is on its way there and for the content of files.

use std::{
    io,
    path::{Path, PathBuf},
};

use crate::state::{ArtifactRow, BuildId};

/// What a folder of a build says of itself.
pub(super) const BUILD_FILE: &str = "build.json";
/// What is not for people.
const OWN: &str = ".deskwright";
/// Each file of a build once, by its hash.
const CONTENT: &str = "content";
/// Builds on their way out.
const REMOVED: &str = "removed";

/// The folder of all builds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub out: PathBuf,
}

impl Place {
    pub fn of(out: &Path) -> Self {
        Self { out: out.to_owned() }
    }

    pub(super) fn own(&self) -> PathBuf {
        self.out.join(OWN)
    }

    /// The folder of what a build has in hand; on the file system of its last place, so that it can be renamed.
    pub(super) fn work(&self, build: &BuildId) -> Work {
        Work { dir: self.own().join(build.as_str()) }
    }

    /// The same for a release, by its id.
    pub(super) fn work_of_release(&self, id: u64) -> Work {
        Work { dir: self.own().join(format!("release-{id}")) }
    }

    pub(super) fn content(&self) -> PathBuf {
        self.own().join(CONTENT)
    }

    pub(super) fn removed(&self) -> PathBuf {
        self.own().join(REMOVED)
    }

    /// Whether a folder in `own` is of no build.
    pub(super) fn is_shared(name: &str) -> bool {
        name == CONTENT || name == REMOVED
    }

    pub(super) fn app(&self, id: &str) -> PathBuf {
        self.out.join(id)
    }

    /// Where a build of an app goes; `name` is the run's id, or that of a release.
    pub(super) fn build(&self, app: &str, version: &str, name: &str) -> PathBuf {
        self.app(app).join(version).join(name)
    }
}

/// What a build has in hand. Names have GitHub's id, so that what an earlier attempt of the run left is not taken for this.
#[derive(Debug, Clone)]
pub(super) struct Work {
    pub(super) dir: PathBuf,
}

impl Work {
    /// What has arrived of an archive. The bytes behind an id never change, so that the id is all that has to be known of
    /// them; the digest is checked when all are here.
    pub(super) fn part(&self, row: &ArtifactRow) -> PathBuf {
        self.dir.join(format!("{}.{}.zip.part", row.name, row.remote))
    }

    /// The verified files of an artifact.
    pub(super) fn tree(&self, row: &ArtifactRow) -> PathBuf {
        self.dir.join(format!("{}.{}", row.name, row.remote))
    }

    /// What is known of the run.
    pub(super) fn facts(&self) -> PathBuf {
        self.dir.join("run.json")
    }

    /// Builds of apps as they will be in their place.
    pub(super) fn landing(&self) -> PathBuf {
        self.dir.join("landing")
    }

    /// Where something is put together before it is renamed.
    pub(super) fn scratch(&self) -> io::Result<tempfile::TempDir> {
        fs_err::create_dir_all(&self.dir)?;
        tempfile::Builder::new().prefix(SCRATCH).tempdir_in(&self.dir)
    }

    /// Removes what is of no use any more: scratch of a process that ended, and what is of other ids than these.
    pub(super) fn tidy(&self, rows: &[&ArtifactRow]) -> io::Result<()> {
        if !self.dir.is_dir() {
            return Ok(());
        }
        for entry in fs_err::read_dir(&self.dir)? {
            let path = entry?.path();
            let wanted = rows.iter().any(|row| path == self.part(row) || path == self.tree(row));
            if !wanted && path != self.facts() {
                remove(&path)?;
            }
        }
        Ok(())
    }

    /// The build is in its place.
    pub(super) fn remove(&self) -> io::Result<()> {
        remove(&self.dir)?;
        self.leave();
        Ok(())
    }

    /// Removes the folders when there is nothing in them, of this build or of another.
    pub(super) fn leave(&self) {
        for dir in [Some(self.dir.as_path()), self.dir.parent()].into_iter().flatten() {
            let _ = fs_err::remove_dir(dir);
        }
    }
}

const SCRATCH: &str = ".scratch-";

/// Removes a file, a link or a folder with all that is in it; nothing there is as good. No link is followed.
pub(super) fn remove(path: &Path) -> io::Result<()> {
    let removed = match fs_err::symlink_metadata(path) {
        Ok(found) if found.is_dir() => fs_err::remove_dir_all(path),
        Ok(_) => fs_err::remove_file(path),
        Err(error) => Err(error),
    };
    match removed {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}

/// What was written to a file stays there after a power cut.
pub(super) fn sync_file(path: &Path) -> io::Result<()> {
    // Windows wants a right for this that others do not ask for, and that a file which is not to be written does not give.
    let file = fs_err::OpenOptions::new().read(true).write(cfg!(windows)).open(path)?;
    file.sync_all()
}

/// What was renamed into a folder stays there after a power cut.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    // Windows has no such thing.
    if cfg!(unix) { fs_err::File::open(folder)?.sync_all() } else { Ok(()) }
}
