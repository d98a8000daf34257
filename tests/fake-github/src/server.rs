//! The server: two loopback ports, connections that faults can cut, and the handle by which tests set up and look.

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    sync::Arc,
    thread::JoinHandle,
};

use anyhow::{Context as _, Result, bail};
use axum::{
    Json, Router,
    body::{Body, Bytes},
    extract::Request,
    response::{IntoResponse as _, Response},
};
use futures_util::{Stream, StreamExt as _};
use http_body_util::BodyExt as _;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tempfile::TempDir;
use tokio::{net::TcpListener, sync::oneshot};
use tower::ServiceExt;

use crate::{
    access::Access,
    actions,
    exchange::Exchange,
    fault::{self, Action, Fault},
    repository::{Release, Repository},
    rest,
    world::{Run, World},
};

/// How to start.
#[derive(Debug, Default)]
pub struct Options {
    /// Port of the API on loopback; any free one when 0.
    pub port: u16,
    /// Where uploaded bytes go; a folder that vanishes with the fake when absent.
    pub dir: Option<PathBuf>,
}

/// A running fake. It runs on threads of its own, whatever the test is busy with, and ends on drop.
pub struct FakeGithub {
    world: Arc<World>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
    _dir: Option<TempDir>,
}

/// A connection that ends without an answer.
#[derive(Debug)]
struct Cut;

impl std::fmt::Display for Cut {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the connection is cut")
    }
}

impl std::error::Error for Cut {}

impl FakeGithub {
    /// Starts on a free port, with nothing in it.
    pub async fn start() -> Result<Self> {
        Self::start_with(Options::default()).await
    }

    pub async fn start_with(options: Options) -> Result<Self> {
        let temporary = if options.dir.is_none() { Some(tempfile::tempdir()?) } else { None };
        let own = temporary.as_ref().map(|dir| dir.path().to_owned());
        let dir = options.dir.or(own).context("there is a folder")?;
        let (stop, stopped) = oneshot::channel();
        let (ready, started) = oneshot::channel();
        let thread = std::thread::spawn(move || {
            let runtime =
                tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
            let Ok(runtime) = runtime else { return };
            runtime.block_on(async {
                let _ = ready.send(open(options.port, &dir).await);
                // An error means that the handle is gone, which is the same wish.
                let _ = stopped.await;
            });
            // Requests that a fault holds never end by themselves.
            runtime.shutdown_background();
        });
        let world = started.await.context("the fake did not start")??;
        Ok(Self { world, stop: Some(stop), thread: Some(thread), _dir: temporary })
    }

    /// Address of the API: what `GITHUB_API_URL` is in a job.
    pub fn url(&self) -> &str {
        &self.world.api
    }

    pub fn add_repository(&self, repository: Repository) {
        self.world.state().add(repository);
    }

    pub fn add_token(&self, access: Access) {
        self.world.state().tokens.push(access);
    }

    /// A copy of a repository as it is now.
    pub fn repository(&self, full_name: &str) -> Result<Repository> {
        Ok(self.world.state().repository(full_name)?.clone())
    }

    /// Changes a repository as its owner might on the web page.
    pub fn change<T>(
        &self,
        full_name: &str,
        change: impl FnOnce(&mut Repository) -> T,
    ) -> Result<T> {
        Ok(change(self.world.state().repository(full_name)?))
    }

    /// Adds a draft without assets, as somebody else might have.
    pub fn add_draft(&self, full_name: &str, tag: &str) -> Result<u64> {
        let mut state = self.world.state();
        let id = state.id();
        state.repository(full_name)?.releases.insert(id, Release::draft(id, tag));
        Ok(id)
    }

    /// Starts a run, whose environment has everything that actions need to reach this fake.
    pub fn start_run(&self, full_name: &str) -> Result<Run> {
        actions::start_run(&self.world, full_name)
    }

    pub fn add_fault(&self, fault: Fault) {
        self.world.state().faults.push(fault);
    }

    pub fn clear_faults(&self) {
        self.world.state().faults.clear();
    }

    /// Waits until a fault holds a request.
    pub async fn wait_for_hold(&self) -> Result<()> {
        let mut held = self.world.held.subscribe();
        held.wait_for(|count| *count > 0).await.context("the fake has ended")?;
        self.world.held.send_replace(0);
        Ok(())
    }

    /// Lets every held request go on.
    pub fn let_go(&self) {
        self.world.let_go.notify_waiters();
    }

    /// Every request so far, oldest first.
    pub fn requests(&self) -> Vec<Exchange> {
        self.world.state().log.clone()
    }

    pub fn violations(&self) -> Vec<String> {
        self.world.state().violations.clone()
    }

    /// Fails when an exchange did not keep to the contract.
    pub fn assert_no_violations(&self) -> Result<()> {
        let violations = self.violations();
        if !violations.is_empty() {
            bail!("the contract was broken:\n{}", violations.join("\n"));
        }
        Ok(())
    }
}

impl Drop for FakeGithub {
    fn drop(&mut self) {
        self.stop = None;
        // A thread that panicked has failed its requests already.
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

async fn open(port: u16, dir: &std::path::Path) -> Result<Arc<World>> {
    let api = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.context("failed to listen")?;
    let blobs = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.context("failed to listen")?;
    let url = |address: SocketAddr| format!("http://{address}");
    let world = Arc::new(World::new(url(api.local_addr()?), url(blobs.local_addr()?), dir)?);
    let router = rest::router(&world).merge(actions::router(&world));
    for listener in [api, blobs] {
        tokio::spawn(accept(listener, Arc::clone(&world), router.clone()));
    }
    Ok(world)
}

async fn accept(listener: TcpListener, world: Arc<World>, router: Router) {
    while let Ok((stream, _)) = listener.accept().await {
        let (world, router) = (Arc::clone(&world), router.clone());
        let service = service_fn(move |request: hyper::Request<Incoming>| {
            serve(Arc::clone(&world), router.clone(), request.map(Body::new))
        });
        // A connection that ends badly is the client's own affair, or a fault's.
        tokio::spawn(async move {
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

/// One request: into the log, through a fault if one is due, and to its handler.
async fn serve(world: Arc<World>, router: Router, request: Request) -> Result<Response, Cut> {
    let (number, action) = {
        let mut state = world.state();
        let uri = request.uri();
        let action = fault::take(&mut state.faults, request.method(), uri.path());
        state.log.push(Exchange {
            method: request.method().clone(),
            path: uri.path().to_owned(),
            query: uri.query().unwrap_or_default().to_owned(),
            status: None,
            fault: action.as_ref().map(Action::name),
        });
        (state.log.len() - 1, action)
    };
    let run = async |request| {
        let Ok(response) = ServiceExt::<Request>::oneshot(router, request).await;
        if let Some(entry) = world.state().log.get_mut(number) {
            entry.status = Some(response.status());
        }
        response
    };
    match action {
        None => Ok(run(request).await),
        Some(Action::Answer { status, headers, body }) => {
            let mut response = (status, Json(body)).into_response();
            for (name, value) in headers {
                response.headers_mut().insert(name, value.parse().map_err(|_| Cut)?);
            }
            if let Some(entry) = world.state().log.get_mut(number) {
                entry.status = Some(status);
            }
            Ok(response)
        }
        Some(Action::ResetBefore) => Err(Cut),
        Some(Action::ResetAfter) => {
            run(request).await;
            Err(Cut)
        }
        Some(Action::BreakUpload(len)) => {
            run(request.map(|body| cut_after(body, len))).await;
            Err(Cut)
        }
        Some(Action::HoldUpload(len)) => {
            let (parts, body) = request.into_parts();
            let start = first_bytes(body, len);
            let world = Arc::clone(&world);
            let end = futures_util::stream::once(async move {
                hold(&world).await;
                Err(Cut)
            });
            run(Request::from_parts(parts, Body::from_stream(start.chain(end)))).await;
            Err(Cut)
        }
        Some(Action::Slow(delay)) => {
            tokio::time::sleep(delay).await;
            Ok(run(request).await)
        }
        Some(Action::Truncate(len)) => Ok(run(request).await.map(|body| cut_after(body, len))),
        Some(Action::HoldBefore) => {
            hold(&world).await;
            Ok(run(request).await)
        }
        Some(Action::HoldAfter) => {
            let response = run(request).await;
            hold(&world).await;
            Ok(response)
        }
        Some(Action::Change(change)) => changed(run(request).await, &*change).await,
    }
}

async fn hold(world: &World) {
    // Asked for before anybody can answer.
    let let_go = world.let_go.notified();
    world.held.send_modify(|count| *count += 1);
    let_go.await;
}

/// A body that breaks off after so many bytes, or at its end when it is shorter.
fn cut_after(body: Body, len: usize) -> Body {
    let start = first_bytes(body, len);
    Body::from_stream(start.chain(futures_util::stream::iter([Err(Cut)])))
}

/// At most so many bytes of a body.
fn first_bytes(body: Body, len: usize) -> impl Stream<Item = Result<Bytes, Cut>> {
    body.into_data_stream().scan(len, |left, chunk| {
        let taken = chunk.ok().filter(|_| *left > 0).map(|chunk| {
            let taken = chunk.slice(..chunk.len().min(*left));
            *left -= taken.len();
            Ok(taken)
        });
        std::future::ready(taken)
    })
}

async fn changed(
    response: Response,
    change: &(dyn Fn(&mut serde_json::Value) + Send + Sync),
) -> Result<Response, Cut> {
    let (mut parts, body) = response.into_parts();
    let bytes = body.collect().await.map_err(|_| Cut)?.to_bytes();
    let mut document = serde_json::from_slice(&bytes).map_err(|_| Cut)?;
    change(&mut document);
    parts.headers.remove(hyper::header::CONTENT_LENGTH);
    Ok(Response::from_parts(parts, Body::from(document.to_string())))
}
