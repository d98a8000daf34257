//! What an owner has set: Actions, secrets, environments, caches, the bill.

use std::{collections::BTreeSet, sync::Arc};

use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
};
use serde_json::{Value, json};

use super::{repository::person, url};
use crate::{
    answer::{Answer, Page, Refusal, document},
    clock::iso,
    repository::{Environment, Repository},
    world::World,
};

type Where = Path<(String, String)>;

/// The longest that an owner may keep artifacts (days).
const MAX_RETENTION_DAYS: u32 = 400;

pub(super) async fn permissions(
    State(world): State<Arc<World>>,
    Path((owner, repo)): Where,
) -> Answer {
    let mut state = world.state();
    let enabled = state.named(&owner, &repo)?.actions_enabled;
    let mut answer = json!({ "enabled": enabled });
    if enabled {
        answer["allowed_actions"] = "all".into();
    }
    document(StatusCode::OK, answer)
}

pub(super) async fn retention(
    State(world): State<Arc<World>>,
    Path((owner, repo)): Where,
) -> Answer {
    let mut state = world.state();
    let repository = state.named(&owner, &repo)?;
    let most = if repository.private { MAX_RETENTION_DAYS } else { 90 };
    let days = repository.artifact_retention_days;
    document(StatusCode::OK, json!({ "days": days, "maximum_allowed_days": most }))
}

pub(super) async fn workflow_permissions(
    State(world): State<Arc<World>>,
    Path((owner, repo)): Where,
) -> Answer {
    let mut state = world.state();
    let write = state.named(&owner, &repo)?.workflows_may_write;
    let answer = json!({
        "default_workflow_permissions": if write { "write" } else { "read" },
        "can_approve_pull_request_reviews": false,
    });
    document(StatusCode::OK, answer)
}

pub(super) async fn secrets(
    State(world): State<Arc<World>>,
    Path((owner, repo)): Where,
    Query(page): Query<Page>,
) -> Answer {
    let mut state = world.state();
    let names = &state.named(&owner, &repo)?.secrets;
    named(page, names, &url(&world, &owner, &repo, "actions/secrets"))
}

pub(super) async fn organization_secrets(
    State(world): State<Arc<World>>,
    Path((owner, repo)): Where,
    Query(page): Query<Page>,
) -> Answer {
    let mut state = world.state();
    let names = &state.named(&owner, &repo)?.organization_secrets;
    named(page, names, &url(&world, &owner, &repo, "actions/organization-secrets"))
}

pub(super) async fn environment_secrets(
    State(world): State<Arc<World>>,
    Path((owner, repo, name)): Path<(String, String, String)>,
    Query(page): Query<Page>,
) -> Answer {
    let mut state = world.state();
    let environments = &state.named(&owner, &repo)?.environments;
    let names = &environments.get(&name).ok_or_else(Refusal::not_found)?.secrets;
    named(page, names, &url(&world, &owner, &repo, &format!("environments/{name}/secrets")))
}

/// Secrets by their names: the values are never told.
fn named(page: Page, names: &BTreeSet<String>, address: &str) -> Answer {
    let time = iso(jiff::Timestamp::UNIX_EPOCH);
    let items = names.iter();
    let items = items.map(|name| json!({ "name": name, "created_at": time, "updated_at": time }));
    page.counted("secrets", items.collect(), address)
}

pub(super) async fn environments(
    State(world): State<Arc<World>>,
    Path((owner, repo)): Where,
    Query(page): Query<Page>,
) -> Answer {
    let mut state = world.state();
    let repository = state.named(&owner, &repo)?;
    let items = repository.environments.iter();
    let items =
        items.map(|(name, environment)| view(&world, repository, name, environment)).collect();
    page.counted("environments", items, &url(&world, &owner, &repo, "environments"))
}

pub(super) async fn environment(
    State(world): State<Arc<World>>,
    Path((owner, repo, name)): Path<(String, String, String)>,
) -> Answer {
    let mut state = world.state();
    let repository = state.named(&owner, &repo)?;
    let environment = repository.environments.get(&name).ok_or_else(Refusal::not_found)?;
    document(StatusCode::OK, view(&world, repository, &name, environment))
}

fn view(world: &World, repository: &Repository, name: &str, environment: &Environment) -> Value {
    let (owner, repo) = (&repository.owner, &repository.name);
    let time = iso(jiff::Timestamp::UNIX_EPOCH);
    let mut rules = Vec::new();
    if environment.wait_timer > 0 {
        let timer = environment.wait_timer;
        rules
            .push(json!({ "id": 1, "node_id": "GA_1", "type": "wait_timer", "wait_timer": timer }));
    }
    if !environment.reviewers.is_empty() {
        let reviewers = environment.reviewers.iter();
        let reviewers: Vec<_> = reviewers
            .map(|login| json!({ "type": "User", "reviewer": person(world, login) }))
            .collect();
        rules.push(json!({
            "id": 2,
            "node_id": "GA_2",
            "type": "required_reviewers",
            "prevent_self_review": false,
            "reviewers": reviewers,
        }));
    }
    let policy = environment
        .protected_branches
        .then(|| json!({ "protected_branches": true, "custom_branch_policies": false }));
    json!({
        "id": 1,
        "node_id": "EN_1",
        "name": name,
        "url": url(world, owner, repo, &format!("environments/{name}")),
        "html_url": format!("https://github.com/{owner}/{repo}/deployments/{name}"),
        "created_at": time,
        "updated_at": time,
        "protection_rules": rules,
        "deployment_branch_policy": policy,
    })
}

pub(super) async fn cache_usage(
    State(world): State<Arc<World>>,
    Path((owner, repo)): Where,
) -> Answer {
    let mut state = world.state();
    let full_name = state.named(&owner, &repo)?.full_name();
    let caches = state.services.caches.iter().filter(|cache| cache.repository == full_name);
    let sizes: Vec<_> = caches.filter_map(|cache| Some(cache.file.as_ref()?.size)).collect();
    let answer = json!({
        "full_name": full_name,
        "active_caches_size_in_bytes": sizes.iter().sum::<u64>(),
        "active_caches_count": sizes.len(),
    });
    document(StatusCode::OK, answer)
}

/// What the account, a person or an organisation, has used this month, in all its repositories.
pub(super) async fn billing(State(world): State<Arc<World>>, Path(owner): Path<String>) -> Answer {
    let state = world.state();
    let date = world.clock.now().strftime("%Y-%m-01T00:00:00Z").to_string();
    let repositories = state.repositories.values().filter(|repository| repository.owner == owner);
    let items = repositories.flat_map(|repository| {
        let date = date.clone();
        repository.billing.iter().map(move |item| {
            let quantity = u32::try_from(item.quantity).unwrap_or(u32::MAX);
            let gross = f64::from(quantity) * item.price;
            json!({
                "date": date,
                "product": "actions",
                "sku": item.sku,
                "quantity": item.quantity,
                "unitType": item.unit,
                "pricePerUnit": item.price,
                "grossAmount": gross,
                "discountAmount": item.discount,
                "netAmount": gross - item.discount,
                "repositoryName": repository.name,
                "organizationName": repository.owner,
            })
        })
    });
    document(StatusCode::OK, json!({ "usageItems": items.collect::<Vec<_>>() }))
}
