//! How WebAssembly is compiled and run. One function configures it for the app, for the child that compiles, and for
//! `plugin-tool`: code that one of them makes, the others must be able to load.

use std::{
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

use wasmtime::{
    Config, Engine, InstanceAllocationStrategy, Linker, PoolingAllocationConfig, Result,
};

use crate::{
    limiter::{MAX_TABLE_ELEMENTS, MAX_TABLES},
    wasi::{self, Guest},
};

/// Stack of the guest, in bytes: deep recursion ends here, and not in the app's own stack.
const MAX_WASM_STACK: usize = 1024 * 1024;
/// Stack of a run, in bytes: the guest's and what the host needs on top of it.
const ASYNC_STACK: usize = 2 * 1024 * 1024;
/// Address space that each memory gets, in bytes. With it, and the guard behind it, no access needs a check.
const MEMORY_RESERVATION: u64 = 4 * 1024 * 1024 * 1024;
/// The guard behind a memory, in bytes: Wasmtime's own default, named so that all targets have the same.
const MEMORY_GUARD: u64 = 32 * 1024 * 1024;
/// Bytes of a memory that stay in place between two runs: zeroing them is cheaper than asking the system for new ones.
const KEEP_RESIDENT: usize = 64 * 1024;
/// Largest description of an instance, in bytes: one with ten thousand functions has less.
const MAX_INSTANCE_SIZE: usize = 1024 * 1024;
/// Between two moments at which a run lets go of its thread, so that its deadline is seen.
const TICK: Duration = Duration::from_millis(5);
/// Bytes in a MiB.
const MIB: usize = 1024 * 1024;

/// The configuration. `target` is the triple that code is made for, with no more than its oldest processors have; none is this
/// machine as it is.
pub(crate) fn config(target: Option<&str>) -> Result<Config> {
    let mut config = Config::new();
    if let Some(target) = target {
        config.target(target)?;
    }
    config
        .epoch_interruption(true)
        .max_wasm_stack(MAX_WASM_STACK)
        .async_stack_size(ASYNC_STACK)
        .memory_reservation(MEMORY_RESERVATION)
        .memory_guard_size(MEMORY_GUARD)
        .memory_may_move(false)
        .guard_before_linear_memory(true)
        .memory_init_cow(true);
    // What compilers make of ordinary programs, and nothing on top: what is off cannot have a fault.
    config
        .wasm_simd(true)
        .wasm_bulk_memory(true)
        .wasm_multi_value(true)
        .wasm_tail_call(true)
        .wasm_extended_const(true)
        .wasm_relaxed_simd(false)
        .wasm_multi_memory(false)
        .wasm_memory64(false)
        .gc_support(false);
    Ok(config)
}

/// The engine of an app, and what is linked to every module.
pub(crate) struct Machine {
    pub(crate) engine: Engine,
    pub(crate) linker: Linker<Guest>,
    ticker: Arc<Ticker>,
}

impl Machine {
    /// For `slots` runs at the same time, none with more memory than `memory_mb`.
    pub(crate) fn new(slots: u32, memory_mb: u32) -> Result<Machine> {
        let engine = pooled_engine(slots, memory_mb)?;
        let mut linker = Linker::new(&engine);
        wasi::add_to_linker(&mut linker)?;
        let ticker = Ticker::start(&engine)?;
        Ok(Machine { engine, linker, ticker })
    }

    /// Time passes for guests as long as this is held.
    pub(crate) fn tick(&self) -> Ticking {
        *self.ticker.running() += 1;
        self.ticker.wake.notify_one();
        Ticking(Arc::clone(&self.ticker))
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        *self.ticker.running() = STOPPED;
        self.ticker.wake.notify_one();
    }
}

/// The engine of a host; public for the benchmark that compares a host with a bare loop on the same engine.
#[doc(hidden)]
pub fn pooled_engine(slots: u32, memory_mb: u32) -> Result<Engine> {
    let mut pooled = config(None)?;
    pooled.allocation_strategy(pool(slots, memory_mb));
    // Where address space is scarce there is no pool, and a run asks the system for its memory.
    Engine::new(&pooled).or_else(|_| Engine::new(&config(None)?))
}

fn pool(slots: u32, memory_mb: u32) -> InstanceAllocationStrategy {
    let mut pool = PoolingAllocationConfig::new();
    pool.total_core_instances(slots)
        .total_memories(slots)
        .total_stacks(slots)
        .total_tables(slots * MAX_TABLES)
        .max_tables_per_module(MAX_TABLES)
        .max_memories_per_module(1)
        .table_elements(MAX_TABLE_ELEMENTS)
        .max_memory_size((memory_mb as usize).saturating_mul(MIB))
        .max_core_instance_size(MAX_INSTANCE_SIZE)
        .linear_memory_keep_resident(KEEP_RESIDENT)
        .max_unused_warm_slots(slots);
    InstanceAllocationStrategy::Pooling(pool)
}

/// The clock of guests: a thread of its own, since every other one may be busy with a guest. It sleeps while nothing runs.
struct Ticker {
    running: Mutex<usize>,
    wake: Condvar,
}

/// Instead of a number of runs: the engine is gone.
const STOPPED: usize = usize::MAX;

impl Ticker {
    fn start(engine: &Engine) -> Result<Arc<Ticker>> {
        let ticker = Arc::new(Ticker { running: Mutex::new(0), wake: Condvar::new() });
        let (shared, engine) = (Arc::clone(&ticker), engine.weak());
        thread::Builder::new().name("plugin-ticker".into()).spawn(move || {
            loop {
                let idle = |running: &mut usize| *running == 0;
                let running = shared.wake.wait_while(shared.running(), idle);
                if *running.unwrap_or_else(PoisonError::into_inner) == STOPPED {
                    return;
                }
                thread::sleep(TICK);
                let Some(engine) = engine.upgrade() else { return };
                engine.increment_epoch();
            }
        })?;
        Ok(ticker)
    }

    fn running(&self) -> MutexGuard<'_, usize> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A run is under way.
pub(crate) struct Ticking(Arc<Ticker>);

impl Drop for Ticking {
    fn drop(&mut self) {
        let mut running = self.0.running();
        if *running != STOPPED {
            *running -= 1;
        }
    }
}
