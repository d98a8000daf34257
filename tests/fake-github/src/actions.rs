//! The services that a runner's actions use: artifacts, caches, the store of bytes behind both, and identity tokens.

mod artifacts;
mod blobs;
mod cache;
mod identity;
pub(crate) mod kept;
mod token;

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
    time::Duration,
};

use axum::{
    Json, Router,
    http::StatusCode,
    middleware,
    response::{IntoResponse, Response},
    routing::{any, get, post},
};
use jiff::Timestamp;
use serde_json::{Value, json};

pub(crate) use blobs::{Download, Life, redirect, refused};
pub(crate) use token::{equip, start_run};

use crate::{
    clock::later,
    simulation::Left,
    store::StoredFile,
    world::{State, World},
};

/// The content type of an artifact that does not name one.
const ZIP: &str = "application/zip";
const DAY: Duration = Duration::from_secs(24 * 3600);

/// What the services have stored.
#[derive(Debug, Default)]
pub(crate) struct Services {
    /// By id.
    pub(crate) artifacts: BTreeMap<u64, Artifact>,
    /// The newest comes last.
    pub(crate) caches: Vec<Cache>,
    /// Uploads under way, by signature.
    uploads: HashMap<String, Upload>,
}

/// An artifact of a run, whoever made it.
#[derive(Debug)]
pub(crate) struct Artifact {
    pub(crate) run: u64,
    /// `owner/name`.
    pub(crate) repository: String,
    job: String,
    pub(crate) name: String,
    content_type: String,
    pub(crate) created_at: Timestamp,
    pub(crate) expires_at: Timestamp,
    upload: String,
    /// Present when the upload has been finalised.
    pub(crate) file: Option<StoredFile>,
    /// A digest that is not the true one.
    digest_override: Option<String>,
}

impl Artifact {
    /// A new artifact that nothing was uploaded for.
    fn new(state: &State, run: u64, repository: &str, name: &str, now: Timestamp) -> Self {
        let days =
            state.repositories.get(repository).map_or(0, |found| found.artifact_retention_days);
        Self {
            run,
            repository: repository.to_owned(),
            job: String::new(),
            name: name.to_owned(),
            content_type: ZIP.to_owned(),
            created_at: now,
            expires_at: later(now, DAY * days),
            upload: String::new(),
            file: None,
            digest_override: None,
        }
    }

    /// With `sha256:`; absent while it is uploaded.
    pub(crate) fn digest(&self) -> Option<String> {
        let true_one = self.file.as_ref().map(|file| format!("sha256:{}", file.sha256));
        self.digest_override.clone().or(true_one)
    }

    /// What is behind its signed address.
    pub(crate) fn download(&self) -> Option<Download> {
        let end = if self.content_type == ZIP { ".zip" } else { "" };
        let name = format!("{}{end}", self.name);
        Some(Download::new(self.file.clone()?, &self.content_type, &name))
    }
}

/// Puts what a scripted job has left where a real job's uploads are.
pub(crate) fn publish(state: &mut State, left: Left) {
    let Some(repository) = state.simulation.runs.get(&left.run).map(|run| run.repository.clone())
    else {
        return;
    };
    for made in left.artifacts {
        let mut artifact = Artifact::new(state, left.run, &repository, &made.name, left.at);
        if made.expired {
            artifact.expires_at = left.at;
        }
        artifact.file = Some(made.file);
        artifact.digest_override = made.digest_override;
        let id = state.id();
        state.services.artifacts.insert(id, artifact);
    }
}

#[derive(Debug)]
pub(crate) struct Cache {
    id: u64,
    pub(crate) repository: String,
    key: String,
    version: String,
    upload: String,
    pub(crate) file: Option<StoredFile>,
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
        .route("/identity", get(identity::token))
        .with_state(Arc::clone(world))
}

impl Services {
    /// The file that has come to a signed address.
    fn uploaded(&self, upload: &str) -> Result<StoredFile, TwirpError> {
        let file = self.uploads.get(upload).and_then(|upload| upload.file.clone());
        file.ok_or_else(|| TwirpError::invalid("nothing has been uploaded"))
    }
}

/// The other host, where bytes lie behind signed addresses.
pub(crate) fn blob_router(world: &Arc<World>) -> Router {
    Router::new()
        .route("/blob/{signature}", any(blobs::answer))
        .layer(middleware::from_fn_with_state(Arc::clone(world), blobs::without_token))
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
