//! What the targets share: a host in temporary folders, with plugins whose code is made in this very process.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use plugin_host::{
    BundledPlugin, CallOptions, CallResult, Code, HostOptions, ModuleName, Places, PluginHost,
    PluginLimits, Plugins, compile_ahead,
};
use runtime_settings::Sha256;
use tempfile::TempDir;

/// Longest that a guest may run, in milliseconds: an endless one is not worth more.
const TIMEOUT_MS: u32 = 50;
/// Plugins of one host: each name is loaded once.
const NAMES: usize = 200;

/// A host, and the folders that it works in.
pub struct Desk {
    pub host: PluginHost,
    pub folder: TempDir,
    code: Arc<Mutex<Vec<u8>>>,
    used: usize,
}

impl Desk {
    pub fn new() -> Desk {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let code = Arc::new(Mutex::new(Vec::new()));
        let limits = PluginLimits {
            timeout_ms: TIMEOUT_MS,
            memory_mb: 4,
            storage_mb: 1,
            storage_files: 100,
            ..PluginLimits::default()
        };
        let bundled = |number| BundledPlugin {
            name: name(number),
            sha256: Sha256([0; 32]),
            bytes: 0,
            version: None,
            description: None,
            limits,
        };
        let settings = Plugins {
            bundled: (0..NAMES).map(bundled).collect(),
            allow_install: false,
            trusted: Vec::new(),
            limits,
            concurrency: 1,
            queue: 1,
        };
        let places = Places::below(&folder.path().join("data"), &folder.path().join("cache"));
        let read = Arc::clone(&code);
        let bundled_code: plugin_host::BundledCode = Arc::new(move |_| {
            read.lock().map(|code| code.clone()).map_err(|error| error.to_string())
        });
        let host = PluginHost::new(HostOptions { settings, places, bundled_code, compiler: None });
        Desk { host, folder, code, used: 0 }
    }

    /// Makes code the next plugin's. After many, everything begins anew.
    pub fn load(&mut self, code: Vec<u8>) {
        if self.used + 1 == NAMES {
            *self = Desk::new();
        }
        self.used += 1;
        *self.code.lock().expect("nobody panics with it") = code;
    }

    /// Calls the plugin that was loaded last.
    pub fn call(&self, payload: &[u8]) -> CallResult {
        let call =
            self.host.call(name(self.used).as_str(), payload.to_vec(), CallOptions::default());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
        let most = Duration::from_secs(10);
        let call = async { tokio::time::timeout(most, call).await };
        let result = runtime.expect("a runtime").block_on(call).expect("it is answered in time");
        assert!(result.code != Some(Code::Internal), "{result:#?}");
        assert_eq!(result.ok, result.code.is_none(), "{result:#?}");
        result
    }
}

impl Default for Desk {
    fn default() -> Desk {
        Desk::new()
    }
}

fn name(number: usize) -> ModuleName {
    ModuleName::parse(&format!("plugin-{number}")).expect("it is one")
}

/// Compiles for this machine's kind.
pub fn compile(module: &[u8]) -> Option<Vec<u8>> {
    compile_ahead(module, env!("FUZZ_TARGET")).ok()
}

/// Compiles text.
pub fn compile_text(wat: &str) -> Vec<u8> {
    compile(&wat::parse_str(wat).expect("it is WebAssembly")).expect("it compiles")
}
