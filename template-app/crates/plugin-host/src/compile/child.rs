//! The compiler itself: as the body of the child, and ahead of time for other machines.

use std::{
    io::{Read as _, Write as _},
    process::ExitCode,
};

use wasmtime::Engine;

use crate::engine;

/// Memory that the child may have, in bytes: a module of 20 MiB takes less than half of it.
const MEMORY: u64 = 3 * 1024 * 1024 * 1024;
/// Largest module that the child reads, in bytes: what it is given was measured before.
const MAX_MODULE: u64 = 1024 * 1024 * 1024;

/// The body of the child: a module from stdin, its code to stdout, or one line on stderr and an exit code that is not 0.
///
/// Call it before anything else is started: it limits the process that it runs in.
pub fn compile_child() -> ExitCode {
    match compile() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn compile() -> wasmtime::Result<()> {
    limit_memory()?;
    let mut module = Vec::new();
    std::io::stdin().lock().take(MAX_MODULE).read_to_end(&mut module)?;
    let code = precompile(&module, None)?;
    let mut stdout = std::io::stdout().lock();
    stdout.write_all(&code)?;
    stdout.flush()?;
    Ok(())
}

/// Compiles a module for machines of a triple, the oldest ones too.
///
/// # Errors
///
/// The module is not valid, or the triple is unknown.
pub fn compile_ahead(module: &[u8], target: &str) -> Result<Vec<u8>, crate::PluginError> {
    precompile(module, Some(target))
        .map_err(|error| crate::PluginError::new(crate::Code::InvalidModule, format!("{error:#}")))
}

fn precompile(module: &[u8], target: Option<&str>) -> wasmtime::Result<Vec<u8>> {
    let mut config = engine::config(target)?;
    // The engine's pool plays no part in what code is made, and is not needed here.
    config.allocation_strategy(wasmtime::InstanceAllocationStrategy::OnDemand);
    Engine::new(&config)?.precompile_module(module)
}

#[cfg(unix)]
fn limit_memory() -> wasmtime::Result<()> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let now = getrlimit(Resource::As);
    let most = now.maximum.unwrap_or(u64::MAX).min(MEMORY);
    setrlimit(Resource::As, Rlimit { current: Some(most), maximum: now.maximum })?;
    Ok(())
}

#[cfg(windows)]
fn limit_memory() -> wasmtime::Result<()> {
    super::job::limit_memory(usize::try_from(MEMORY)?)?;
    Ok(())
}
