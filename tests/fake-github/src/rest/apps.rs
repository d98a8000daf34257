//! GitHub Apps: themselves, their installations, and the tokens of these.

use std::{sync::Arc, time::Duration};

use axum::{
    Extension, Json,
    extract::{Path, Query, State},
    http::StatusCode,
};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{repository::person, url};
use crate::{
    access::{Access, Level, Rights},
    answer::{Answer, Page, Refusal, document},
    apps::Installation,
    clock::{iso, later},
    world::{State as Everything, World},
};

/// How long an installation's token is good.
const TOKEN_LIFE: Duration = Duration::from_secs(3600);

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wish {
    repositories: Option<Vec<String>>,
    repository_ids: Option<Vec<u64>>,
    permissions: Option<Map<String, Value>>,
}

/// The App itself.
pub(super) async fn get(
    State(world): State<Arc<World>>,
    Extension(access): Extension<Access>,
) -> Answer {
    let id = access.app_id().ok_or_else(Refusal::not_found)?;
    let time = iso(jiff::Timestamp::UNIX_EPOCH);
    let count = installations(&world.state(), id).len();
    let document_of_it = json!({
        "id": id,
        "node_id": format!("A_{id}"),
        "slug": slug(id),
        "name": slug(id),
        "client_id": format!("Iv1.{id}"),
        "owner": person(&world, "fake-user"),
        "description": null,
        "external_url": "https://example.com",
        "html_url": format!("https://github.com/apps/{}", slug(id)),
        "created_at": time,
        "updated_at": time,
        "permissions": permissions(Access::full("").rights),
        "events": [],
        "installations_count": count,
    });
    document(StatusCode::OK, document_of_it)
}

pub(super) async fn list(
    State(world): State<Arc<World>>,
    Extension(access): Extension<Access>,
    Query(page): Query<Page>,
) -> Answer {
    let id = access.app_id().ok_or_else(Refusal::not_found)?;
    let found = installations(&world.state(), id);
    let items = found.iter().map(|installation| view(&world, installation)).collect();
    page.of(items, &format!("{}/app/installations", world.api))
}

/// The installation that a repository belongs to.
pub(super) async fn of_repository(
    State(world): State<Arc<World>>,
    Path((owner, repo)): Path<(String, String)>,
    Extension(access): Extension<Access>,
) -> Answer {
    let mut state = world.state();
    state.named(&owner, &repo)?;
    let new_id = state.id();
    let mut apps = state.apps.iter_mut();
    let app = apps.find(|app| Some(app.id) == access.app_id()).ok_or_else(Refusal::not_found)?;
    let installation = app.at(&owner, new_id).ok_or_else(Refusal::not_found)?;
    document(StatusCode::OK, view(&world, installation))
}

pub(super) async fn create_token(
    State(world): State<Arc<World>>,
    Path(id): Path<u64>,
    Extension(access): Extension<Access>,
    wish: Option<Json<Wish>>,
) -> Answer {
    let Json(wish) = wish.unwrap_or_default();
    let mut state = world.state();
    let app = access.app_id().ok_or_else(Refusal::not_found)?;
    let mut found = installations(&state, app).into_iter();
    let installation = found.find(|found| found.id == id).ok_or_else(Refusal::not_found)?;
    let rights = narrowed(installation.rights, wish.permissions.as_ref())?;
    let repositories = chosen(&state, &installation.owner, &wish)?;
    let end = later(world.clock.now(), TOKEN_LIFE);
    let token = format!("ghs_Fake{}", state.id());
    let mut given = Access::installation(&token, &installation.owner, rights, end);
    given = given.of(&format!("{}[bot]", slug(app)));
    let selection = if repositories.is_some() { "selected" } else { "all" };
    if let Some(repositories) = repositories {
        given = given.among(repositories);
    }
    state.tokens.push(given);
    let document_of_it = json!({
        "token": token,
        "expires_at": iso(end),
        "permissions": permissions(rights),
        "repository_selection": selection,
    });
    document(StatusCode::CREATED, document_of_it)
}

/// The rights that a token shall have, which are some of the installation's.
fn narrowed(mut rights: Rights, wish: Option<&Map<String, Value>>) -> Result<Rights, Refusal> {
    let Some(wish) = wish else { return Ok(rights) };
    for (name, level) in rights.named() {
        let wanted = match wish.get(name).and_then(Value::as_str) {
            Some("write" | "admin") => Level::Write,
            Some(_) => Level::Read,
            None => Level::None,
        };
        if wanted > *level {
            let message = "The permissions requested are not granted to this installation.";
            return Err(Refusal::unprocessable(message));
        }
        *level = wanted;
    }
    Ok(rights)
}

/// The full names of the repositories that a token shall be for.
fn chosen(state: &Everything, owner: &str, wish: &Wish) -> Result<Option<Vec<String>>, Refusal> {
    if wish.repositories.is_none() && wish.repository_ids.is_none() {
        return Ok(None);
    }
    let own = || state.repositories.values().filter(|repository| repository.owner == owner);
    let names = wish.repositories.iter().flatten();
    let by_name = names.map(|name| own().find(|repository| repository.name == *name));
    let ids = wish.repository_ids.iter().flatten();
    let by_id = ids.map(|id| own().find(|repository| repository.id == *id));
    let found = by_name.chain(by_id).map(|found| found.map(|repository| repository.full_name()));
    found.collect::<Option<Vec<_>>>().map(Some).ok_or_else(|| {
        Refusal::unprocessable(
            "There is at least one repository that does not exist or is not accessible to the parent installation.",
        )
    })
}

fn installations(state: &Everything, app: u64) -> Vec<Installation> {
    let found = state.apps.iter().filter(|found| found.id == app);
    found.flat_map(|app| app.installations().cloned()).collect()
}

fn slug(app: u64) -> String {
    format!("fake-app-{app}")
}

fn permissions(mut rights: Rights) -> Value {
    let granted = rights.named().into_iter();
    let mut granted: Map<_, _> =
        granted.filter_map(|(name, level)| Some((name.to_owned(), level.name()?.into()))).collect();
    granted.insert("metadata".to_owned(), "read".into());
    // Whoever may write workflows may write: there is no reading them alone.
    if granted.get("workflows").is_some_and(|level| level == "read") {
        granted.remove("workflows");
    }
    Value::Object(granted)
}

fn view(world: &World, installation: &Installation) -> Value {
    let Installation { id, app, owner, rights } = installation;
    let time = iso(jiff::Timestamp::UNIX_EPOCH);
    json!({
        "id": id,
        "app_id": app,
        "app_slug": slug(*app),
        "account": person(world, owner),
        "target_id": 1,
        "target_type": "User",
        "repository_selection": "all",
        "access_tokens_url": format!("{}/app/installations/{id}/access_tokens", world.api),
        "repositories_url": format!("{}/installation/repositories", world.api),
        "html_url": url(world, owner, "settings", &format!("installations/{id}")),
        "permissions": permissions(*rights),
        "events": [],
        "single_file_name": null,
        "created_at": time,
        "updated_at": time,
        "suspended_by": null,
        "suspended_at": null,
    })
}
