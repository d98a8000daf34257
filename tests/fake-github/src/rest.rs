//! The REST API: its routes, and the guard that every exchange passes.

mod assets;
mod contents;
mod git;
mod guard;
mod releases;
mod repository;

use std::sync::Arc;

use axum::{
    Router, middleware,
    routing::{MethodRouter, get, patch, post},
};

use crate::world::World;

/// Where uploads go: another address than the API's, as with GitHub. Clients learn it from `upload_url`.
pub(crate) const UPLOADS: &str = "/api/uploads";

type Route = (&'static str, MethodRouter<Arc<World>>);

/// All routes. A path is written as the contract writes it, but `*` marks a last part that may have slashes.
fn routes() -> Vec<Route> {
    vec![
        ("/rate_limit", get(repository::rate_limit)),
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
    ]
}

/// Uploads, below `UPLOADS`.
fn upload_routes() -> Vec<Route> {
    vec![("/repos/{owner}/{repo}/releases/{release_id}/assets", post(assets::upload))]
}

pub(crate) fn router(world: &Arc<World>) -> Router {
    let mut router = Router::new();
    for (path, methods) in routes() {
        router = router.route(path, methods);
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
