//! The app pack: where it is, that it is the one this binary is stamped for, and reading files from it.

use std::{
    env, io,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
};

use runtime_settings::{
    MANIFEST_FILE, Manifest, PACK_DIR, RuntimeSettings, SETTINGS_FILE, Sha256,
    manifest::{FileEntry, PackError},
    settings::FORMAT,
};

use crate::{args::Args, stamp};

/// Why there is no app to start.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OpenError {
    #[error("this is the bare Deskwright runtime: it has no app in it")]
    NotStamped,
    #[error("the app's files are missing: no app pack near `{0}`")]
    NotFound(PathBuf),
    #[error(transparent)]
    Pack(#[from] PackError),
    #[error("the app pack's settings cannot be read: {0}")]
    Settings(serde_json::Error),
    #[error("the app pack's settings have format {0}, this app reads format {FORMAT}")]
    SettingsFormat(u32),
}

/// Why a file of the pack cannot be served.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReadError {
    #[error("no such file in the app pack")]
    NotFound,
    #[error(transparent)]
    Pack(#[from] PackError),
}

/// A pack whose manifest is the right one.
#[derive(Debug)]
pub(crate) struct Pack {
    dir: PathBuf,
    /// One for ever, but in development.
    manifest: RwLock<Arc<Manifest>>,
}

impl Pack {
    /// Finds the pack, checks its manifest against the stamp and every file against the manifest, and reads the settings.
    /// All of it before the window system starts, so that a refusal is one message and nothing else.
    pub(crate) fn open(args: &Args) -> Result<(Pack, RuntimeSettings), OpenError> {
        let stamp = stamp::manifest_digest();
        if stamp.is_none() && !may_start_unstamped(args) {
            return Err(OpenError::NotStamped);
        }
        let dir = locate(args)?;
        let bytes = fs_err::read(dir.join(MANIFEST_FILE)).map_err(PackError::Io)?;
        if stamp.is_some_and(|stamp| stamp != Sha256::of(&bytes)) {
            return Err(PackError::OtherManifest.into());
        }
        let manifest = Manifest::parse(&bytes)?;
        manifest.verify(&dir)?;
        let pack = Pack { dir, manifest: RwLock::new(manifest.into()) };
        let settings = pack.settings()?;
        Ok((pack, settings))
    }

    fn settings(&self) -> Result<RuntimeSettings, OpenError> {
        let bytes = self.read(SETTINGS_FILE).map_err(|error| match error {
            ReadError::NotFound => OpenError::Pack(PackError::Missing(SETTINGS_FILE.to_owned())),
            ReadError::Pack(error) => OpenError::Pack(error),
        })?;
        let settings: RuntimeSettings =
            serde_json::from_slice(&bytes).map_err(OpenError::Settings)?;
        match settings.format {
            FORMAT => Ok(settings),
            other => Err(OpenError::SettingsFormat(other)),
        }
    }

    /// Takes the pack that is in the folder now. What is served after that is of it.
    #[cfg(debug_assertions)]
    pub(crate) fn read_again(&self) -> Result<(), PackError> {
        let manifest = Manifest::parse(&fs_err::read(self.dir.join(MANIFEST_FILE))?)?;
        manifest.verify(&self.dir)?;
        *self.manifest.write().unwrap_or_else(PoisonError::into_inner) = manifest.into();
        Ok(())
    }

    fn manifest(&self) -> Arc<Manifest> {
        self.manifest.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What the manifest says about a file; none when there is no such file.
    pub(crate) fn entry(&self, path: &str) -> Option<FileEntry> {
        self.manifest().files.get(path).cloned()
    }

    /// Where a file is, for a part of the system that reads it itself. It is what the manifest says, at this moment.
    #[cfg(all(feature = "standard", not(target_os = "linux")))]
    pub(crate) fn place(&self, path: &str) -> Option<PathBuf> {
        self.read(path).ok().map(|_| self.dir.join(path))
    }

    /// Reads a file. What it returns was checked against the manifest, so a file that changes while the app runs is
    /// an error and never content.
    pub(crate) fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        let entry = self.entry(path).ok_or(ReadError::NotFound)?;
        let bytes = match fs_err::read(self.dir.join(path)) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(PackError::Missing(path.to_owned()).into());
            }
            Err(error) => return Err(PackError::Io(error).into()),
        };
        if !entry.matches(&bytes) {
            return Err(PackError::Changed(path.to_owned()).into());
        }
        Ok(bytes)
    }
}

#[cfg(debug_assertions)]
fn may_start_unstamped(args: &Args) -> bool {
    args.app_dir.is_some()
}

#[cfg(not(debug_assertions))]
fn may_start_unstamped(_: &Args) -> bool {
    false
}

fn locate(args: &Args) -> Result<PathBuf, OpenError> {
    #[cfg(debug_assertions)]
    if let Some(dir) = &args.app_dir {
        return Ok(dir.clone());
    }
    let _ = args;
    let executable = env::current_exe().unwrap_or_default();
    let found = candidates(&executable).into_iter().find(|dir| dir.join(MANIFEST_FILE).is_file());
    found.ok_or(OpenError::NotFound(executable))
}

/// Where installers put resources: beside the executable (Windows), in `lib/<binary name>` (Linux packages, AppImage),
/// in the bundle's `Resources` (macOS).
fn candidates(executable: &Path) -> Vec<PathBuf> {
    let Some(folder) = executable.parent() else { return Vec::new() };
    let slug = executable.file_stem().unwrap_or_default();
    let roots = [folder.to_owned(), folder.join("../lib").join(slug), folder.join("../Resources")];
    roots.into_iter().map(|root| root.join(PACK_DIR)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deb_keeps_its_pack_in_lib() {
        let places = candidates(Path::new("/usr/bin/my-app"));
        assert!(places.contains(&PathBuf::from("/usr/bin/../lib/my-app/app-pack")), "{places:?}");
    }
}
