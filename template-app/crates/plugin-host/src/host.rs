//! The host: finds, loads and runs modules, and adds and removes them.

mod ready;

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use runtime_settings::{
    Sha256,
    plugins::{BundledPlugin, ModuleName, PluginManifest, Plugins},
};
use scoped_fs::Scope;
use serde_json::Value;

use crate::{
    CallOptions, CallResult, Code, Installed, ModuleInfo, PluginError, Status,
    jobs::{Job, Jobs},
    modules::{self, Modules, Record, Source},
    run::{self, Ended},
    storage::Storages,
};

use self::ready::{Loader, Machinery};

/// What runs the modules; a test holds it against the lock file.
const RUNTIME: &str = "wasmtime 48.0.8";
/// What every plugin may reach besides its own memory.
const PERMISSIONS: &[&str] = &["storage"];

/// Where plugins live.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    /// Added modules.
    pub modules: PathBuf,
    /// The plugins' own files, a folder for each.
    pub storage: PathBuf,
    /// Compiled code: may be removed at any time.
    pub cache: PathBuf,
}

impl Places {
    /// The places below an app's folders, as the plugin document has them.
    pub fn below(app_data: &Path, app_cache: &Path) -> Places {
        let own = |root: &Path| root.join(".desktopr").join(".main");
        Places {
            modules: own(app_data).join("_external_modules"),
            storage: own(app_data).join("_external_modules_storage"),
            cache: own(app_cache).join("_compiled_modules"),
        }
    }
}

/// Reads the compiled code of a bundled plugin, and vouches for it. The error is a sentence.
pub type BundledCode = Arc<dyn Fn(&BundledPlugin) -> Result<Vec<u8>, String> + Send + Sync>;

/// How the child is started that compiles: a program that calls `compile_child` when it gets these arguments.
#[derive(Debug, Clone)]
pub struct CompilerProgram {
    pub program: PathBuf,
    pub args: Vec<OsString>,
}

/// What a host is made of.
#[derive(Clone)]
pub struct HostOptions {
    pub settings: Plugins,
    pub places: Places,
    pub bundled_code: BundledCode,
    /// None: only bundled plugins can be called, and nothing can be added.
    pub compiler: Option<CompilerProgram>,
}

/// Runs plugins. Cloning is cheap, and all clones are one host. Nothing is started before it is needed: no thread, no folder.
#[derive(Clone)]
pub struct PluginHost {
    shared: Arc<Shared>,
}

pub(crate) struct Shared {
    settings: Plugins,
    modules: Modules,
    storages: Storages,
    jobs: Arc<Jobs>,
    machinery: Machinery,
    loader: Loader,
}

/// A module that may be added: checked and compiled, and nowhere yet.
pub struct Candidate {
    pub name: ModuleName,
    /// Size of the module.
    pub bytes: u64,
    pub sha256: Sha256,
    pub manifest: Option<PluginManifest>,
    /// The app's config lists its hash: the user need not be asked.
    pub trusted: bool,
    /// Another module of this name is there.
    pub replaces: bool,
    module: Vec<u8>,
}

impl PluginHost {
    pub fn new(options: HostOptions) -> PluginHost {
        let HostOptions { settings, places, bundled_code, compiler } = options;
        let compiler = compiler.filter(|_| settings.allow_install);
        let most_memory = settings.bundled.iter().map(|bundled| bundled.limits.memory_mb);
        let most_memory = most_memory.fold(settings.limits.memory_mb, u32::max);
        let shared = Shared {
            modules: Modules::new(settings.clone(), places.modules),
            storages: Storages::new(places.storage),
            jobs: Jobs::new(settings.concurrency, settings.queue),
            machinery: Machinery::new(settings.concurrency, most_memory),
            loader: Loader::new(places.cache, bundled_code, compiler),
            settings,
        };
        PluginHost { shared: Arc::new(shared) }
    }

    /// Calls a module: `payload` is one JSON object. Dropping the future cancels the call.
    pub fn call(
        &self,
        module: &str,
        payload: Vec<u8>,
        options: CallOptions,
    ) -> impl Future<Output = CallResult> + Send + 'static {
        let began = Instant::now();
        let (shared, module) = (Arc::clone(&self.shared), module.to_owned());
        let job = shared.jobs.begin(options.id.clone());
        async move {
            let job = match job {
                Ok(job) => Arc::new(job),
                Err(error) => {
                    return result(options.id.unwrap_or_default(), Ended::of(error), began);
                }
            };
            let id = job.id.clone();
            let _ends = job.cancelled.clone().drop_guard();
            let task = Arc::clone(&shared);
            let work = async move { task.run(&module, payload, options.timeout, &job).await };
            let ended = shared.machinery.run(work).await.unwrap_or_else(Ended::of);
            result(id, ended, began)
        }
    }

    /// What the host is doing.
    pub fn status(&self) -> Status {
        let shared = &self.shared;
        Status {
            ready: true,
            runtime: RUNTIME.to_owned(),
            compiler: shared.loader.compiles(),
            running: shared.jobs.running(),
            queued: shared.jobs.waiting(),
            modules: shared.modules.names().map_or(0, |names| names.len()),
        }
    }

    /// Names of all modules, sorted, each with `.wasm`.
    pub fn list(&self) -> Result<Vec<String>, PluginError> {
        let names = self.shared.modules.names()?;
        Ok(names.iter().map(ToString::to_string).collect())
    }

    /// What is known about a module. Nothing is compiled for it.
    pub async fn info(&self, module: &str) -> Result<ModuleInfo, PluginError> {
        let name = ModuleName::parse(module)?;
        let source = self.shared.modules.find(&name)?;
        let compiled = match &source {
            Source::Bundled(_) => true,
            Source::Installed(_) => {
                let machine = self.shared.machinery.machine()?;
                self.shared.loader.is_compiled(source.sha256(), &machine)
            }
        };
        let (limits, sha256) = (source.limits(), source.sha256());
        let (bytes, version, description, bundled) = match source {
            Source::Bundled(known) => (known.bytes, known.version, known.description, true),
            Source::Installed(known) => {
                let manifest = known.record.manifest.clone();
                (known.record.bytes, manifest.version, manifest.description, false)
            }
        };
        let permissions = PERMISSIONS;
        let name = name.to_string();
        Ok(ModuleInfo {
            name,
            bytes,
            sha256,
            version,
            description,
            limits,
            permissions,
            bundled,
            compiled,
        })
    }

    /// Checks a module that is to be added, and compiles it. Nothing is saved but its compiled code in the cache.
    ///
    /// # Errors
    ///
    /// The name or the module is not valid, its manifest promises another hash, or the app allows no modules to be added.
    pub async fn check(
        &self,
        name: &str,
        module: Vec<u8>,
        manifest: Option<PluginManifest>,
    ) -> Result<Candidate, PluginError> {
        let name = ModuleName::parse(name)?;
        let shared = Arc::clone(&self.shared);
        self.shared.machinery.run(async move { shared.check(name, module, manifest).await }).await?
    }

    /// Adds a module that was checked. One of the same name is kept, unless `replace`.
    pub async fn install(
        &self,
        candidate: Candidate,
        replace: bool,
    ) -> Result<Installed, PluginError> {
        let shared = Arc::clone(&self.shared);
        self.blocking(move || {
            let Candidate { name, sha256, bytes, manifest, module, .. } = candidate;
            let record = Record { sha256, bytes, manifest: manifest.unwrap_or_default() };
            let installed = shared.modules.install(&name, &module, &record, replace)?;
            shared.loader.forget(&name);
            Ok(installed)
        })
        .await
    }

    /// Removes an added module, its compiled code and its storage. False when there is none.
    pub async fn remove(&self, module: &str) -> Result<bool, PluginError> {
        let name = ModuleName::parse(module)?;
        let shared = Arc::clone(&self.shared);
        self.blocking(move || {
            let removed = shared.modules.remove(&name)?;
            shared.loader.forget(&name);
            if removed {
                shared.storages.remove(&name).map_err(|error| {
                    let message = format!("the storage of `{name}` cannot be removed: {error}");
                    PluginError::new(Code::StorageFailed, message)
                })?;
            }
            Ok(removed)
        })
        .await
    }

    /// Ends every call, those that wait too. True when there was one.
    pub fn kill_jobs(&self) -> bool {
        self.shared.jobs.cancel_all()
    }

    /// Ends the call of an id. True when there was one.
    pub fn cancel(&self, id: &str) -> bool {
        self.shared.jobs.cancel(id)
    }

    /// A plugin's storage, within its quota.
    pub fn storage(&self, module: &str) -> Result<Scope, PluginError> {
        let name = ModuleName::parse(module)?;
        let limits = self.shared.modules.find(&name)?.limits();
        self.shared.storages.scope(&name, &limits)
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, PluginError> + Send + 'static,
    ) -> Result<T, PluginError> {
        let task = async { tokio::task::spawn_blocking(work).await };
        self.shared.machinery.run(task).await?.map_err(PluginError::internal)?
    }
}

impl Shared {
    async fn run(
        &self,
        module: &str,
        payload: Vec<u8>,
        timeout: Option<Duration>,
        job: &Job,
    ) -> Ended {
        match self.prepare_and_run(module, payload, timeout, job).await {
            Ok(ended) => ended,
            Err(error) => Ended::of(error),
        }
    }

    async fn prepare_and_run(
        &self,
        module: &str,
        mut payload: Vec<u8>,
        timeout: Option<Duration>,
        job: &Job,
    ) -> Result<Ended, PluginError> {
        const KIB: usize = 1024;
        let name = ModuleName::parse(module)?;
        let source = self.modules.find(&name)?;
        let limits = source.limits();
        if payload.len() > limits.stdin_kb as usize * KIB {
            let message = format!("the payload is larger than {} KiB", limits.stdin_kb);
            return Err(PluginError::new(Code::StdinTooLarge, message));
        }
        payload.push(b'\n');
        let _turn = job.turn().await?;
        let machine = self.machinery.machine()?;
        let ready = tokio::select! {
            biased;
            () = job.cancelled.cancelled() => return Err(crate::jobs::cancelled()),
            ready = self.loader.load(&name, &source, &machine) => ready?,
        };
        let storage = self.storages.open(&name, &limits)?;
        let own = Duration::from_millis(limits.timeout_ms.into());
        let most = Duration::from_millis(limits.max_timeout_ms.into());
        let timeout = timeout.unwrap_or(own).min(most);
        Ok(run::run(&machine, &ready, payload, timeout, storage, &job.cancelled).await)
    }

    async fn check(
        &self,
        name: ModuleName,
        module: Vec<u8>,
        manifest: Option<PluginManifest>,
    ) -> Result<Candidate, PluginError> {
        if !self.settings.allow_install {
            let message = "the app allows no modules to be added: `plugins.allowInstall`";
            return Err(PluginError::new(Code::InstallForbidden, message));
        }
        let asked = manifest.as_ref().map(|manifest| manifest.limits).unwrap_or_default();
        modules::check_bytes(&module, &self.settings.limits.asked(&asked))?;
        let sha256 = Sha256::of(&module);
        if let Some(promised) = manifest.as_ref().and_then(|manifest| manifest.sha256)
            && promised != sha256
        {
            let message = format!("the manifest promises {promised}, and the module is {sha256}");
            return Err(PluginError::new(Code::HashMismatch, message));
        }
        let machine = self.machinery.machine()?;
        self.loader.prepare(&name, &module, sha256, &machine).await?;
        let replaces = matches!(
            self.modules.find(&name),
            Ok(Source::Installed(old)) if old.record.sha256 != sha256
        );
        let trusted = self.settings.trusted.contains(&sha256);
        let bytes = module.len() as u64;
        Ok(Candidate { name, bytes, sha256, manifest, trusted, replaces, module })
    }
}

impl Ended {
    fn of(error: PluginError) -> Ended {
        Ended { error: Some(error), ..Ended::default() }
    }
}

fn result(id: String, ended: Ended, began: Instant) -> CallResult {
    let (error, code) = match ended.error {
        Some(error) => (Some(error.message), Some(error.code)),
        None => (None, None),
    };
    CallResult {
        id,
        ok: code.is_none(),
        stdout: ended.stdout,
        stderr: ended.stderr,
        value: ended.value.filter(Value::is_object),
        error,
        code,
        exit_code: ended.exit_code,
        backtrace: ended.backtrace,
        duration_ms: u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
    }
}
