//! Memory and tables of a run.

use wasmtime::ResourceLimiter;

/// Elements of a table, 8 bytes each: a large program has some ten thousand functions.
pub(crate) const MAX_TABLE_ELEMENTS: usize = 100_000;
/// Tables of a module: compilers make one, some a second.
pub(crate) const MAX_TABLES: u32 = 4;
/// Bytes in a MiB.
const MIB: usize = 1024 * 1024;

/// Refuses growth beyond the limits, and remembers that it did.
#[derive(Debug)]
pub(crate) struct Limiter {
    memory: usize,
    /// Growth was refused: a failure that follows is probably due to that.
    pub(crate) refused: bool,
}

impl Limiter {
    pub(crate) fn new(memory_mb: u32) -> Limiter {
        Limiter { memory: memory_mb as usize * MIB, refused: false }
    }

    fn allow(&mut self, fits: bool) -> wasmtime::Result<bool> {
        self.refused |= !fits;
        Ok(fits)
    }
}

impl ResourceLimiter for Limiter {
    fn memory_growing(
        &mut self,
        _: usize,
        desired: usize,
        _: Option<usize>,
    ) -> wasmtime::Result<bool> {
        self.allow(desired <= self.memory)
    }

    fn table_growing(
        &mut self,
        _: usize,
        desired: usize,
        _: Option<usize>,
    ) -> wasmtime::Result<bool> {
        self.allow(desired <= MAX_TABLE_ELEMENTS)
    }

    fn instances(&self) -> usize {
        1
    }

    fn memories(&self) -> usize {
        1
    }

    fn tables(&self) -> usize {
        MAX_TABLES as usize
    }
}
