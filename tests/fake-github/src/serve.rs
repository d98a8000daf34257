//! Connections, and what becomes of each request on them: faults may delay, spoil or cut it.

use std::{sync::Arc, time::Duration};

use axum::{
    Json, Router,
    body::{Body, Bytes},
    extract::Request,
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};
use futures_util::{Stream, StreamExt as _};
use http_body_util::BodyExt as _;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tower::ServiceExt;

use crate::{
    access::bearer,
    actions,
    clock::http_date,
    exchange::{Exchange, Number},
    fault::{self, Action},
    limits::{self, Quota},
    world::World,
};

/// See `without_prefix`.
const PREFIX: &str = "/api/v3";
/// The parts that a body trickles in (bytes).
const DROP_LEN: usize = 1024;

/// A connection that ends without an answer.
#[derive(Debug)]
struct Cut;

impl std::fmt::Display for Cut {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the connection is cut")
    }
}

impl std::error::Error for Cut {}

/// Answers every connection of a port.
pub(crate) async fn accept(listener: TcpListener, world: Arc<World>, router: Router) {
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
async fn serve(world: Arc<World>, router: Router, mut request: Request) -> Result<Response, Cut> {
    without_prefix(&mut request);
    let (number, action) = noted(&world, &request);
    let _under_way = UnderWay::new(&world, &request);
    request.extensions_mut().insert(Number(number));
    if let Some(mut response) = action.as_ref().and_then(|action| ready_answer(&world, action)) {
        finish(&world, number, &mut response);
        return Ok(response);
    }
    let run = async |request| {
        let Ok(mut response) = ServiceExt::<Request>::oneshot(router, request).await;
        finish(&world, number, &mut response);
        response
    };
    match action {
        None => Ok(run(request).await),
        Some(Action::ResetAfter) => {
            run(request).await;
            Err(Cut)
        }
        Some(Action::BreakUpload(len)) => {
            run(request.map(|body| cut_after(body, len))).await;
            Err(Cut)
        }
        Some(Action::HoldUpload(len)) => {
            run(request.map(|body| held_after(&world, body, len))).await;
            Err(Cut)
        }
        Some(Action::Slow(delay)) => {
            tokio::time::sleep(delay).await;
            Ok(run(request).await)
        }
        Some(Action::Truncate(len)) => Ok(run(request).await.map(|body| cut_after(body, len))),
        Some(Action::HoldDownload(len)) => {
            Ok(run(request).await.map(|body| held_after(&world, body, len)))
        }
        Some(Action::Trickle(delay)) => Ok(run(request).await.map(|body| trickle(body, delay))),
        Some(Action::Corrupt) => Ok(run(request).await.map(corrupt)),
        Some(Action::IgnoreRange) => {
            for name in ["range", "x-ms-range"] {
                request.headers_mut().remove(name);
            }
            Ok(run(request).await)
        }
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
        // What is answered without a handler was answered above; this is the reset before.
        Some(_) => Err(Cut),
    }
}

/// The answer of an action that no handler has a part in.
fn ready_answer(world: &World, action: &Action) -> Option<Response> {
    Some(match action {
        Action::Answer { status, headers, body } => {
            let mut response = (*status, Json(body)).into_response();
            for (name, value) in headers {
                response.headers_mut().insert(*name, value.parse().ok()?);
            }
            response
        }
        Action::PrimaryLimit { status, resets_in } => {
            limits::primary(*status, &Quota::spent(world.clock.now(), *resets_in))
        }
        Action::SecondaryLimit { status, retry_after } => limits::secondary(*status, *retry_after),
        Action::RedirectTo { status, url } => {
            (*status, [(header::LOCATION, url.clone())]).into_response()
        }
        Action::ExpiredAddress => actions::refused(StatusCode::FORBIDDEN, "AuthenticationFailed"),
        _ => return None,
    })
}

/// A server of an enterprise has its API below `/api/v3`, and answers alike.
fn without_prefix(request: &mut Request) {
    let rest = request.uri().path_and_query().and_then(|path| path.as_str().strip_prefix(PREFIX));
    // With nothing behind it, it is no request of the API.
    if let Some(Ok(uri)) = rest.filter(|rest| rest.starts_with('/')).map(str::parse) {
        *request.uri_mut() = uri;
    }
}

/// A request of a token, counted from its coming to its answer.
struct UnderWay<'a> {
    world: &'a World,
    token: String,
}

impl<'a> UnderWay<'a> {
    fn new(world: &'a World, request: &Request) -> Option<Self> {
        let token = bearer(request.headers())?.to_owned();
        world.state().traffic(&token, world.clock.now()).under_way += 1;
        Some(Self { world, token })
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        let mut state = self.world.state();
        state.traffic(&self.token, self.world.clock.now()).under_way -= 1;
    }
}

/// Puts a request into the log, and finds out which fault it meets.
fn noted(world: &World, request: &Request) -> (usize, Option<Action>) {
    let mut state = world.state();
    let uri = request.uri();
    let action = fault::take(&mut state.faults, request.method(), uri.path());
    state.log.push(Exchange {
        method: request.method().clone(),
        path: uri.path().to_owned(),
        query: uri.query().unwrap_or_default().to_owned(),
        status: None,
        fault: action.as_ref().map(Action::name),
        counted: false,
        not_modified: false,
    });
    (state.log.len() - 1, action)
}

/// Dates an answer and notes how it ends.
fn finish(world: &World, number: usize, response: &mut Response) {
    if let Ok(date) = http_date(world.clock.now()).parse() {
        response.headers_mut().insert(header::DATE, date);
    }
    if let Some(entry) = world.state().log.get_mut(number) {
        entry.status = Some(response.status());
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
    let end = futures_util::stream::once(async {
        // The connection sends what it has when it must wait, and drops it when it fails.
        tokio::task::yield_now().await;
        Err(Cut)
    });
    Body::from_stream(start.chain(end))
}

/// So many bytes of a body, and no more before somebody cuts the connection.
fn held_after(world: &Arc<World>, body: Body, len: usize) -> Body {
    let world = Arc::clone(world);
    let end = futures_util::stream::once(async move {
        hold(&world).await;
        Err(Cut)
    });
    Body::from_stream(first_bytes(body, len).chain(end))
}

fn trickle(body: Body, delay: Duration) -> Body {
    let parts = body.into_data_stream().flat_map(|chunk| {
        let chunk = chunk.unwrap_or_default();
        let parts: Vec<_> = chunk.chunks(DROP_LEN).map(|part| chunk.slice_ref(part)).collect();
        futures_util::stream::iter(parts)
    });
    Body::from_stream(parts.then(move |part| async move {
        tokio::time::sleep(delay).await;
        Ok::<_, Cut>(part)
    }))
}

fn corrupt(body: Body) -> Body {
    let numbered = body.into_data_stream().enumerate();
    Body::from_stream(numbered.map(|(index, chunk)| {
        let chunk = chunk.map_err(|_| Cut)?;
        let mut bytes = chunk.to_vec();
        match bytes.last_mut() {
            Some(last) if index == 0 => *last ^= 1,
            _ => return Ok::<_, Cut>(chunk),
        }
        Ok(Bytes::from(bytes))
    }))
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
