//! The guard of the main frame: carries out what `policy` decides. Frames inside a page are untouched, as long as they stay
//! with what a webview shows.
//!
//! Each system has its own place where the main frame can be told from the others: Linux the response of the main
//! resource, Windows the start of a navigation, macOS the start of a page load. The bridge's script catches clicks on
//! links before there is a request; the guard is for everything else.

use std::io::Write as _;

use bridge_contract::NativeEvent;
use serde_json::json;
use tauri::{
    AppHandle, Manager, WebviewWindow, WebviewWindowBuilder, Wry, webview::PageLoadPayload,
};
use url::Url;

use crate::{
    downloads, external,
    labels::{self, Kind},
    native_events,
    policy::{self, Verdict},
    state::AppState,
};

/// What the guard needs while the window with this label is built.
pub(crate) fn guard_builder<'a, M: Manager<Wry>>(
    app: &AppHandle,
    builder: WebviewWindowBuilder<'a, Wry, M>,
    label: &str,
) -> WebviewWindowBuilder<'a, Wry, M> {
    let builder = downloads::handle_builder(builder);
    let (app, label) = (app.clone(), label.to_owned());
    builder.on_navigation(move |url| {
        // No webview shows it: `mailto:`, a program of the system's, a file. From a link, a script or a frame.
        if !policy::is_page(url) {
            let verdict = app.state::<AppState>().policy.outside(url);
            turn_away(&app, &label, url, verdict == Verdict::Outside, Reason::Scheme);
            return false;
        }
        // WebView2 asks for the main frame only.
        !cfg!(windows) || allows(&app, url, &label)
    })
}

/// What the guard needs once the window is there.
pub(crate) fn guard_window(window: &WebviewWindow) -> tauri::Result<()> {
    downloads::handle_window(window)?;
    #[cfg(target_os = "linux")]
    {
        crate::navigation_linux::guard(window)?;
        crate::failures_linux::watch(window)
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = window;
        Ok(())
    }
}

/// macOS: WebKit asks for frames and main frame alike before a request, so the guard acts when the main frame's load
/// has begun, and takes the window back.
pub(crate) fn on_page_load(window: &WebviewWindow, payload: &PageLoadPayload<'_>) {
    #[cfg(target_os = "macos")]
    if payload.event() == tauri::webview::PageLoadEvent::Started
        && !allows(window.app_handle(), payload.url(), window.label())
    {
        // A window that cannot go back stays where it is, without the bridge.
        let _ = window.eval("history.back()");
    }
    #[cfg(not(target_os = "macos"))]
    let _ = (window, payload);
}

/// May a window show this URL? If not, it goes where the policy sends it.
pub(crate) fn allows(app: &AppHandle, url: &Url, label: &str) -> bool {
    let verdict = app.state::<AppState>().policy.main_frame(url, Kind::of(label));
    if verdict != Verdict::Stay {
        let reason = if policy::is_web(url) { Reason::External } else { Reason::Scheme };
        turn_away(app, label, url, verdict == Verdict::Outside, reason);
    }
    verdict == Verdict::Stay
}

/// A link that the bridge's script handed over.
pub(crate) fn follow(window: &WebviewWindow, url: &Url) -> tauri::Result<()> {
    if allows(window.app_handle(), url, window.label()) {
        window.navigate(url.clone())
    } else {
        Ok(())
    }
}

/// Why a window does not show a URL, in the words of the event `navigation:blocked`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reason {
    External,
    Scheme,
    Popup,
}

impl Reason {
    fn name(self) -> &'static str {
        match self {
            Reason::External => "external-blocked",
            Reason::Scheme => "scheme",
            Reason::Popup => "popup",
        }
    }
}

/// A URL that a window does not show: it goes outside, or nowhere. The window's page is told either way.
pub(crate) fn turn_away(app: &AppHandle, label: &str, url: &Url, outside: bool, reason: Reason) {
    let opened = outside && open(url);
    if !outside {
        log_refusal(url);
    }
    let payload = json!({
        "label": labels::public(label),
        "url": told(url),
        "reason": reason.name(),
        "action": if opened { "browser" } else { "blocked" },
    });
    let event = NativeEvent { event: "navigation:blocked".to_owned(), payload, source: None };
    native_events::send_to(&app.state::<AppState>(), label, event);
}

/// Opens a URL outside. The app goes on when that fails; the user sees that nothing opened.
fn open(url: &Url) -> bool {
    let opened = external::open(url);
    if let Err(error) = &opened {
        let _ = writeln!(std::io::stderr(), "warning: failed to open outside: `{url}`: {error}");
    }
    opened.is_ok()
}

/// What is refused is logged, so that the owner of an app finds out why a link does nothing.
fn log_refusal(url: &Url) {
    let _ = writeln!(std::io::stderr(), "warning: refused by the app's `navigation`: `{url}`");
}

/// The URL as the page gets to know it. At the end of a redirect, query and fragment of another site's are none of its business.
fn told(url: &Url) -> String {
    if !policy::is_web(url) {
        return url.to_string();
    }
    let mut url = url.clone();
    url.set_query(None);
    url.set_fragment(None);
    url.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_not_told_what_other_sites_hand_each_other() {
        for (url, expected) in [
            ("https://example.com/a?code=1#token=2", "https://example.com/a"),
            ("mailto:a@example.com?subject=x", "mailto:a@example.com?subject=x"),
        ] {
            assert_eq!(told(&Url::parse(url).unwrap()), expected);
        }
    }
}
