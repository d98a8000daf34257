//! The repository itself, people, and the rate limit.

use std::sync::Arc;

use axum::{
    Extension,
    extract::{Path, State},
    http::StatusCode,
};
use serde_json::{Map, Value, json};

use super::guard::Version;

use crate::{
    access::Access,
    answer::{Answer, document},
    repository::Repository,
    world::World,
};

/// Addresses that a repository's document has, by name and end; parts in braces are templates.
const LINKS: [(&str, &str); 37] = [
    ("archive_url", "/{archive_format}{/ref}"),
    ("assignees_url", "/assignees{/user}"),
    ("blobs_url", "/git/blobs{/sha}"),
    ("branches_url", "/branches{/branch}"),
    ("collaborators_url", "/collaborators{/collaborator}"),
    ("comments_url", "/comments{/number}"),
    ("commits_url", "/commits{/sha}"),
    ("compare_url", "/compare/{base}...{head}"),
    ("contents_url", "/contents/{+path}"),
    ("contributors_url", "/contributors"),
    ("deployments_url", "/deployments"),
    ("downloads_url", "/downloads"),
    ("events_url", "/events"),
    ("forks_url", "/forks"),
    ("git_commits_url", "/git/commits{/sha}"),
    ("git_refs_url", "/git/refs{/sha}"),
    ("git_tags_url", "/git/tags{/sha}"),
    ("hooks_url", "/hooks"),
    ("issue_comment_url", "/issues/comments{/number}"),
    ("issue_events_url", "/issues/events{/number}"),
    ("issues_url", "/issues{/number}"),
    ("keys_url", "/keys{/key_id}"),
    ("labels_url", "/labels{/name}"),
    ("languages_url", "/languages"),
    ("merges_url", "/merges"),
    ("milestones_url", "/milestones{/number}"),
    ("notifications_url", "/notifications{?since,all,participating}"),
    ("pulls_url", "/pulls{/number}"),
    ("releases_url", "/releases{/id}"),
    ("stargazers_url", "/stargazers"),
    ("statuses_url", "/statuses/{sha}"),
    ("subscribers_url", "/subscribers"),
    ("subscription_url", "/subscription"),
    ("tags_url", "/tags"),
    ("teams_url", "/teams"),
    ("trees_url", "/git/trees{/sha}"),
    ("url", ""),
];

/// Numbers that are zero here: nobody stars a fake.
const COUNTS: [&str; 9] = [
    "forks",
    "forks_count",
    "open_issues",
    "open_issues_count",
    "size",
    "stargazers_count",
    "watchers",
    "watchers_count",
    "network_count",
];

pub(super) async fn get(
    State(world): State<Arc<World>>,
    Path((owner, repo)): Path<(String, String)>,
    Extension(access): Extension<Access>,
) -> Answer {
    let mut state = world.state();
    let repository = state.named(&owner, &repo)?;
    let mut about = view(&world, repository);
    about["permissions"] = access.repository_permissions();
    let parent = repository.parent.clone();
    if let Some(parent) = parent.and_then(|parent| state.repositories.get(&parent)) {
        about["parent"] = view(&world, parent);
        about["source"] = view(&world, parent);
    }
    document(StatusCode::OK, about)
}

pub(super) fn view(world: &World, repository: &Repository) -> Value {
    let full_name = repository.full_name();
    let api = format!("{}/repos/{full_name}", world.api);
    let page = format!("https://github.com/{full_name}");
    let time = jiff::Timestamp::UNIX_EPOCH.to_string();
    let mut fields = Map::new();
    for (name, end) in LINKS {
        fields.insert(name.to_owned(), format!("{api}{end}").into());
    }
    for name in COUNTS {
        fields.insert(name.to_owned(), 0.into());
    }
    for name in ["has_projects", "has_wiki", "has_pages", "has_discussions", "archived", "disabled"]
    {
        fields.insert(name.to_owned(), false.into());
    }
    for name in ["description", "homepage", "language", "mirror_url", "license"] {
        fields.insert(name.to_owned(), Value::Null);
    }
    for name in ["created_at", "updated_at", "pushed_at"] {
        fields.insert(name.to_owned(), time.clone().into());
    }
    fields.insert("has_downloads".to_owned(), true.into());
    let own = json!({
        "id": repository.id,
        "node_id": format!("R_{}", repository.id),
        "name": repository.name,
        "full_name": full_name,
        "owner": person(world, &repository.owner),
        "private": repository.private,
        "fork": repository.parent.is_some(),
        "visibility": if repository.private { "private" } else { "public" },
        "default_branch": repository.default_branch,
        "html_url": page,
        "clone_url": format!("{page}.git"),
        "git_url": format!("git://github.com/{full_name}.git"),
        "ssh_url": format!("git@github.com:{full_name}.git"),
        "svn_url": page,
        "has_issues": true,
        "subscribers_count": 0,
    });
    if let Value::Object(own) = own {
        fields.extend(own);
    }
    Value::Object(fields)
}

/// Somebody, as documents name them.
pub(super) fn person(world: &World, login: &str) -> Value {
    // An App's name has brackets.
    let escaped = login.replace('[', "%5B").replace(']', "%5D");
    let api = format!("{}/users/{escaped}", world.api);
    json!({
        "login": login,
        "id": 1,
        "node_id": "U_1",
        "avatar_url": format!("{}/avatars/1", world.api),
        "gravatar_id": "",
        "url": api,
        "html_url": format!("https://github.com/{escaped}"),
        "followers_url": format!("{api}/followers"),
        "following_url": format!("{api}/following{{/other_user}}"),
        "gists_url": format!("{api}/gists{{/gist_id}}"),
        "starred_url": format!("{api}/starred{{/owner}}{{/repo}}"),
        "subscriptions_url": format!("{api}/subscriptions"),
        "organizations_url": format!("{api}/orgs"),
        "repos_url": format!("{api}/repos"),
        "events_url": format!("{api}/events{{/privacy}}"),
        "received_events_url": format!("{api}/received_events"),
        "type": "User",
        "site_admin": false,
    })
}

/// It tells, and does not count.
pub(super) async fn rate_limit(
    State(world): State<Arc<World>>,
    Extension(access): Extension<Access>,
    Extension(version): Extension<Version>,
) -> Answer {
    let quota = world.state().traffic(&access.token, world.clock.now()).quota.clone();
    let limit = json!({
        "limit": quota.limit,
        "remaining": quota.remaining(),
        "reset": quota.reset.as_second(),
        "used": quota.used,
        "resource": "core",
    });
    let mut answer = json!({ "resources": { "core": limit, "search": limit } });
    // The later version of the API has it no more.
    if !version.is_later() {
        answer["rate"] = limit;
    }
    document(StatusCode::OK, answer)
}
