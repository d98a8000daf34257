//! Counts what a plugin adds to its storage, before it is added.

use wasmtime_wasi::p1::{
    types::{self, Error},
    wasi_snapshot_preview1::WasiSnapshotPreview1,
};
use wiggle::{GuestMemory, GuestPtr};

use super::{Guarded, MAX_OPEN};
use crate::storage::{CallLedger, Growth, OpenFile};

/// Refusals that a plugin may see before its run is ended: each may cost a look at every file of its storage.
const MAX_REFUSALS: u32 = 64;

/// The account of one run.
pub(crate) struct Meter {
    ledger: CallLedger,
    refusals: u32,
}

impl Meter {
    pub(crate) fn new(ledger: CallLedger) -> Meter {
        Meter { ledger, refusals: 0 }
    }

    /// Something was refused for want of room.
    pub(crate) fn was_full(&self) -> bool {
        self.refusals > 0
    }

    pub(super) fn set_append(&mut self, fd: u32, append: bool) {
        self.ledger.set_append(fd, append);
    }

    /// What room was taken for is done.
    pub(super) fn settle(&self) {
        self.ledger.settle();
    }

    /// What was told by [`Guarded::before_removal`] is gone.
    pub(super) fn removed(&self, size: Option<u64>) {
        if let Some(size) = size {
            self.ledger.removed(size);
        }
    }
}

impl Guarded {
    /// Before `iovs` are written at `offset`, or where the file stands. Pipes have limits of their own.
    pub(super) async fn before_write(
        &mut self,
        memory: &mut GuestMemory<'_>,
        fd: types::Fd,
        iovs: types::CiovecArray,
        offset: Option<u64>,
    ) -> Result<(), Error> {
        if !self.meter.ledger.has(fd.into()) {
            return Ok(());
        }
        let length = length_of_first(memory, iovs)?;
        let growth = if self.meter.ledger.appends(fd.into()) {
            Growth::Appends { fd: fd.into(), length }
        } else {
            let start = match offset {
                Some(offset) => offset,
                None => self.inner.fd_tell(memory, fd)?,
            };
            Growth::Reaches { fd: fd.into(), end: start.saturating_add(length) }
        };
        self.reserve(memory, growth, None).await
    }

    /// Before a file gets a size.
    pub(super) async fn before_end(
        &mut self,
        memory: &mut GuestMemory<'_>,
        fd: types::Fd,
        size: u64,
    ) -> Result<(), Error> {
        if !self.meter.ledger.has(fd.into()) {
            return Ok(());
        }
        self.reserve(memory, Growth::Reaches { fd: fd.into(), end: size }, None).await
    }

    /// Before something is opened that may be new by that.
    pub(super) async fn before_open(
        &mut self,
        memory: &mut GuestMemory<'_>,
        dir: types::Fd,
        path: GuestPtr<str>,
        open: types::Oflags,
    ) -> Result<(), Error> {
        if self.open >= MAX_OPEN {
            return Err(types::Errno::Mfile.into());
        }
        if open.contains(types::Oflags::CREAT) {
            self.reserve(memory, Growth::Entry, Some((dir, path))).await?;
        }
        Ok(())
    }

    /// Before a folder is made.
    pub(super) async fn before_entry(
        &mut self,
        memory: &mut GuestMemory<'_>,
        dir: types::Fd,
        path: GuestPtr<str>,
    ) -> Result<(), Error> {
        self.reserve(memory, Growth::Entry, Some((dir, path))).await
    }

    /// Before a name is taken from a file: its size, if another run may have it open.
    pub(super) async fn before_removal(
        &mut self,
        memory: &mut GuestMemory<'_>,
        dir: types::Fd,
        path: GuestPtr<str>,
    ) -> Option<u64> {
        if !self.meter.ledger.others_have_open() {
            return None;
        }
        let exact = types::Lookupflags::empty();
        let stat = self.inner.path_filestat_get(memory, dir, exact, path).await.ok()?;
        (stat.filetype == types::Filetype::RegularFile).then_some(stat.size)
    }

    pub(super) fn opened(&mut self, fd: types::Fd, flags: types::Fdflags) {
        self.open += 1;
        self.meter.ledger.opened(fd.into(), flags.contains(types::Fdflags::APPEND));
    }

    pub(super) fn closed(&mut self, fd: types::Fd) {
        if self.meter.ledger.closed(fd.into()) {
            self.open -= 1;
        }
    }

    pub(super) fn renumbered(&mut self, from: types::Fd, to: types::Fd) {
        if self.meter.ledger.renumbered(from.into(), to.into()) {
            self.open -= 1;
        }
    }

    /// Takes room from the quota; looks at what is really there when the account says that it is full.
    async fn reserve(
        &mut self,
        memory: &mut GuestMemory<'_>,
        growth: Growth,
        place: Option<(types::Fd, GuestPtr<str>)>,
    ) -> Result<(), Error> {
        if self.meter.ledger.take(growth) {
            return Ok(());
        }
        self.measure(memory).await?;
        if self.meter.ledger.take(growth) {
            return Ok(());
        }
        // What is there already takes no new place.
        if let Some((dir, path)) = place {
            let exact = types::Lookupflags::empty();
            if self.inner.path_filestat_get(memory, dir, exact, path).await.is_ok() {
                return Ok(());
            }
        }
        self.meter.refusals += 1;
        if self.meter.refusals > MAX_REFUSALS {
            return Err(Error::trap(wasmtime::Error::msg("the storage is full")));
        }
        Err(types::Errno::Dquot.into())
    }

    /// Makes the account exact: what the folder holds, and files without a name that this run has open.
    async fn measure(&mut self, memory: &mut GuestMemory<'_>) -> Result<(), Error> {
        let survey = self.meter.ledger.survey().await;
        let mut open = Vec::new();
        for fd in self.meter.ledger.files() {
            let Ok(stat) = self.inner.fd_filestat_get(memory, fd.into()).await else { continue };
            open.push(OpenFile { fd, size: stat.size, has_name: stat.nlink > 0 });
        }
        if let Some(survey) = survey {
            self.meter.ledger.adopt(&survey, &open);
        }
        Ok(())
    }
}

/// wasmtime-wasi writes the first part that is not empty, and leaves the rest to the next call.
fn length_of_first(
    memory: &GuestMemory<'_>,
    iovs: types::CiovecArray,
) -> Result<u64, wiggle::GuestError> {
    for iov in iovs.iter() {
        let length = memory.read(iov?)?.buf_len;
        if length > 0 {
            return Ok(length.into());
        }
    }
    Ok(0)
}
