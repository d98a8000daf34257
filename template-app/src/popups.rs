//! Windows that pages open: `window.open` and links with a target. They keep their opener and have no bridge.

use std::sync::atomic::{AtomicU32, Ordering};

use tauri::{
    AppHandle, Manager, WebviewUrl, WebviewWindow, WebviewWindowBuilder, Wry,
    webview::{NewWindowFeatures, NewWindowResponse},
};
use url::Url;

use crate::{
    cache_only,
    labels::POPUP_PREFIX,
    navigation::{self, Reason},
    policy::{self, PopupVerdict},
    state::AppState,
    web,
};

/// Decides about every window that the builder's window, of this label, wants to open.
pub(crate) fn handle<'a, M: Manager<Wry>>(
    app: &AppHandle,
    opener: &str,
    builder: WebviewWindowBuilder<'a, Wry, M>,
) -> WebviewWindowBuilder<'a, Wry, M> {
    let (app, opener) = (app.clone(), opener.to_owned());
    builder.on_new_window(move |url, features| match app.state::<AppState>().policy.popup(&url) {
        PopupVerdict::Window => {
            let blank = WebviewUrl::External(blank());
            match build(&app, &opener, blank, Some(features), url.as_str()) {
                Ok(window) => NewWindowResponse::Create { window },
                Err(_) => NewWindowResponse::Deny,
            }
        }
        refused => {
            turn_away(&app, &opener, &url, refused);
            NewWindowResponse::Deny
        }
    })
}

/// A link that the bridge's script handed over because it wants a window of its own. Such a window has no opener, as
/// the web has it for `target="_blank"`.
pub(crate) fn follow(opener: &WebviewWindow, url: &Url) -> tauri::Result<()> {
    let app = opener.app_handle();
    match app.state::<AppState>().policy.popup(url) {
        PopupVerdict::Window => {
            let page = WebviewUrl::External(url.clone());
            build(app, opener.label(), page, None, url.as_str()).map(drop)
        }
        refused => {
            turn_away(app, opener.label(), url, refused);
            Ok(())
        }
    }
}

fn turn_away(app: &AppHandle, label: &str, url: &Url, verdict: PopupVerdict) {
    let reason = if policy::is_web(url) { Reason::Popup } else { Reason::Scheme };
    navigation::turn_away(app, label, url, verdict == PopupVerdict::Outside, reason);
}

fn build(
    app: &AppHandle,
    opener: &str,
    url: WebviewUrl,
    features: Option<NewWindowFeatures>,
    title: &str,
) -> tauri::Result<WebviewWindow> {
    static COUNT: AtomicU32 = AtomicU32::new(1);
    // No capability names such a label, so every call from there is refused.
    let label = format!("{POPUP_PREFIX}{}", COUNT.fetch_add(1, Ordering::Relaxed));
    let state = app.state::<AppState>();
    cache_only::share(&state, opener, &label);
    let mut builder = WebviewWindowBuilder::new(app, &label, url)
        .title(title)
        .on_document_title_changed(|window, title| {
            // The window may be gone by now.
            let _ = window.set_title(&title);
        });
    if let Some(features) = features {
        builder = builder.window_features(features);
    }
    builder = builder.on_page_load(|window, payload| {
        navigation::on_page_load(&window, &payload);
    });
    let window = try_build(app, &label, builder);
    let window = window.inspect_err(|_| cache_only::leave(&state, &label))?;
    web::attach(&window)?;
    navigation::guard_window(&window)?;
    #[cfg(target_os = "linux")]
    crate::print_linux::attach(&window)?;
    Ok(window)
}

fn try_build(
    app: &AppHandle,
    label: &str,
    builder: WebviewWindowBuilder<'_, Wry, AppHandle>,
) -> tauri::Result<WebviewWindow> {
    let builder = web::apply(app, label, builder)?;
    let builder = cache_only::apply_profile(app, label, builder)?;
    let builder = navigation::guard_builder(app, builder, label);
    handle(app, label, builder).build()
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
