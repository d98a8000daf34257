//! Runs of workflows: lists and single ones, with their attempts.

use std::sync::Arc;

use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{repository, url, workflows};
use crate::{
    answer::{Answer, Page, Refusal, document},
    clock::iso,
    git::Object,
    repository::Repository,
    simulation::{Attempt, WorkflowRun},
    world::{self, World},
};

pub(super) async fn list(
    State(world): State<Arc<World>>,
    Path((owner, repo)): Path<(String, String)>,
    Query(page): Query<Page>,
) -> Answer {
    let address = url(&world, &owner, &repo, "actions/runs");
    listed(&world, &owner, &repo, page, &address, |_| true)
}

pub(super) async fn of_workflow(
    State(world): State<Arc<World>>,
    Path((owner, repo, workflow)): Path<(String, String, String)>,
    Query(page): Query<Page>,
) -> Answer {
    let found = workflows::find(world.state().named(&owner, &repo)?, &workflow)?;
    let address = url(&world, &owner, &repo, &format!("actions/workflows/{workflow}/runs"));
    listed(&world, &owner, &repo, page, &address, |run| run.workflow == found.id)
}

fn listed(
    world: &World,
    owner: &str,
    repo: &str,
    page: Page,
    address: &str,
    wanted: impl Fn(&WorkflowRun) -> bool,
) -> Answer {
    let mut state = world.state();
    let full_name = state.named(owner, repo)?.full_name();
    let now = world.clock.now();
    let newest_first = state.simulation.runs.values().rev();
    let runs: Vec<_> = newest_first
        .filter(|run| {
            run.repository == full_name
                && run.visible_at <= now
                && wanted(run)
                && passes(run, &page)
        })
        .collect();
    let shown = |total: usize, runs: Vec<&WorkflowRun>| {
        let about = state.repositories.get(&full_name).map(|found| repository::view(world, found));
        let views = runs.iter().filter_map(|run| {
            view(world, &state, run, run.last()?, about.as_ref().unwrap_or(&Value::Null))
        });
        json!({ "total_count": total, "workflow_runs": views.collect::<Vec<_>>() })
    };
    page.answer(runs.len(), runs, address, shown)
}

/// Whether a run is what the query asks for.
fn passes(run: &WorkflowRun, page: &Page) -> bool {
    let is = |name: &str, value: &str| page.get(name).is_none_or(|wanted| wanted == value);
    let Some(last) = run.last() else { return false };
    let state = page.get("status").is_none_or(|wanted| {
        last.status.name() == wanted || last.conclusion.is_some_and(|end| end.name() == wanted)
    });
    let created = page.get("created").is_none_or(|range| lies_in(run.created_at, range));
    state
        && created
        && is("event", "workflow_dispatch")
        && is("branch", &run.ref_name)
        && is("head_sha", &run.head_sha)
        && is("actor", &run.actor)
}

/// Whether a time is in a range of GitHub's search: `>=2026-01-01T00:00:00Z`, `<2026-01-02`, `A..B`, `A..*`, a day.
fn lies_in(time: Timestamp, range: &str) -> bool {
    let time = iso(time);
    // Times of one form are in the order of their texts, and a day is the beginning of its times.
    let end = |text: &str| format!("{text}\u{7f}");
    if let Some(start) = range.strip_prefix(">=") {
        time.as_str() >= start
    } else if let Some(start) = range.strip_prefix('>') {
        time > end(start)
    } else if let Some(last) = range.strip_prefix("<=") {
        time <= end(last)
    } else if let Some(last) = range.strip_prefix('<') {
        time.as_str() < last
    } else if let Some((start, last)) = range.split_once("..") {
        (start == "*" || time.as_str() >= start) && (last == "*" || time <= end(last))
    } else {
        time.starts_with(range)
    }
}

pub(super) async fn get(
    State(world): State<Arc<World>>,
    Path((owner, repo, id)): Path<(String, String, u64)>,
) -> Answer {
    let state = world.state();
    state.run(&owner, &repo, id)?;
    let run = state.simulation.runs.get(&id).ok_or_else(Refusal::not_found)?;
    answer(&world, &state, run, run.last())
}

pub(super) async fn attempt(
    State(world): State<Arc<World>>,
    Path((owner, repo, id, number)): Path<(String, String, u64, u64)>,
) -> Answer {
    let state = world.state();
    state.run(&owner, &repo, id)?;
    let run = state.simulation.runs.get(&id).ok_or_else(Refusal::not_found)?;
    answer(&world, &state, run, run.attempt(number))
}

fn answer(
    world: &World,
    state: &world::State,
    run: &WorkflowRun,
    attempt: Option<&Attempt>,
) -> Answer {
    let attempt = attempt.ok_or_else(Refusal::not_found)?;
    let repository = state.repositories.get(&run.repository).ok_or_else(Refusal::not_found)?;
    let about = repository::view(world, repository);
    let view = view(world, state, run, attempt, &about).ok_or_else(Refusal::not_found)?;
    document(StatusCode::OK, view)
}

/// A run as an attempt leaves it; `about` is the document of its repository.
fn view(
    world: &World,
    state: &world::State,
    run: &WorkflowRun,
    attempt: &Attempt,
    about: &Value,
) -> Option<Value> {
    let repository = state.repositories.get(&run.repository)?;
    let (owner, repo, id) = (&repository.owner, &repository.name, run.id);
    let own = |rest: &str| url(world, owner, repo, &format!("actions/runs/{id}{rest}"));
    let previous = (attempt.number > 1).then(|| own(&format!("/attempts/{}", attempt.number - 1)));
    let mut view = json!({
        "id": id,
        "node_id": format!("WFR_{id}"),
        "name": run.workflow_name,
        "display_title": run.title,
        "path": run.path,
        "head_branch": run.ref_name,
        "head_sha": run.head_sha,
        "run_number": run.number,
        "run_attempt": attempt.number,
        "event": "workflow_dispatch",
        "status": attempt.status.name(),
        "conclusion": attempt.conclusion.map(|end| end.name()),
        "workflow_id": run.workflow,
        "check_suite_id": id,
        "check_suite_node_id": format!("CS_{id}"),
        "created_at": iso(run.created_at),
        "updated_at": iso(attempt.updated_at),
        "run_started_at": iso(attempt.started_at),
        "actor": repository::person(world, &run.actor),
        "triggering_actor": repository::person(world, &run.actor),
        "pull_requests": [],
        "referenced_workflows": [],
        "head_commit": head_commit(repository, &run.head_sha),
        "repository": about,
        "head_repository": about,
    });
    view["url"] = own("").into();
    view["html_url"] = format!("https://github.com/{owner}/{repo}/actions/runs/{id}").into();
    view["previous_attempt_url"] = previous.into();
    for name in ["jobs", "logs", "cancel", "rerun", "artifacts"] {
        view[format!("{name}_url")] = own(&format!("/{name}")).into();
    }
    view["workflow_url"] =
        url(world, owner, repo, &format!("actions/workflows/{}", run.workflow)).into();
    view["check_suite_url"] = url(world, owner, repo, &format!("check-suites/{id}")).into();
    Some(view)
}

fn head_commit(repository: &Repository, sha: &str) -> Option<Value> {
    let Object::Commit { tree, message, author, .. } = repository.git.object(sha)? else {
        return None;
    };
    let person = json!({ "name": author.name, "email": author.email });
    Some(json!({
        "id": sha,
        "tree_id": tree,
        "message": message,
        "timestamp": iso(author.date),
        "author": person,
        "committer": person,
    }))
}

#[cfg(test)]
mod tests {
    use super::lies_in;

    #[test]
    fn times_lie_in_ranges() {
        let time = "2026-05-04T12:00:00Z".parse().unwrap();
        for range in
            [">=2026-05-04T12:00:00Z", ">2026-05-03", "<=2026-05-04", "<2026-05-05", "2026-05-04"]
        {
            assert!(lies_in(time, range), "{range}");
        }
        assert!(lies_in(time, "2026-05-04..2026-05-04") && lies_in(time, "2026-05-01..*"));
        for range in [">2026-05-04", "<2026-05-04", "2026-05-05..*", "*..2026-05-03", "2026-05-05"]
        {
            assert!(!lies_in(time, range), "{range}");
        }
    }
}
