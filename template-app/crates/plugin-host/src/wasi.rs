//! The system that a plugin sees: WASI preview 1 from wasmtime-wasi, with a guard in front of everything that makes files grow.
//!
//! [`Guarded`] implements the interface that wasmtime-wasi generates, and hands each call on to wasmtime-wasi's own
//! implementation. That interface is documented as internal, so both crates are pinned to one release, and only this module knows it.

mod delegate;
mod guard;

use std::path::Path;

use wasmtime::{Extern, Linker, Module, ResourceLimiter, Store};
use wasmtime_wasi::{
    FsPerms, WasiCtxBuilder,
    p1::{self, WasiP1Ctx, wasi_snapshot_preview1},
    p2::pipe::{MemoryInputPipe, MemoryOutputPipe},
};

pub(crate) use guard::Meter;

use crate::limiter::Limiter;

/// Most random bytes that one call of the guest's gets: they are made without a pause, and a deadline waits for none of them.
const MAX_RANDOM: u64 = 1024 * 1024;
/// Files and folders that a plugin has open at once: they are open files of the whole app.
const MAX_OPEN: usize = 128;

/// Most events that one call of the guest's waits for, for the same reason.
const MAX_SUBSCRIPTIONS: u32 = 1_024;
/// Most parts of one read or write, as on Linux.
const MAX_PARTS: u32 = 1_024;
/// Longest path, in bytes, as on Linux: one that is as long as memory would keep a thread busy after the call has ended.
const MAX_PATH: u32 = 4_096;

/// What a store of a run holds.
pub(crate) struct Guest {
    pub(crate) system: Guarded,
    pub(crate) limiter: Limiter,
}

impl Guest {
    /// For [`wasmtime::Store::limiter`].
    pub(crate) fn limiter(&mut self) -> &mut dyn ResourceLimiter {
        &mut self.limiter
    }
}

/// wasmtime-wasi's implementation, guarded.
pub(crate) struct Guarded {
    inner: WasiP1Ctx,
    pub(crate) meter: Meter,
    open: usize,
}

/// What a run is connected to.
pub(crate) struct Pipes {
    pub(crate) stdin: MemoryInputPipe,
    pub(crate) stdout: MemoryOutputPipe,
    pub(crate) stderr: MemoryOutputPipe,
}

impl Guarded {
    /// The system of one run: one folder, three pipes, one argument, and nothing else.
    pub(crate) fn new(
        name: &str,
        pipes: &Pipes,
        storage: &Path,
        meter: Meter,
    ) -> wasmtime::Result<Guarded> {
        let inner = WasiCtxBuilder::new()
            .arg(name)
            .stdin(pipes.stdin.clone())
            .stdout(pipes.stdout.clone())
            .stderr(pipes.stderr.clone())
            .max_random_size(MAX_RANDOM)
            .allow_tcp(false)
            .allow_udp(false)
            .allow_ip_name_lookup(false)
            .preopened_dir(storage, ".", FsPerms::ReadWrite)?
            .build_p1();
        Ok(Guarded { inner, meter, open: 0 })
    }
}

/// Links every function of WASI preview 1.
pub(crate) fn add_to_linker(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    wasi_snapshot_preview1::add_to_linker(linker, |guest: &mut Guest| &mut guest.system)
}

/// What a module imports and the system does not have, as `module::name`: the first few of many.
pub(crate) fn unknown_imports(module: &Module) -> Vec<String> {
    const SHOWN: usize = 10;
    let mut linker = Linker::new(module.engine());
    let mut store = Store::new(module.engine(), WasiCtxBuilder::new().build_p1());
    // Functions are only named here, never called. Where they cannot be linked, none is known.
    let _ = p1::add_to_linker_async(&mut linker, |system| system);
    let unknown = module.imports().filter(|import| {
        let known = linker.get(&mut store, import.module(), import.name());
        !known.is_ok_and(|known| matches!(known, Extern::Func(_)) && import.ty().func().is_some())
    });
    unknown.take(SHOWN).map(|import| format!("`{}::{}`", import.module(), import.name())).collect()
}
