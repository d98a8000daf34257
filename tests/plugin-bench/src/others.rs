//! What others do: an engine and a compile for each call, and Extism.

use std::{path::Path, time::Duration};

use anyhow::{Context as _, Result};
use extism::{CompiledPlugin, Manifest, Plugin, PluginBuilder, Pool, PoolBuilder, Wasm};
use serde_json::Value;
use wasmtime::{Config, Engine, Linker, Module, Store};
use wasmtime_wasi::{
    WasiCtxBuilder,
    p1::{self, WasiP1Ctx},
    p2::pipe::{MemoryInputPipe, MemoryOutputPipe},
};

const PIPE: usize = 1024 * 1024;
/// How long a call may wait for an instance of the pool.
const POOL_WAIT: Duration = Duration::from_secs(10);

/// A new engine, a compile, an instance and a call: nothing is kept between two calls.
pub(crate) fn compile_per_call(module: &[u8], payload: &str) -> wasmtime::Result<Value> {
    let mut config = Config::new();
    config.epoch_interruption(true);
    let engine = Engine::new(&config)?;
    let module = Module::from_binary(&engine, module)?;
    let mut linker = Linker::new(&engine);
    p1::add_to_linker_sync(&mut linker, |wasi: &mut WasiP1Ctx| wasi)?;
    let stdout = MemoryOutputPipe::new(PIPE);
    let wasi = WasiCtxBuilder::new()
        .stdin(MemoryInputPipe::new(format!("{payload}\n")))
        .stdout(stdout.clone())
        .build_p1();
    let mut store = Store::new(&engine, wasi);
    store.set_epoch_deadline(1);
    let instance = linker.instantiate(&mut store, &module)?;
    instance.get_typed_func::<(), ()>(&mut store, "_start")?.call(&mut store, ())?;
    Ok(serde_json::from_slice(&stdout.contents())?)
}

/// Extism with all that it has for speed: compiled once, instances kept in a pool.
pub(crate) struct Extism {
    compiled: CompiledPlugin,
    pool: Pool,
}

impl Extism {
    pub(crate) fn new(module: &Path, instances: usize) -> Result<Extism> {
        let manifest =
            Manifest::new([Wasm::data(fs_err::read(module)?)]).with_timeout(Duration::from_secs(2));
        let compiled = PluginBuilder::new(manifest).with_wasi(true).compile()?;
        let source = compiled.clone();
        let pool = PoolBuilder::new()
            .with_max_instances(instances)
            .build(move || Plugin::new_from_compiled(&source));
        Ok(Extism { compiled, pool })
    }

    /// A call on an instance of the pool, whose memory is as the call before left it.
    pub(crate) fn pooled(&self, payload: &str) -> Result<Value> {
        let mut plugin = self.pool.get(POOL_WAIT)?.context("no instance in time")?;
        Ok(serde_json::from_str(&plugin.call::<&str, String>("divide", payload)?)?)
    }

    /// A call on an instance of its own, as isolated as ours.
    pub(crate) fn fresh(&self, payload: &str) -> Result<Value> {
        let mut plugin = Plugin::new_from_compiled(&self.compiled)?;
        Ok(serde_json::from_str(plugin.call::<&str, &str>("divide", payload)?)?)
    }
}
