//! The folders that plugins keep their files in: one for each, with a quota.

mod ledger;

use std::{
    collections::HashMap,
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use cap_std::{ambient_authority, fs::Dir};
use runtime_settings::plugins::{ModuleName, PluginLimits};
use scoped_fs::{Budget as _, Scope, Usage};

pub(crate) use ledger::{CallLedger, Growth, OpenFile};

use self::ledger::Ledger;
use crate::{Code, PluginError, private};

/// Bytes in a MiB.
const MIB: u64 = 1024 * 1024;

/// All storages.
#[derive(Debug)]
pub(crate) struct Storages {
    root: PathBuf,
    ledgers: Mutex<HashMap<ModuleName, Arc<Ledger>>>,
}

/// A plugin's storage, open for one run.
pub(crate) struct OpenStorage {
    pub(crate) path: PathBuf,
    pub(crate) ledger: CallLedger,
}

impl Storages {
    pub(crate) fn new(root: PathBuf) -> Storages {
        Storages { root, ledgers: Mutex::default() }
    }

    /// The storage of a module for a run. It is made when it is not there.
    pub(crate) fn open(
        &self,
        name: &ModuleName,
        limits: &PluginLimits,
    ) -> Result<OpenStorage, PluginError> {
        let path = self.folder(name)?;
        let ledger = CallLedger::new(self.ledger(name, &path, limits));
        Ok(OpenStorage { path, ledger })
    }

    /// The same storage for the app's own page.
    pub(crate) fn scope(
        &self,
        name: &ModuleName,
        limits: &PluginLimits,
    ) -> Result<Scope, PluginError> {
        let path = self.folder(name)?;
        let dir = Dir::open_ambient_dir(&path, ambient_authority())
            .map_err(|error| unusable(&path, &error))?;
        Ok(Scope::new(dir, &path, self.ledger(name, &path, limits)))
    }

    /// Removes a storage with all that is in it. True when there was one.
    pub(crate) fn remove(&self, name: &ModuleName) -> io::Result<bool> {
        let path = self.root.join(name.as_str());
        self.ledgers().remove(name);
        if !fs_err::symlink_metadata(&path).is_ok_and(|about| about.is_dir()) {
            return Ok(false);
        }
        scoped_fs::empty(&Dir::open_ambient_dir(&path, ambient_authority())?)?;
        fs_err::remove_dir(&path)?;
        Ok(true)
    }

    /// The folder of a module: a real one, never a link to somewhere else.
    fn folder(&self, name: &ModuleName) -> Result<PathBuf, PluginError> {
        let path = self.root.join(name.as_str());
        let is_real = || fs_err::symlink_metadata(&path).map(|about| about.is_dir());
        match is_real() {
            Ok(true) => return Ok(path),
            Ok(false) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                private::make_dir(&path).map_err(|error| unusable(&path, &error))?;
                if matches!(is_real(), Ok(true)) {
                    return Ok(path);
                }
            }
            Err(error) => return Err(unusable(&path, &error)),
        }
        let message = format!("the storage of `{name}` is not a folder of its own");
        Err(PluginError::new(Code::StorageFailed, message))
    }

    fn ledger(&self, name: &ModuleName, path: &Path, limits: &PluginLimits) -> Arc<Ledger> {
        let quota = Usage {
            bytes: u64::from(limits.storage_mb) * MIB,
            entries: u64::from(limits.storage_files),
        };
        let mut ledgers = self.ledgers();
        let ledger = ledgers.entry(name.clone()).or_insert_with(|| Ledger::new(path, quota));
        if ledger.quota() != quota {
            *ledger = Ledger::new(path, quota);
        }
        Arc::clone(ledger)
    }

    fn ledgers(&self) -> std::sync::MutexGuard<'_, HashMap<ModuleName, Arc<Ledger>>> {
        self.ledgers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn unusable(path: &Path, error: &io::Error) -> PluginError {
    // The page sees this: the folder's own name is enough.
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let message = format!("the storage `{name}` cannot be used: {}", error.kind());
    PluginError::new(Code::StorageFailed, message)
}
