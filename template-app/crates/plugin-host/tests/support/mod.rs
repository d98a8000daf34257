//! What the tests of the host share: a host in folders of its own, and guests written as text.

#![allow(dead_code, reason = "each test binary uses a part of it")]

mod guest;
mod machine;

use std::{
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use plugin_host::{
    CallOptions, CallResult, Code, CompilerProgram, HostOptions, Installed, Places, PluginError,
    PluginHost, PluginLimits, PluginManifest, Plugins,
};
use tempfile::TempDir;

#[allow(unused_imports, reason = "each test binary uses a part of it")]
pub(crate) use guest::{errno, guest, guest_with, wasm};
#[cfg(target_os = "linux")]
#[allow(unused_imports, reason = "each test binary uses a part of it")]
pub(crate) use machine::{open_files, resident_kb, shell_with_small_disk, threads, threads_named};

/// What a call is given where its payload does not matter.
pub(crate) const PAYLOAD: &str = r#"{"fn":"go"}"#;

/// A host, and the folders that it works in.
pub(crate) struct Desk {
    pub(crate) host: PluginHost,
    pub(crate) places: Places,
    pub(crate) root: TempDir,
}

/// How a host is to be; [`Desk::new`] takes the defaults of an app.
pub(crate) struct Settings {
    pub(crate) plugins: Plugins,
    /// A folder for compiled code; none: the one that all tests of this binary share.
    pub(crate) cache: Option<PathBuf>,
    pub(crate) compiler: CompilerProgram,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            plugins: Plugins {
                bundled: Vec::new(),
                allow_install: true,
                trusted: Vec::new(),
                limits: PluginLimits::default(),
                concurrency: 4,
                queue: 64,
            },
            cache: None,
            compiler: compiler(),
        }
    }
}

impl Settings {
    /// The defaults, with limits of a test's own.
    pub(crate) fn with(change: impl FnOnce(&mut PluginLimits)) -> Settings {
        let mut settings = Settings::default();
        change(&mut settings.plugins.limits);
        settings
    }
}

/// The tool as the child that compiles.
pub(crate) fn compiler() -> CompilerProgram {
    CompilerProgram {
        program: env!("CARGO_BIN_EXE_plugin-tool").into(),
        args: vec!["compile-child".into()],
    }
}

/// Compiled code that outlives a test run: without optimisation, the compiler takes most of the time otherwise.
pub(crate) fn shared_cache() -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("plugin-host-code")
}

impl Desk {
    pub(crate) fn new() -> Desk {
        Desk::with(Settings::default())
    }

    pub(crate) fn limited(change: impl FnOnce(&mut PluginLimits)) -> Desk {
        Desk::with(Settings::with(change))
    }

    pub(crate) fn with(settings: Settings) -> Desk {
        let root = tempfile::tempdir().unwrap();
        let places = Places {
            modules: root.path().join("modules"),
            storage: root.path().join("storage"),
            cache: settings.cache.clone().unwrap_or_else(shared_cache),
        };
        let host = host(&settings, &places);
        Desk { host, places, root }
    }

    /// Another host in the same folders, as after a new start of the app.
    pub(crate) fn restart(&mut self, settings: &Settings) {
        self.host = host(settings, &self.places);
    }

    /// Adds a module written as text.
    pub(crate) fn install(&self, name: &str, wat: &str) -> Installed {
        self.add(name, wasm(wat), None, true).unwrap_or_else(|error| panic!("{name}: {error:?}"))
    }

    /// Adds a module that must not get in.
    pub(crate) fn refuse(&self, name: &str, module: Vec<u8>) -> PluginError {
        self.add(name, module, None, false).expect_err("the module got in")
    }

    pub(crate) fn add(
        &self,
        name: &str,
        module: Vec<u8>,
        manifest: Option<PluginManifest>,
        replace: bool,
    ) -> Result<Installed, PluginError> {
        wait(async {
            let candidate = self.host.check(name, module, manifest).await?;
            self.host.install(candidate, replace).await
        })
    }

    pub(crate) fn call(&self, name: &str, payload: &str) -> CallResult {
        wait(self.host.call(name, payload.as_bytes().to_vec(), CallOptions::default()))
    }

    /// Adds a module, calls it once, and has another plugin answer afterwards: whatever it did, the host goes on.
    pub(crate) fn run(&self, wat: &str) -> CallResult {
        self.install("hostile", wat);
        let result = self.call("hostile", PAYLOAD);
        self.still_answers();
        result
    }

    /// The numbers that a guest noted, of a run that went well.
    pub(crate) fn notes(&self, wat: &str) -> Vec<i64> {
        notes(&self.run(wat))
    }

    /// The error of a run that must fail.
    pub(crate) fn fails(&self, wat: &str, code: Code) -> CallResult {
        let result = self.run(wat);
        assert_eq!(result.code, Some(code), "{result:#?}");
        assert!(!result.ok && result.error.is_some(), "{result:#?}");
        result
    }

    /// Another plugin answers.
    pub(crate) fn still_answers(&self) {
        if self.host.info_now("neighbour").is_err() {
            self.install("neighbour", &guest("(call $note (i32.const 42))"));
        }
        assert_eq!(notes(&self.call("neighbour", PAYLOAD)), [42]);
    }

    /// The folder that a module keeps its files in.
    pub(crate) fn storage_of(&self, name: &str) -> PathBuf {
        self.places.storage.join(format!("{name}.wasm"))
    }
}

fn host(settings: &Settings, places: &Places) -> PluginHost {
    PluginHost::new(HostOptions {
        settings: settings.plugins.clone(),
        places: places.clone(),
        bundled_code: Arc::new(|_| Err("nothing is bundled".to_owned())),
        compiler: Some(settings.compiler.clone()),
    })
}

/// What is awaited elsewhere, without waiting.
pub(crate) trait Now {
    fn info_now(&self, module: &str) -> Result<plugin_host::ModuleInfo, PluginError>;
}

impl Now for PluginHost {
    fn info_now(&self, module: &str) -> Result<plugin_host::ModuleInfo, PluginError> {
        wait(self.info(module))
    }
}

/// The numbers that a guest noted.
pub(crate) fn notes(result: &CallResult) -> Vec<i64> {
    assert!(result.ok, "{result:#?}");
    let value = result.value.as_ref().map(|value| value["value"].clone());
    serde_json::from_value(value.unwrap_or_default()).unwrap_or_else(|_| panic!("{result:#?}"))
}

/// Runs a task to its end on a thread of the test's.
pub(crate) fn wait<T>(task: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(task)
}

/// Waits for something that another thread brings about; it fails after ten seconds.
pub(crate) async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < Duration::from_secs(10), "it never came: {what}");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}
