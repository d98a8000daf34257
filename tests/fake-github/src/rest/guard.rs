//! What every REST request passes on its way in and out: user agent, API version, token, contract, rate limit headers.

use std::sync::Arc;

use axum::{
    Json,
    body::{Body, Bytes},
    extract::{MatchedPath, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};

use crate::{
    access::{Access, bearer},
    answer::Refusal,
    contract::{Answered, DEFAULT_VERSION},
    rest::UPLOADS,
    world::World,
};

/// Requests that a token has in an hour (count), as GitHub gives them to a user.
pub(crate) const RATE_LIMIT: u32 = 5000;

pub(super) async fn guard(
    State(world): State<Arc<World>>,
    route: MatchedPath,
    mut request: Request,
    next: Next,
) -> Response {
    let route = route.as_str();
    let operation = format!("{} {}", request.method(), described(route));
    let (version, access) = match admit(&world, &request, route) {
        Ok(admitted) => admitted,
        Err(refusal) => return limited(refusal.into_response()),
    };
    // The bytes of an upload are no JSON and go to a file.
    if !route.starts_with(UPLOADS) {
        let (parts, body) = request.into_parts();
        let Ok(bytes) = body.collect().await else {
            return StatusCode::BAD_REQUEST.into_response();
        };
        let bytes = bytes.to_bytes();
        request = Request::from_parts(parts, Body::from(bytes.clone()));
        if let Err(fault) = check_request(&world, &version, &operation, &request, &bytes) {
            return violation(&world, &operation, &fault);
        }
    } else if let Err(fault) = check_request(&world, &version, &operation, &request, &Bytes::new())
    {
        return violation(&world, &operation, &fault);
    }
    request.extensions_mut().insert(access);
    let (parts, body) = next.run(request).await.into_parts();
    let Ok(bytes) = body.collect().await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let bytes = bytes.to_bytes();
    let document = serde_json::from_slice::<Value>(&bytes).ok();
    let content_type =
        parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let answered =
        Answered { status: parts.status.as_u16(), content_type, body: document.as_ref() };
    if let Err(fault) = world.contract.check_response(&version, &operation, &answered) {
        return violation(&world, &operation, &fault);
    }
    limited(Response::from_parts(parts, Body::from(bytes)))
}

/// The contract's path of a route.
pub(super) fn described(route: &str) -> String {
    route.strip_prefix(UPLOADS).unwrap_or(route).replace("{*", "{")
}

/// The API version and the rights of a request, or why GitHub would not look at it.
fn admit(world: &World, request: &Request, route: &str) -> Result<(String, Access), Refusal> {
    let headers = request.headers();
    if !headers.contains_key(header::USER_AGENT) {
        let message = "Request forbidden by administrative rules. Please make sure your request has a User-Agent header";
        return Err(Refusal::new(StatusCode::FORBIDDEN, message));
    }
    let version = api_version(headers);
    if !world.contract.knows_version(version) {
        let message = format!("{version} is not a supported version of the REST API");
        return Err(Refusal::new(StatusCode::BAD_REQUEST, message));
    }
    let Some(token) = bearer(headers) else {
        return Err(Refusal::new(StatusCode::UNAUTHORIZED, "Requires authentication"));
    };
    let state = world.state();
    let Some(access) = state.token(token).cloned() else {
        return Err(Refusal::new(StatusCode::UNAUTHORIZED, "Bad credentials"));
    };
    if let Some(repository) = repository_of(request.uri().path()) {
        // GitHub hides what a token may not see.
        if !state.repositories.contains_key(&repository) || !access.is_for(&repository) {
            return Err(Refusal::not_found());
        }
        access.check(request.method(), route)?;
    }
    Ok((version.to_owned(), access))
}

fn api_version(headers: &HeaderMap) -> &str {
    let version = headers.get("x-github-api-version").and_then(|value| value.to_str().ok());
    version.unwrap_or(DEFAULT_VERSION)
}

fn repository_of(path: &str) -> Option<String> {
    let rest = path.strip_prefix(UPLOADS).unwrap_or(path).strip_prefix("/repos/")?;
    let mut names = rest.split('/');
    Some(format!("{}/{}", names.next()?, names.next()?))
}

fn check_request(
    world: &World,
    version: &str,
    operation: &str,
    request: &Request,
    bytes: &Bytes,
) -> anyhow::Result<()> {
    let query = request.uri().query().unwrap_or_default();
    let query: Vec<_> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let body = if bytes.is_empty() { None } else { Some(serde_json::from_slice(bytes)?) };
    world.contract.check_request(version, operation, &query, body.as_ref())
}

fn violation(world: &World, operation: &str, fault: &anyhow::Error) -> Response {
    let text = format!("{operation}: {fault:#}");
    world.state().violations.push(text.clone());
    let document = json!({ "message": format!("contract violation: {text}") });
    (StatusCode::INTERNAL_SERVER_ERROR, Json(document)).into_response()
}

fn limited(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert("x-ratelimit-limit", RATE_LIMIT.into());
    headers.insert("x-ratelimit-remaining", (RATE_LIMIT - 1).into());
    headers.insert("x-ratelimit-resource", HeaderValue::from_static("core"));
    response
}

#[cfg(test)]
mod tests {
    use crate::{contract::Contract, rest};

    #[test]
    fn every_route_is_in_the_contract() {
        let contract = Contract::read().unwrap();
        for (path, methods) in rest::routes().into_iter().chain(rest::upload_routes()) {
            let text = format!("{methods:?}");
            let names = ["get", "post", "put", "patch", "delete"];
            let answered: Vec<_> =
                names.iter().filter(|name| !text.contains(&format!("{name}: None"))).collect();
            assert!(!answered.is_empty(), "{path}: {text}");
            for name in answered {
                let operation = format!("{} {}", name.to_uppercase(), super::described(path));
                assert!(contract.knows(&operation), "not in the contract: {operation}");
            }
        }
    }
}
