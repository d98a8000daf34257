//! What the commands share: modules from files, the host that calls them, and compiling ahead of time.

use std::{
    error::Error,
    path::{Path, PathBuf},
    sync::Arc,
};

use plugin_host::{
    CompilerProgram, HostOptions, ModuleName, Places, PluginHost, PluginLimits, PluginManifest,
    Plugins, compile_ahead,
};
use runtime_settings::Sha256;
use serde_json::json;

use crate::{args::Compile, report};

/// What a command ends with: whether the answer is yes.
pub(crate) type Done = Result<bool, Box<dyn Error>>;

/// Calls at the same time, and waiting: one command makes one.
const ONE: u32 = 1;

/// A module from a file, with the manifest beside it.
pub(crate) struct ModuleFile {
    pub(crate) name: ModuleName,
    pub(crate) bytes: Vec<u8>,
    pub(crate) manifest: Option<PluginManifest>,
}

impl ModuleFile {
    pub(crate) fn read(path: &Path) -> Result<ModuleFile, Box<dyn Error>> {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        let name = ModuleName::parse(&stem)?;
        let bytes = fs_err::read(path)
            .map_err(|error| format!("cannot be read: {}: {error}", path.display()))?;
        let beside = path.with_file_name(name.manifest_file());
        let manifest = match fs_err::read(&beside) {
            Ok(bytes) => Some(
                PluginManifest::parse(&bytes)
                    .map_err(|error| format!("{}: {error}", beside.display()))?,
            ),
            Err(_) => None,
        };
        Ok(ModuleFile { name, bytes, manifest })
    }
}

/// Folders for a host; those that nobody named are temporary.
pub(crate) struct Folders {
    pub(crate) places: Places,
    _temporary: tempfile::TempDir,
}

impl Folders {
    pub(crate) fn new(
        storage: Option<&PathBuf>,
        cache: Option<&PathBuf>,
    ) -> Result<Folders, Box<dyn Error>> {
        let temporary = tempfile::tempdir()?;
        let own = |given: Option<&PathBuf>, name: &str| {
            given.cloned().unwrap_or_else(|| temporary.path().join(name))
        };
        let (storage, cache) = (own(storage, "storage"), own(cache, "cache"));
        let places = Places { modules: temporary.path().join("modules"), storage, cache };
        Ok(Folders { places, _temporary: temporary })
    }
}

/// A host like that of an app that lets modules be added.
pub(crate) fn host(folders: &Folders, limits: PluginLimits) -> Result<PluginHost, Box<dyn Error>> {
    let settings = Plugins {
        bundled: Vec::new(),
        allow_install: true,
        trusted: Vec::new(),
        limits,
        concurrency: ONE,
        queue: ONE,
    };
    let compiler =
        CompilerProgram { program: std::env::current_exe()?, args: vec!["compile-child".into()] };
    Ok(PluginHost::new(HostOptions {
        settings,
        places: folders.places.clone(),
        bundled_code: Arc::new(|_| Err("nothing is bundled".to_owned())),
        compiler: Some(compiler),
    }))
}

/// The defaults of an app, with some of them changed.
pub(crate) fn limits(changes: &str) -> Result<PluginLimits, Box<dyn Error>> {
    let mut limits = json!(PluginLimits::default());
    let changes: serde_json::Map<_, _> = serde_json::from_str(changes)?;
    if let Some(limits) = limits.as_object_mut() {
        limits.extend(changes);
    }
    Ok(serde_json::from_value(limits)?)
}

/// Runs a task to its end.
pub(crate) fn wait<T>(task: impl Future<Output = T>) -> Result<T, Box<dyn Error>> {
    Ok(tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(task))
}

/// `plugin-tool compile`.
pub(crate) fn compile(args: &Compile) -> Done {
    let module = ModuleFile::read(&args.module)?;
    let sha256 = Sha256::of(&module.bytes);
    if let Some(expected) = args.expect_sha256
        && expected != sha256
    {
        let path = args.module.display();
        return Err(format!("{path} is {sha256}, and should be {expected}").into());
    }
    let code = compile_ahead(&module.bytes, &args.target)?;
    fs_err::write(&args.out, &code)?;
    let said = json!({"sha256": sha256, "bytes": module.bytes.len(), "codeBytes": code.len()});
    report::line(&said.to_string())?;
    Ok(true)
}
