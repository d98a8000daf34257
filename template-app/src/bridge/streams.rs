//! The commands of streams, of whatever module opened them.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use tauri::ipc::InvokeResponseBody;

use super::{Call, Command, Command::Blocking, Reply, bytes_of, reply};
use crate::streams;

/// The commands of this part.
pub(super) const COMMANDS: &[(&str, Command)] = &[
    ("stream_read", Blocking(read)),
    ("stream_write", Blocking(write)),
    ("stream_finish", Blocking(finish)),
    ("stream_close", Blocking(close)),
];

fn read(call: &Call) -> Reply {
    bytes_reply(call, streams::read(&call.window, call.arg("id")?)?)
}

fn write(call: &Call) -> Reply {
    reply(&streams::write(&call.window, call.arg("id")?, &bytes_of(call)?)?)
}

fn finish(call: &Call) -> Reply {
    reply(&streams::finish(&call.window, call.arg("id")?)?)
}

fn close(call: &Call) -> Reply {
    streams::close(&call.window, call.arg("id")?);
    reply(&())
}

/// Bytes as a command's answer: base64 when the page asks for it, since its policy leaves only text.
pub(super) fn bytes_reply(call: &Call, bytes: Vec<u8>) -> Reply {
    match call.arg("base64")? {
        Some(true) => reply(&BASE64_STANDARD.encode(bytes)),
        _ => Ok(InvokeResponseBody::Raw(bytes)),
    }
}
