//! Linux: notices that a page cannot be loaded, must not be shown, or has lost its process, and puts a page of ours in its place.

use std::{
    cell::RefCell,
    collections::VecDeque,
    io::Write as _,
    rc::Rc,
    time::{Duration, Instant},
};

use gtk::{
    gio::{TlsCertificate, TlsCertificateFlags},
    glib::{self, prelude::*},
};
use tauri::{Manager as _, WebviewWindow};
use url::Url;
use webkit2gtk::{LoadEvent, NetworkError, PluginError, PolicyError, WebView, WebViewExt as _};

use crate::{
    background,
    failures::{self, Certificate, Failure},
    labels::MAIN,
    navigation,
    state::AppState,
    webview_health,
};

/// Times that a crashed page is loaded again by itself within `CRASH_WINDOW`; after that its user decides.
const MAX_RELOADS: usize = 3;
const CRASH_WINDOW: Duration = Duration::from_secs(60);

/// What is said about each fault of a certificate.
const FAULTS: &[(TlsCertificateFlags, &str)] = &[
    (TlsCertificateFlags::UNKNOWN_CA, "tlsUnknownCa"),
    (TlsCertificateFlags::BAD_IDENTITY, "tlsBadIdentity"),
    (TlsCertificateFlags::NOT_ACTIVATED, "tlsNotActivated"),
    (TlsCertificateFlags::EXPIRED, "tlsExpired"),
    (TlsCertificateFlags::REVOKED, "tlsRevoked"),
    (TlsCertificateFlags::INSECURE, "tlsInsecure"),
    (TlsCertificateFlags::GENERIC_ERROR, "tlsOther"),
];

/// Watches the main frame of a window.
pub(crate) fn watch(window: &WebviewWindow) -> tauri::Result<()> {
    let watched = window.clone();
    window.with_webview(move |webview| {
        let view = webview.inner();
        let window = watched.clone();
        view.connect_load_failed(move |view, event, url, error| {
            load_failed(&window, view, event, url, error)
        });
        let window = watched.clone();
        view.connect_load_failed_with_tls_errors(move |view, url, certificate, faults| {
            report(&window, &format!("{url}: the certificate is not trusted ({faults:?})"));
            show(&window, view, url, Failure::Untrusted(read(certificate, faults)));
            true
        });
        watch_process(&view, watched);
    })
}

fn watch_process(view: &WebView, window: WebviewWindow) {
    // What the window wants to show: until something has arrived, a process that ends takes the address with it.
    let wanted = Rc::new(RefCell::new(view.uri().unwrap_or_default().to_string()));
    let crashes = Rc::new(RefCell::new(Crashes::default()));
    let (loading, loaded, id) = (
        Rc::clone(&wanted),
        Rc::clone(&crashes),
        window.state::<AppState>().settings.app.id.clone(),
    );
    view.connect_load_changed(move |view, event| match event {
        LoadEvent::Started => *loading.borrow_mut() = view.uri().unwrap_or_default().into(),
        LoadEvent::Finished => {
            loaded.borrow_mut().is_asking = false;
            webview_health::has_shown(&id);
        }
        _ => {}
    });
    view.connect_web_process_terminated(move |view, reason| {
        let reaction = crashes.borrow_mut().react(Instant::now());
        let url = wanted.borrow().clone();
        let _ = writeln!(
            std::io::stderr(),
            "warning: the process of the page ended: `{url}`: {reason:?}: {reaction:?}"
        );
        match reaction {
            Reaction::Reload if view.uri().is_some_and(|url| !url.is_empty()) => view.reload(),
            Reaction::Reload => view.load_uri(&url),
            Reaction::Ask => show(&window, view, &url, Failure::Crashed),
            Reaction::GiveUp => report(&window, &format!("{url}: its process ends at once")),
        }
    });
}

/// Gives true when the failure is dealt with; else WebKit shows a page of its own, where it has one.
fn load_failed(
    window: &WebviewWindow,
    view: &WebView,
    event: LoadEvent,
    url: &str,
    error: &glib::Error,
) -> bool {
    // Somebody wanted it so: another page instead, a download, a decision of the guard's.
    if error.matches(NetworkError::Cancelled)
        || error.matches(PolicyError::FrameLoadInterruptedByPolicyChange)
        || error.matches(PluginError::WillHandleLoad)
    {
        return false;
    }
    report(window, &format!("{url}: {error}"));
    // What has arrived of a page stays, as in browsers.
    if event != LoadEvent::Committed {
        show(window, view, url, Failure::Unreachable(error.message().to_owned()));
    }
    true
}

/// A self-test ends with it; otherwise the owner of the app finds it in the log.
fn report(window: &WebviewWindow, what: &str) {
    let _ = writeln!(std::io::stderr(), "warning: the page failed to load: {what}");
    let app = window.app_handle();
    if let (MAIN, Some(self_test)) = (window.label(), &app.state::<AppState>().self_test) {
        self_test.load_failed(app, what.to_owned());
    }
}

/// Shows a page about a failure; at an address that is not the app's, that is up to whoever shows such addresses.
fn show(window: &WebviewWindow, view: &WebView, url: &str, failure: Failure) {
    let Ok(parsed) = Url::parse(url) else { return };
    if !navigation::allows(window.app_handle(), &parsed, window.label()) {
        return;
    }
    let languages: Vec<_> = glib::language_names().iter().map(ToString::to_string).collect();
    let settings = &window.state::<AppState>().settings.window;
    let page = failures::page(&failure, &parsed, background::pair(settings), &languages);
    // Without a base address the page has no origin: neither rights nor what the site has stored.
    view.load_alternate_html(&page, url, None);
}

/// What is done about a process that has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reaction {
    Reload,
    /// A page of ours, with a button.
    Ask,
    /// Not even that page lives: to show it again would go on for ever.
    GiveUp,
}

/// The ends of a window's processes.
#[derive(Debug, Default)]
struct Crashes {
    times: VecDeque<Instant>,
    /// The page of ours is on its way.
    is_asking: bool,
}

impl Crashes {
    fn react(&mut self, now: Instant) -> Reaction {
        if self.is_asking {
            return Reaction::GiveUp;
        }
        self.times.retain(|then| now.duration_since(*then) < CRASH_WINDOW);
        self.is_asking = self.times.len() >= MAX_RELOADS;
        if self.is_asking {
            return Reaction::Ask;
        }
        self.times.push_back(now);
        Reaction::Reload
    }
}

fn read(certificate: &TlsCertificate, faults: TlsCertificateFlags) -> Certificate {
    let date = |name| {
        let date = property::<Option<glib::DateTime>>(certificate, name)??;
        date.to_local().ok()?.format("%Y-%m-%d").ok().map(String::from)
    };
    let name = |name| property::<Option<String>>(certificate, name)?;
    Certificate {
        faults: FAULTS
            .iter()
            .filter(|(fault, _)| faults.contains(*fault))
            .map(|(_, text)| *text)
            .collect(),
        subject: name("subject-name"),
        issuer: name("issuer-name"),
        valid_from: date("not-valid-before"),
        valid_until: date("not-valid-after"),
    }
}

/// A property that older GLibs do not have.
fn property<T: for<'a> glib::value::FromValue<'a> + 'static>(
    certificate: &TlsCertificate,
    name: &str,
) -> Option<T> {
    certificate.find_property(name)?;
    certificate.property_value(name).get::<T>().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_crashes_is_loaded_again_but_not_for_ever() {
        let (mut crashes, now) = (Crashes::default(), Instant::now());
        for _ in 0..MAX_RELOADS {
            assert_eq!(crashes.react(now), Reaction::Reload);
        }
        assert_eq!(crashes.react(now), Reaction::Ask);
        // The page that asks has shown itself, and its user has had the other one loaded again.
        crashes.is_asking = false;
        assert_eq!(crashes.react(now + CRASH_WINDOW / 2), Reaction::Ask);
        assert_eq!(crashes.react(now + CRASH_WINDOW / 2), Reaction::GiveUp);
        crashes.is_asking = false;
        assert_eq!(crashes.react(now + CRASH_WINDOW), Reaction::Reload);
    }

    #[test]
    fn every_fault_of_a_certificate_has_words() {
        let all = FAULTS.iter().fold(TlsCertificateFlags::empty(), |all, (fault, _)| all | *fault);
        assert_eq!(all, TlsCertificateFlags::all());
    }
}
