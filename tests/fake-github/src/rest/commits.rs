//! Branches, and what one commit has that another has not.

use std::{collections::BTreeSet, sync::Arc};

use axum::{
    extract::{Path, State},
    http::StatusCode,
};
use serde_json::{Value, json};

use super::{git, repository::person, url};
use crate::{
    answer::{Answer, Refusal, document},
    git::{Git, Object},
    repository::Repository,
    world::{State as Everything, World},
};

pub(super) async fn branch(
    State(world): State<Arc<World>>,
    Path((owner, repo, name)): Path<(String, String, String)>,
) -> Answer {
    let mut state = world.state();
    let repository = state.named(&owner, &repo)?;
    let Some(sha) = repository.git.refs.get(&format!("refs/heads/{name}")) else {
        return Err(Refusal::new(StatusCode::NOT_FOUND, "Branch not found"));
    };
    let address = url(&world, &owner, &repo, &format!("branches/{name}"));
    let document_of_it = json!({
        "name": name,
        "commit": view(&world, repository, sha)?,
        "protected": false,
        "protection": { "enabled": false },
        "protection_url": format!("{address}/protection"),
        "_links": { "self": address, "html": format!("https://github.com/{owner}/{repo}/tree/{name}") },
    });
    document(StatusCode::OK, document_of_it)
}

/// `base...head`; either may be of a fork or its parent, as `owner:branch`.
pub(super) async fn compare(
    State(world): State<Arc<World>>,
    Path((owner, repo, basehead)): Path<(String, String, String)>,
) -> Answer {
    let mut state = world.state();
    state.named(&owner, &repo)?;
    let (base, head) = basehead.split_once("...").ok_or_else(Refusal::not_found)?;
    let full_name = format!("{owner}/{repo}");
    let repository = state.repositories.get(&full_name).ok_or_else(Refusal::not_found)?;
    let (base_repository, base) = side(&state, repository, base)?;
    let (head_repository, head) = side(&state, repository, head)?;
    let (ahead, behind, common) = if base_repository.full_name() == head_repository.full_name() {
        distance(&repository.git, &base, &head)
    } else if head_repository.parent.as_ref() == Some(&base_repository.full_name()) {
        (0, head_repository.behind_by, base.clone())
    } else {
        (base_repository.behind_by, 0, base.clone())
    };
    let status = match (ahead, behind) {
        (0, 0) => "identical",
        (_, 0) => "ahead",
        (0, _) => "behind",
        _ => "diverged",
    };
    let page = format!("https://github.com/{full_name}/compare/{basehead}");
    let document_of_it = json!({
        "url": url(&world, &owner, &repo, &format!("compare/{basehead}")),
        "html_url": page,
        "permalink_url": page,
        "diff_url": format!("{page}.diff"),
        "patch_url": format!("{page}.patch"),
        "base_commit": view(&world, base_repository, &base)?,
        "merge_base_commit": view(&world, base_repository, &common)?,
        "status": status,
        "ahead_by": ahead,
        "behind_by": behind,
        "total_commits": ahead,
        "commits": [],
        "files": [],
    });
    document(StatusCode::OK, document_of_it)
}

/// The repository and the commit that one side of a comparison means.
fn side<'a>(
    state: &'a Everything,
    repository: &'a Repository,
    name: &str,
) -> Result<(&'a Repository, String), Refusal> {
    let (found, name) = match name.split_once(':') {
        None => (repository, name),
        Some((owner, name)) if owner == repository.owner => (repository, name),
        Some((owner, name)) => {
            let full_name = repository.full_name();
            let mut others = state.repositories.values().filter(|other| other.owner == owner);
            let related = others.find(|other| {
                other.parent.as_ref() == Some(&full_name)
                    || repository.parent.as_ref() == Some(&other.full_name())
            });
            (related.ok_or_else(Refusal::not_found)?, name)
        }
    };
    Ok((found, found.git.resolve(name).ok_or_else(Refusal::not_found)?))
}

/// How many commits head has that base has not, the other way round, and what they have in common.
fn distance(git: &Git, base: &str, head: &str) -> (u64, u64, String) {
    let (of_base, of_head) = (git.history(base), git.history(head));
    let base_set: BTreeSet<_> = of_base.iter().collect();
    let head_set: BTreeSet<_> = of_head.iter().collect();
    let common = of_head.iter().find(|sha| base_set.contains(sha)).cloned();
    let ahead = head_set.difference(&base_set).count() as u64;
    let behind = base_set.difference(&head_set).count() as u64;
    (ahead, behind, common.unwrap_or_else(|| base.to_owned()))
}

/// A commit as GitHub shows it beside branches, which is more than git has.
fn view(world: &World, repository: &Repository, sha: &str) -> Result<Value, Refusal> {
    let (owner, repo) = (&repository.owner, &repository.name);
    let Some(Object::Commit { author, .. }) = repository.git.object(sha) else {
        return Err(Refusal::not_found());
    };
    let who = author.name.clone();
    let mut inner = git::commit_view(world, repository, sha)?;
    let parents = inner["parents"].take();
    let address = url(world, owner, repo, &format!("commits/{sha}"));
    inner["comment_count"] = 0.into();
    if let Some(inner) = inner.as_object_mut() {
        inner.remove("parents");
    }
    Ok(json!({
        "sha": sha,
        "node_id": format!("C_{sha}"),
        "url": address,
        "html_url": format!("https://github.com/{owner}/{repo}/commit/{sha}"),
        "comments_url": format!("{address}/comments"),
        "commit": inner,
        "author": person(world, &who),
        "committer": person(world, &who),
        "parents": parents,
    }))
}
