//! What every page with the bridge may do: versions, links, the browser.

use bridge_contract::{API_VERSION, BridgeError, CoreVersion, ErrorCode};
use tauri::{Manager as _, WebviewWindow};
use url::Url;

use super::{Result, internal};
use crate::{navigation, popups, token};

#[tauri::command]
pub(crate) async fn core_hello(window: WebviewWindow) -> Result<()> {
    token::deliver(&window).map_err(internal)
}

#[tauri::command]
pub(crate) async fn core_version() -> CoreVersion {
    CoreVersion { api_version: API_VERSION, runtime_version: env!("CARGO_PKG_VERSION") }
}

#[tauri::command]
pub(crate) async fn navigate(
    window: WebviewWindow,
    url: String,
    new_window: Option<bool>,
) -> Result<()> {
    let url = parse(&url)?;
    let followed = match new_window {
        Some(true) => popups::follow(window.app_handle(), &url),
        _ => navigation::follow(&window, &url),
    };
    followed.map_err(internal)
}

#[tauri::command]
pub(crate) async fn open_browser(url: String) -> Result<()> {
    let parsed = parse(&url)?;
    if !matches!(parsed.scheme(), "http" | "https" | "mailto") {
        return Err(invalid_url(&url));
    }
    open::that_detached(parsed.as_str()).map_err(|error| {
        BridgeError::new(ErrorCode::BridgeOpenFailed, format!("failed to open `{url}`: {error}"))
    })
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
