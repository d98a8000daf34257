//! Downloads by WebKit's own signals: one connection for each web context, whatever number of windows shares it. All of it runs
//! on the window's thread.

use std::{cell::RefCell, collections::HashMap, path::PathBuf};

use scoped_fs::safe_file_name;
use tauri::{AppHandle, Manager as _, WebviewWindow, async_runtime};
use webkit2gtk::{
    BackForwardListExt as _, Download, DownloadError, DownloadExt as _, PolicyDecisionExt as _,
    PolicyDecisionType, ResponsePolicyDecision, ResponsePolicyDecisionExt as _, URIRequestExt as _,
    URIResponse, URIResponseExt, WebContext, WebContextExt as _, WebView, WebViewExt as _,
    glib::{WeakRef, prelude::*},
};

use super::{End, place::Place};
use crate::labels::Kind;

/// What may be downloaded. Above all no file of the computer: a page has no business with those, wherever a redirect leads.
const SCHEMES: &[&str] = &["http", "https", "blob", "data", "tauri"];

/// A download that WebKit is busy with.
struct Running {
    download: Download,
    written: Option<(PathBuf, Place)>,
    failure: Option<End>,
}

thread_local! {
    static CONTEXTS: RefCell<Vec<WeakRef<WebContext>>> = RefCell::default();
    static VIEWS: RefCell<Vec<(WeakRef<WebView>, String)>> = RefCell::default();
    static RUNNING: RefCell<HashMap<u32, Running>> = RefCell::default();
}

/// Follows the downloads of a window.
pub(super) fn watch(window: &WebviewWindow) -> tauri::Result<()> {
    let watched = window.clone();
    window.with_webview(move |webview| {
        let view = webview.inner();
        VIEWS.with_borrow_mut(|views| {
            views.retain(|(view, _)| view.upgrade().is_some());
            views.push((view.downgrade(), watched.label().to_owned()));
        });
        view.connect_decide_policy(|_, decision, decision_type| {
            let response = decision.downcast_ref::<ResponsePolicyDecision>();
            let is_download =
                decision_type == PolicyDecisionType::Response && response.is_some_and(is_download);
            if is_download {
                decision.download();
            }
            is_download
        });
        if let Some(context) = view.context() {
            connect_once(watched.app_handle(), &context);
        }
    })
}

fn connect_once(app: &AppHandle, context: &WebContext) {
    let is_new = CONTEXTS.with_borrow_mut(|contexts| {
        contexts.retain(|context| context.upgrade().is_some());
        let is_new = contexts.iter().all(|known| known.upgrade().as_ref() != Some(context));
        if is_new {
            contexts.push(context.downgrade());
        }
        is_new
    });
    if is_new {
        let app = app.clone();
        context.connect_download_started(move |_, download| began(&app, download));
    }
}

/// Is it something that WebKit cannot show, or that the server wants to be saved? WebKit itself drops the former.
fn is_download(decision: &ResponsePolicyDecision) -> bool {
    let Some(response) = decision.response() else { return false };
    let headers = response.http_headers();
    let disposition = headers.and_then(|headers| headers.one("Content-Disposition"));
    let is_attachment = disposition.is_some_and(|disposition| {
        let kind = disposition.split(';').next().unwrap_or_default();
        kind.trim().eq_ignore_ascii_case("attachment")
    });
    let is_success = matches!(response.status_code(), 0 | 200..=299);
    is_attachment || (is_success && !decision.is_mime_type_supported())
}

fn began(app: &AppHandle, download: &Download) {
    let url = download.request().and_then(|request| request.uri()).unwrap_or_default();
    let id = super::begin(app, label_of(download.web_view().as_ref()), &url);
    let running = Running { download: download.clone(), written: None, failure: None };
    RUNNING.with_borrow_mut(|all| all.insert(id, running));

    let own = app.clone();
    download.connect_decide_destination(move |download, proposed| {
        decide(&own, id, download, proposed);
        // The download waits for its destination: the user may have to be asked.
        true
    });
    let own = app.clone();
    download.connect_received_data(move |download, _| {
        super::progress(&own, id, download.received_data_length());
    });
    download.connect_failed(move |_, error| {
        let end = match error.kind::<DownloadError>() {
            Some(DownloadError::CancelledByUser) => End::Cancelled,
            _ => End::Failed(error.message().to_owned()),
        };
        // The first reason counts: a cancelled download fails too.
        RUNNING.with_borrow_mut(|all| {
            if let Some(running) = all.get_mut(&id) {
                running.failure.get_or_insert(end);
            }
        });
    });
    let own = app.clone();
    download.connect_finished(move |download| {
        let running = RUNNING.with_borrow_mut(|all| all.remove(&id));
        let Some(Running { written, failure, .. }) = running else { return };
        let expected = download.response().and_then(|response| length(&response));
        super::end(&own, id, failure.unwrap_or(End::Complete), written, expected);
    });
}

/// The label of the window that a view is in.
fn label_of(view: Option<&WebView>) -> Option<String> {
    VIEWS.with_borrow(|views| {
        let own = views.iter().find(|(known, _)| known.upgrade().as_ref() == view);
        own.filter(|_| view.is_some()).map(|(_, label)| label.clone())
    })
}

/// What is downloaded is known: asks for a place.
fn decide(app: &AppHandle, id: u32, download: &Download, proposed: &str) {
    let url = download.request().and_then(|request| request.uri()).unwrap_or_default();
    let response = download.response();
    let final_url = response.as_ref().and_then(URIResponseExt::uri).unwrap_or_else(|| url.clone());
    if !may_be_downloaded(&url) || !may_be_downloaded(&final_url) {
        stop(id, End::Failed("a page may not download that".to_owned()));
        return;
    }
    let name = name_of(&url, proposed, response.as_ref());
    let total = response.as_ref().and_then(length);
    close_empty_popup(app, download.web_view());
    let app = app.clone();
    async_runtime::spawn(async move {
        let place = super::decide(app.clone(), id, name, total).await;
        let decided = app.clone();
        // Without a window's thread the app has ended.
        let _ = app.run_on_main_thread(move || go_on(&decided, id, place));
    });
}

fn may_be_downloaded(url: &str) -> bool {
    url.split_once(':').is_some_and(|(scheme, _)| SCHEMES.contains(&scheme))
}

/// A name for the file. Where nobody gave one, WebKit proposes what the URL ends with, which is nothing for people in URLs of
/// data and of blobs.
fn name_of(url: &str, proposed: &str, response: Option<&URIResponse>) -> String {
    let is_named =
        !(url.starts_with("data:") || url.starts_with("blob:")) || !url.contains(proposed);
    if is_named && !proposed.is_empty() {
        return safe_file_name(proposed);
    }
    let mime = response.and_then(URIResponseExt::mime_type).unwrap_or_default();
    safe_file_name(&format!("download{}", extension_of(&mime)))
}

/// The extension of a kind of content that pages make and download.
fn extension_of(mime: &str) -> &'static str {
    match mime {
        "text/plain" => ".txt",
        "text/csv" => ".csv",
        "text/html" => ".html",
        "application/json" => ".json",
        "application/pdf" => ".pdf",
        "application/xml" | "text/xml" => ".xml",
        "application/zip" => ".zip",
        "image/gif" => ".gif",
        "image/jpeg" => ".jpg",
        "image/png" => ".png",
        "image/svg+xml" => ".svg",
        "image/webp" => ".webp",
        _ => "",
    }
}

/// The length of the file, when the server said it and no encoding stands between.
fn length(response: &URIResponse) -> Option<u64> {
    let headers = response.http_headers();
    let is_encoded = headers.is_some_and(|headers| {
        headers
            .one("Content-Encoding")
            .is_some_and(|encoding| !encoding.eq_ignore_ascii_case("identity"))
    });
    Some(response.content_length()).filter(|length| *length > 0 && !is_encoded)
}

/// A pop-up that was opened for a download shows nothing, now and later.
fn close_empty_popup(app: &AppHandle, view: Option<WebView>) {
    let label = label_of(view.as_ref()).filter(|label| Kind::of(label) == Kind::Popup);
    let shows_nothing = view.is_some_and(|view| {
        view.back_forward_list().is_none_or(|list| list.current_item().is_none())
    });
    if let (Some(label), true) = (label, shows_nothing)
        && let Some(window) = app.get_webview_window(&label)
    {
        // It may be on its way out already.
        let _ = window.close();
    }
}

/// The place is decided.
fn go_on(app: &AppHandle, id: u32, place: Result<Option<Place>, String>) {
    let place = match place {
        Ok(Some(place)) => place,
        Ok(None) => return stop(id, End::Cancelled),
        Err(why) => return stop(id, End::Failed(why)),
    };
    let part = place.part();
    let Some(text) = part.to_str().map(str::to_owned) else {
        return stop(id, End::Failed("the folder has a name that is no text".to_owned()));
    };
    let download = RUNNING.with_borrow_mut(|all| {
        let running = all.get_mut(&id)?;
        running.written = Some((part, place));
        Some(running.download.clone())
    });
    // It may have failed while the user was asked.
    if let Some(download) = download {
        super::running(app, id);
        download.set_destination(&text);
    }
}

/// Stops a download because its user wants that.
pub(super) fn cancel(id: u32) {
    stop(id, End::Cancelled);
}

/// Stops a download for a reason.
fn stop(id: u32, why: End) {
    let download = RUNNING.with_borrow_mut(|all| {
        let running = all.get_mut(&id)?;
        running.failure.get_or_insert(why);
        Some(running.download.clone())
    });
    // Outside of the borrow: WebKit may tell of the end at once.
    if let Some(download) = download {
        download.cancel();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_the_computer_are_not_downloaded() {
        for url in ["https://a/b", "http://a", "blob:https://a/1", "data:,x", "tauri://localhost/a"]
        {
            assert!(may_be_downloaded(url), "{url}");
        }
        for url in ["file:///etc/passwd", "about:blank", "ftp://a/b", "webkit://x", "", "https"] {
            assert!(!may_be_downloaded(url), "{url}");
        }
    }

    #[test]
    fn what_has_no_name_gets_one() {
        for (url, proposed, name) in [
            ("https://a/b.pdf", "b.pdf", "b.pdf"),
            ("https://a/", "", "download"),
            ("data:text/plain,hello", "plain,hello", "download"),
            ("data:text/plain,hello", "notes.txt", "notes.txt"),
            ("blob:https://a/0b6e", "0b6e", "download"),
            ("blob:https://a/0b6e", "export.csv", "export.csv"),
            ("blob:https://a/0b6e", "../export.csv", "export.csv"),
        ] {
            assert_eq!(name_of(url, proposed, None), name, "{url} {proposed}");
        }
    }
}
