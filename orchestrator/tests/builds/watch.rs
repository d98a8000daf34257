//! A run under the program's eye: to its end, at little cost, and whatever happens to it.

use std::time::Duration;

use anyhow::{Context as _, Result};
use fake_github::{Action, Conclusion, Fault, Script, ScriptedJob};
use serde_json::Value;

use super::{
    desk::Desk,
    said::{Said, wait},
};

const MINUTE: Duration = Duration::from_secs(60);
/// What watching a run of twenty minutes may cost of the hour's quota (requests).
const MOST_REQUESTS: usize = 25;

fn job(name: &str, minutes: u32) -> ScriptedJob {
    ScriptedJob::new(name).takes(MINUTE * minutes)
}

/// The events of a kind.
fn events(said: &Said, kind: &str) -> Vec<Value> {
    let lines = said.stdout.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    lines.filter(|event| event["event"] == kind).collect()
}

#[tokio::test]
async fn twenty_minutes_cost_few_requests() -> Result<()> {
    let desk = Desk::new().await?;
    desk.scripted(|_, _| {
        let mut first = job("first", 10);
        let mut second = job("second", 10).needs("first");
        for number in 0..12 {
            first = first.step(&format!("step {number}"), Conclusion::Success);
            second = second.step(&format!("step {number}"), Conclusion::Success);
        }
        Ok(Script::new().job(first).job(second))
    });
    desk.run(&["dispatch", "app/app.json"]).await?.ok();
    let run = desk.json(&["runs"]).await?["builds"][0]["run"].to_string();
    let before = desk.fake.counted_requests();
    let said = desk.run(&["watch", &run, "--format", "json"]).await?.ok();
    let cost = desk.fake.counted_requests() - before;
    assert!(cost <= MOST_REQUESTS, "{cost} requests:\n{:#?}", desk.fake.requests());
    let ended: Vec<_> = events(&said, "job").iter().map(|job| job["name"].to_string()).collect();
    assert!(ended.iter().any(|name| name.contains("second")), "{ended:?}");
    assert_eq!(said.last()?["build"]["build"]["state"], "succeeded");
    Ok(())
}

#[tokio::test]
async fn a_failed_run_ends_with_why_and_can_be_tried_again() -> Result<()> {
    let desk = Desk::new().await?;
    desk.scripted(|run, dispatch| {
        let mut script = run.script()?;
        if dispatch.attempt == 1 {
            let job = script.jobs.iter_mut().find(|job| job.name.contains("for windows"));
            let job = job.context("there is a job for Windows")?;
            *job = job
                .clone()
                .fails("error: the disk is full\n##[error]Process completed with exit code 1.\n");
        }
        Ok(script)
    });
    let said = desk.run(&["dispatch", "app/app.json", "--wait"]).await?;
    let said = said.expect(1, "the build failed: Build / notes for windows-x64");
    assert!(said.stderr.contains("deskwright retry"), "{}", said.stderr);
    let build = desk.json(&["runs"]).await?["builds"][0].clone();
    let id = build["id"].as_str().context("an id")?.to_owned();
    let said = desk.run(&["retry", &id, "--no-wait", "--format", "json"]).await?.ok();
    assert_eq!(said.last()?["build"]["build"]["attempt"], 2);
    desk.run(&["watch", &id]).await?.ok();
    let builds = desk.json(&["runs"]).await?;
    assert_eq!(builds["builds"][0]["state"], "succeeded", "{builds}");
    let runs = desk.json(&["runs", "--remote"]).await?;
    assert_eq!(runs["runs"].as_array().map(Vec::len), Some(1), "the same run");
    desk.run(&["retry", &id]).await?.expect(2, "the build has not failed");
    Ok(())
}

#[tokio::test]
async fn another_attempt_whose_answer_does_not_come() -> Result<()> {
    for action in [Action::ResetAfter, Action::ResetBefore] {
        let desk = Desk::new().await?;
        desk.scripted(|_, dispatch| {
            let job = ScriptedJob::new("only");
            Ok(Script::new().job(if dispatch.attempt == 1 { job.fails("broken") } else { job }))
        });
        desk.run(&["dispatch", "app/app.json", "--wait"]).await?.expect(1, "the build failed");
        let id = desk.json(&["runs"]).await?["builds"][0]["id"].as_str().context("id")?.to_owned();
        let path = "/repos/*/*/actions/runs/*/rerun-failed-jobs";
        desk.fake.add_fault(Fault::on("POST".parse()?, path, action.clone()));
        let first = desk.run(&["retry", &id, "--no-wait"]).await?.ok();
        drop(first);
        let mut said = desk.run(&["watch", &id]).await?;
        if said.code == Some(5) {
            // The request was lost: whoever comes next asks again.
            said = desk.run(&["watch", &id]).await?;
        }
        said.ok();
        let run = desk.json(&["runs", "--remote"]).await?["runs"][0].clone();
        assert_eq!(run["run_attempt"], 2, "{action:?}: one more attempt, not two");
    }
    Ok(())
}

#[tokio::test]
async fn a_run_is_cancelled() -> Result<()> {
    let desk = Desk::new().await?;
    desk.scripted(|_, _| Ok(Script::new().job(job("long", 600))));
    desk.run(&["dispatch", "app/app.json"]).await?.ok();
    let watching = desk.start(&["watch", &build_id(&desk).await?])?;
    desk.run(&["cancel", &build_id(&desk).await?]).await?.ok();
    wait(watching).await?.expect(1, "the build was cancelled");
    let said = desk.run(&["cancel", &build_id(&desk).await?]).await?.ok();
    assert!(said.stdout.contains("is cancelled"), "{}", said.stdout);
    Ok(())
}

async fn build_id(desk: &Desk) -> Result<String> {
    Ok(desk.json(&["runs"]).await?["builds"][0]["id"].as_str().context("an id")?.to_owned())
}

#[tokio::test]
async fn a_run_that_never_starts_is_told_and_given_up_in_time() -> Result<()> {
    let desk = Desk::new().await?;
    desk.scripted(|_, _| Ok(Script::never_starts()));
    // Seven hours in a few seconds.
    let mut command = desk.command_at(20_000.0, &["dispatch", "app/app.json", "--wait"]);
    let said = wait(command.spawn()?).await?.expect(5, "the run has not ended within 420 minutes");
    assert!(said.stderr.contains("no machine has taken the run yet"), "{}", said.stderr);
    assert_eq!(desk.json(&["runs"]).await?["builds"][0]["state"], "running");
    Ok(())
}

#[tokio::test]
async fn a_run_that_somebody_else_began() -> Result<()> {
    let desk = Desk::new().await?;
    desk.scripted(|_, _| Ok(Script::new().job(job("only", 1))));
    desk.run(&["dispatch", "app/app.json"]).await?.ok();
    let run = desk.json(&["runs"]).await?["builds"][0]["run"].to_string();
    fs_err::remove_dir_all(desk.state())?;
    desk.run(&["watch", &run]).await?.ok();
    desk.run(&["watch", "42"]).await?.expect(2, "no such run in me/apps: 42");
    desk.run(&["watch", "unknown"]).await?.expect(2, "no such build: unknown");
    Ok(())
}

#[tokio::test]
async fn questions_without_an_answer_are_asked_again() -> Result<()> {
    for action in [Action::ResetBefore, Action::ResetAfter, Action::Truncate(9)] {
        let desk = Desk::new().await?;
        desk.scripted(|_, _| Ok(Script::new().job(job("only", 2))));
        let path = "/repos/*/*/actions/runs/**";
        desk.fake.add_fault(Fault::on("GET".parse()?, path, action).times(3));
        desk.run(&["dispatch", "app/app.json", "--wait"]).await?.ok();
    }
    Ok(())
}

#[tokio::test]
async fn a_job_that_took_too_long_is_no_cancellation() -> Result<()> {
    let desk = Desk::new().await?;
    desk.scripted(|_, _| {
        let words = "The job has exceeded the maximum execution time of 1h0m0s";
        let long = job("long", 60).concludes(Conclusion::Cancelled).annotation("failure", words);
        Ok(Script::new().job(long))
    });
    let said = desk.run(&["dispatch", "app/app.json", "--wait"]).await?;
    said.expect(5, "the job took longer than it may");
    Ok(())
}
