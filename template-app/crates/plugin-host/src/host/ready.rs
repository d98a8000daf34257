//! What is made once and kept: the engine with its threads, and modules that are ready to run.

use std::{
    collections::HashMap,
    future::poll_fn,
    path::PathBuf,
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    task::Poll,
    thread,
    time::{Duration, Instant, SystemTime},
};

use runtime_settings::{Sha256, plugins::ModuleName};
use wasmtime::{ExternType, InstancePre, Module};

use super::BundledCode;
use crate::{
    Code, CompilerProgram, PluginError,
    code::TrustedCode,
    compiled::Compiled,
    engine::Machine,
    modules::{self, InstalledModule, Source},
    run::{Ready, START},
    wasi::{self, Guest},
};

/// Modules that stay ready: each has its code in memory.
const MAX_READY: usize = 32;
/// Longest time that a task may keep a thread of the caller's between two waits.
const BUSY: Duration = Duration::from_millis(2);
/// Name of the memory that the system's functions read and write.
const MEMORY: &str = "memory";

/// The engine and the threads that guests run on, made at the first use.
pub(super) struct Machinery {
    slots: u32,
    memory_mb: u32,
    machine: OnceLock<Result<Arc<Machine>, PluginError>>,
    threads: OnceLock<Result<Threads, PluginError>>,
}

/// Threads of our own: a guest that computes must not keep the app's other work from being done.
struct Threads(Option<tokio::runtime::Runtime>);

impl Drop for Threads {
    fn drop(&mut self) {
        // Waiting for what runs is not possible where this may be dropped.
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

impl Machinery {
    pub(super) fn new(slots: u32, memory_mb: u32) -> Machinery {
        Machinery { slots, memory_mb, machine: OnceLock::new(), threads: OnceLock::new() }
    }

    pub(super) fn machine(&self) -> Result<Arc<Machine>, PluginError> {
        let make = || match Machine::new(self.slots, self.memory_mb) {
            Ok(machine) => Ok(Arc::new(machine)),
            Err(error) => {
                Err(PluginError::internal(format!("the engine does not start: {error:#}")))
            }
        };
        self.machine.get_or_init(make).clone()
    }

    /// Runs a task on the caller's thread as long as it does little between its waits: going to another thread and back costs more
    /// than a short call. One that computes goes on on the host's threads. Dropping this future ends what has not gone there.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        task: impl Future<Output = T> + Send + 'static,
    ) -> Result<T, PluginError> {
        let threads = self.threads.get_or_init(|| start_threads(self.slots));
        let threads = threads.as_ref().map_err(Clone::clone)?;
        let runtime = threads.0.as_ref().ok_or_else(|| PluginError::internal("the host ends"))?;
        let mut task = Box::pin(task);
        let at_the_caller = poll_fn(|context| {
            let began = Instant::now();
            // Timers and what blocks belong to the host's own runtime, wherever the task is.
            let ours = runtime.enter();
            let polled = task.as_mut().poll(context);
            drop(ours);
            match polled {
                Poll::Ready(done) => Poll::Ready(Some(done)),
                Poll::Pending if began.elapsed() < BUSY => Poll::Pending,
                Poll::Pending => Poll::Ready(None),
            }
        });
        match at_the_caller.await {
            Some(done) => Ok(done),
            None => runtime.spawn(task).await.map_err(PluginError::internal),
        }
    }
}

fn start_threads(slots: u32) -> Result<Threads, PluginError> {
    let cores = thread::available_parallelism().map_or(1, |cores| cores.get());
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(cores.min(slots as usize).max(1))
        .thread_name("plugin-host")
        .enable_all()
        .build()
        .map_err(|error| PluginError::internal(format!("no threads for plugins: {error}")))?;
    Ok(Threads(Some(runtime)))
}

/// Makes modules ready, and keeps them so.
pub(super) struct Loader {
    compiled: Compiled,
    bundled_code: BundledCode,
    ready: Mutex<HashMap<ModuleName, Kept>>,
    /// By name: two calls of a module that is not ready compile it once.
    loading: Mutex<HashMap<ModuleName, Arc<tokio::sync::Mutex<()>>>>,
    uses: AtomicU64,
}

struct Kept {
    ready: Arc<Ready>,
    /// The file that it was made of; none for a bundled plugin.
    of: Option<(Sha256, Option<SystemTime>)>,
    last_use: u64,
}

impl Loader {
    pub(super) fn new(
        cache: PathBuf,
        bundled_code: BundledCode,
        compiler: Option<CompilerProgram>,
    ) -> Loader {
        Loader {
            compiled: Compiled::new(cache, compiler),
            bundled_code,
            ready: Mutex::default(),
            loading: Mutex::default(),
            uses: AtomicU64::new(0),
        }
    }

    pub(super) fn compiles(&self) -> bool {
        self.compiled.compiles()
    }

    pub(super) fn is_compiled(&self, module: Sha256, machine: &Machine) -> bool {
        self.compiled.is_kept(module, &machine.engine)
    }

    /// The module, ready to run.
    pub(super) async fn load(
        &self,
        name: &ModuleName,
        source: &Source,
        machine: &Machine,
    ) -> Result<Arc<Ready>, PluginError> {
        if let Some(ready) = self.kept(name, source) {
            return Ok(ready);
        }
        let turn = Arc::clone(self.loading().entry(name.clone()).or_default());
        let _turn = turn.lock().await;
        if let Some(ready) = self.kept(name, source) {
            return Ok(ready);
        }
        let module = match source {
            Source::Bundled(bundled) => {
                let code = (self.bundled_code)(bundled)
                    .map_err(|message| PluginError::new(Code::HashMismatch, message))?;
                TrustedCode::new(code).load(&machine.engine)?
            }
            Source::Installed(installed) => self.load_installed(name, installed, machine).await?,
        };
        let instance = link(&module, machine)?;
        let ready = Arc::new(Ready { name: name.clone(), instance, limits: source.limits() });
        self.keep(name, source, &ready);
        Ok(ready)
    }

    async fn load_installed(
        &self,
        name: &ModuleName,
        installed: &InstalledModule,
        machine: &Machine,
    ) -> Result<Module, PluginError> {
        let bytes = installed.read(name)?;
        modules::check_bytes(&bytes, &installed.limits)?;
        self.compiled.get(&bytes, installed.record.sha256, &machine.engine).await
    }

    /// Checks a module that is not there yet, and leaves its code in the cache.
    pub(super) async fn prepare(
        &self,
        name: &ModuleName,
        bytes: &[u8],
        sha256: Sha256,
        machine: &Machine,
    ) -> Result<(), PluginError> {
        let turn = Arc::clone(self.loading().entry(name.clone()).or_default());
        let _turn = turn.lock().await;
        let module = self.compiled.get(bytes, sha256, &machine.engine).await?;
        link(&module, machine).map(|_| ())
    }

    /// Forgets that a module is ready: it was replaced or removed. Runs that have begun go on with what they have.
    pub(super) fn forget(&self, name: &ModuleName) {
        self.ready().remove(name);
    }

    fn kept(&self, name: &ModuleName, source: &Source) -> Option<Arc<Ready>> {
        let mut ready = self.ready();
        let kept = ready.get_mut(name).filter(|kept| kept.of == identity(source))?;
        kept.last_use = self.uses.fetch_add(1, Ordering::Relaxed);
        Some(Arc::clone(&kept.ready))
    }

    fn keep(&self, name: &ModuleName, source: &Source, made: &Arc<Ready>) {
        let mut ready = self.ready();
        if ready.len() >= MAX_READY
            && let Some(oldest) = ready.iter().min_by_key(|(_, kept)| kept.last_use)
        {
            let oldest = oldest.0.clone();
            ready.remove(&oldest);
        }
        let last_use = self.uses.fetch_add(1, Ordering::Relaxed);
        let kept = Kept { ready: Arc::clone(made), of: identity(source), last_use };
        ready.insert(name.clone(), kept);
    }

    fn ready(&self) -> MutexGuard<'_, HashMap<ModuleName, Kept>> {
        self.ready.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn loading(&self) -> MutexGuard<'_, HashMap<ModuleName, Arc<tokio::sync::Mutex<()>>>> {
        self.loading.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn identity(source: &Source) -> Option<(Sha256, Option<SystemTime>)> {
    match source {
        Source::Bundled(_) => None,
        Source::Installed(installed) => Some((installed.record.sha256, installed.seen.1)),
    }
}

/// Checks what a module exports and imports, and links it.
fn link(module: &Module, machine: &Machine) -> Result<InstancePre<Guest>, PluginError> {
    match module.get_export(START) {
        Some(ExternType::Func(start))
            if start.params().len() == 0 && start.results().len() == 0 => {}
        Some(_) => {
            let message = "`_start` is no function without arguments and results";
            return Err(PluginError::new(Code::InvalidModule, message));
        }
        None => {
            let message = "the module exports no `_start`: build it as a command, not as a library";
            return Err(PluginError::new(Code::MissingStart, message));
        }
    }
    if !matches!(module.get_export(MEMORY), Some(ExternType::Memory(_))) {
        let message = "the module exports no `memory`";
        return Err(PluginError::new(Code::InvalidModule, message));
    }
    machine.linker.instantiate_pre(module).map_err(|error| {
        let unknown = wasi::unknown_imports(module);
        let message = if unknown.is_empty() {
            format!("the module cannot be linked: {error:#}")
        } else {
            format!("the sandbox has no such function: {}", unknown.join(", "))
        };
        PluginError::new(Code::ForbiddenImport, message)
    })
}
