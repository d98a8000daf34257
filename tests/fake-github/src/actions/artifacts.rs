//! Artifacts of runs, version 4: made, uploaded to a signed address, finalised with size and hash, listed, downloaded.

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

use super::{Artifact, Life, TwirpAnswer, TwirpError, blobs, token};
use crate::world::{self, Run, World};

/// The fields of all five calls. Protobuf's JSON form writes wrapped and large values as text.
#[derive(Debug, Deserialize)]
pub(super) struct Call {
    #[serde(alias = "workflowRunBackendId")]
    workflow_run_backend_id: String,
    #[serde(default, alias = "workflowJobRunBackendId")]
    workflow_job_run_backend_id: String,
    #[serde(default)]
    name: String,
    #[serde(default, alias = "mimeType", deserialize_with = "unwrapped")]
    mime_type: Option<String>,
    #[serde(default, deserialize_with = "unwrapped")]
    size: Option<String>,
    #[serde(default, deserialize_with = "unwrapped")]
    hash: Option<String>,
    #[serde(default, alias = "nameFilter", deserialize_with = "unwrapped")]
    name_filter: Option<String>,
    #[serde(default, alias = "idFilter", deserialize_with = "unwrapped")]
    id_filter: Option<String>,
}

/// A text that may be wrapped in `{"value": …}`, or a number.
fn unwrapped<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let value = Value::deserialize(deserializer)?;
    let value = value.get("value").unwrap_or(&value);
    Ok(match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    })
}

/// The run of a call; a job may speak of its own run only.
fn own_run(state: &world::State, headers: &HeaderMap, call: &Call) -> Result<Run, TwirpError> {
    let run = token::run_of(state, headers)?;
    if call.workflow_run_backend_id != run.id.to_string() {
        let message = "the token is of another run";
        return Err(TwirpError::new(StatusCode::FORBIDDEN, "permission_denied", message));
    }
    Ok(run)
}

pub(super) async fn create(
    State(world): State<Arc<World>>,
    headers: HeaderMap,
    Json(call): Json<Call>,
) -> TwirpAnswer {
    let mut state = world.state();
    let run = own_run(&state, &headers, &call)?;
    if call.name.is_empty()
        || call.name.contains(['"', ':', '<', '>', '|', '*', '?', '\r', '\n', '\\', '/'])
    {
        return Err(TwirpError::invalid(format!("the artifact name is not valid: {}", call.name)));
    }
    if find(&state, run.id, &call.name, true).is_some() {
        let message = "an artifact with this name already exists on the workflow run";
        return Err(TwirpError::new(StatusCode::CONFLICT, "already_exists", message));
    }
    let id = state.id();
    let (upload, address) = blobs::upload_address(&world, &mut state);
    let now = world.clock.now();
    let mut artifact = Artifact::new(&state, run.id, &run.repository, &call.name, now);
    artifact.job = call.workflow_job_run_backend_id;
    artifact.content_type = call.mime_type.unwrap_or(artifact.content_type);
    artifact.upload = upload;
    state.services.artifacts.insert(id, artifact);
    Ok(Json(json!({ "ok": true, "signed_upload_url": address })))
}

pub(super) async fn finalise(
    State(world): State<Arc<World>>,
    headers: HeaderMap,
    Json(call): Json<Call>,
) -> TwirpAnswer {
    let mut state = world.state();
    let run = own_run(&state, &headers, &call)?;
    let missing = || TwirpError::not_found(format!("no artifact is being made: {}", call.name));
    let (id, upload) = find(&state, run.id, &call.name, false).ok_or_else(missing)?;
    let file = state.services.uploaded(&upload)?;
    if call.size.is_some_and(|size| size != file.size.to_string()) {
        return Err(TwirpError::invalid("the size differs from what has been uploaded"));
    }
    if call.hash.is_some_and(|hash| hash != format!("sha256:{}", file.sha256)) {
        return Err(TwirpError::invalid("the hash differs from what has been uploaded"));
    }
    state.services.artifacts.entry(id).and_modify(|artifact| artifact.file = Some(file));
    Ok(Json(json!({ "ok": true, "artifact_id": id.to_string() })))
}

pub(super) async fn list(
    State(world): State<Arc<World>>,
    headers: HeaderMap,
    Json(call): Json<Call>,
) -> TwirpAnswer {
    let state = world.state();
    let run = own_run(&state, &headers, &call)?;
    let mut listed = Vec::new();
    for (id, artifact) in &state.services.artifacts {
        let wanted = artifact.run == run.id
            && call.name_filter.as_ref().is_none_or(|name| *name == artifact.name)
            && call.id_filter.as_ref().is_none_or(|wanted| *wanted == id.to_string());
        if let Some(file) = artifact.file.as_ref().filter(|_| wanted) {
            listed.push(json!({
                "workflow_run_backend_id": run.id.to_string(),
                "workflow_job_run_backend_id": artifact.job,
                "database_id": id.to_string(),
                "name": artifact.name,
                "size": file.size.to_string(),
                "created_at": artifact.created_at.to_string(),
                "digest": artifact.digest(),
            }));
        }
    }
    Ok(Json(json!({ "artifacts": listed })))
}

pub(super) async fn download(
    State(world): State<Arc<World>>,
    headers: HeaderMap,
    Json(call): Json<Call>,
) -> TwirpAnswer {
    let mut state = world.state();
    let run = own_run(&state, &headers, &call)?;
    let missing = || TwirpError::not_found(format!("no such artifact: {}", call.name));
    let (id, _) = find(&state, run.id, &call.name, true).ok_or_else(missing)?;
    let download = state.services.artifacts.get(&id).and_then(Artifact::download);
    let address = download.ok_or_else(missing)?.publish(&world, &mut state, Life::SERVICE);
    Ok(Json(json!({ "signed_url": address })))
}

pub(super) async fn delete(
    State(world): State<Arc<World>>,
    headers: HeaderMap,
    Json(call): Json<Call>,
) -> TwirpAnswer {
    let mut state = world.state();
    let run = own_run(&state, &headers, &call)?;
    let (id, _) = find(&state, run.id, &call.name, true)
        .ok_or_else(|| TwirpError::not_found(format!("no such artifact: {}", call.name)))?;
    state.services.artifacts.remove(&id);
    Ok(Json(json!({ "ok": true, "artifact_id": id.to_string() })))
}

/// The newest artifact of this name that is finished or is not, with what is uploaded for it.
fn find(state: &world::State, run: u64, name: &str, finished: bool) -> Option<(u64, String)> {
    let mut newest_first = state.services.artifacts.iter().rev();
    let (id, artifact) = newest_first.find(|(_, artifact)| {
        artifact.run == run && artifact.name == name && artifact.file.is_some() == finished
    })?;
    Some((*id, artifact.upload.clone()))
}
