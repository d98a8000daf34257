//! Releases: drafts, publishing, and what immutability forbids.

use std::sync::Arc;

use axum::{
    Extension, Json,
    extract::{Path, Query, State},
    http::StatusCode,
    response::IntoResponse as _,
};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{UPLOADS, assets, repository::person, url};
use crate::{
    access::Access,
    answer::{Answer, Page, Refusal, document},
    repository::{Release, Repository},
    world::World,
};

/// The fields of a release that a client may set.
#[derive(Debug, Deserialize)]
pub(super) struct Wish {
    tag_name: Option<String>,
    target_commitish: Option<String>,
    name: Option<String>,
    body: Option<String>,
    draft: Option<bool>,
    prerelease: Option<bool>,
    make_latest: Option<String>,
}

type Where = Path<(String, String)>;
type WhichRelease = Path<(String, String, u64)>;

pub(super) async fn list(
    State(world): State<Arc<World>>,
    Path((owner, repo)): Where,
    Query(page): Query<Page>,
    Extension(access): Extension<Access>,
) -> Answer {
    let mut state = world.state();
    let repository = state.named(&owner, &repo)?;
    let newest_first = repository.releases.values().rev();
    let visible = newest_first.filter(|release| !release.draft || access.sees_drafts());
    let items = visible.map(|release| view(&world, repository, release)).collect();
    page.of(items, &url(&world, &owner, &repo, "releases"))
}

pub(super) async fn get(
    State(world): State<Arc<World>>,
    Path((owner, repo, id)): WhichRelease,
    Extension(access): Extension<Access>,
) -> Answer {
    let mut state = world.state();
    let repository = state.named(&owner, &repo)?;
    let release = repository.releases.get(&id).ok_or_else(Refusal::not_found)?;
    if release.draft && !access.sees_drafts() {
        return Err(Refusal::not_found());
    }
    document(StatusCode::OK, view(&world, repository, release))
}

/// Never finds a draft, whatever its tag will be.
pub(super) async fn by_tag(
    State(world): State<Arc<World>>,
    Path((owner, repo, tag)): Path<(String, String, String)>,
) -> Answer {
    let mut state = world.state();
    let repository = state.named(&owner, &repo)?;
    let release = repository.published(&tag).ok_or_else(Refusal::not_found)?;
    document(StatusCode::OK, view(&world, repository, release))
}

pub(super) async fn create(
    State(world): State<Arc<World>>,
    Path((owner, repo)): Where,
    Json(wish): Json<Wish>,
) -> Answer {
    let mut state = world.state();
    let id = state.id();
    let repository = state.named(&owner, &repo)?;
    let mut release =
        Release::draft(id, wish.tag_name.as_deref().unwrap_or_default(), world.clock.now());
    release.target.clone_from(&repository.default_branch);
    let publish = !wish.draft.unwrap_or(false);
    apply(&mut release, wish);
    if publish {
        publish_release(repository, &mut release, world.clock.now())?;
    }
    let document_of_it = view(&world, repository, &release);
    repository.releases.insert(id, release);
    document(StatusCode::CREATED, document_of_it)
}

pub(super) async fn update(
    State(world): State<Arc<World>>,
    Path((owner, repo, id)): WhichRelease,
    Json(wish): Json<Wish>,
) -> Answer {
    let mut state = world.state();
    let repository = state.named(&owner, &repo)?;
    let mut release = repository.releases.get(&id).ok_or_else(Refusal::not_found)?.clone();
    let locked = wish.tag_name.is_some() || wish.draft == Some(true);
    if release.immutable && locked {
        return Err(Refusal::unprocessable("Cannot change the tag of an immutable release."));
    }
    let publish = release.draft && wish.draft == Some(false);
    release.draft = wish.draft.unwrap_or(release.draft);
    apply(&mut release, wish);
    if publish {
        publish_release(repository, &mut release, world.clock.now())?;
    }
    let document_of_it = view(&world, repository, &release);
    repository.releases.insert(id, release);
    document(StatusCode::OK, document_of_it)
}

pub(super) async fn delete(
    State(world): State<Arc<World>>,
    Path((owner, repo, id)): WhichRelease,
) -> Answer {
    let mut state = world.state();
    let repository = state.named(&owner, &repo)?;
    // Its tag stays, and stays burned when the release was immutable.
    repository.releases.remove(&id).ok_or_else(Refusal::not_found)?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

fn apply(release: &mut Release, wish: Wish) {
    if let Some(tag) = wish.tag_name {
        release.tag = tag;
    }
    if let Some(target) = wish.target_commitish {
        release.target = target;
    }
    release.name = wish.name.or(release.name.take());
    release.body = wish.body.or(release.body.take());
    release.prerelease = wish.prerelease.unwrap_or(release.prerelease);
    if let Some(latest) = wish.make_latest {
        release.make_latest = latest != "false";
    }
}

/// Makes a draft public: its tag is made when it is not there, and both are locked where the repository says so.
fn publish_release(
    repository: &mut Repository,
    release: &mut Release,
    now: Timestamp,
) -> Result<(), Refusal> {
    if repository.burned_tags.contains(&release.tag) {
        let message = "tag_name was used by an immutable release";
        return Err(Refusal::custom("Release", "tag_name", message));
    }
    if repository.published(&release.tag).is_some_and(|other| other.id != release.id) {
        return Err(Refusal::invalid("Release", "tag_name", "already_exists"));
    }
    let name = format!("refs/tags/{}", release.tag);
    if !repository.git.refs.contains_key(&name) {
        let commit = repository
            .git
            .resolve(&release.target)
            .ok_or_else(|| Refusal::invalid("Release", "target_commitish", "invalid"))?;
        repository.git.refs.insert(name, commit);
    }
    release.draft = false;
    release.published_at = Some(now);
    if repository.immutable_releases {
        release.immutable = true;
        repository.burned_tags.insert(release.tag.clone());
    }
    Ok(())
}

fn view(world: &World, repository: &Repository, release: &Release) -> Value {
    let (owner, repo, id) = (&repository.owner, &repository.name, release.id);
    let page = format!("https://github.com/{owner}/{repo}");
    let shown_tag = if release.draft { format!("untagged-{id:x}") } else { release.tag.clone() };
    let archive = |kind: &str| {
        (!release.draft).then(|| url(world, owner, repo, &format!("{kind}/{}", release.tag)))
    };
    json!({
        "id": id,
        "node_id": format!("RE_{id}"),
        "url": url(world, owner, repo, &format!("releases/{id}")),
        "assets_url": url(world, owner, repo, &format!("releases/{id}/assets")),
        "upload_url": format!("{}{UPLOADS}/repos/{owner}/{repo}/releases/{id}/assets{{?name,label}}", world.api),
        "html_url": format!("{page}/releases/tag/{shown_tag}"),
        "tarball_url": archive("tarball"),
        "zipball_url": archive("zipball"),
        "tag_name": release.tag,
        "target_commitish": release.target,
        "name": release.name,
        "body": release.body,
        "draft": release.draft,
        "prerelease": release.prerelease,
        "immutable": release.immutable,
        "created_at": release.created_at.to_string(),
        "published_at": release.published_at.map(|time| time.to_string()),
        "author": person(world, owner),
        "assets": release.assets.values().map(|asset| assets::view(world, repository, release, asset)).collect::<Vec<_>>(),
    })
}
