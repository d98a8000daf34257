//! Runs again: all jobs, or those that failed with what needs them; and the end of a run by cancellation.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use axum::{
    extract::{Path, State},
    http::StatusCode,
};
use jiff::Timestamp;
use serde_json::json;

use crate::{
    answer::{Answer, Refusal, document},
    clock::later,
    script::{Content, Dispatch, Script, ScriptedArtifact},
    simulation::{Attempt, Job, Made, WorkflowRun},
    world::{self, World},
};

/// How often a run may run (count), the first time included.
const MAX_ATTEMPTS: u64 = 51;
/// How long a run may be run again.
const MAX_AGE: Duration = Duration::from_secs(30 * 24 * 3600);

type WhichRun = Path<(String, String, u64)>;

/// A script with the bytes of its artifacts at hand.
pub(super) struct Planned {
    pub(super) script: Script,
    artifacts: Vec<Vec<Made>>,
}

impl Planned {
    /// An attempt in which every job runs.
    pub(super) fn attempt(self, state: &mut world::State, number: u64, now: Timestamp) -> Attempt {
        let jobs = self.script.jobs.iter().cloned().zip(self.artifacts);
        let jobs = jobs.map(|(job, made)| Job::new(state.id(), job, made, now)).collect();
        Attempt::new(number, &self.script, jobs, now)
    }
}

/// Asks the test for the script of a dispatch. No lock is held meanwhile, so that it may look at the fake.
pub(super) fn plan(world: &World, dispatch: &Dispatch) -> Result<Planned, Refusal> {
    let scripter = world.state().scripters.get(&dispatch.repository).cloned();
    let script = scripter.map(|scripter| scripter(dispatch)).unwrap_or_default();
    let made = |artifact: &ScriptedArtifact| {
        let file = match &artifact.zip {
            Content::Bytes(bytes) => world.store.keep(bytes),
            Content::File(path) => world.store.borrow(path),
        }?;
        let (name, expired) = (artifact.name.clone(), artifact.expired);
        Ok(Made { name, file, expired, digest_override: artifact.digest_override.clone() })
    };
    let artifacts = script.jobs.iter().map(|job| job.artifacts.iter().map(made).collect());
    let artifacts = artifacts
        .collect::<anyhow::Result<Vec<Vec<_>>>>()
        .map_err(|error| Refusal::broken(&error))?;
    Ok(Planned { script, artifacts })
}

pub(super) async fn cancel(State(world): State<Arc<World>>, path: WhichRun) -> Answer {
    end(&world, path, false)
}

pub(super) async fn force_cancel(State(world): State<Arc<World>>, path: WhichRun) -> Answer {
    end(&world, path, true)
}

fn end(world: &World, Path((owner, repo, id)): WhichRun, force: bool) -> Answer {
    let mut state = world.state();
    if state.run(&owner, &repo, id)?.is_completed() {
        return Err(Refusal::conflict("Cannot cancel a workflow run that is completed."));
    }
    let now = world.clock.now();
    state.simulation.cancel(id, now, force);
    state.forward(now);
    document(StatusCode::ACCEPTED, json!({}))
}

pub(super) async fn all(State(world): State<Arc<World>>, path: WhichRun) -> Answer {
    again(&world, path, false)
}

pub(super) async fn failed(State(world): State<Arc<World>>, path: WhichRun) -> Answer {
    again(&world, path, true)
}

fn again(world: &World, Path((owner, repo, id)): WhichRun, only_failed: bool) -> Answer {
    let dispatch = {
        let state = world.state();
        let now = world.clock.now();
        let run = state.run(&owner, &repo, id)?;
        let attempt = repeatable(run, only_failed, now)?.number + 1;
        Dispatch {
            repository: run.repository.clone(),
            workflow: run.path.clone(),
            ref_name: run.ref_name.clone(),
            inputs: run.inputs.clone(),
            run_id: id,
            attempt,
        }
    };
    let planned = plan(world, &dispatch)?;
    let mut state = world.state();
    let now = world.clock.now();
    // Somebody may have been faster while the script was made.
    let carried =
        carried(repeatable(state.run(&owner, &repo, id)?, only_failed, now)?, only_failed);
    let mut attempt = planned.attempt(&mut state, dispatch.attempt, now);
    for job in &mut attempt.jobs {
        if let Some(old) = carried.iter().find(|old| old.script.name == job.script.name) {
            *job = old.carried(job.id);
        }
    }
    state.simulation.again(id, attempt);
    state.forward(now);
    document(StatusCode::CREATED, json!({}))
}

/// The last attempt of a run that may run again.
fn repeatable(run: &WorkflowRun, only_failed: bool, now: Timestamp) -> Result<&Attempt, Refusal> {
    let last = run.last().ok_or_else(Refusal::not_found)?;
    if !run.is_completed() {
        return Err(Refusal::forbidden("This workflow is already running"));
    }
    if later(run.created_at, MAX_AGE) < now {
        let message = "Unable to retry this workflow run because it was created over a month ago";
        return Err(Refusal::forbidden(message));
    }
    let nothing_failed =
        last.jobs.iter().all(|job| !job.conclusion().is_some_and(|end| end.is_failed()));
    if last.jobs.is_empty() || last.number >= MAX_ATTEMPTS || (only_failed && nothing_failed) {
        return Err(Refusal::forbidden("This workflow run cannot be retried"));
    }
    Ok(last)
}

/// The jobs that keep their results: those that have not failed, and need none that has.
fn carried(last: &Attempt, only_failed: bool) -> Vec<Job> {
    if !only_failed {
        return Vec::new();
    }
    let failed = |job: &Job| job.conclusion().is_some_and(|end| end.is_failed());
    let mut repeated: BTreeSet<&str> =
        last.jobs.iter().filter(|job| failed(job)).map(|job| job.script.name.as_str()).collect();
    loop {
        let before = repeated.len();
        for job in &last.jobs {
            if job.script.needs.iter().any(|need| repeated.contains(need.as_str())) {
                repeated.insert(&job.script.name);
            }
        }
        if repeated.len() == before {
            break;
        }
    }
    last.jobs.iter().filter(|job| !repeated.contains(job.script.name.as_str())).cloned().collect()
}
