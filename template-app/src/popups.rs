//! Windows that pages open: `window.open` and links with a target. They keep their opener and have no bridge.

use std::sync::atomic::{AtomicU32, Ordering};

use tauri::{
    AppHandle, Manager, WebviewUrl, WebviewWindowBuilder, Wry,
    webview::{NewWindowFeatures, NewWindowResponse},
};
use url::Url;

use crate::{
    navigation,
    policy::{PopupVerdict, WindowKind},
    state::AppState,
};

/// Labels are `popup-1`, `popup-2`, …: no capability names them, so every call from them is refused.
const LABEL_PREFIX: &str = "popup-";

/// Decides about every window that the builder's window wants to open.
pub(crate) fn handle<'a, M: Manager<Wry>>(
    app: &AppHandle,
    builder: WebviewWindowBuilder<'a, Wry, M>,
) -> WebviewWindowBuilder<'a, Wry, M> {
    let app = app.clone();
    builder.on_new_window(move |url, features| match app.state::<AppState>().policy.popup(&url) {
        PopupVerdict::Window => {
            match build(&app, WebviewUrl::External(blank()), Some(features), url.as_str()) {
                Ok(window) => NewWindowResponse::Create { window },
                Err(_) => NewWindowResponse::Deny,
            }
        }
        PopupVerdict::Browser => {
            navigation::open_in_browser(&url);
            NewWindowResponse::Deny
        }
        PopupVerdict::Block => {
            navigation::log_refusal(&url);
            NewWindowResponse::Deny
        }
    })
}

/// A link that the bridge's script handed over because it wants a window of its own. Such a window has no opener, as
/// the web has it for `target="_blank"`.
pub(crate) fn follow(app: &AppHandle, url: &Url) -> tauri::Result<()> {
    match app.state::<AppState>().policy.popup(url) {
        PopupVerdict::Window => {
            build(app, WebviewUrl::External(url.clone()), None, url.as_str()).map(drop)
        }
        PopupVerdict::Browser => {
            navigation::open_in_browser(url);
            Ok(())
        }
        PopupVerdict::Block => {
            navigation::log_refusal(url);
            Ok(())
        }
    }
}

fn build(
    app: &AppHandle,
    url: WebviewUrl,
    features: Option<NewWindowFeatures>,
    title: &str,
) -> tauri::Result<tauri::WebviewWindow> {
    static COUNT: AtomicU32 = AtomicU32::new(1);
    let label = format!("{LABEL_PREFIX}{}", COUNT.fetch_add(1, Ordering::Relaxed));
    let mut builder = WebviewWindowBuilder::new(app, label, url)
        .title(title)
        .on_document_title_changed(|window, title| {
            // The window may be gone by now.
            let _ = window.set_title(&title);
        });
    if let Some(features) = features {
        builder = builder.window_features(features);
    }
    builder = builder.on_page_load(|window, payload| {
        navigation::on_page_load(&window, &payload, WindowKind::Popup);
    });
    builder = navigation::guard_builder(app, builder, WindowKind::Popup);
    builder = handle(app, builder);
    let window = builder.build()?;
    navigation::guard_window(&window, WindowKind::Popup)?;
    Ok(window)
}

/// The window loads its page itself, through its opener.
fn blank() -> Url {
    #[allow(clippy::expect_used, reason = "a constant that a test parses")]
    "about:blank".parse().expect("a valid URL")
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_blank_url_parses() {
        assert_eq!(super::blank().as_str(), "about:blank");
    }
}
