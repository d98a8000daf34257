//! Runs, and the tokens that their jobs hold.

use std::collections::BTreeMap;

use axum::http::{HeaderMap, StatusCode};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::TwirpError;
use crate::{
    access::{Access, bearer},
    world::{Run, State, World},
};

/// How long a job's tokens are good, in seconds: as long as a job may run.
const TOKEN_LIFE: i64 = 6 * 3600;

/// Starts a run that nobody has dispatched.
pub(crate) fn start_run(world: &World, repository: &str) -> anyhow::Result<Run> {
    let id = world.state().id();
    equip(world, repository, id)
}

/// Gives a run what its runner hands to actions: its tokens are known from now on.
pub(crate) fn equip(world: &World, repository: &str, id: u64) -> anyhow::Result<Run> {
    let mut state = world.state();
    state.repository(repository)?;
    let claims = json!({
        "scp": format!("Actions.Results:{id}:{id}"),
        "ac": "[{\"Scope\":\"refs/heads/main\",\"Permission\":3}]",
        "iss": "fake-github",
        "exp": world.clock.now().as_second() + TOKEN_LIFE,
    });
    let runtime_token = web_token(&claims, id);
    let job_token = format!("ghs_fake{id}");
    let id_token_secret = format!("id-token-request-{id}");
    let api = &world.api;
    let environment = [
        ("ACTIONS_CACHE_SERVICE_V2", "true".to_owned()),
        ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", id_token_secret.clone()),
        ("ACTIONS_ID_TOKEN_REQUEST_URL", format!("{api}/identity?run={id}")),
        ("ACTIONS_RESULTS_URL", format!("{api}/")),
        ("ACTIONS_RUNTIME_TOKEN", runtime_token.clone()),
        ("ACTIONS_RUNTIME_URL", format!("{api}/")),
        ("GITHUB_API_URL", api.clone()),
        ("GITHUB_REPOSITORY", repository.to_owned()),
        ("GITHUB_RUN_ID", id.to_string()),
        ("GITHUB_TOKEN", job_token.clone()),
    ];
    let environment: BTreeMap<_, _> =
        environment.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    state.tokens.push(Access::full(&job_token).only(repository));
    let repository = repository.to_owned();
    let run = Run { id, repository, environment, runtime_token, id_token_secret };
    state.runs.insert(id, run.clone());
    Ok(run)
}

/// A JSON web token in its usual form. Its last part is no signature that anybody could check: the fake knows the tokens
/// that it has given.
pub(super) fn web_token(claims: &Value, id: u64) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let header = json!({ "alg": "none", "typ": "JWT" });
    format!("{}.{}.{}", part(&header), part(claims), URL_SAFE_NO_PAD.encode(format!("fake-{id}")))
}

/// The run whose token a request carries.
pub(super) fn run_of(state: &State, headers: &HeaderMap) -> Result<Run, TwirpError> {
    let token = bearer(headers).unwrap_or_default();
    let run = state.runs.values().find(|run| run.runtime_token == token);
    run.cloned().ok_or_else(|| {
        let message = "the token is of no run that is known here";
        TwirpError::new(StatusCode::UNAUTHORIZED, "unauthenticated", message)
    })
}
