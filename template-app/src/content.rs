//! Serves the pack's web content under the `tauri` scheme: types, ranges, SPA fallback, Content-Security-Policy.
//!
//! Tauri's own handler is replaced by this one, since it answers every unknown path with `index.html` (a missing script
//! becomes a syntax error in a page) and knows no ranges (no seeking in video).

use std::borrow::Cow;

use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use http_range::HttpRange;
use percent_encoding::percent_decode_str;
use runtime_settings::{WEB_DIR, settings::Content};
use tauri::{Builder, Manager as _, Wry};

use crate::{
    pack::{Pack, ReadError},
    state::AppState,
};

/// The scheme of the pack's pages.
const SCHEME: &str = "tauri";

type Body = Cow<'static, [u8]>;

/// Registers the handler.
pub(crate) fn register(builder: Builder<Wry>) -> Builder<Wry> {
    builder.register_asynchronous_uri_scheme_protocol(SCHEME, |context, request, responder| {
        let app = context.app_handle().clone();
        tauri::async_runtime::spawn_blocking(move || {
            let state = app.state::<AppState>();
            responder.respond(respond(&state.pack, &state.settings.content, &request));
        });
    })
}

fn respond(pack: &Pack, content: &Content, request: &Request<Vec<u8>>) -> Response<Body> {
    let Content::Dir { spa_fallback, csp } = content else { return plain(StatusCode::NOT_FOUND) };
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return plain(StatusCode::METHOD_NOT_ALLOWED);
    }
    let Some(path) = resolve(pack, request, *spa_fallback) else {
        return plain(StatusCode::NOT_FOUND);
    };
    let content_type = pack.entry(&path).map(|entry| entry.content_type).unwrap_or_default();
    match pack.read(&path) {
        Ok(bytes) => file(&content_type, bytes, csp, request),
        Err(ReadError::NotFound) => plain(StatusCode::NOT_FOUND),
        Err(ReadError::Pack(_)) => plain(StatusCode::INTERNAL_SERVER_ERROR),
    }
}

/// The bytes of a file of the pack, by its URL; nothing where a page would get the app's start page instead.
#[cfg(target_os = "linux")]
pub(crate) fn bytes_of(pack: &Pack, url: &str) -> Option<Vec<u8>> {
    let request = Request::builder().uri(url).body(Vec::new()).ok()?;
    pack.read(&resolve(pack, &request, false)?).ok()
}

/// The file for a request: the path itself, the path with `.html`, its folder's `index.html`, or `index.html` of the
/// app when a page (not a script or an image) asks for a route that is no file.
fn resolve(pack: &Pack, request: &Request<Vec<u8>>, spa_fallback: bool) -> Option<String> {
    let path = percent_decode_str(request.uri().path()).decode_utf8().ok()?;
    let exact = format!("{WEB_DIR}{path}");
    let candidates = match path.ends_with('/') {
        true => vec![format!("{exact}index.html")],
        false => vec![exact.clone(), format!("{exact}.html")],
    };
    let found = candidates.into_iter().find(|candidate| pack.entry(candidate).is_some());
    found.or_else(|| {
        (spa_fallback && accepts_html(request)).then(|| format!("{WEB_DIR}/index.html"))
    })
}

fn accepts_html(request: &Request<Vec<u8>>) -> bool {
    let accept = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok());
    accept.is_some_and(|accept| accept.contains("text/html"))
}

fn file(
    content_type: &str,
    bytes: Vec<u8>,
    csp: &str,
    request: &Request<Vec<u8>>,
) -> Response<Body> {
    let response = Response::builder()
        .header(header::CONTENT_TYPE, content_type)
        .header(header::CONTENT_SECURITY_POLICY, csp)
        .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
        .header(header::ACCEPT_RANGES, "bytes")
        .header(header::CACHE_CONTROL, "no-cache");
    let length = bytes.len();
    let (response, body) = match requested_range(request, length as u64) {
        None => (response, bytes),
        Some(Ok(range)) => {
            let (start, end) = (range.start as usize, (range.start + range.length) as usize);
            let value = format!("bytes {start}-{}/{length}", end.saturating_sub(1));
            let response =
                response.status(StatusCode::PARTIAL_CONTENT).header(header::CONTENT_RANGE, value);
            (response, bytes.get(start..end).unwrap_or_default().to_vec())
        }
        Some(Err(())) => {
            let value = format!("bytes */{length}");
            (
                response
                    .status(StatusCode::RANGE_NOT_SATISFIABLE)
                    .header(header::CONTENT_RANGE, value),
                Vec::new(),
            )
        }
    };
    let body = if request.method() == Method::HEAD { Vec::new() } else { body };
    response.body(body.into()).unwrap_or_else(|_| plain(StatusCode::INTERNAL_SERVER_ERROR))
}

/// The one range that the request asks for. Several at once are answered with the whole file, as HTTP allows.
fn requested_range(request: &Request<Vec<u8>>, length: u64) -> Option<Result<HttpRange, ()>> {
    let value = request.headers().get(header::RANGE)?;
    match HttpRange::parse_bytes(value.as_bytes(), length) {
        Ok(ranges) if ranges.len() == 1 => ranges.into_iter().next().map(Ok),
        Ok(_) => None,
        Err(_) => Some(Err(())),
    }
}

fn plain(status: StatusCode) -> Response<Body> {
    let mut response =
        Response::new(Cow::from(status.canonical_reason().unwrap_or_default().as_bytes()));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain;charset=utf-8"));
    response
}
