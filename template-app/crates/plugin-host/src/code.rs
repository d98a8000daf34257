//! Compiled code, and the one place where it is loaded.

use wasmtime::{Engine, Module};

use crate::{Code, PluginError};

/// Compiled code that comes from where nobody else can have put it: from the app's verified pack, or from the compiler. Loading
/// other bytes would be running them.
pub(crate) struct TrustedCode(Vec<u8>);

impl TrustedCode {
    /// The caller knows where the bytes come from: the pack checked them, the cache checked its own hash over them, or a child of
    /// ours has just made them.
    pub(crate) fn new(bytes: Vec<u8>) -> TrustedCode {
        TrustedCode(bytes)
    }

    #[cfg(feature = "compiler")]
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// Loads a copy of the code, so that no file that changes later can reach it. Wasmtime checks that the code was made by this
    /// very release, with these settings, for what this processor has.
    #[expect(
        unsafe_code,
        reason = "Wasmtime has no safe way to load code that was compiled earlier"
    )]
    pub(crate) fn load(&self, engine: &Engine) -> Result<Module, PluginError> {
        // SAFETY: `Module::deserialize` asks for bytes that `Module::serialize` or `Engine::precompile_module` has made and that
        // were not changed since. That is what this type stands for: see `new`, whose three callers are named there.
        let module = unsafe { Module::deserialize(engine, &self.0) };
        module.map_err(|error| {
            let message = format!("the compiled module cannot be loaded here: {error:#}");
            PluginError::new(Code::InvalidModule, message)
        })
    }
}
