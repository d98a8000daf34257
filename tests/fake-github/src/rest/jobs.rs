//! Jobs of runs, with their steps and remarks.

use std::sync::Arc;

use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{repository, url};
use crate::{
    answer::{Answer, Page, Refusal, document},
    clock::iso,
    repository::Repository,
    script::{Conclusion, ScriptedStep},
    simulation::{Attempt, Job, JobState, Step, WorkflowRun},
    world::{State as Everything, World},
};

pub(super) async fn of_run(
    State(world): State<Arc<World>>,
    Path((owner, repo, id)): Path<(String, String, u64)>,
    Query(page): Query<Page>,
) -> Answer {
    let address = url(&world, &owner, &repo, &format!("actions/runs/{id}/jobs"));
    let state = world.state();
    let run = state.run(&owner, &repo, id)?;
    if page.get("filter") == Some("all") {
        return listed(&world, run, run.attempts.iter().rev(), page, &address);
    }
    listed(&world, run, run.last(), page, &address)
}

pub(super) async fn of_attempt(
    State(world): State<Arc<World>>,
    Path((owner, repo, id, number)): Path<(String, String, u64, u64)>,
    Query(page): Query<Page>,
) -> Answer {
    let address = url(&world, &owner, &repo, &format!("actions/runs/{id}/attempts/{number}/jobs"));
    let state = world.state();
    let run = state.run(&owner, &repo, id)?;
    let attempt = run.attempt(number).ok_or_else(Refusal::not_found)?;
    listed(&world, run, [attempt], page, &address)
}

fn listed<'a>(
    world: &World,
    run: &WorkflowRun,
    attempts: impl IntoIterator<Item = &'a Attempt>,
    page: Page,
    address: &str,
) -> Answer {
    let known = |attempt: &'a Attempt| {
        let jobs = attempt.jobs.iter().filter(|job| job.state != JobState::Planned);
        jobs.map(|job| view(world, run, attempt, job)).collect::<Vec<_>>()
    };
    page.counted("jobs", attempts.into_iter().flat_map(known).collect(), address)
}

pub(super) async fn get(
    State(world): State<Arc<World>>,
    Path((owner, repo, id)): Path<(String, String, u64)>,
) -> Answer {
    let mut state = world.state();
    state.named(&owner, &repo)?;
    let (run, attempt, job) = find(&state, &owner, &repo, id)?;
    document(StatusCode::OK, view(&world, run, attempt, job))
}

/// A job by its number, with where it stands.
pub(super) fn find<'a>(
    state: &'a Everything,
    owner: &str,
    repo: &str,
    id: u64,
) -> Result<(&'a WorkflowRun, &'a Attempt, &'a Job), Refusal> {
    let full_name = format!("{owner}/{repo}");
    let runs = state.simulation.runs.values().filter(|run| run.repository == full_name);
    let mut jobs = runs.flat_map(|run| {
        let attempts = run.attempts.iter();
        attempts.flat_map(move |attempt| attempt.jobs.iter().map(move |job| (run, attempt, job)))
    });
    jobs.find(|(_, _, job)| job.id == id && job.state != JobState::Planned)
        .ok_or_else(Refusal::not_found)
}

/// Remarks of a job: its check run has the job's number.
pub(super) async fn annotations(
    State(world): State<Arc<World>>,
    Path((owner, repo, id)): Path<(String, String, u64)>,
    Query(page): Query<Page>,
) -> Answer {
    let state = world.state();
    let (run, _, job) = find(&state, &owner, &repo, id)?;
    let told = if job.conclusion().is_some() { job.script.annotations.as_slice() } else { &[] };
    let items = told.iter().map(|annotation| {
        json!({
            "path": ".github",
            "blob_href": format!("https://github.com/{owner}/{repo}/blob/{}/.github", run.head_sha),
            "start_line": 1,
            "end_line": 1,
            "start_column": null,
            "end_column": null,
            "annotation_level": annotation.level,
            "title": "",
            "message": annotation.message,
            "raw_details": "",
        })
    });
    let address = url(&world, &owner, &repo, &format!("check-runs/{id}/annotations"));
    page.of(items.collect(), &address)
}

/// Environments that wait for somebody's consent.
pub(super) async fn pending_deployments(
    State(world): State<Arc<World>>,
    Path((owner, repo, id)): Path<(String, String, u64)>,
) -> Answer {
    let mut state = world.state();
    let run = state.run(&owner, &repo, id)?;
    let jobs = run.last().map(|attempt| attempt.jobs.as_slice()).unwrap_or_default();
    let waiting = jobs.iter().filter(|job| job.state == JobState::Waiting);
    let mut names: Vec<_> = waiting.filter_map(|job| job.script.needs_approval.clone()).collect();
    names.sort();
    names.dedup();
    let repository = state.named(&owner, &repo)?;
    let items = names.iter().map(|name| pending(&world, repository, name)).collect();
    document(StatusCode::OK, Value::Array(items))
}

fn pending(world: &World, repository: &Repository, name: &str) -> Value {
    let environment = repository.environments.get(name).cloned().unwrap_or_default();
    let reviewers = environment.reviewers.iter();
    let reviewers = reviewers
        .map(|login| json!({ "type": "User", "reviewer": repository::person(world, login) }));
    let (owner, repo) = (&repository.owner, &repository.name);
    json!({
        "environment": {
            "id": 1,
            "node_id": "EN_1",
            "name": name,
            "url": url(world, owner, repo, &format!("environments/{name}")),
            "html_url": format!("https://github.com/{owner}/{repo}/deployments/{name}"),
        },
        "wait_timer": environment.wait_timer,
        "wait_timer_started_at": null,
        "current_user_can_approve": true,
        "reviewers": reviewers.collect::<Vec<_>>(),
    })
}

fn view(world: &World, run: &WorkflowRun, attempt: &Attempt, job: &Job) -> Value {
    let (owner, repo) = run.repository.split_once('/').unwrap_or_default();
    let (id, run_id) = (job.id, run.id);
    let (status, conclusion) = match job.state {
        JobState::Planned => ("pending", None),
        JobState::Waiting => ("waiting", None),
        JobState::Queued => ("queued", None),
        JobState::InProgress => ("in_progress", None),
        JobState::Completed(conclusion) => ("completed", Some(conclusion.name())),
    };
    let has_runner = job.started_at.is_some();
    let page = format!("https://github.com/{owner}/{repo}/actions/runs/{run_id}/job/{id}");
    let mut view = json!({
        "id": id,
        "node_id": format!("CR_{id}"),
        "run_id": run_id,
        "run_attempt": attempt.number,
        "run_url": url(world, owner, repo, &format!("actions/runs/{run_id}")),
        "url": url(world, owner, repo, &format!("actions/jobs/{id}")),
        "html_url": page,
        "check_run_url": url(world, owner, repo, &format!("check-runs/{id}")),
        "workflow_name": run.workflow_name,
        "head_branch": run.ref_name,
        "head_sha": run.head_sha,
        "name": job.script.name,
        "labels": [job.script.runner_label],
        "status": status,
        "conclusion": conclusion,
        "created_at": iso(job.created_at),
        "started_at": iso(job.started_at.unwrap_or(job.created_at)),
        "completed_at": job.completed_at.map(iso),
        "steps": steps(job, world.clock.now()),
    });
    view["runner_id"] = has_runner.then_some(id).into();
    view["runner_name"] = has_runner.then(|| format!("GitHub Actions {id}")).into();
    view["runner_group_id"] = has_runner.then_some(0).into();
    view["runner_group_name"] = has_runner.then_some("GitHub Actions").into();
    view
}

/// The steps as they are now: each has an equal part of the job's duration.
fn steps(job: &Job, now: Timestamp) -> Vec<Value> {
    let Some(start) = job.started_at else { return Vec::new() };
    if let Some(progress) = &job.progress {
        return (1..).zip(&progress.steps).map(|(number, step)| executed(number, step)).collect();
    }
    let scripted = scripted_steps(job);
    let part = job.script.duration / u32::try_from(scripted.len()).unwrap_or(1).max(1);
    let end = job.completed_at.unwrap_or(now);
    let stopped = job.conclusion() == Some(Conclusion::Cancelled);
    let numbered = (0_u32..).zip(scripted);
    let views = numbered.map(|(index, step)| {
        let begins = crate::clock::later(start, part * index);
        let ends = crate::clock::later(start, part * (index + 1));
        let over = job.conclusion().is_some() && !stopped;
        let (status, conclusion) = if over || ends <= end {
            ("completed", Some(step.conclusion.name()))
        } else if stopped {
            ("completed", Some(Conclusion::Cancelled.name()))
        } else if begins <= end {
            ("in_progress", None)
        } else {
            ("queued", None)
        };
        json!({
            "name": step.name,
            "number": index + 1,
            "status": status,
            "conclusion": conclusion,
            "started_at": (status != "queued").then(|| iso(begins)),
            "completed_at": conclusion.map(|_| iso(ends.min(end))),
        })
    });
    views.collect()
}

/// A step of a job that is executed.
fn executed(number: u64, step: &Step) -> Value {
    let status = match (step.started_at, step.ended) {
        (_, Some(_)) => "completed",
        (Some(_), None) => "in_progress",
        (None, None) => "queued",
    };
    json!({
        "name": step.name,
        "number": number,
        "status": status,
        "conclusion": step.ended.map(|(_, conclusion)| conclusion.name()),
        "started_at": step.started_at.map(iso),
        "completed_at": step.ended.map(|(at, _)| iso(at)),
    })
}

fn scripted_steps(job: &Job) -> Vec<ScriptedStep> {
    if !job.script.steps.is_empty() {
        return job.script.steps.clone();
    }
    let step = |name: &str, conclusion| ScriptedStep { name: name.to_owned(), conclusion };
    vec![
        step("Set up job", Conclusion::Success),
        step("Run", job.script.conclusion),
        step("Complete job", Conclusion::Success),
    ]
}
