//! Instead of `compiled` in a host without a compiler: nothing that was added can be run.

use std::path::PathBuf;

use runtime_settings::Sha256;
use wasmtime::{Engine, Module};

use crate::{Code, CompilerProgram, PluginError};

#[derive(Debug)]
pub(crate) struct Compiled;

impl Compiled {
    pub(crate) fn new(_: PathBuf, _: Option<CompilerProgram>) -> Compiled {
        Compiled
    }

    pub(crate) fn compiles(&self) -> bool {
        false
    }

    pub(crate) fn is_kept(&self, _: Sha256, _: &Engine) -> bool {
        false
    }

    pub(crate) async fn get(&self, _: &[u8], _: Sha256, _: &Engine) -> Result<Module, PluginError> {
        let message = "this app has no compiler for modules that are added";
        Err(PluginError::new(Code::InstallForbidden, message))
    }
}
