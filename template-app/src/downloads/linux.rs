//! Downloads by WebKit's own signals: one connection for each web context, whatever number of windows shares it. All of it runs
//! on the window's thread.

use std::{
    cell::RefCell,
    collections::HashMap,
    path::{Path, PathBuf},
};

use scoped_fs::safe_file_name;
use tauri::{AppHandle, Manager as _, WebviewWindow, async_runtime::Receiver};
use url::Url;
use webkit2gtk::{
    BackForwardListExt as _, Download, DownloadError, DownloadExt as _, PolicyDecisionExt as _,
    PolicyDecisionType, ResponsePolicyDecision, ResponsePolicyDecisionExt as _, URIRequestExt as _,
    URIResponse, URIResponseExt, WebContext, WebContextExt as _, WebView, WebViewExt as _,
    glib::{WeakRef, prelude::*},
};

use super::{Decision, End, list::Change};
use crate::{labels::Kind, policy};

/// What may be downloaded. Above all no file of the computer: a page has no business with those, wherever a redirect leads.
const SCHEMES: &[&str] = &["http", "https", "blob", "data"];

/// What wry calls data without a name.
const WRYS_NAME: &str = "Unknown";

/// A download that WebKit is busy with.
struct Running {
    download: Download,
    /// Where its bytes go, and the decision about its place.
    received: Option<(PathBuf, Receiver<Decision>)>,
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
        let own = watched.clone();
        view.connect_decide_policy(move |_, decision, decision_type| {
            let response = decision.downcast_ref::<ResponsePolicyDecision>();
            let response = response.filter(|response| {
                decision_type == PolicyDecisionType::Response && is_download(response)
            });
            let Some(response) = response else { return false };
            match response.request().and_then(|request| request.uri()).filter(|url| is_packed(url))
            {
                Some(url) => {
                    decision.ignore();
                    super::copy_packed(own.app_handle(), Some(own.label().to_owned()), &url);
                }
                None => decision.download(),
            }
            true
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

/// Is it a file of the pack?
fn is_packed(url: &str) -> bool {
    Url::parse(url).is_ok_and(|url| policy::is_pack(&url))
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
    if is_packed(&url) {
        // WebKit downloads in a process that knows nothing of the pack.
        download.cancel();
        return super::copy_packed(app, label_of(download.web_view().as_ref()), &url);
    }
    let id = super::begin(app, label_of(download.web_view().as_ref()), &url);
    let running = Running { download: download.clone(), received: None, failure: None };
    RUNNING.with_borrow_mut(|all| all.insert(id, running));

    let own = app.clone();
    // wry decides about the destination of every download, and only the first who does is asked. WebKit tells of its decision
    // before it acts on it, so that another one still counts.
    download.connect_destination_notify(move |download| redirect(&own, id, download));
    let own = app.clone();
    download.connect_received_data(move |download, _| {
        super::change(&own, id, Change::Received(download.received_data_length()));
    });
    download.connect_failed(move |_, error| {
        let end = match error.kind::<DownloadError>() {
            Some(DownloadError::CancelledByUser) => End::Cancelled,
            _ => End::Failed(error.message().to_owned()),
        };
        // The first reason counts: what is stopped fails too.
        RUNNING.with_borrow_mut(|all| {
            if let Some(running) = all.get_mut(&id) {
                running.failure.get_or_insert(end);
            }
        });
    });
    let own = app.clone();
    download.connect_finished(move |download| {
        let running = RUNNING.with_borrow_mut(|all| all.remove(&id));
        let Some(Running { received, failure, .. }) = running else { return };
        let expected = download.response().and_then(|response| length(&response));
        super::end(&own, id, failure.unwrap_or(End::Complete), received, expected);
    });
}

/// The label of the window that a view is in.
fn label_of(view: Option<&WebView>) -> Option<String> {
    VIEWS.with_borrow(|views| {
        let own = views.iter().find(|(known, _)| known.upgrade().as_ref() == view);
        own.filter(|_| view.is_some()).map(|(_, label)| label.clone())
    })
}

/// What is downloaded is known, and where wry would have it: has it go where it shall.
fn redirect(app: &AppHandle, id: u32, download: &Download) {
    let is_decided =
        RUNNING.with_borrow(|all| all.get(&id).is_none_or(|running| running.received.is_some()));
    let Some(proposed) = download.destination().filter(|_| !is_decided) else { return };
    let url = download.request().and_then(|request| request.uri()).unwrap_or_default();
    let response = download.response();
    let final_url = response.as_ref().and_then(URIResponseExt::uri).unwrap_or_else(|| url.clone());
    if !may_be_downloaded(&url) || !may_be_downloaded(&final_url) {
        return stop(id, End::Failed("a page may not download that".to_owned()));
    }
    close_empty_popup(app, download.web_view());
    let proposed = Path::new(proposed.as_str()).file_name().unwrap_or_default().to_string_lossy();
    let name = name_of(&url, &proposed, response.as_ref());
    let Some((part, decision)) = super::receive(app, id, name, response.as_ref().and_then(length))
    else {
        return stop(id, End::Cancelled);
    };
    let text = part.to_str().map(str::to_owned);
    RUNNING.with_borrow_mut(|all| {
        if let Some(running) = all.get_mut(&id) {
            running.received = Some((part, decision));
        }
    });
    match text {
        Some(text) => download.set_destination(&text),
        None => {
            stop(id, End::Failed("the folder for downloads has a name that is no text".to_owned()))
        }
    }
}

fn may_be_downloaded(url: &str) -> bool {
    url.split_once(':').is_some_and(|(scheme, _)| SCHEMES.contains(&scheme))
}

/// A name for the file. Where nobody gave one, WebKit proposes what the URL ends with, which is nothing for people in URLs of
/// data and of blobs, and wry then says `Unknown` of data.
fn name_of(url: &str, proposed: &str, response: Option<&URIResponse>) -> String {
    let is_web = !url.starts_with("data:") && !url.starts_with("blob:");
    let is_named = is_web || !(url.contains(proposed) || proposed == WRYS_NAME);
    // The latter is wry's number behind no name.
    if is_named && !proposed.is_empty() && !proposed.starts_with(" (") {
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

/// Stops a download for a reason.
pub(super) fn stop(id: u32, why: End) {
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
        for url in ["https://a/b", "http://a", "blob:https://a/1", "data:,x"] {
            assert!(may_be_downloaded(url), "{url}");
        }
        for url in
            ["file:///etc/passwd", "about:blank", "ftp://a/b", "tauri://localhost/a", "", "https"]
        {
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
            ("data:text/plain,hello", "Unknown", "download"),
            ("https://a/Unknown", "Unknown", "Unknown"),
            ("blob:https://a/0b6e", "0b6e", "download"),
            ("blob:https://a/0b6e", " (1)", "download"),
            ("blob:https://a/0b6e", "export.csv", "export.csv"),
            ("blob:https://a/0b6e", "../export.csv", "export.csv"),
        ] {
            assert_eq!(name_of(url, proposed, None), name, "{url} {proposed}");
        }
    }
}
