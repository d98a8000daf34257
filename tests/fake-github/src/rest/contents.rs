//! Files of a branch, read and written one at a time.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Extension, Json,
    extract::{Path, Query, State},
    http::StatusCode,
};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{git, url};
use crate::{
    access::Access,
    answer::{Answer, Refusal, document},
    git::{Entry, Object},
    repository::Repository,
    world::World,
};

type Which = Path<(String, String, String)>;

#[derive(Debug, Deserialize)]
pub(super) struct Version {
    #[serde(rename = "ref")]
    name: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct NewContent {
    message: String,
    content: String,
    sha: Option<String>,
    branch: Option<String>,
    author: Option<git::NewPerson>,
}

pub(super) async fn get(
    State(world): State<Arc<World>>,
    Path((owner, repo, path)): Which,
    Query(version): Query<Version>,
) -> Answer {
    let mut state = world.state();
    let repository = state.named(&owner, &repo)?;
    let name = version.name.unwrap_or_else(|| repository.default_branch.clone());
    let Some(commit) = repository.git.resolve(&name) else {
        let message = format!("No commit found for the ref {name}");
        return Err(Refusal::new(StatusCode::NOT_FOUND, message));
    };
    let files =
        repository.git.tree_of(&commit).map(|tree| repository.git.files(tree)).unwrap_or_default();
    if let Some(entry) = files.get(&path) {
        return document(StatusCode::OK, view(&world, repository, &path, entry, true));
    }
    let folder = format!("{}/", path.trim_end_matches('/'));
    let mut names = BTreeMap::new();
    for (file, entry) in files {
        if let Some(rest) = file.strip_prefix(&folder)
            && !rest.contains('/')
        {
            names.insert(file.clone(), view(&world, repository, &file, &entry, false));
        }
    }
    if names.is_empty() {
        return Err(Refusal::not_found());
    }
    document(StatusCode::OK, names.into_values().collect())
}

/// Adds a commit to the branch. The hash of what is there must be named, so that nobody overwrites what they have not
/// seen.
pub(super) async fn put(
    State(world): State<Arc<World>>,
    Path((owner, repo, path)): Which,
    Extension(access): Extension<Access>,
    Json(new): Json<NewContent>,
) -> Answer {
    access.check_file(&path)?;
    let bytes = git::decode(&new.content)?;
    let mut state = world.state();
    let repository = state.named(&owner, &repo)?;
    let branch = new.branch.unwrap_or_else(|| repository.default_branch.clone());
    let name = format!("refs/heads/{branch}");
    let Some(parent) = repository.git.refs.get(&name).cloned() else {
        return Err(Refusal::new(StatusCode::NOT_FOUND, format!("Branch {branch} not found")));
    };
    let tree = repository.git.tree_of(&parent).map(str::to_owned).unwrap_or_default();
    let mut files = repository.git.files(&tree);
    let old = files.get(&path).map(|entry| entry.sha.clone());
    match (&old, &new.sha) {
        (Some(_), None) => {
            return Err(Refusal::unprocessable("Invalid request.\n\n\"sha\" wasn't supplied."));
        }
        (old, Some(sha)) if old.as_ref() != Some(sha) => {
            return Err(Refusal::new(StatusCode::CONFLICT, format!("{path} does not match {sha}")));
        }
        _ => {}
    }
    let entry = Entry::file(repository.git.blob(bytes));
    files.insert(path.clone(), entry.clone());
    let tree = repository.git.tree(&files);
    let author = git::author(new.author, world.clock.now());
    let commit = repository.git.commit(&tree, &[parent], &new.message, author);
    repository.git.refs.insert(name, commit.clone());
    let status = if old.is_some() { StatusCode::OK } else { StatusCode::CREATED };
    let document_of_it = json!({
        "content": view(&world, repository, &path, &entry, false),
        "commit": git::commit_view(&world, repository, &commit)?,
    });
    document(status, document_of_it)
}

fn view(world: &World, repository: &Repository, path: &str, entry: &Entry, whole: bool) -> Value {
    let (owner, repo) = (&repository.owner, &repository.name);
    let empty = bytes::Bytes::new();
    let bytes = match repository.git.object(&entry.sha) {
        Some(Object::Blob(bytes)) => bytes,
        _ => &empty,
    };
    let address = url(world, owner, repo, &format!("contents/{path}"));
    let git_address = url(world, owner, repo, &format!("git/blobs/{}", entry.sha));
    let page = format!("https://github.com/{owner}/{repo}/blob/{path}");
    let mut view = json!({
        "type": "file",
        "name": path.rsplit('/').next().unwrap_or(path),
        "path": path,
        "sha": entry.sha,
        "size": bytes.len(),
        "url": address,
        "git_url": git_address,
        "html_url": page,
        "download_url": format!("https://raw.githubusercontent.com/{owner}/{repo}/{path}"),
        "_links": { "self": address, "git": git_address, "html": page },
    });
    if whole {
        view["encoding"] = "base64".into();
        view["content"] = BASE64.encode(bytes).into();
    }
    view
}
