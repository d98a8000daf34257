//! `window.new()`: what a page may ask for, and how its window comes to be.

use bridge_contract::{BridgeError, ErrorCode};
use runtime_settings::settings::Content;
use serde::Deserialize;
use tauri::{
    AppHandle, Manager as _, WebviewUrl, WebviewWindow, WindowSizeConstraints, async_runtime,
};
use tokio::sync::watch;
use url::Url;

use super::{
    Claim, MAX_WINDOWS, bring_to_front,
    build::{Plan, build},
};
use crate::{
    bridge::{MAX_PIXELS, internal, invalid, shown_text},
    grants,
    labels::{self, CACHE_ONLY_PREFIX, Kind, MAIN, PAGE_PREFIX},
    state::AppState,
};

/// Longest label (count of characters): it is a name, not data.
const MAX_LABEL: usize = 64;

/// What a page asks for. Sizes and places are logical pixels.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct Request {
    label: Option<String>,
    url: Option<String>,
    title: Option<String>,
    width: Option<f64>,
    height: Option<f64>,
    x: Option<f64>,
    y: Option<f64>,
    fullscreen: bool,
    resizable: Option<bool>,
    decorations: Option<bool>,
    always_on_top: bool,
    cache_only: bool,
}

/// Opens a window, or brings the one of that label to the front, and gives it when it has been shown.
pub(crate) async fn open(
    caller: &WebviewWindow,
    request: Request,
) -> Result<WebviewWindow, BridgeError> {
    let app = caller.app_handle();
    let state = app.state::<AppState>();
    let own = Kind::of(caller.label());
    let grant = grants::settings_of(&state.settings, own).and_then(|modules| modules.window);
    if !grant.is_some_and(|window| window.open) {
        let message = "the app's config does not let this window open windows";
        return Err(BridgeError::new(ErrorCode::WindowOpenForbidden, message));
    }
    // What such a window opens must not have more rights than it has.
    let is_cache_only = request.cache_only || own == Kind::CacheOnly;
    let prefix = if is_cache_only { CACHE_ONLY_PREFIX } else { PAGE_PREFIX };
    let is_named = request.label.is_some();
    let public = match &request.label {
        Some(label) => checked_label(label)?.to_owned(),
        None => state.windows.fresh_label(),
    };
    let plan = plan(&state, format!("{prefix}{public}"), request)?;
    loop {
        let is_remembered = is_named && !is_cache_only;
        match state.windows.claim(&plan.label, is_remembered).map_err(internal)? {
            Claim::New(shown) => return open_new(app, plan, shown).await,
            Claim::Same { .. } if own == Kind::CacheOnly => return Err(taken(&public)),
            Claim::Same { mut shown, closing: true } => while shown.changed().await.is_ok() {},
            Claim::Same { shown, closing: false } => {
                if let Some(window) = existing(app, &plan.label, shown).await? {
                    return Ok(window);
                }
            }
            Claim::Taken => return Err(taken(&public)),
            Claim::TooMany => {
                let message = format!("{MAX_WINDOWS} windows are open");
                return Err(BridgeError::new(ErrorCode::WindowTooMany, message));
            }
        }
    }
}

async fn open_new(
    app: &AppHandle,
    plan: Plan,
    mut shown: watch::Receiver<bool>,
) -> Result<WebviewWindow, BridgeError> {
    let app = app.clone();
    let built = async_runtime::spawn_blocking(move || build(&app, plan));
    let window = built.await.map_err(internal)?.map_err(internal)?;
    match shown.wait_for(|shown| *shown).await {
        Ok(_) => Ok(window),
        Err(_) => Err(internal("the window was closed before it was shown")),
    }
}

/// The window that has the label already, in front; none when it closes meanwhile.
async fn existing(
    app: &AppHandle,
    label: &str,
    mut shown: watch::Receiver<bool>,
) -> Result<Option<WebviewWindow>, BridgeError> {
    if shown.wait_for(|shown| *shown).await.is_err() {
        return Ok(None);
    }
    let Some(window) = app.get_webview_window(label) else { return Ok(None) };
    bring_to_front(&window).map_err(internal)?;
    Ok(Some(window))
}

fn plan(state: &AppState, label: String, request: Request) -> Result<Plan, BridgeError> {
    let settings = &state.settings.window;
    let size = |name: &str, value: Option<f64>, default: u32| match value {
        None => Ok(f64::from(default)),
        Some(value) if (1.0..=MAX_PIXELS).contains(&value) => Ok(value),
        Some(value) => Err(invalid(name, format!("not from 1 to {MAX_PIXELS}: {value}"))),
    };
    let position = match (request.x, request.y) {
        (None, None) => None,
        (Some(x), Some(y)) if x.abs() <= MAX_PIXELS && y.abs() <= MAX_PIXELS => Some((x, y)),
        (Some(_), Some(_)) => return Err(invalid("x", "too far away")),
        _ => return Err(invalid("x", "`x` and `y` come together")),
    };
    Ok(Plan {
        label,
        url: WebviewUrl::External(own_url(state, request.url.as_deref().unwrap_or_default())?),
        follows_document: request.title.is_none(),
        title: shown_text("title", request.title.as_ref().unwrap_or(&settings.title))?.to_owned(),
        width: size("width", request.width, settings.width)?,
        height: size("height", request.height, settings.height)?,
        constraints: WindowSizeConstraints::default(),
        position,
        center: false,
        resizable: request.resizable.unwrap_or(true),
        maximized: false,
        fullscreen: request.fullscreen,
        decorations: request.decorations.unwrap_or(settings.decorations),
        always_on_top: request.always_on_top,
    })
}

/// The URL that a page means, which must be one that stays in the app.
fn own_url(state: &AppState, url: &str) -> Result<Url, BridgeError> {
    let resolved = start_url(&state.settings.content).and_then(|start| start.join(url).ok());
    resolved.filter(|url| state.policy.is_internal(url)).ok_or_else(|| {
        let message = format!("not a URL of the app's own: `{url}`");
        BridgeError::new(ErrorCode::WindowOutsideNavigation, message)
    })
}

/// Where the app's content begins.
fn start_url(content: &Content) -> Option<Url> {
    let start = match content {
        Content::Url { url } => url.as_str(),
        Content::Dir { .. } if cfg!(windows) => "http://tauri.localhost/",
        Content::Dir { .. } => "tauri://localhost/",
    };
    Url::parse(start).ok()
}

fn checked_label(label: &str) -> Result<&str, BridgeError> {
    let fits = |c: char| c.is_ascii_alphanumeric() || "_-".contains(c);
    if label.is_empty() || label.len() > MAX_LABEL || !label.chars().all(fits) || label == MAIN {
        let message = format!(
            "a label has 1 to {MAX_LABEL} letters, digits, `_` and `-`, and is not `{MAIN}`: `{label}`"
        );
        return Err(BridgeError::new(ErrorCode::WindowInvalidLabel, message));
    }
    Ok(label)
}

fn taken(label: &str) -> BridgeError {
    let message = format!("another window has this label: `{}`", labels::public(label));
    BridgeError::new(ErrorCode::WindowLabelTaken, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_short_plain_names_and_not_main() {
        for label in ["settings", "A", "0", "a_b-C", "popup-1", &"x".repeat(MAX_LABEL)] {
            assert!(checked_label(label).is_ok(), "{label}");
        }
        for label in ["", "main", "a b", "page/x", "é", "a.b", &"x".repeat(MAX_LABEL + 1)] {
            let refused = checked_label(label).map_err(|error| error.code);
            assert_eq!(refused, Err(ErrorCode::WindowInvalidLabel), "{label}");
        }
    }
}
