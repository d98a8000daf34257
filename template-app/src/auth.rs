//! The module `auth`: signing in through the user's own browser, and the one answer that comes back. The command is in
//! `bridge::auth`.
//!
//! Providers refuse sign-in inside a webview, since an app could read along there. `request` completes the address and knows the
//! answer by its state; it comes to `loopback`, or by a link of the app's own scheme to [`take_redirect`].

mod loopback;
mod page;
mod request;

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use bridge_contract::{AuthOptions, AuthRedirect, AuthResult, BridgeError, ErrorCode};
use tauri::{Manager as _, WebviewWindow};
use tokio::{sync::oneshot, time};
use url::Url;

use crate::{external, state::AppState, windows};
use request::Expected;
pub(crate) use request::pkce;

/// How long the user has when the page does not say, and at most: providers forget what was begun in about as much.
const TIMEOUT: Duration = Duration::from_secs(5 * 60);
const MAX_TIMEOUT: Duration = Duration::from_secs(30 * 60);

type Result<T> = std::result::Result<T, BridgeError>;

/// What is waited for, by the label of the window whose page waits.
#[derive(Default)]
pub(crate) struct Pending(Mutex<HashMap<String, Waiting>>);

struct Waiting {
    expected: Expected,
    /// Whether it comes as a link; what comes to the server has the server's own way.
    by_link: bool,
    /// Dropped when somebody else takes its place, or nobody waits any more.
    tell: oneshot::Sender<Url>,
}

impl Pending {
    /// Begins to wait, in place of what the window waited for before; not for a page that has gone.
    fn begin(&self, window: &WebviewWindow, page: u64, waiting: Waiting) -> Result<()> {
        let mut all = self.all();
        // Under the lock: whoever leaves the page counts first, and then takes it.
        if window.state::<AppState>().page(window.label()) != page {
            return Err(cancelled());
        }
        all.insert(window.label().to_owned(), waiting);
        Ok(())
    }

    /// The page of a window has gone: nobody waits any more.
    pub(crate) fn page_left(&self, label: &str) {
        self.all().remove(label);
    }

    /// Takes a link of the app's own scheme, if somebody waits for it.
    fn take(&self, url: &Url) -> bool {
        let mut all = self.all();
        let fits = |waiting: &Waiting| waiting.by_link && waiting.expected.fits(url);
        let label = all.iter().find(|(_, waiting)| fits(waiting)).map(|(label, _)| label.clone());
        let taken = label.and_then(|label| all.remove(&label));
        taken.is_some_and(|waiting| waiting.tell.send(url.clone()).is_ok())
    }

    /// Ends what a window waits for, if it is still this.
    fn end(&self, label: &str, state: &str) {
        let mut all = self.all();
        if all.get(label).is_some_and(|waiting| waiting.expected.state == state) {
            all.remove(label);
        }
    }

    fn all(&self) -> MutexGuard<'_, HashMap<String, Waiting>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes a link of the app's own scheme that a sign-in waits for. Such a link is nobody else's: it has a code in it.
pub(crate) fn take_redirect(state: &AppState, url: &Url) -> bool {
    state.auth.take(url)
}

/// Opens a sign-in page in the user's browser, and gives what comes back.
pub(crate) async fn start(
    window: &WebviewWindow,
    page: u64,
    options: AuthOptions,
) -> Result<AuthResult> {
    let limit = timeout(options.timeout_ms)?;
    request::check(&options.url)?;
    let app = window.state::<AppState>();
    let (listener, redirect) = match options.redirect {
        AuthRedirect::Deeplink => {
            let links = app.settings.deep_links.as_ref();
            let schemes = links.map(|links| links.schemes.as_slice()).unwrap_or_default();
            (None, request::deep_link(&options.url, schemes)?)
        }
        AuthRedirect::Loopback => {
            let (listener, port) = loopback::listen().await.map_err(|error| no_server(&error))?;
            (Some(listener), request::loopback(&options.url, port)?)
        }
    };
    let (url, expected) = request::complete(&options.url, redirect)?;
    let (tell, told) = oneshot::channel();
    let by_link = listener.is_none();
    app.auth.begin(window, page, Waiting { expected: expected.clone(), by_link, tell })?;
    let state = expected.state.clone();
    let server = listener
        .map(|listener| loopback::Server::start(listener, expected, &app.settings.app.name));
    let came = match external::open(&url) {
        Ok(()) => {
            time::timeout(limit, came(told, server)).await.unwrap_or_else(|_| Err(late(limit)))
        }
        Err(error) => {
            let message = format!("no browser could be opened: {error}");
            Err(BridgeError::new(ErrorCode::AuthOpenFailed, message))
        }
    };
    app.auth.end(window.label(), &state);
    let url = came?;
    // The user is in the browser now. Where the desktop lets no window push itself forward, the page there says how to go on.
    let _ = windows::bring_to_front(window);
    let mut params = BTreeMap::new();
    for (name, value) in request::parameters(&url) {
        params.entry(name).or_insert(value);
    }
    Ok(AuthResult { params, url: url.into() })
}

/// The address that comes back by either way, unless the wait is ended.
async fn came(told: oneshot::Receiver<Url>, server: Option<loopback::Server>) -> Result<Url> {
    let told = async { told.await.map_err(|_| cancelled()) };
    let Some(mut server) = server else { return told.await };
    let served = async { server.came().await.ok_or_else(cancelled) };
    tokio::select! {
        url = told => url,
        url = served => url,
    }
}

fn timeout(milliseconds: Option<u64>) -> Result<Duration> {
    let timeout = milliseconds.map_or(TIMEOUT, Duration::from_millis);
    if timeout.is_zero() || timeout > MAX_TIMEOUT {
        let reason = format!("`timeoutMs` is not from 1 to {}", MAX_TIMEOUT.as_millis());
        return Err(crate::bridge::invalid("options", reason));
    }
    Ok(timeout)
}

fn cancelled() -> BridgeError {
    BridgeError::new(
        ErrorCode::AuthCancelled,
        "another sign-in, or the end of the page, ended this one",
    )
}

fn late(limit: Duration) -> BridgeError {
    let message = format!("nobody came back within {} s", limit.as_secs_f64());
    BridgeError::new(ErrorCode::AuthTimeout, message)
}

fn no_server(error: &std::io::Error) -> BridgeError {
    let message = format!("no server can listen on this machine: {}", error.kind());
    BridgeError::new(ErrorCode::AuthUnsupported, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_goes_to_the_window_that_waits_for_it() {
        let pending = Pending::default();
        let wait = |label: &str, state: &str, by_link| {
            let (tell, told) = oneshot::channel();
            let redirect = Url::parse("notes://signed-in").unwrap();
            let expected = Expected { redirect, state: state.to_owned() };
            pending.all().insert(label.to_owned(), Waiting { expected, by_link, tell });
            told
        };
        let link =
            |state: &str| Url::parse(&format!("notes://signed-in?code=1&state={state}")).unwrap();
        let (mut main, mut other, mut served) =
            (wait("main", "a", true), wait("page/x", "b", true), wait("page/y", "c", false));
        assert!(!pending.take(&link("wrong")) && !pending.take(&link("c")));
        assert!(pending.take(&link("b")));
        assert!(!pending.take(&link("b")), "a link is taken once");
        assert_eq!(other.try_recv().unwrap(), link("b"));
        assert!(main.try_recv().is_err() && served.try_recv().is_err());

        pending.end("main", "of a later one");
        assert!(pending.all().contains_key("main"));
        pending.page_left("main");
        assert!(!pending.take(&link("a")) && main.try_recv().is_err());
    }
}
