//! What every page with the bridge may do: versions, links, the browser.

use bridge_contract::{API_VERSION, BridgeError, CoreVersion, ErrorCode};
use tauri::ipc::InvokeResponseBody;
use url::Url;

use super::{Call, Command, Command::Now, Reply, Result, internal, reply};
use crate::{external, navigation, popups, token};

/// The commands of this module.
pub(super) const COMMANDS: &[(&str, Command)] = &[
    ("core_hello", Now(hello)),
    ("core_version", Now(version)),
    ("core_takes_bytes", Now(takes_bytes)),
    ("navigate", Now(navigate)),
    ("open_browser", Now(open_browser)),
];

pub(super) fn hello(call: &Call) -> Reply {
    token::deliver(&call.window)?;
    reply(&())
}

pub(super) fn version(_: &Call) -> Reply {
    reply(&CoreVersion { api_version: API_VERSION, runtime_version: env!("CARGO_PKG_VERSION") })
}

/// Gives back what came as bytes, so that the script sees both ways.
pub(super) fn takes_bytes(call: &Call) -> Reply {
    match call.bytes() {
        Some(bytes) => Ok(InvokeResponseBody::Raw(bytes.to_vec())),
        None => reply(&()),
    }
}

pub(super) fn navigate(call: &Call) -> Reply {
    let url = parse(&call.arg::<String>("url")?)?;
    let followed = match call.arg("newWindow")? {
        Some(true) => popups::follow(&call.window, &url),
        _ => navigation::follow(&call.window, &url),
    };
    reply(&followed.map_err(internal)?)
}

pub(super) fn open_browser(call: &Call) -> Reply {
    let url: String = call.arg("url")?;
    let parsed = parse(&url)?;
    if !matches!(parsed.scheme(), "http" | "https" | "mailto") {
        return Err(invalid_url(&url));
    }
    external::open(&parsed).map_err(|error| {
        BridgeError::new(ErrorCode::BridgeOpenFailed, format!("failed to open `{url}`: {error}"))
    })?;
    reply(&())
}

fn parse(url: &str) -> Result<Url> {
    Url::parse(url).map_err(|_| invalid_url(url))
}

fn invalid_url(url: &str) -> BridgeError {
    BridgeError::new(
        ErrorCode::BridgeInvalidUrl,
        format!("not an http, https or mailto URL: `{url}`"),
    )
}
