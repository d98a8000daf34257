//! Workflows, as the default branch has them.

use std::sync::Arc;

use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
};
use serde_json::{Value, json};

use super::url;
use crate::{
    answer::{Answer, Page, Refusal, document},
    repository::Repository,
    workflow::Workflow,
    world::World,
};

pub(super) async fn list(
    State(world): State<Arc<World>>,
    Path((owner, repo)): Path<(String, String)>,
    Query(page): Query<Page>,
) -> Answer {
    let mut state = world.state();
    let repository = state.named(&owner, &repo)?;
    let items =
        repository.workflows().iter().map(|workflow| view(&world, repository, workflow)).collect();
    page.counted("workflows", items, &url(&world, &owner, &repo, "actions/workflows"))
}

pub(super) async fn get(
    State(world): State<Arc<World>>,
    Path((owner, repo, workflow)): Path<(String, String, String)>,
) -> Answer {
    let mut state = world.state();
    let repository = state.named(&owner, &repo)?;
    let workflow = find(repository, &workflow)?;
    document(StatusCode::OK, view(&world, repository, &workflow))
}

/// The workflow of this number or file name.
pub(super) fn find(repository: &Repository, wanted: &str) -> Result<Workflow, Refusal> {
    let mut workflows = repository.workflows().into_iter();
    workflows
        .find(|workflow| workflow.file_name() == wanted || workflow.id.to_string() == wanted)
        .ok_or_else(Refusal::not_found)
}

fn view(world: &World, repository: &Repository, workflow: &Workflow) -> Value {
    let (owner, repo, id) = (&repository.owner, &repository.name, workflow.id);
    let page = format!("https://github.com/{owner}/{repo}");
    let time = jiff::Timestamp::UNIX_EPOCH.to_string();
    json!({
        "id": id,
        "node_id": format!("W_{id}"),
        "name": workflow.name,
        "path": workflow.path,
        "state": workflow.state.name(),
        "created_at": time,
        "updated_at": time,
        "url": url(world, owner, repo, &format!("actions/workflows/{id}")),
        "html_url": format!("{page}/blob/{}/{}", repository.default_branch, workflow.path),
        "badge_url": format!("{page}/workflows/{id}/badge.svg"),
    })
}
