//! The guard of the main frame: carries out what `policy` decides. Frames inside a page are untouched.
//!
//! Each system has its own place where the main frame can be told from the others: Linux the response of the main
//! resource, Windows the start of a navigation, macOS the start of a page load. The bridge's script catches clicks on
//! links before there is a request; the guard is for everything else.

use std::io::Write as _;

use tauri::{
    AppHandle, Manager, WebviewWindow, WebviewWindowBuilder, Wry, webview::PageLoadPayload,
};
use url::Url;

use crate::{
    downloads,
    policy::{Verdict, WindowKind},
    state::AppState,
};

/// What the guard needs while the window is built.
pub(crate) fn guard_builder<'a, M: Manager<Wry>>(
    app: &AppHandle,
    builder: WebviewWindowBuilder<'a, Wry, M>,
    kind: WindowKind,
) -> WebviewWindowBuilder<'a, Wry, M> {
    let builder = downloads::handle_builder(builder);
    #[cfg(windows)]
    {
        // WebView2 raises this for the main frame only.
        let app = app.clone();
        builder.on_navigation(move |url| allows(&app, url, kind))
    }
    #[cfg(not(windows))]
    {
        let _ = (app, kind);
        builder
    }
}

/// What the guard needs once the window is there.
pub(crate) fn guard_window(window: &WebviewWindow, kind: WindowKind) -> tauri::Result<()> {
    downloads::handle_window(window)?;
    #[cfg(target_os = "linux")]
    return crate::navigation_linux::guard(window, kind);
    #[cfg(not(target_os = "linux"))]
    {
        let _ = (window, kind);
        Ok(())
    }
}

/// macOS: WebKit asks for frames and main frame alike before a request, so the guard acts when the main frame's load
/// has begun, and takes the window back.
pub(crate) fn on_page_load(
    window: &WebviewWindow,
    payload: &PageLoadPayload<'_>,
    kind: WindowKind,
) {
    #[cfg(target_os = "macos")]
    if payload.event() == tauri::webview::PageLoadEvent::Started
        && !allows(window.app_handle(), payload.url(), kind)
    {
        // A window that cannot go back stays where it is, without the bridge.
        let _ = window.eval("history.back()");
    }
    #[cfg(not(target_os = "macos"))]
    let _ = (window, payload, kind);
}

/// May a window show this URL? If not, it goes where the policy sends it.
pub(crate) fn allows(app: &AppHandle, url: &Url, kind: WindowKind) -> bool {
    let verdict = app.state::<AppState>().policy.main_frame(url, kind);
    carry_out(verdict, url);
    verdict == Verdict::Stay
}

/// A link that the bridge's script handed over.
pub(crate) fn follow(window: &WebviewWindow, url: &Url) -> tauri::Result<()> {
    if allows(window.app_handle(), url, WindowKind::Main) {
        window.navigate(url.clone())
    } else {
        Ok(())
    }
}

fn carry_out(verdict: Verdict, url: &Url) {
    match verdict {
        Verdict::Stay => {}
        Verdict::Browser => open_in_browser(url),
        Verdict::Block => log_refusal(url),
    }
}

/// Opens a URL outside. The app goes on when that fails; the user sees that nothing opened.
pub(crate) fn open_in_browser(url: &Url) {
    if let Err(error) = open::that_detached(url.as_str()) {
        let _ =
            writeln!(std::io::stderr(), "warning: failed to open in the browser: `{url}`: {error}");
    }
}

/// What is refused is logged, so that the owner of an app finds out why a link does nothing.
pub(crate) fn log_refusal(url: &Url) {
    let _ = writeln!(std::io::stderr(), "warning: refused by the app's `navigation`: `{url}`");
}
