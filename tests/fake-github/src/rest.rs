//! The REST API: its routes, and the guard that every exchange passes.

mod apps;
mod artifacts;
mod assets;
mod attestations;
mod commits;
mod contents;
mod dispatches;
mod git;
mod guard;
mod jobs;
mod logs;
mod releases;
mod repository;
mod reruns;
mod runs;
mod settings;
mod user;
mod workflows;

use std::sync::Arc;

use axum::{
    Router, middleware,
    routing::{MethodRouter, get, patch, post},
};

use crate::world::World;

/// Where uploads go: another address than the API's, as with GitHub. Clients learn it from `upload_url`.
pub(crate) const UPLOADS: &str = "/api/uploads";

/// A client that has spent all its requests may still ask how long it has to wait.
pub(crate) const RATE_LIMIT_ROUTE: &str = "/rate_limit";

type Route = (String, MethodRouter<Arc<World>>);

/// Routes of Actions.
fn actions_routes() -> Vec<Route> {
    let routes = [
        ("workflows", get(workflows::list)),
        ("workflows/{workflow_id}", get(workflows::get)),
        ("workflows/{workflow_id}/runs", get(runs::of_workflow)),
        ("workflows/{workflow_id}/dispatches", post(dispatches::create)),
        ("runs", get(runs::list)),
        ("runs/{run_id}", get(runs::get)),
        ("runs/{run_id}/jobs", get(jobs::of_run)),
        ("runs/{run_id}/logs", get(logs::of_run)),
        ("runs/{run_id}/artifacts", get(artifacts::of_run)),
        ("runs/{run_id}/pending_deployments", get(jobs::pending_deployments)),
        ("runs/{run_id}/cancel", post(reruns::cancel)),
        ("runs/{run_id}/force-cancel", post(reruns::force_cancel)),
        ("runs/{run_id}/rerun", post(reruns::all)),
        ("runs/{run_id}/rerun-failed-jobs", post(reruns::failed)),
        ("runs/{run_id}/attempts/{attempt_number}", get(runs::attempt)),
        ("runs/{run_id}/attempts/{attempt_number}/jobs", get(jobs::of_attempt)),
        ("runs/{run_id}/attempts/{attempt_number}/logs", get(logs::of_attempt)),
        ("jobs/{job_id}", get(jobs::get)),
        ("jobs/{job_id}/logs", get(logs::of_job)),
        ("artifacts/{artifact_id}", get(artifacts::get)),
        ("artifacts/{artifact_id}/{archive_format}", get(artifacts::download)),
        ("permissions", get(settings::permissions)),
        ("permissions/artifact-and-log-retention", get(settings::retention)),
        ("permissions/workflow", get(settings::workflow_permissions)),
        ("secrets", get(settings::secrets)),
        ("organization-secrets", get(settings::organization_secrets)),
        ("cache/usage", get(settings::cache_usage)),
    ];
    let below = |(path, methods)| (format!("/repos/{{owner}}/{{repo}}/actions/{path}"), methods);
    routes.into_iter().map(below).collect()
}

/// All other routes. A path is written as the contract writes it, but `*` marks a last part that may have slashes.
fn routes() -> Vec<Route> {
    let routes = [
        (RATE_LIMIT_ROUTE, get(repository::rate_limit)),
        ("/app", get(apps::get)),
        ("/app/installations", get(apps::list)),
        ("/app/installations/{installation_id}/access_tokens", post(apps::create_token)),
        ("/repos/{owner}/{repo}/installation", get(apps::of_repository)),
        ("/user", get(user::get)),
        ("/users/{username}/settings/billing/usage", get(settings::billing)),
        ("/organizations/{org}/settings/billing/usage", get(settings::billing)),
        ("/repos/{owner}/{repo}", get(repository::get)),
        ("/repos/{owner}/{repo}/releases", get(releases::list).post(releases::create)),
        ("/repos/{owner}/{repo}/releases/tags/{*tag}", get(releases::by_tag)),
        (
            "/repos/{owner}/{repo}/releases/{release_id}",
            get(releases::get).patch(releases::update).delete(releases::delete),
        ),
        ("/repos/{owner}/{repo}/releases/{release_id}/assets", get(assets::list)),
        (
            "/repos/{owner}/{repo}/releases/assets/{asset_id}",
            get(assets::get).patch(assets::update).delete(assets::delete),
        ),
        ("/repos/{owner}/{repo}/git/ref/{*ref}", get(git::reference)),
        ("/repos/{owner}/{repo}/git/matching-refs/{*ref}", get(git::matching_references)),
        ("/repos/{owner}/{repo}/git/refs", post(git::create_reference)),
        (
            "/repos/{owner}/{repo}/git/refs/{*ref}",
            patch(git::update_reference).delete(git::delete_reference),
        ),
        ("/repos/{owner}/{repo}/git/blobs", post(git::create_blob)),
        ("/repos/{owner}/{repo}/git/blobs/{file_sha}", get(git::blob)),
        ("/repos/{owner}/{repo}/git/trees", post(git::create_tree)),
        ("/repos/{owner}/{repo}/git/trees/{tree_sha}", get(git::tree)),
        ("/repos/{owner}/{repo}/git/commits", post(git::create_commit)),
        ("/repos/{owner}/{repo}/git/commits/{commit_sha}", get(git::commit)),
        ("/repos/{owner}/{repo}/contents/{*path}", get(contents::get).put(contents::put)),
        ("/repos/{owner}/{repo}/attestations/{subject_digest}", get(attestations::get)),
        ("/repos/{owner}/{repo}/branches/{*branch}", get(commits::branch)),
        ("/repos/{owner}/{repo}/compare/{*basehead}", get(commits::compare)),
        ("/repos/{owner}/{repo}/check-runs/{check_run_id}/annotations", get(jobs::annotations)),
        ("/repos/{owner}/{repo}/environments", get(settings::environments)),
        ("/repos/{owner}/{repo}/environments/{environment_name}", get(settings::environment)),
        (
            "/repos/{owner}/{repo}/environments/{environment_name}/secrets",
            get(settings::environment_secrets),
        ),
    ];
    let own = routes.map(|(path, methods)| (path.to_owned(), methods));
    own.into_iter().chain(actions_routes()).collect()
}

/// Uploads, below `UPLOADS`.
fn upload_routes() -> Vec<Route> {
    vec![("/repos/{owner}/{repo}/releases/{release_id}/assets".to_owned(), post(assets::upload))]
}

pub(crate) fn router(world: &Arc<World>) -> Router {
    let mut router = Router::new();
    for (path, methods) in routes() {
        router = router.route(&path, methods);
    }
    for (path, methods) in upload_routes() {
        router = router.route(&format!("{UPLOADS}{path}"), methods);
    }
    router
        .route_layer(middleware::from_fn_with_state(Arc::clone(world), guard::guard))
        .with_state(Arc::clone(world))
}

/// The address of something in a repository.
fn url(world: &World, owner: &str, repo: &str, rest: &str) -> String {
    format!("{}/repos/{owner}/{repo}/{rest}", world.api)
}
