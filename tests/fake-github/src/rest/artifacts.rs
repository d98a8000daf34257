//! Artifacts of runs, whether a runner has uploaded them or a script has left them.

use std::sync::Arc;

use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
};
use serde_json::{Value, json};

use super::url;
use crate::{
    actions::{Artifact, Life, redirect},
    answer::{Answer, Page, Refusal, document},
    clock::iso,
    world::{State as Everything, World},
};

/// The newest comes first.
pub(super) async fn of_run(
    State(world): State<Arc<World>>,
    Path((owner, repo, id)): Path<(String, String, u64)>,
    Query(page): Query<Page>,
) -> Answer {
    let state = world.state();
    let full_name = format!("{owner}/{repo}");
    let scripted = state.simulation.runs.get(&id).map(|run| &run.repository);
    let started = state.runs.get(&id).map(|run| &run.repository);
    if scripted.or(started) != Some(&full_name) {
        return Err(Refusal::not_found());
    }
    let artifacts = state.services.artifacts.iter().rev();
    let wanted = artifacts.filter(|(_, artifact)| {
        artifact.run == id
            && artifact.file.is_some()
            && page.get("name").is_none_or(|name| name == artifact.name)
    });
    let items = wanted.map(|(id, artifact)| view(&world, &state, *id, artifact)).collect();
    page.counted(
        "artifacts",
        items,
        &url(&world, &owner, &repo, &format!("actions/runs/{id}/artifacts")),
    )
}

pub(super) async fn get(
    State(world): State<Arc<World>>,
    Path((owner, repo, id)): Path<(String, String, u64)>,
) -> Answer {
    let state = world.state();
    let artifact = find(&state, &owner, &repo, id)?;
    document(StatusCode::OK, view(&world, &state, id, artifact))
}

pub(super) async fn download(
    State(world): State<Arc<World>>,
    Path((owner, repo, id, format)): Path<(String, String, u64, String)>,
) -> Answer {
    let mut state = world.state();
    let artifact = find(&state, &owner, &repo, id)?;
    if format != "zip" {
        return Err(Refusal::not_found());
    }
    if artifact.expires_at <= world.clock.now() {
        return Err(Refusal::new(StatusCode::GONE, "Artifact has expired"));
    }
    let download = artifact.download().ok_or_else(Refusal::not_found)?;
    Ok(redirect(download, &world, &mut state, Life::ARTIFACT))
}

fn find<'a>(
    state: &'a Everything,
    owner: &str,
    repo: &str,
    id: u64,
) -> Result<&'a Artifact, Refusal> {
    let found = state.services.artifacts.get(&id);
    found
        .filter(|artifact| {
            artifact.repository == format!("{owner}/{repo}") && artifact.file.is_some()
        })
        .ok_or_else(Refusal::not_found)
}

fn view(world: &World, state: &Everything, id: u64, artifact: &Artifact) -> Value {
    let (owner, repo) = artifact.repository.split_once('/').unwrap_or_default();
    let address = url(world, owner, repo, &format!("actions/artifacts/{id}"));
    let repository = state.repositories.get(&artifact.repository).map(|repository| repository.id);
    let run = state.simulation.runs.get(&artifact.run).map(|run| {
        json!({
            "id": run.id,
            "repository_id": repository,
            "head_repository_id": repository,
            "head_branch": run.ref_name,
            "head_sha": run.head_sha,
        })
    });
    let mut view = json!({
        "id": id,
        "node_id": format!("A_{id}"),
        "name": artifact.name,
        "size_in_bytes": artifact.file.as_ref().map_or(0, |file| file.size),
        "url": address,
        "archive_download_url": format!("{address}/zip"),
        "expired": artifact.expires_at <= world.clock.now(),
        "created_at": iso(artifact.created_at),
        "updated_at": iso(artifact.created_at),
        "expires_at": iso(artifact.expires_at),
        "workflow_run": run,
    });
    if !world.old_server {
        view["digest"] = artifact.digest().into();
    }
    view
}
