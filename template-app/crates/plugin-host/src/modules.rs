//! The modules that can be called: those of the app's pack, and those that were added.
//!
//! An added module is three files: `NAME.wasm`, `NAME.plugin.json` if its author wrote one, and a record of what was approved. A
//! module without a record was put there by somebody else, and is not there for us; one that is not the recorded one is refused.

use std::{
    collections::HashMap,
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::SystemTime,
};

use runtime_settings::{
    Sha256,
    plugins::{BundledPlugin, ModuleName, PluginLimits, PluginManifest, Plugins},
};
use serde::{Deserialize, Serialize};

use crate::{Code, Installed, PluginError};

/// What the name of a record ends with.
const RECORD: &str = ".installed.json";
/// Most added modules: a list that a page shows, and a folder that is read for each.
const MAX_INSTALLED: usize = 1_000;
/// Bytes in a MiB.
const MIB: u64 = 1024 * 1024;

/// A module that can be called.
#[derive(Debug, Clone)]
pub(crate) enum Source {
    Bundled(BundledPlugin),
    Installed(InstalledModule),
}

/// An added module, as recorded.
#[derive(Debug, Clone)]
pub(crate) struct InstalledModule {
    pub(crate) record: Arc<Record>,
    pub(crate) limits: PluginLimits,
    path: PathBuf,
    pub(crate) seen: Seen,
}

/// Tells whether a file is still the one that was read: its length, and the time of its last change.
type Seen = (u64, Option<SystemTime>);

/// What was approved.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Record {
    pub(crate) sha256: Sha256,
    pub(crate) bytes: u64,
    pub(crate) manifest: PluginManifest,
}

/// The folder of added modules, beside what is bundled.
#[derive(Debug)]
pub(crate) struct Modules {
    settings: Plugins,
    dir: PathBuf,
    /// Records that were read, since each call asks for one.
    records: Mutex<HashMap<ModuleName, (Seen, Arc<Record>)>>,
}

impl Modules {
    pub(crate) fn new(settings: Plugins, dir: PathBuf) -> Modules {
        Modules { settings, dir, records: Mutex::default() }
    }

    /// Names of all modules, sorted.
    pub(crate) fn names(&self) -> Result<Vec<ModuleName>, PluginError> {
        let mut names: Vec<_> =
            self.settings.bundled.iter().map(|bundled| bundled.name.clone()).collect();
        names.extend(self.installed().map_err(unreadable)?);
        names.sort_unstable();
        names.dedup();
        Ok(names)
    }

    fn installed(&self) -> io::Result<Vec<ModuleName>> {
        let entries = match fs_err::read_dir(&self.dir) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let mut names = Vec::new();
        for entry in entries.take(4 * MAX_INSTALLED) {
            let file = entry?.file_name();
            let stem = file.to_str().and_then(|file| file.strip_suffix(RECORD));
            names.extend(stem.and_then(|stem| ModuleName::parse(stem).ok()));
        }
        Ok(names)
    }

    /// Finds a module; the app's own come first.
    pub(crate) fn find(&self, name: &ModuleName) -> Result<Source, PluginError> {
        if let Some(bundled) = self.settings.bundled.iter().find(|bundled| bundled.name == *name) {
            return Ok(Source::Bundled(bundled.clone()));
        }
        let record = self.record(name)?;
        let path = self.dir.join(name.as_str());
        let about = fs_err::symlink_metadata(&path).map_err(|_| changed(name))?;
        if !about.is_file() || about.len() != record.bytes {
            return Err(changed(name));
        }
        let limits = self.settings.limits.asked(&record.manifest.limits);
        let seen = (about.len(), about.modified().ok());
        Ok(Source::Installed(InstalledModule { record, limits, path, seen }))
    }

    /// What was approved under a name.
    fn record(&self, name: &ModuleName) -> Result<Arc<Record>, PluginError> {
        let path = self.record_path(name);
        let seen = match fs_err::symlink_metadata(&path) {
            Ok(about) => (about.len(), about.modified().ok()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(not_found(name)),
            Err(error) => return Err(unreadable(error)),
        };
        if let Some((_, record)) = self.records().get(name).filter(|(then, _)| *then == seen) {
            return Ok(Arc::clone(record));
        }
        let bytes = fs_err::read(&path).map_err(unreadable)?;
        let record: Record = serde_json::from_slice(&bytes).map_err(|_| {
            let message = format!("the record of the module `{name}` is damaged: add it anew");
            PluginError::new(Code::HashMismatch, message)
        })?;
        let record = Arc::new(record);
        self.records().insert(name.clone(), (seen, Arc::clone(&record)));
        Ok(record)
    }

    fn records(&self) -> MutexGuard<'_, HashMap<ModuleName, (Seen, Arc<Record>)>> {
        self.records.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes an added module.
    pub(crate) fn install(
        &self,
        name: &ModuleName,
        module: &[u8],
        record: &Record,
        replace: bool,
    ) -> Result<Installed, PluginError> {
        let saved = match self.find(name) {
            Ok(Source::Bundled(_)) => {
                let message = format!("the app itself comes with a module of this name: `{name}`");
                return Err(PluginError::new(Code::AlreadyInstalled, message));
            }
            Ok(Source::Installed(old)) if old.record.sha256 == record.sha256 => false,
            // Whatever is damaged may be replaced, since it cannot be called.
            Err(_) => true,
            Ok(Source::Installed(_)) if replace => true,
            Ok(Source::Installed(_)) => {
                let message = format!("another module of this name is there: `{name}`");
                return Err(PluginError::new(Code::AlreadyInstalled, message));
            }
        };
        if self.installed().map_err(unreadable)?.len() >= MAX_INSTALLED {
            let message = format!("{MAX_INSTALLED} modules are there: remove one");
            return Err(PluginError::new(Code::InstallForbidden, message));
        }
        self.write(name, module, record).map_err(|error| {
            PluginError::internal(format!("the module cannot be saved: {}", error.kind()))
        })?;
        let path = format!("_external_modules/{name}");
        Ok(Installed { saved, name: name.to_string(), path, bytes: record.bytes })
    }

    /// The record comes last: a module that was cut off on the way is not the recorded one, and is refused.
    fn write(&self, name: &ModuleName, module: &[u8], record: &Record) -> io::Result<()> {
        self.records().remove(name);
        fs_err::create_dir_all(&self.dir)?;
        let manifest = serde_json::to_vec_pretty(&record.manifest)?;
        write_whole(&self.dir.join(name.as_str()), module)?;
        write_whole(&self.dir.join(name.manifest_file()), &manifest)?;
        write_whole(&self.record_path(name), &serde_json::to_vec(record)?)
    }

    /// Removes an added module. False when there is none.
    pub(crate) fn remove(&self, name: &ModuleName) -> Result<bool, PluginError> {
        if self.settings.bundled.iter().any(|bundled| bundled.name == *name) {
            let message = format!("the module belongs to the app: `{name}`");
            return Err(PluginError::new(Code::InstallForbidden, message));
        }
        self.records().remove(name);
        let record = self.record_path(name);
        let was_there = record.is_file();
        for path in [record, self.dir.join(name.as_str()), self.dir.join(name.manifest_file())] {
            match fs_err::remove_file(path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(unreadable(error));
                }
                _ => {}
            }
        }
        Ok(was_there)
    }

    fn record_path(&self, name: &ModuleName) -> PathBuf {
        self.dir.join(format!("{}{RECORD}", name.stem()))
    }
}

impl Source {
    pub(crate) fn limits(&self) -> PluginLimits {
        match self {
            Source::Bundled(bundled) => bundled.limits,
            Source::Installed(installed) => installed.limits,
        }
    }

    pub(crate) fn sha256(&self) -> Sha256 {
        match self {
            Source::Bundled(bundled) => bundled.sha256,
            Source::Installed(installed) => installed.record.sha256,
        }
    }
}

impl InstalledModule {
    /// The module's bytes, if they are the approved ones.
    pub(crate) fn read(&self, name: &ModuleName) -> Result<Vec<u8>, PluginError> {
        let bytes = fs_err::read(&self.path).map_err(unreadable)?;
        if Sha256::of(&bytes) == self.record.sha256 { Ok(bytes) } else { Err(changed(name)) }
    }
}

/// Checks what can be checked of bytes before they are compiled.
pub(crate) fn check_bytes(module: &[u8], limits: &PluginLimits) -> Result<(), PluginError> {
    /// The magic number of WebAssembly, and the version of core modules.
    const CORE: &[u8] = b"\0asm\x01\0\0\0";
    /// The same with the version of components.
    const COMPONENT: &[u8] = b"\0asm\x0d\0\x01\0";
    let invalid = |message: String| Err(PluginError::new(Code::InvalidModule, message));
    if module.len() as u64 > u64::from(limits.module_mb) * MIB {
        return invalid(format!("the module is larger than {} MiB", limits.module_mb));
    }
    if module.starts_with(COMPONENT) {
        return invalid("this is a component: a plugin is a core module for WASI preview 1".into());
    }
    if !module.starts_with(CORE) {
        return invalid(
            "this is no WebAssembly module: it does not begin with `\\0asm` and version 1".into(),
        );
    }
    Ok(())
}

/// Writes a file so that it is there whole, after a power cut too, or not at all.
fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    use io::Write as _;
    let dir = path.parent().unwrap_or(path);
    let mut file = tempfile::Builder::new().prefix(".new-").tempfile_in(dir)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

pub(crate) fn not_found(name: &ModuleName) -> PluginError {
    PluginError::new(Code::NotFound, format!("no module has this name: `{name}`"))
}

fn changed(name: &ModuleName) -> PluginError {
    let message = format!("the module `{name}` is not the one that was added: add it anew");
    PluginError::new(Code::HashMismatch, message)
}

fn unreadable(error: io::Error) -> PluginError {
    PluginError::internal(format!("the modules cannot be read: {}", error.kind()))
}
