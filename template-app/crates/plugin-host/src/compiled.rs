//! Compiled code of modules that were added: from the cache if it is there and good, else from the compiler.

use std::path::PathBuf;

use runtime_settings::Sha256;
use wasmtime::{Engine, Module};

use crate::{Code, CompilerProgram, PluginError, cache::CodeCache, compile::Compiler};

/// Gets compiled code.
#[derive(Debug)]
pub(crate) struct Compiled {
    cache: CodeCache,
    compiler: Option<Compiler>,
}

impl Compiled {
    pub(crate) fn new(cache: PathBuf, compiler: Option<CompilerProgram>) -> Compiled {
        Compiled { cache: CodeCache::new(cache), compiler: compiler.map(Compiler::new) }
    }

    pub(crate) fn compiles(&self) -> bool {
        self.compiler.is_some()
    }

    pub(crate) fn is_kept(&self, module: Sha256, engine: &Engine) -> bool {
        self.cache.has(module, engine)
    }

    /// The module, whose bytes have this hash.
    pub(crate) async fn get(
        &self,
        bytes: &[u8],
        sha256: Sha256,
        engine: &Engine,
    ) -> Result<Module, PluginError> {
        let Some(compiler) = &self.compiler else { return Err(no_compiler()) };
        if let Some(code) = self.cache.find(sha256, engine) {
            match code.load(engine) {
                Ok(module) => return Ok(module),
                // Made for another processor, as it seems: the disk has moved.
                Err(_) => self.cache.remove(sha256, engine),
            }
        }
        let code = compiler.compile(bytes).await?;
        let module = code.load(engine)?;
        // A full disk costs a compile at the next start, and nothing else.
        let _ = self.cache.keep(sha256, engine, &code);
        Ok(module)
    }
}

fn no_compiler() -> PluginError {
    let message = "this app has no compiler for modules that are added";
    PluginError::new(Code::InstallForbidden, message)
}
