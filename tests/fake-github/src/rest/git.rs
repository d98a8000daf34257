//! Refs and git objects.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Extension, Json,
    extract::{Path, Query, State},
    http::StatusCode,
    response::IntoResponse as _,
};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::url;
use crate::{
    access::Access,
    answer::{Answer, Refusal, document},
    git::{Entry, Files, Object, Person},
    repository::Repository,
    world::World,
};

type Where = Path<(String, String)>;
type Which = Path<(String, String, String)>;

#[derive(Debug, Deserialize)]
pub(super) struct NewReference {
    #[serde(rename = "ref")]
    name: String,
    sha: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct MovedReference {
    sha: String,
    #[serde(default)]
    force: bool,
}

#[derive(Debug, Deserialize)]
pub(super) struct NewBlob {
    content: String,
    encoding: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct NewTree {
    base_tree: Option<String>,
    tree: Vec<NewEntry>,
}

#[derive(Debug, Deserialize)]
struct NewEntry {
    path: String,
    mode: String,
    sha: Option<String>,
    content: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct NewCommit {
    message: String,
    tree: String,
    #[serde(default)]
    parents: Vec<String>,
    author: Option<NewPerson>,
}

#[derive(Debug, Deserialize)]
pub(super) struct NewPerson {
    name: String,
    email: String,
    date: Option<Timestamp>,
}

/// Who a request says has written a commit.
pub(super) fn author(person: Option<NewPerson>, now: Timestamp) -> Person {
    person.map_or_else(
        || Person::bot_at(now),
        |NewPerson { name, email, date }| Person { name, email, date: date.unwrap_or(now) },
    )
}

pub(super) async fn reference(
    State(world): State<Arc<World>>,
    Path((owner, repo, name)): Which,
) -> Answer {
    let mut state = world.state();
    let repository = state.named(&owner, &repo)?;
    let name = format!("refs/{name}");
    let sha = repository.git.refs.get(&name).ok_or_else(Refusal::not_found)?;
    document(StatusCode::OK, reference_view(&world, repository, &name, sha))
}

/// Every ref whose name begins so.
pub(super) async fn matching_references(
    State(world): State<Arc<World>>,
    Path((owner, repo, start)): Which,
) -> Answer {
    let mut state = world.state();
    let repository = state.named(&owner, &repo)?;
    let start = format!("refs/{start}");
    let matching = repository.git.refs.iter().filter(|(name, _)| name.starts_with(&start));
    let items = matching.map(|(name, sha)| reference_view(&world, repository, name, sha)).collect();
    document(StatusCode::OK, Value::Array(items))
}

pub(super) async fn create_reference(
    State(world): State<Arc<World>>,
    Path((owner, repo)): Where,
    Json(new): Json<NewReference>,
) -> Answer {
    let mut state = world.state();
    let repository = state.named(&owner, &repo)?;
    if !new.name.starts_with("refs/") || new.name.split('/').count() < 3 {
        return Err(Refusal::unprocessable(
            "Reference name must start with 'refs/' and have at least two slashes.",
        ));
    }
    if repository.git.refs.contains_key(&new.name) {
        return Err(Refusal::unprocessable("Reference already exists"));
    }
    check_commit(repository, &new.sha)?;
    if new.name.strip_prefix("refs/tags/").is_some_and(|tag| repository.burned_tags.contains(tag)) {
        return Err(Refusal::unprocessable("Cannot create ref due to creations being restricted."));
    }
    repository.git.refs.insert(new.name.clone(), new.sha.clone());
    document(StatusCode::CREATED, reference_view(&world, repository, &new.name, &new.sha))
}

pub(super) async fn update_reference(
    State(world): State<Arc<World>>,
    Path((owner, repo, name)): Which,
    Json(moved): Json<MovedReference>,
) -> Answer {
    let mut state = world.state();
    let repository = state.named(&owner, &repo)?;
    let name = format!("refs/{name}");
    let Some(old) = repository.git.refs.get(&name) else {
        return Err(Refusal::unprocessable("Reference does not exist"));
    };
    check_commit(repository, &moved.sha)?;
    if !moved.force && !repository.git.is_ancestor(old, &moved.sha) {
        return Err(Refusal::unprocessable("Update is not a fast forward"));
    }
    refuse_locked(repository, &name)?;
    repository.git.refs.insert(name.clone(), moved.sha.clone());
    document(StatusCode::OK, reference_view(&world, repository, &name, &moved.sha))
}

pub(super) async fn delete_reference(
    State(world): State<Arc<World>>,
    Path((owner, repo, name)): Which,
) -> Answer {
    let mut state = world.state();
    let repository = state.named(&owner, &repo)?;
    let name = format!("refs/{name}");
    refuse_locked(repository, &name)?;
    if repository.git.refs.remove(&name).is_none() {
        return Err(Refusal::unprocessable("Reference does not exist"));
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// A ref is of a commit that is there.
fn check_commit(repository: &Repository, sha: &str) -> Result<(), Refusal> {
    if repository.git.tree_of(sha).is_none() {
        return Err(Refusal::unprocessable("Object does not exist"));
    }
    Ok(())
}

/// A tag of an immutable release stays where it is while the release is there.
fn refuse_locked(repository: &Repository, name: &str) -> Result<(), Refusal> {
    let tag = name.strip_prefix("refs/tags/").unwrap_or_default();
    if repository.published(tag).is_some_and(|release| release.immutable) {
        return Err(Refusal::unprocessable("Cannot change a tag of an immutable release."));
    }
    Ok(())
}

fn reference_view(world: &World, repository: &Repository, name: &str, sha: &str) -> Value {
    let (owner, repo) = (&repository.owner, &repository.name);
    json!({
        "ref": name,
        "node_id": format!("REF_{sha}"),
        "url": url(world, owner, repo, &format!("git/{name}")),
        "object": { "type": "commit", "sha": sha, "url": url(world, owner, repo, &format!("git/commits/{sha}")) },
    })
}

pub(super) async fn create_blob(
    State(world): State<Arc<World>>,
    Path((owner, repo)): Where,
    Json(new): Json<NewBlob>,
) -> Answer {
    let bytes = if new.encoding.as_deref() == Some("base64") {
        decode(&new.content)?
    } else {
        new.content.into_bytes()
    };
    let sha = world.state().named(&owner, &repo)?.git.blob(bytes);
    let url = url(&world, &owner, &repo, &format!("git/blobs/{sha}"));
    document(StatusCode::CREATED, json!({ "sha": sha, "url": url }))
}

pub(super) async fn blob(
    State(world): State<Arc<World>>,
    Path((owner, repo, sha)): Which,
) -> Answer {
    let mut state = world.state();
    let repository = state.named(&owner, &repo)?;
    let Some(Object::Blob(bytes)) = repository.git.object(&sha) else {
        return Err(Refusal::not_found());
    };
    let document_of_it = json!({
        "sha": sha,
        "node_id": format!("B_{sha}"),
        "size": bytes.len(),
        "url": url(&world, &owner, &repo, &format!("git/blobs/{sha}")),
        "content": BASE64.encode(bytes),
        "encoding": "base64",
    });
    document(StatusCode::OK, document_of_it)
}

pub(super) async fn create_tree(
    State(world): State<Arc<World>>,
    Path((owner, repo)): Where,
    Extension(access): Extension<Access>,
    Json(new): Json<NewTree>,
) -> Answer {
    let mut state = world.state();
    let repository = state.named(&owner, &repo)?;
    let git = &mut repository.git;
    let mut files = match &new.base_tree {
        Some(base) => git.files(git.tree_of(base).unwrap_or(base)),
        None => Files::new(),
    };
    for entry in new.tree {
        access.check_file(&entry.path)?;
        let sha = match (entry.content, entry.sha) {
            (Some(text), _) => git.blob(text.into_bytes()),
            (None, Some(sha)) if git.object(&sha).is_some() => sha,
            (None, Some(_)) => {
                return Err(Refusal::unprocessable("tree.sha is not a valid object"));
            }
            (None, None) => {
                files.remove(&entry.path);
                continue;
            }
        };
        files.insert(entry.path, Entry { mode: entry.mode, sha });
    }
    if files.is_empty() {
        return Err(Refusal::unprocessable("Invalid tree info"));
    }
    let sha = git.tree(&files);
    document(StatusCode::CREATED, tree_view(&world, repository, &sha, false))
}

pub(super) async fn tree(
    State(world): State<Arc<World>>,
    Path((owner, repo, name)): Which,
    Query(asked): Query<BTreeMap<String, String>>,
) -> Answer {
    let mut state = world.state();
    let repository = state.named(&owner, &repo)?;
    let commit = repository.git.resolve(&name);
    let sha = commit
        .and_then(|commit| repository.git.tree_of(&commit).map(str::to_owned))
        .unwrap_or(name);
    if !matches!(repository.git.object(&sha), Some(Object::Tree(_))) {
        return Err(Refusal::not_found());
    }
    // Any value means it, `false` too.
    let recursive = asked.contains_key("recursive");
    document(StatusCode::OK, tree_view(&world, repository, &sha, recursive))
}

/// What stands in a tree, with or without what stands below it.
fn tree_view(world: &World, repository: &Repository, sha: &str, recursive: bool) -> Value {
    let (owner, repo) = (&repository.owner, &repository.name);
    let entries = repository.git.entries(sha, recursive);
    let entries = entries.into_iter().map(|(path, entry)| {
        let kind = if entry.kind() == "tree" { "trees" } else { "blobs" };
        let mut view =
            json!({ "path": path, "mode": entry.mode, "type": entry.kind(), "sha": entry.sha });
        view["url"] = url(world, owner, repo, &format!("git/{kind}/{}", entry.sha)).into();
        if let Some(Object::Blob(bytes)) = repository.git.object(&entry.sha) {
            view["size"] = bytes.len().into();
        }
        view
    });
    json!({
        "sha": sha,
        "url": url(world, owner, repo, &format!("git/trees/{sha}")),
        "tree": entries.collect::<Vec<_>>(),
        "truncated": false,
    })
}

pub(super) async fn create_commit(
    State(world): State<Arc<World>>,
    Path((owner, repo)): Where,
    Json(new): Json<NewCommit>,
) -> Answer {
    let mut state = world.state();
    let repository = state.named(&owner, &repo)?;
    if !matches!(repository.git.object(&new.tree), Some(Object::Tree(_))) {
        return Err(Refusal::unprocessable("Tree SHA does not exist"));
    }
    if new.parents.iter().any(|parent| repository.git.tree_of(parent).is_none()) {
        return Err(Refusal::unprocessable("Parent SHA does not exist or is not a commit object"));
    }
    let author = author(new.author, world.clock.now());
    let sha = repository.git.commit(&new.tree, &new.parents, &new.message, author);
    let document_of_it = commit_view(&world, repository, &sha)?;
    document(StatusCode::CREATED, document_of_it)
}

pub(super) async fn commit(
    State(world): State<Arc<World>>,
    Path((owner, repo, sha)): Which,
) -> Answer {
    let mut state = world.state();
    let repository = state.named(&owner, &repo)?;
    let document_of_it = commit_view(&world, repository, &sha)?;
    document(StatusCode::OK, document_of_it)
}

pub(super) fn commit_view(
    world: &World,
    repository: &Repository,
    sha: &str,
) -> Result<Value, Refusal> {
    let Some(Object::Commit { tree, parents, message, author }) = repository.git.object(sha) else {
        return Err(Refusal::not_found());
    };
    let (owner, repo) = (&repository.owner, &repository.name);
    let page = |sha: &str| format!("https://github.com/{owner}/{repo}/commit/{sha}");
    let address = |kind: &str, sha: &str| url(world, owner, repo, &format!("git/{kind}/{sha}"));
    let person =
        json!({ "name": author.name, "email": author.email, "date": author.date.to_string() });
    let parents = parents
        .iter()
        .map(|sha| json!({ "sha": sha, "url": address("commits", sha), "html_url": page(sha) }));
    Ok(json!({
        "sha": sha,
        "node_id": format!("C_{sha}"),
        "url": address("commits", sha),
        "html_url": page(sha),
        "author": person,
        "committer": person,
        "message": message,
        "tree": { "sha": tree, "url": address("trees", tree) },
        "parents": parents.collect::<Vec<_>>(),
        "verification": { "verified": false, "reason": "unsigned", "signature": null, "payload": null, "verified_at": null },
    }))
}

/// Base64 as GitHub takes it: line breaks are ignored.
pub(super) fn decode(text: &str) -> Result<Vec<u8>, Refusal> {
    let joined: String = text.split_whitespace().collect();
    BASE64.decode(joined).map_err(|_| Refusal::unprocessable("content is not valid Base64"))
}
