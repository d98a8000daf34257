//! Logs: of a job as text, of a run as a ZIP file, both behind a signed address that is good for a minute.

use std::{io::Write as _, sync::Arc};

use axum::extract::{Path, State};
use jiff::Timestamp;
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use super::jobs;
use crate::{
    actions::{Download, Life, redirect},
    answer::{Answer, Refusal},
    script::Loss,
    simulation::{Attempt, Job},
    world::World,
};

pub(super) async fn of_job(
    State(world): State<Arc<World>>,
    Path((owner, repo, id)): Path<(String, String, u64)>,
) -> Answer {
    let text = {
        let state = world.state();
        let (_, _, job) = jobs::find(&state, &owner, &repo, id)?;
        text(job).ok_or_else(Refusal::not_found)?
    };
    answer(&world, text.as_bytes(), "text/plain; charset=utf-8", &format!("{id}.txt"))
}

pub(super) async fn of_run(
    State(world): State<Arc<World>>,
    Path((owner, repo, id)): Path<(String, String, u64)>,
) -> Answer {
    let zip = {
        let state = world.state();
        let attempt = state.run(&owner, &repo, id)?.last();
        zipped(attempt.ok_or_else(Refusal::not_found)?)?
    };
    answer(&world, &zip, "application/zip", &format!("logs_{id}.zip"))
}

pub(super) async fn of_attempt(
    State(world): State<Arc<World>>,
    Path((owner, repo, id, number)): Path<(String, String, u64, u64)>,
) -> Answer {
    let zip = {
        let state = world.state();
        let attempt = state.run(&owner, &repo, id)?.attempt(number);
        zipped(attempt.ok_or_else(Refusal::not_found)?)?
    };
    answer(&world, &zip, "application/zip", &format!("logs_{id}.zip"))
}

fn answer(world: &World, bytes: &[u8], content_type: &str, name: &str) -> Answer {
    let file = world.store.keep(bytes).map_err(|error| Refusal::broken(&error))?;
    let download = Download::new(file, content_type, name);
    Ok(redirect(download, world, &mut world.state(), Life::ARTIFACT))
}

/// What a job has printed, as GitHub keeps it: a mark of the encoding, and a time before each line. Nothing before its end,
/// and nothing of one that never ran or whose runner was lost.
fn text(job: &Job) -> Option<String> {
    let end = job.completed_at.filter(|_| job.started_at.is_some())?;
    if job.script.lost == Some(Loss::WithoutLog) {
        return None;
    }
    let line =
        |at: Timestamp, line: &str| format!("{} {line}\n", at.strftime("%Y-%m-%dT%H:%M:%S%.7fZ"));
    let lines: String = match &job.progress {
        Some(progress) => progress.lines.iter().map(|(at, text)| line(*at, text)).collect(),
        None => job.script.log.lines().map(|text| line(end, text)).collect(),
    };
    Some(format!("\u{feff}{lines}"))
}

/// One text for each job that has one. GitHub has none of a run that is not over.
fn zipped(attempt: &Attempt) -> Result<Vec<u8>, Refusal> {
    if attempt.conclusion.is_none() {
        return Err(Refusal::not_found());
    }
    let mut zip = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let mut write = || -> anyhow::Result<()> {
        for (index, job) in attempt.jobs.iter().enumerate() {
            if let Some(text) = text(job) {
                zip.start_file(
                    format!("{index}_{}.txt", job.script.name.replace('/', "_")),
                    options,
                )?;
                zip.write_all(text.as_bytes())?;
            }
        }
        Ok(())
    };
    write().map_err(|error| Refusal::broken(&error))?;
    let bytes = zip.finish().map_err(|error| Refusal::broken(&error.into()))?;
    Ok(bytes.into_inner())
}
