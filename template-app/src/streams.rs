//! Bytes that travel piece by piece: what a page reads from or writes to, as a resource of the page.
//!
//! The commands are in `bridge::streams`; here is what they act on. The script pulls: nothing is read before the page asks for
//! it, and nothing is sent before what was sent is taken.

use std::{
    borrow::Cow,
    io::{self, Read},
    sync::{Arc, Mutex, PoisonError},
};

use bridge_contract::{BridgeError, ErrorCode, STREAM_PIECE_BYTES};
use tauri::{Manager as _, Resource, ResourceId, WebviewWindow};

use crate::{bridge::Call, resources};

type Result<T> = std::result::Result<T, BridgeError>;

/// Where a page's bytes go.
pub(crate) trait Sink: Send {
    /// Takes the next bytes. After an error the sink is dropped.
    fn write(&mut self, bytes: &[u8]) -> Result<()>;

    /// Makes what was written appear where it belongs. A sink that is dropped without it leaves nothing behind.
    fn finish(self: Box<Self>) -> Result<()>;
}

/// Bytes that a page reads.
struct ReadStream(Mutex<Option<Box<dyn Read + Send>>>);

/// Bytes that a page writes.
struct WriteStream(Mutex<Option<Box<dyn Sink>>>);

impl Resource for ReadStream {
    fn name(&self) -> Cow<'_, str> {
        "stream".into()
    }
}

impl Resource for WriteStream {
    fn name(&self) -> Cow<'_, str> {
        "stream".into()
    }
}

/// Opens a stream for the page that called, and gives its number. It ends with its last byte, with `stream_close`, or with the
/// page.
pub(crate) fn open_read(call: &Call, source: impl Read + Send + 'static) -> Result<ResourceId> {
    resources::add_for(call, ReadStream(Mutex::new(Some(Box::new(source)))))
}

/// The same for bytes that the page writes. It ends with `stream_finish`, or without a trace.
pub(crate) fn open_write(call: &Call, sink: Box<dyn Sink>) -> Result<ResourceId> {
    resources::add_for(call, WriteStream(Mutex::new(Some(sink))))
}

/// The next piece: [`STREAM_PIECE_BYTES`], or less at the end, when the stream is closed.
pub(crate) fn read(window: &WebviewWindow, id: ResourceId) -> Result<Vec<u8>> {
    let stream = found::<ReadStream>(window, id)?;
    let mut source = stream.0.lock().unwrap_or_else(PoisonError::into_inner);
    let mut piece = Vec::with_capacity(STREAM_PIECE_BYTES);
    let limit = STREAM_PIECE_BYTES as u64;
    let read = source.as_mut().ok_or_else(closed)?.take(limit).read_to_end(&mut piece);
    if read.is_err() || piece.len() < STREAM_PIECE_BYTES {
        *source = None;
        close(window, id);
    }
    read.map(|_| piece).map_err(|error| io_error(&error))
}

/// Takes the next bytes.
pub(crate) fn write(window: &WebviewWindow, id: ResourceId, bytes: &[u8]) -> Result<()> {
    let stream = found::<WriteStream>(window, id)?;
    let mut sink = stream.0.lock().unwrap_or_else(PoisonError::into_inner);
    let written = sink.as_mut().ok_or_else(closed)?.write(bytes);
    if written.is_err() {
        *sink = None;
        close(window, id);
    }
    written
}

/// Puts what was written into its place.
pub(crate) fn finish(window: &WebviewWindow, id: ResourceId) -> Result<()> {
    let stream = window.resources_table().take::<WriteStream>(id).map_err(|_| closed())?;
    let sink = stream.0.lock().unwrap_or_else(PoisonError::into_inner).take();
    sink.ok_or_else(closed)?.finish()
}

/// Ends a stream of either kind, or does nothing when it has ended.
pub(crate) fn close(window: &WebviewWindow, id: ResourceId) {
    // The lock is free again before anything is dropped, which may take the disk its time.
    let read = window.resources_table().take::<ReadStream>(id);
    let written = window.resources_table().take::<WriteStream>(id);
    drop((read, written));
}

fn found<T: Resource>(window: &WebviewWindow, id: ResourceId) -> Result<Arc<T>> {
    window.resources_table().get::<T>(id).map_err(|_| closed())
}

fn closed() -> BridgeError {
    BridgeError::new(ErrorCode::BridgeStreamClosed, "the stream is not open any more")
}

/// What the system said, without a path.
fn io_error(error: &io::Error) -> BridgeError {
    BridgeError::new(ErrorCode::FsIo, format!("the stream cannot be read: {}", error.kind()))
}
