//! The bare loop: Wasmtime with the host's own engine settings, asynchronous WASI, an epoch ticker, a limiter, pipes, one preopened
//! folder and a parsed answer, and nothing else: no queue, no quota, no store of modules, no cancellation.

use std::{path::PathBuf, time::Duration};

use serde_json::Value;
use wasmtime::{
    Engine, InstancePre, Linker, Module, Result, Store, StoreLimits, StoreLimitsBuilder,
};
use wasmtime_wasi::{
    FsPerms, WasiCtxBuilder,
    p1::{self, WasiP1Ctx},
    p2::pipe::{MemoryInputPipe, MemoryOutputPipe},
};

/// As the host's.
const TICK: Duration = Duration::from_millis(5);
const STDOUT: usize = 1024 * 1024;
const STDERR: usize = 64 * 1024;
const MEMORY: usize = 64 * 1024 * 1024;

pub(crate) struct Bare {
    engine: Engine,
    instance: InstancePre<Guest>,
    storage: PathBuf,
}

struct Guest {
    wasi: WasiP1Ctx,
    limits: StoreLimits,
}

impl Bare {
    /// With an engine of the host's settings; `ticks` starts the thread that its epochs need.
    pub(crate) fn new(engine: Engine, module: &Module, storage: PathBuf) -> Result<Bare> {
        let mut linker = Linker::new(&engine);
        p1::add_to_linker_async(&mut linker, |guest: &mut Guest| &mut guest.wasi)?;
        let instance = linker.instantiate_pre(module)?;
        let weak = engine.weak();
        std::thread::spawn(move || {
            while let Some(engine) = weak.upgrade() {
                engine.increment_epoch();
                std::thread::sleep(TICK);
            }
        });
        Ok(Bare { engine, instance, storage })
    }

    pub(crate) async fn call(&self, payload: &str) -> Result<Value> {
        let stdout = MemoryOutputPipe::new(STDOUT);
        let wasi = WasiCtxBuilder::new()
            .arg("plugin.wasm")
            .stdin(MemoryInputPipe::new(format!("{payload}\n")))
            .stdout(stdout.clone())
            .stderr(MemoryOutputPipe::new(STDERR))
            .preopened_dir(&self.storage, ".", FsPerms::ReadWrite)?
            .build_p1();
        let limits = StoreLimitsBuilder::new().memory_size(MEMORY).build();
        let mut store = Store::new(&self.engine, Guest { wasi, limits });
        store.limiter(|guest| &mut guest.limits);
        store.set_epoch_deadline(1);
        store.epoch_deadline_async_yield_and_update(1);
        let instance = self.instance.instantiate_async(&mut store).await?;
        let start = instance.get_typed_func::<(), ()>(&mut store, "_start")?;
        start.call_async(&mut store, ()).await?;
        Ok(serde_json::from_slice(&stdout.contents())?)
    }
}
