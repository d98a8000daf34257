//! Caches of a repository, version 2: found by key and version, or by the beginning of a key.

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use serde::Deserialize;
use serde_json::json;

use super::{Cache, Download, Life, TwirpAnswer, TwirpError, blobs, kept, token};
use crate::world::{Run, World};

#[derive(Debug, Deserialize)]
pub(super) struct Call {
    key: String,
    version: String,
    #[serde(default, alias = "restoreKeys")]
    restore_keys: Vec<String>,
}

/// Whether a cache is the one that a job speaks of.
fn is_meant(cache: &Cache, run: &Run, call: &Call) -> bool {
    cache.repository == run.repository && cache.key == call.key && cache.version == call.version
}

pub(super) async fn create(
    State(world): State<Arc<World>>,
    headers: HeaderMap,
    Json(call): Json<Call>,
) -> TwirpAnswer {
    let mut state = world.state();
    let run = token::run_of(&state, &headers)?;
    let mut caches = state.services.caches.iter();
    if caches.any(|cache| is_meant(cache, &run, &call) && cache.file.is_some()) {
        return Ok(Json(
            json!({ "ok": false, "message": "cache entry with the same key already exists" }),
        ));
    }
    let id = state.id();
    let (upload, address) = blobs::upload_address(&world, &mut state);
    let (key, version) = (call.key, call.version);
    let cache = Cache { id, repository: run.repository, key, version, upload, file: None };
    state.services.caches.push(cache);
    Ok(Json(json!({ "ok": true, "signed_upload_url": address })))
}

pub(super) async fn finalise(
    State(world): State<Arc<World>>,
    headers: HeaderMap,
    Json(call): Json<Call>,
) -> TwirpAnswer {
    let mut state = world.state();
    let run = token::run_of(&state, &headers)?;
    let newest = state.services.caches.iter().rposition(|cache| is_meant(cache, &run, &call));
    let missing = || TwirpError::not_found(format!("no cache is being made: {}", call.key));
    let newest = newest.ok_or_else(missing)?;
    let file = state.services.uploaded(&state.services.caches[newest].upload)?;
    let services = &mut state.services;
    services.caches[newest].file = Some(file);
    let id = services.caches[newest].id;
    if let Some(dir) = &world.cache_dir {
        kept::write(dir, &mut services.caches).map_err(|error| {
            let message = format!("failed to keep the cache: {error:#}");
            TwirpError::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", message)
        })?;
    }
    Ok(Json(json!({ "ok": true, "entry_id": id.to_string() })))
}

pub(super) async fn find(
    State(world): State<Arc<World>>,
    headers: HeaderMap,
    Json(call): Json<Call>,
) -> TwirpAnswer {
    let mut state = world.state();
    let run = token::run_of(&state, &headers)?;
    // The newest of each first; the key itself before the beginnings, in their order.
    let ready = state.services.caches.iter().rev().filter(|cache| {
        cache.repository == run.repository && cache.version == call.version && cache.file.is_some()
    });
    let ready: Vec<_> = ready.collect();
    let exact = ready.iter().find(|cache| cache.key == call.key);
    let found = exact.or_else(|| {
        let mut starts = [&call.key].into_iter().chain(&call.restore_keys);
        starts.find_map(|start| ready.iter().find(|cache| cache.key.starts_with(start)))
    });
    let Some((key, file)) = found.and_then(|cache| Some((cache.key.clone(), cache.file.clone()?)))
    else {
        return Ok(Json(json!({ "ok": false })));
    };
    let download = Download::new(file, "application/octet-stream", "cache");
    let address = download.publish(&world, &mut state, Life::SERVICE);
    Ok(Json(json!({ "ok": true, "signed_download_url": address, "matched_key": key })))
}
