//! Loopback web sites, with and without TLS, that record every request. What a request and a page
//! are made of is in `page`; a server without manners is in `raw`.

mod page;
mod raw;

use std::collections::BTreeMap;
use std::fmt::{self, Debug};
use std::net::{Ipv4Addr, TcpListener};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use axum::Router;
use axum::extract::State;
use axum_server::tls_rustls::RustlsConfig;
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::PrivateKeyDer;
use tokio::sync::{oneshot, watch};

pub use page::{Gate, Page, Request};
pub use raw::RawSite;

/// The largest body that a site reads, in bytes: far above any form of the tests.
const MAX_BODY_LEN: usize = 16 * 1024 * 1024;

type Handler = Arc<dyn Fn(&Request) -> Page + Send + Sync>;

/// A site on a port of its own. It runs on its own thread, whatever the test is busy with, answers
/// 404 where it has no page, and ends on drop. Each site is two origins: `http://127.0.0.1:<port>`
/// and `http://localhost:<port>`.
pub struct Site {
    scheme: &'static str,
    port: u16,
    /// In PEM.
    certificate: Option<String>,
    shared: Arc<Shared>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<Result<()>>>,
}

struct Shared {
    pages: Mutex<BTreeMap<String, Handler>>,
    requests: watch::Sender<Vec<Request>>,
}

impl Shared {
    fn handler(&self, path: &str) -> Option<Handler> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner).get(path).cloned()
    }

    fn set_handler(&self, path: &str, handler: Handler) {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_owned(), handler);
    }
}

impl Site {
    /// Starts a site without pages.
    pub fn start() -> Result<Self> {
        Self::start_with("http", 0, None)
    }

    /// The same on a port that is known beforehand, for pages that were asked for it in vain.
    pub fn start_at(port: u16) -> Result<Self> {
        Self::start_with("http", port, None)
    }

    /// The same with TLS, and a self-signed certificate for both of its host names.
    pub fn start_tls() -> Result<Self> {
        let (config, certificate) = self_signed()?;
        let mut site = Self::start_with("https", 0, Some(config))?;
        site.certificate = Some(certificate);
        Ok(site)
    }

    /// The certificate of a site with TLS, in PEM, for whoever is to trust it.
    pub fn certificate(&self) -> Option<&str> {
        self.certificate.as_deref()
    }

    fn start_with(scheme: &'static str, port: u16, tls: Option<RustlsConfig>) -> Result<Self> {
        let listener =
            TcpListener::bind((Ipv4Addr::LOCALHOST, port)).context("failed to listen")?;
        listener.set_nonblocking(true)?;
        let port = listener.local_addr()?.port();
        let pages = Mutex::default();
        let shared = Arc::new(Shared { pages, requests: watch::Sender::default() });
        let app = Router::new().fallback(answer).with_state(Arc::clone(&shared));
        let (stop, stopped) = oneshot::channel();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let thread = std::thread::spawn(move || {
            runtime.block_on(async {
                tokio::select! {
                    ended = serve(listener, tls, app) => ended,
                    _ = stopped => Ok(()),
                }
            })
        });
        Ok(Self { scheme, port, certificate: None, shared, stop: Some(stop), thread: Some(thread) })
    }

    /// Puts a page at a path (without query), in place of an earlier one.
    pub fn page(&self, path: &str, page: Page) -> &Self {
        self.handler(path, move |_| page.clone())
    }

    /// Sends visitors of a path on to another address, with status 302.
    pub fn redirect(&self, path: &str, to: &str) -> &Self {
        self.page(path, Page::redirect(to))
    }

    /// Makes a path's page anew for each request.
    pub fn handler(
        &self,
        path: &str,
        handler: impl Fn(&Request) -> Page + Send + Sync + 'static,
    ) -> &Self {
        self.shared.set_handler(path, Arc::new(handler));
        self
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// The origin by address, such as `http://127.0.0.1:4321`.
    pub fn origin(&self) -> String {
        format!("{}://{}:{}", self.scheme, Ipv4Addr::LOCALHOST, self.port)
    }

    /// The origin by name: `http://localhost:4321`. To a browser that is another site.
    pub fn localhost_origin(&self) -> String {
        format!("{}://localhost:{}", self.scheme, self.port)
    }

    /// The address of a path at `origin`.
    pub fn url(&self, path: &str) -> String {
        self.origin() + path
    }

    /// The address of a path at `localhost_origin`.
    pub fn localhost_url(&self, path: &str) -> String {
        self.localhost_origin() + path
    }

    /// What has been asked for so far, oldest first.
    pub fn requests(&self) -> Vec<Request> {
        self.shared.requests.borrow().clone()
    }

    /// Forgets what has been asked for so far, before something is asked for again.
    pub fn forget_requests(&self) {
        self.shared.requests.send_modify(Vec::clear);
    }

    /// Waits until a request that fits has come, and returns it.
    pub async fn wait_for_request(
        &self,
        what: &str,
        fits: impl Fn(&Request) -> bool,
        limit: Duration,
    ) -> Result<Request> {
        let mut requests = self.shared.requests.subscribe();
        let came = requests.wait_for(|requests| requests.iter().any(&fits));
        if let Ok(requests) = tokio::time::timeout(limit, came).await {
            return requests?
                .iter()
                .find(|request| fits(request))
                .cloned()
                .context("the request is gone");
        }
        let seen: Vec<String> = self.requests().iter().map(Request::to_string).collect();
        bail!("waited {limit:?} in vain for a request: {what}; requests: {seen:#?}");
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.stop = None;
        // A handler that panicked has failed its own request already.
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

impl Debug for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Site").field("origin", &self.origin()).finish_non_exhaustive()
    }
}

async fn serve(listener: TcpListener, tls: Option<RustlsConfig>, app: Router) -> Result<()> {
    let app = app.into_make_service();
    match tls {
        None => axum_server::from_tcp(listener)?.serve(app).await?,
        Some(tls) => axum_server::from_tcp_rustls(listener, tls)?.serve(app).await?,
    }
    Ok(())
}

async fn answer(
    State(shared): State<Arc<Shared>>,
    request: axum::extract::Request,
) -> axum::response::Response {
    let (parts, body) = request.into_parts();
    // A body that breaks off is recorded as far as nothing: the test sees it missing.
    let body = axum::body::to_bytes(body, MAX_BODY_LEN).await.unwrap_or_default();
    let request = Request::new(&parts, body.to_vec());
    let handler = shared.handler(&request.path);
    // Recorded before the answer, so that whoever has the answer finds the request.
    shared.requests.send_modify(|requests| requests.push(request.clone()));
    let page = match handler {
        Some(handler) => handler(&request),
        None => Page::text(&format!("no page at: {}", request.path)).status(404),
    };
    page.into_response().await
}

/// What a site serves with, and its certificate in PEM.
fn self_signed() -> Result<(RustlsConfig, String)> {
    let names = vec!["localhost".to_owned(), Ipv4Addr::LOCALHOST.to_string()];
    let signed =
        rcgen::generate_simple_self_signed(names).context("failed to make a certificate")?;
    let key =
        PrivateKeyDer::try_from(signed.signing_key.serialize_der()).map_err(anyhow::Error::msg)?;
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![signed.cert.der().clone()], key)?;
    Ok((RustlsConfig::from_config(Arc::new(config)), signed.cert.pem()))
}
