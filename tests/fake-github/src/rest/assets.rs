//! Assets of releases: upload, listing, download, removal.

use std::sync::Arc;

use axum::{
    Extension, Json,
    body::Body,
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode, header},
    response::IntoResponse as _,
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{repository::person, url};
use crate::{
    access::Access,
    actions::{Download, Life, redirect},
    answer::{Answer, Page, Refusal, document},
    repository::{Asset, AssetState, Release, Repository},
    store::Received,
    world::World,
};

/// Characters that a name may have beside letters and digits; GitHub makes a dot of all others.
const NAME_MARKS: &str = "._-+";

#[derive(Debug, Deserialize)]
pub(super) struct Named {
    name: String,
    label: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Wish {
    name: Option<String>,
    label: Option<String>,
}

type WhichAsset = Path<(String, String, u64)>;

pub(super) async fn list(
    State(world): State<Arc<World>>,
    Path((owner, repo, id)): Path<(String, String, u64)>,
    Query(page): Query<Page>,
) -> Answer {
    let mut state = world.state();
    let repository = state.named(&owner, &repo)?;
    let release = repository.releases.get(&id).ok_or_else(Refusal::not_found)?;
    let items =
        release.assets.values().map(|asset| view(&world, repository, release, asset)).collect();
    page.of(items, &url(&world, &owner, &repo, &format!("releases/{id}/assets")))
}

/// The asset takes its name at once. One whose upload breaks off keeps it, in the state `starter`.
pub(super) async fn upload(
    State(world): State<Arc<World>>,
    Path((owner, repo, id)): Path<(String, String, u64)>,
    Query(named): Query<Named>,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    let Some(content_type) =
        headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok())
    else {
        return Err(Refusal::new(StatusCode::BAD_REQUEST, "Content-Type is missing"));
    };
    if !headers.contains_key(header::CONTENT_LENGTH) {
        return Err(Refusal::new(StatusCode::LENGTH_REQUIRED, "Content-Length is missing"));
    }
    let asset_id = {
        let mut state = world.state();
        let asset_id = state.id();
        let release = release(state.named(&owner, &repo)?, id)?;
        if release.immutable {
            return Err(Refusal::unprocessable("Cannot upload assets to an immutable release."));
        }
        let name = sanitized(&named.name);
        if release.asset(&name).is_some() {
            return Err(Refusal::invalid("ReleaseAsset", "name", "already_exists"));
        }
        let content_type = content_type.to_owned();
        let (label, created_at) = (named.label, world.clock.now());
        let asset = Asset {
            id: asset_id,
            name,
            label,
            content_type,
            state: AssetState::Starter,
            created_at,
        };
        release.assets.insert(asset_id, asset);
        asset_id
    };
    let received = world.store.receive(body).await.map_err(|error| {
        Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, format!("the store failed: {error:#}"))
    })?;
    let Received::Whole(file) = received else {
        return Err(Refusal::new(StatusCode::BAD_GATEWAY, "Server Error"));
    };
    let mut state = world.state();
    let repository = state.named(&owner, &repo)?;
    let asset =
        release(repository, id)?.assets.get_mut(&asset_id).ok_or_else(Refusal::not_found)?;
    asset.state = AssetState::Uploaded(file);
    let (release, asset) = repository.asset(asset_id).ok_or_else(Refusal::not_found)?;
    document(StatusCode::CREATED, view(&world, repository, release, asset))
}

pub(super) async fn get(
    State(world): State<Arc<World>>,
    Path((owner, repo, id)): WhichAsset,
    Extension(access): Extension<Access>,
    headers: HeaderMap,
) -> Answer {
    let mut state = world.state();
    let repository = state.named(&owner, &repo)?;
    let (release, asset) = repository.asset(id).ok_or_else(Refusal::not_found)?;
    if release.draft && !access.sees_drafts() {
        return Err(Refusal::not_found());
    }
    let wants_bytes = headers
        .get_all(header::ACCEPT)
        .iter()
        .any(|value| value.as_bytes() == b"application/octet-stream");
    if !wants_bytes {
        return document(StatusCode::OK, view(&world, repository, release, asset));
    }
    let file = asset.file().ok_or_else(Refusal::not_found)?.clone();
    let download = Download::new(file, &asset.content_type, &asset.name);
    Ok(redirect(download, &world, &mut state, Life::ASSET))
}

pub(super) async fn update(
    State(world): State<Arc<World>>,
    Path((owner, repo, id)): WhichAsset,
    Json(wish): Json<Wish>,
) -> Answer {
    let mut state = world.state();
    let repository = state.named(&owner, &repo)?;
    let release = owner_of(repository, id)?;
    if release.immutable {
        return Err(Refusal::unprocessable("Cannot update assets of an immutable release."));
    }
    let asset = release.assets.get_mut(&id).ok_or_else(Refusal::not_found)?;
    if let Some(name) = wish.name {
        asset.name = sanitized(&name);
    }
    asset.label = wish.label.or(asset.label.take());
    let (release, asset) = repository.asset(id).ok_or_else(Refusal::not_found)?;
    document(StatusCode::OK, view(&world, repository, release, asset))
}

pub(super) async fn delete(
    State(world): State<Arc<World>>,
    Path((owner, repo, id)): WhichAsset,
) -> Answer {
    let mut state = world.state();
    let release = owner_of(state.named(&owner, &repo)?, id)?;
    if release.immutable {
        return Err(Refusal::unprocessable("Cannot delete assets from an immutable release."));
    }
    release.assets.remove(&id);
    Ok(StatusCode::NO_CONTENT.into_response())
}

fn release(repository: &mut Repository, id: u64) -> Result<&mut Release, Refusal> {
    repository.releases.get_mut(&id).ok_or_else(Refusal::not_found)
}

fn owner_of(repository: &mut Repository, asset: u64) -> Result<&mut Release, Refusal> {
    let mut releases = repository.releases.values_mut();
    releases.find(|release| release.assets.contains_key(&asset)).ok_or_else(Refusal::not_found)
}

fn sanitized(name: &str) -> String {
    let kept = |c: char| c.is_ascii_alphanumeric() || NAME_MARKS.contains(c);
    name.chars().map(|c| if kept(c) { c } else { '.' }).collect()
}

pub(super) fn view(
    world: &World,
    repository: &Repository,
    release: &Release,
    asset: &Asset,
) -> Value {
    let (owner, repo) = (&repository.owner, &repository.name);
    let file = asset.file();
    json!({
        "id": asset.id,
        "node_id": format!("RA_{}", asset.id),
        "url": url(world, owner, repo, &format!("releases/assets/{}", asset.id)),
        "browser_download_url":
            format!("https://github.com/{owner}/{repo}/releases/download/{}/{}", release.tag, asset.name),
        "name": asset.name,
        "label": asset.label,
        "state": if file.is_some() { "uploaded" } else { "starter" },
        "content_type": asset.content_type,
        "size": file.map_or(0, |file| file.size),
        "digest": file.map(|file| format!("sha256:{}", file.sha256)),
        "download_count": 0,
        "created_at": asset.created_at.to_string(),
        "updated_at": asset.created_at.to_string(),
        "uploader": person(world, owner),
    })
}
