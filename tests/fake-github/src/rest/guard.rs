//! What every REST request passes on its way in and out: user agent, API version, token, contract, tags,
//! rate limit headers.

use std::sync::Arc;

use axum::{
    Json,
    body::{Body, Bytes},
    extract::{MatchedPath, Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::{
    access::{Access, bearer},
    answer::Refusal,
    apps,
    contract::{Answered, DEFAULT_VERSION},
    exchange::Number,
    rest::{RATE_LIMIT_ROUTE, UPLOADS},
    store::hex,
    world::World,
};

/// Where an App speaks for itself.
const APP_ROUTES: [&str; 4] = [
    "/app",
    "/app/installations",
    "/app/installations/{installation_id}/access_tokens",
    "/repos/{owner}/{repo}/installation",
];

/// The version of the API that a request speaks.
#[derive(Debug, Clone)]
pub(super) struct Version(String);

impl Version {
    /// Whether it is one after the first.
    pub(super) fn is_later(&self) -> bool {
        self.0 != DEFAULT_VERSION
    }
}

pub(super) async fn guard(
    State(world): State<Arc<World>>,
    route: MatchedPath,
    request: Request,
    next: Next,
) -> Response {
    let route = route.as_str();
    let number = request.extensions().get::<Number>().copied();
    let (version, access) = match admit(&world, &request, route) {
        Ok(admitted) => admitted,
        Err(refusal) => {
            let mut response = refusal.into_response();
            let known =
                bearer(request.headers()).filter(|token| world.state().token(token).is_some());
            if let Some(token) = known {
                account(&world, token, number, true, false, &mut response);
            }
            return response;
        }
    };
    let (token, told) = (access.token.clone(), access.clone());
    if let Some(mut refused) = crossed(&world, &token, &request) {
        account(&world, &token, number, false, false, &mut refused);
        return refused;
    }
    let known = request.headers().get(header::IF_NONE_MATCH).cloned();
    let conditional = request.method() == Method::GET;
    let mut response = checked(&world, route, &version, access, request, next).await;
    let not_modified = conditional && tag(&mut response, known.as_ref());
    if not_modified {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        *response.body_mut() = Body::empty();
        response.headers_mut().remove(header::CONTENT_LENGTH);
        response.headers_mut().remove(header::CONTENT_TYPE);
    }
    told.tell(response.headers_mut());
    let counted = !not_modified && route != RATE_LIMIT_ROUTE;
    account(&world, &token, number, counted, not_modified, &mut response);
    response
}

/// The refusal of a request that crosses a limit.
fn crossed(world: &World, token: &str, request: &Request) -> Option<Response> {
    let (method, path) = (request.method(), request.uri().path());
    if path == RATE_LIMIT_ROUTE {
        return None;
    }
    let mut state = world.state();
    let limits = state.limits.clone()?;
    let now = world.clock.now();
    let traffic = state.traffic(token, now);
    let crossing = traffic.admit(&limits, method, now).err()?;
    let refusal = traffic.refusal(&limits, &crossing, now);
    state.crossings.push(format!("{method} {path}: {}", crossing.what));
    Some(refusal)
}

/// Counts a request and tells the client how it stands.
fn account(
    world: &World,
    token: &str,
    number: Option<Number>,
    counted: bool,
    not_modified: bool,
    response: &mut Response,
) {
    let mut state = world.state();
    let quota = &mut state.traffic(token, world.clock.now()).quota;
    quota.used += u64::from(counted);
    quota.tell(response.headers_mut());
    if let Some(entry) = number.and_then(|Number(number)| state.log.get_mut(number)) {
        (entry.counted, entry.not_modified) = (counted, not_modified);
    }
}

/// Puts a tag on a document, and tells whether the client has just this one.
fn tag(response: &mut Response, known: Option<&HeaderValue>) -> bool {
    let Some(Tag(tag)) = response.extensions().get::<Tag>().cloned() else { return false };
    let plain = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    let mut copies = known.and_then(|value| value.to_str().ok()).unwrap_or_default().split(',');
    let same = copies.any(|copy| copy.trim() == "*" || plain(copy) == plain(&tag));
    if let Ok(value) = HeaderValue::from_str(&tag) {
        response.headers_mut().insert(header::ETAG, value);
    }
    same
}

/// What stands in an answer's `ETag`.
#[derive(Debug, Clone)]
struct Tag(String);

/// Holds request and answer against the contract.
async fn checked(
    world: &World,
    route: &str,
    version: &str,
    access: Access,
    mut request: Request,
    next: Next,
) -> Response {
    let operation = format!("{} {}", request.method(), described(route));
    // The bytes of an upload are no JSON and go to a file.
    let mut document = Bytes::new();
    if !route.starts_with(UPLOADS) {
        let (parts, body) = request.into_parts();
        let Ok(bytes) = body.collect().await else {
            return StatusCode::BAD_REQUEST.into_response();
        };
        document = bytes.to_bytes();
        request = Request::from_parts(parts, Body::from(document.clone()));
    }
    if let Err(fault) = check_request(world, version, &operation, &request, &document) {
        return violation(world, &operation, &fault);
    }
    request.extensions_mut().insert(access);
    request.extensions_mut().insert(Version(version.to_owned()));
    let (mut parts, body) = next.run(request).await.into_parts();
    let Ok(bytes) = body.collect().await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let bytes = bytes.to_bytes();
    let document = serde_json::from_slice::<Value>(&bytes).ok();
    let content_type =
        parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let answered =
        Answered { status: parts.status.as_u16(), content_type, body: document.as_ref() };
    if let Err(fault) = world.contract.check_response(version, &operation, &answered) {
        return violation(world, &operation, &fault);
    }
    if parts.status == StatusCode::OK && document.is_some() {
        parts.extensions.insert(Tag(format!("W/\"{}\"", hex(&Sha256::digest(&bytes)))));
    }
    Response::from_parts(parts, Body::from(bytes))
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
    let too_new = world.old_server && version != DEFAULT_VERSION;
    if too_new || !world.contract.knows_version(version) {
        let message = format!("{version} is not a supported version of the REST API");
        return Err(Refusal::new(StatusCode::BAD_REQUEST, message));
    }
    let Some(token) = bearer(headers) else {
        return Err(Refusal::new(StatusCode::UNAUTHORIZED, "Requires authentication"));
    };
    let state = world.state();
    let now = world.clock.now();
    if APP_ROUTES.contains(&route) {
        return Ok((version.to_owned(), Access::app(apps::signed_by(&state.apps, token, now)?)));
    }
    let known = state.token(token).filter(|access| !access.is_expired(now)).cloned();
    let Some(access) = known else {
        return Err(Refusal::new(StatusCode::UNAUTHORIZED, "Bad credentials"));
    };
    if let Some(name) = repository_of(request.uri().path()) {
        // GitHub hides what a token may not see.
        let repository = state.repositories.get(&name);
        if !repository.is_some_and(|repository| access.sees(repository)) {
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
                let operation = format!("{} {}", name.to_uppercase(), super::described(&path));
                assert!(contract.knows(&operation), "not in the contract: {operation}");
            }
        }
    }
}
