//! Identity tokens (OIDC) of jobs.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Query, State},
    http::{HeaderMap, StatusCode},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::token::web_token;
use crate::{access::bearer, world::World};

#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    run: u64,
    audience: Option<String>,
}

pub(super) async fn token(
    State(world): State<Arc<World>>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Json<Value>, StatusCode> {
    let state = world.state();
    let run = state.runs.get(&asked.run).ok_or(StatusCode::NOT_FOUND)?;
    if bearer(&headers) != Some(run.id_token_secret.as_str()) {
        return Err(StatusCode::UNAUTHORIZED);
    }
    let claims = json!({
        "iss": "fake-github",
        "aud": asked.audience.unwrap_or_else(|| format!("https://github.com/{}", run.repository)),
        "sub": format!("repo:{}:ref:refs/heads/main", run.repository),
        "repository": run.repository,
        "run_id": run.id.to_string(),
    });
    Ok(Json(json!({ "count": 1, "value": web_token(&claims, run.id) })))
}
