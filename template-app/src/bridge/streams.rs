//! The commands of streams, of whatever module opened them.

use std::borrow::Cow;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use tauri::ipc::InvokeResponseBody;

use super::{Call, Command, Command::Blocking, Reply, Result, invalid, reply};
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

/// The bytes of a call: its body, or base64 where the page's policy leaves only text.
pub(super) fn bytes_of(call: &Call) -> Result<Cow<'_, [u8]>> {
    match call.bytes() {
        Some(bytes) => Ok(bytes.into()),
        None => {
            let bytes = BASE64_STANDARD.decode(call.arg::<String>("base64")?);
            bytes.map(Cow::from).map_err(|error| invalid("base64", error))
        }
    }
}

/// Bytes as a command's answer: base64 when the page asks for it, since its policy leaves only text.
pub(super) fn bytes_reply(call: &Call, bytes: Vec<u8>) -> Reply {
    match call.arg("base64")? {
        Some(true) => reply(&BASE64_STANDARD.encode(bytes)),
        _ => Ok(InvokeResponseBody::Raw(bytes)),
    }
}
