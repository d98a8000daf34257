//! The services that a runner's actions use: artifacts, caches, the store of bytes behind both, and identity tokens.

mod artifacts;
mod blobs;
mod cache;
mod identity;
mod token;

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use axum::{
    Json, Router,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{any, get, post},
};
use serde_json::{Value, json};

pub(crate) use blobs::Download;
pub(crate) use token::start_run;

use crate::{store::StoredFile, world::World};

/// What the services have stored.
#[derive(Debug, Default)]
pub(crate) struct Services {
    /// By id.
    artifacts: BTreeMap<u64, Artifact>,
    /// The newest comes last.
    caches: Vec<Cache>,
    /// Uploads under way, by signature.
    uploads: HashMap<String, Upload>,
}

#[derive(Debug)]
struct Artifact {
    run: u64,
    job: String,
    name: String,
    content_type: String,
    created_at: jiff::Timestamp,
    upload: String,
    /// Present when the upload has been finalised.
    file: Option<StoredFile>,
}

#[derive(Debug)]
struct Cache {
    id: u64,
    repository: String,
    key: String,
    version: String,
    upload: String,
    file: Option<StoredFile>,
}

/// Bytes on their way: blocks in any order, then the list that says which, or all at once.
#[derive(Debug, Default)]
struct Upload {
    blocks: HashMap<String, StoredFile>,
    file: Option<StoredFile>,
}

const ARTIFACTS: &str = "/twirp/github.actions.results.api.v1.ArtifactService";
const CACHES: &str = "/twirp/github.actions.results.api.v1.CacheService";

pub(crate) fn router(world: &Arc<World>) -> Router {
    Router::new()
        .route(&format!("{ARTIFACTS}/CreateArtifact"), post(artifacts::create))
        .route(&format!("{ARTIFACTS}/FinalizeArtifact"), post(artifacts::finalise))
        .route(&format!("{ARTIFACTS}/ListArtifacts"), post(artifacts::list))
        .route(&format!("{ARTIFACTS}/GetSignedArtifactURL"), post(artifacts::download))
        .route(&format!("{ARTIFACTS}/DeleteArtifact"), post(artifacts::delete))
        .route(&format!("{CACHES}/CreateCacheEntry"), post(cache::create))
        .route(&format!("{CACHES}/FinalizeCacheEntryUpload"), post(cache::finalise))
        .route(&format!("{CACHES}/GetCacheEntryDownloadURL"), post(cache::find))
        .route("/blob/{signature}", any(blobs::answer))
        .route("/identity", get(identity::token))
        .with_state(Arc::clone(world))
}

/// A refusal in Twirp's form.
#[derive(Debug)]
struct TwirpError {
    status: StatusCode,
    code: &'static str,
    message: String,
}

impl TwirpError {
    fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into() }
    }

    fn invalid(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_argument", message)
    }

    fn not_found(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", message)
    }
}

impl IntoResponse for TwirpError {
    fn into_response(self) -> Response {
        let document = json!({ "code": self.code, "msg": self.message });
        (self.status, Json(document)).into_response()
    }
}

type TwirpAnswer = Result<Json<Value>, TwirpError>;
