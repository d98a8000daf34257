//! The store of bytes behind signed addresses, as Azure's: uploads in one piece or in blocks, downloads whole or in part.

use std::{sync::Arc, time::Duration};

use axum::{
    body::Body,
    extract::{Path, Query, Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use jiff::Timestamp;
use serde::Deserialize;

use crate::{
    clock::{iso, later},
    store::{self, Received, StoredFile},
    world::{self, World},
};

/// A file behind a signed address.
#[derive(Debug, Clone)]
pub(crate) struct Download {
    file: StoredFile,
    content_type: String,
    name: String,
    expires_at: Timestamp,
}

/// How long a signed address is good.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Life(Duration);

impl Life {
    /// GitHub's own word for artifacts and logs.
    pub(crate) const ARTIFACT: Self = Self(Duration::from_secs(60));
    pub(crate) const ASSET: Self = Self(Duration::from_secs(3600));
    /// For jobs, which may take long over one download.
    pub(crate) const SERVICE: Self = Self(Duration::from_secs(6 * 3600));
}

impl Download {
    pub(crate) fn new(file: StoredFile, content_type: &str, name: &str) -> Self {
        let (content_type, name) = (content_type.to_owned(), name.to_owned());
        Self { file, content_type, name, expires_at: Timestamp::MAX }
    }

    /// Makes the address. Its end looks as Azure's do, with a padded signature that clients must not decode.
    pub(crate) fn publish(self, world: &World, state: &mut world::State, life: Life) -> String {
        let expires_at = later(world.clock.now(), life.0);
        let signature = format!("{}-{}", state.id(), &self.file.sha256[..16]);
        let address = address(world, &signature, expires_at);
        state.downloads.insert(signature, Self { expires_at, ..self });
        address
    }
}

/// The answer that sends a client there.
pub(crate) fn redirect(
    download: Download,
    world: &World,
    state: &mut world::State,
    life: Life,
) -> Response {
    let location = download.publish(world, state, life);
    (StatusCode::FOUND, [(header::LOCATION, location)]).into_response()
}

/// An address to upload to.
pub(super) fn upload_address(world: &World, state: &mut world::State) -> (String, String) {
    let signature = format!("{}-upload", state.id());
    state.services.uploads.insert(signature.clone(), super::Upload::default());
    let expires_at = later(world.clock.now(), Life::SERVICE.0);
    (signature.clone(), address(world, &signature, expires_at))
}

fn address(world: &World, signature: &str, expires_at: Timestamp) -> String {
    let end = iso(expires_at).replace(':', "%3A");
    format!("{}/blob/{signature}?se={end}&sig=ZmFrZQ%3D%3D", world.blobs)
}

#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    sig: Option<String>,
    comp: Option<String>,
    blockid: Option<String>,
}

/// Notes when a client brings a token to a host that is not GitHub's own, in whatever place.
pub(super) async fn without_token(
    State(world): State<Arc<World>>,
    request: Request,
    next: Next,
) -> Response {
    let values = request.headers().values().filter_map(|value| value.to_str().ok());
    let told: Vec<_> = values.map(str::to_owned).chain([request.uri().to_string()]).collect();
    {
        let mut state = world.state();
        let mut tokens = state.tokens.iter().map(|access| access.token.as_str());
        let has_token = tokens.any(|token| told.iter().any(|text| text.contains(token)));
        if has_token || request.headers().contains_key(header::AUTHORIZATION) {
            let path = request.uri().path();
            state.violations.push(format!("a token came to the store of bytes: {path}"));
        }
    }
    next.run(request).await
}

/// Anything that is asked of a signed address.
pub(super) async fn answer(
    State(world): State<Arc<World>>,
    Path(signature): Path<String>,
    Query(asked): Query<Asked>,
    method: Method,
    headers: HeaderMap,
    body: Body,
) -> Response {
    // As Azure: the address is the right, and a token beside it is an error.
    if asked.sig.as_deref() != Some("ZmFrZQ==") || headers.contains_key(header::AUTHORIZATION) {
        return refused(StatusCode::FORBIDDEN, "AuthenticationFailed");
    }
    let answered = match method {
        Method::PUT => put(&world, &signature, &asked, body).await,
        Method::GET | Method::HEAD => get(&world, &signature, &headers).await,
        _ => Ok(refused(StatusCode::METHOD_NOT_ALLOWED, "UnsupportedHttpVerb")),
    };
    answered.unwrap_or_else(|_| refused(StatusCode::INTERNAL_SERVER_ERROR, "InternalError"))
}

async fn put(
    world: &World,
    signature: &str,
    asked: &Asked,
    body: Body,
) -> anyhow::Result<Response> {
    if !world.state().services.uploads.contains_key(signature) {
        return Ok(refused(StatusCode::NOT_FOUND, "ResourceNotFound"));
    }
    let Received::Whole(received) = world.store.receive(body).await? else {
        return Ok(refused(StatusCode::BAD_REQUEST, "IncompleteBody"));
    };
    match (asked.comp.as_deref(), &asked.blockid) {
        (Some("block"), Some(block)) => {
            if let Some(upload) = world.state().services.uploads.get_mut(signature) {
                upload.blocks.insert(block.clone(), received);
            }
            return Ok(created());
        }
        (Some("blocklist"), _) => {
            let list = String::from_utf8(received.read()?)?;
            let Some(parts) = listed(world, signature, &list) else {
                return Ok(refused(StatusCode::BAD_REQUEST, "InvalidBlockList"));
            };
            let whole = world.store.join(&parts).await?;
            if let Some(upload) = world.state().services.uploads.get_mut(signature) {
                upload.file = Some(whole);
            }
        }
        (None, _) => {
            if let Some(upload) = world.state().services.uploads.get_mut(signature) {
                upload.file = Some(received);
            }
        }
        _ => return Ok(refused(StatusCode::BAD_REQUEST, "UnsupportedQueryParameter")),
    }
    Ok(created())
}

/// The blocks that a list names, in its order.
fn listed(world: &World, signature: &str, list: &str) -> Option<Vec<StoredFile>> {
    let state = world.state();
    let blocks = &state.services.uploads.get(signature)?.blocks;
    let elements = list.split('<').filter_map(|element| element.split_once('>'));
    let ids = elements.filter(|(name, _)| ["Latest", "Uncommitted", "Committed"].contains(name));
    ids.map(|(_, id)| blocks.get(id.trim()).cloned()).collect()
}

async fn get(world: &World, signature: &str, headers: &HeaderMap) -> anyhow::Result<Response> {
    let Some(download) = world.state().downloads.get(signature).cloned() else {
        return Ok(refused(StatusCode::NOT_FOUND, "BlobNotFound"));
    };
    if world.clock.now() > download.expires_at {
        return Ok(refused(StatusCode::FORBIDDEN, "AuthenticationFailed"));
    }
    let mut response = store::send(&download.file, &download.content_type, headers).await?;
    let disposition = format!("attachment; filename=\"{}\"", download.name);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_str(&disposition)?);
    headers
        .insert(header::LAST_MODIFIED, HeaderValue::from_static("Thu, 01 Jan 2026 00:00:00 GMT"));
    headers.insert("x-ms-blob-type", HeaderValue::from_static("BlockBlob"));
    Ok(response)
}

fn created() -> Response {
    let headers = [
        ("etag", "\"fake\""),
        ("last-modified", "Thu, 01 Jan 2026 00:00:00 GMT"),
        ("x-ms-request-id", "fake"),
    ];
    (StatusCode::CREATED, headers).into_response()
}

/// A refusal in Azure's form.
pub(crate) fn refused(status: StatusCode, code: &'static str) -> Response {
    let text =
        format!("<?xml version=\"1.0\" encoding=\"utf-8\"?><Error><Code>{code}</Code></Error>");
    (status, [("content-type", "application/xml"), ("x-ms-error-code", code)], text).into_response()
}
