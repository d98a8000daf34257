//! Scripted runs: how they go, and how they are stopped and run again.

use std::{sync::Arc, time::Duration};

use anyhow::Result;
use fake_github::{Conclusion, Environment, Loss, Script, ScriptedArtifact, ScriptedJob};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{Fixture, REPOSITORY, dispatches::dispatch};

const MINUTE: Duration = Duration::from_secs(60);

/// A fixture whose clock stands still, with one run of this script.
async fn running(script: Script) -> Result<(Fixture, u64)> {
    let at = Fixture::still().await?;
    at.fake.on_dispatch(REPOSITORY, Arc::new(move |_| script.clone()));
    let id = dispatch(&at, json!({})).await?;
    Ok((at, id))
}

async fn run(at: &Fixture, id: u64) -> Result<Value> {
    Ok(at.get(&format!("/actions/runs/{id}")).await?.1)
}

/// Name, status and conclusion of each job.
async fn jobs(at: &Fixture, path: &str) -> Result<Vec<String>> {
    let (_, list) = at.get(&format!("/actions/runs/{path}")).await?;
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let jobs = list["jobs"].as_array().cloned().unwrap_or_default();
    let told = jobs.iter().map(|job| {
        format!("{} {} {}", text(&job["name"]), text(&job["status"]), text(&job["conclusion"]))
    });
    Ok(told.collect())
}

fn state(run: &Value) -> (&str, &str) {
    let text = |name: &str| run[name].as_str().unwrap_or("-");
    (text("status"), text("conclusion"))
}

#[tokio::test]
async fn a_run_goes_as_its_script_says() -> Result<()> {
    let script = Script::new()
        .starts_after(MINUTE)
        .job(ScriptedJob::new("plan").takes(MINUTE))
        .job(ScriptedJob::new("build").needs("plan").runs_on("macos-15").takes(MINUTE * 2));
    let (at, id) = running(script).await?;
    assert_eq!(state(&run(&at, id).await?), ("queued", "-"));
    assert_eq!(jobs(&at, &format!("{id}/jobs")).await?, [""; 0]);

    at.fake.advance(MINUTE);
    assert_eq!(state(&run(&at, id).await?), ("in_progress", "-"));
    assert_eq!(jobs(&at, &format!("{id}/jobs")).await?, ["plan in_progress -"]);

    at.fake.advance(MINUTE);
    let path = format!("{id}/jobs");
    assert_eq!(jobs(&at, &path).await?, ["plan completed success", "build in_progress -"]);
    let (_, list) = at.get(&format!("/actions/runs/{path}")).await?;
    let job = &list["jobs"][1];
    assert_eq!(job["labels"], json!(["macos-15"]));
    assert_eq!(job["steps"][0]["status"], "in_progress");
    assert_eq!(job["steps"][1]["status"], "queued");
    let path = format!("/actions/jobs/{}", job["id"]);
    assert_eq!(at.get(&path).await?.1["name"], "build");
    assert_eq!(at.get(&format!("{path}/logs")).await?.0, 404, "it is not over");

    at.fake.advance(MINUTE * 2);
    let over = run(&at, id).await?;
    assert_eq!(state(&over), ("completed", "success"));
    let time = |name: &str| over[name].as_str().unwrap_or_default().parse::<jiff::Timestamp>();
    let took = time("updated_at")?.duration_since(time("created_at")?);
    assert_eq!(took.as_secs(), 4 * 60);
    at.fake.assert_no_violations()
}

#[tokio::test]
async fn a_failure_skips_what_needs_it() -> Result<()> {
    let script = Script::new()
        .job(ScriptedJob::new("a").fails("it broke\n").annotation("failure", "exit code 1"))
        .job(ScriptedJob::new("b").needs("a"))
        .job(ScriptedJob::new("c").needs("b").always());
    let (at, id) = running(script).await?;
    let expected = ["a completed failure", "b completed skipped", "c completed success"];
    assert_eq!(jobs(&at, &format!("{id}/jobs")).await?, expected);
    assert_eq!(state(&run(&at, id).await?), ("completed", "failure"));

    let (_, list) = at.get(&format!("/actions/runs/{id}/jobs")).await?;
    let job = &list["jobs"][0]["id"];
    let (_, remarks) = at.get(&format!("/check-runs/{job}/annotations")).await?;
    assert_eq!(remarks[0]["message"], "exit code 1");
    let log = at.redirected(&format!("/actions/jobs/{job}/logs")).await?.text().await?;
    assert!(log.starts_with('\u{feff}') && log.ends_with("Z it broke\n"), "{log:?}");
    let skipped = &list["jobs"][1]["id"];
    assert_eq!(at.get(&format!("/actions/jobs/{skipped}/logs")).await?.0, 404);
    let zip = at.redirected(&format!("/actions/runs/{id}/logs")).await?.bytes().await?;
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(zip))?;
    let text = std::io::read_to_string(zip.by_name("0_a.txt")?)?;
    assert_eq!((zip.len(), text), (2, log));
    at.fake.assert_no_violations()
}

#[tokio::test]
async fn a_cancelled_run_ends_after_a_moment() -> Result<()> {
    let script = Script::new()
        .job(ScriptedJob::new("a").takes(MINUTE))
        .job(ScriptedJob::new("b").needs("a"))
        .job(ScriptedJob::new("c").needs("a").always());
    let (at, id) = running(script).await?;
    let cancel = format!("/actions/runs/{id}/cancel");
    assert_eq!(at.send(Method::POST, &cancel, None).await?.0, 202);
    assert_eq!(state(&run(&at, id).await?), ("in_progress", "-"));
    at.fake.advance(MINUTE);
    let expected = ["a completed cancelled", "b completed skipped", "c completed success"];
    assert_eq!(jobs(&at, &format!("{id}/jobs")).await?, expected);
    assert_eq!(state(&run(&at, id).await?), ("completed", "cancelled"));
    let (status, refused) = at.send(Method::POST, &cancel, None).await?;
    let message = "Cannot cancel a workflow run that is completed.";
    assert_eq!((status, &refused["message"]), (409, &json!(message)));
    at.fake.assert_no_violations()
}

#[tokio::test]
async fn force_ends_what_a_cancellation_does_not() -> Result<()> {
    let stubborn = Script::new().job(ScriptedJob::new("a").lost(Loss::Hangs)).ignores_cancel();
    let (at, id) = running(stubborn).await?;
    at.send(Method::POST, &format!("/actions/runs/{id}/cancel"), None).await?;
    at.fake.advance(MINUTE * 600);
    assert_eq!(state(&run(&at, id).await?), ("in_progress", "-"));
    let force = format!("/actions/runs/{id}/force-cancel");
    assert_eq!(at.send(Method::POST, &force, None).await?.0, 202);
    assert_eq!(state(&run(&at, id).await?), ("completed", "cancelled"));

    at.fake.on_dispatch(REPOSITORY, Arc::new(|_| Script::never_starts()));
    let id = dispatch(&at, json!({})).await?;
    at.fake.advance(MINUTE * 600);
    assert_eq!(state(&run(&at, id).await?), ("queued", "-"));
    at.send(Method::POST, &format!("/actions/runs/{id}/cancel"), None).await?;
    at.fake.advance(MINUTE);
    assert_eq!(state(&run(&at, id).await?), ("completed", "cancelled"));
    at.fake.assert_no_violations()
}

#[tokio::test]
async fn failed_jobs_run_again_with_what_needs_them() -> Result<()> {
    let at = Fixture::still().await?;
    at.fake.on_dispatch(
        REPOSITORY,
        Arc::new(|dispatch| {
            let first = dispatch.attempt == 1;
            let end = if first { Conclusion::Failure } else { Conclusion::Success };
            let artifact = ScriptedArtifact::new("bundle", format!("attempt {}", dispatch.attempt));
            Script::new()
                .job(ScriptedJob::new("a").artifact(artifact.clone()))
                .job(ScriptedJob::new("b").takes(MINUTE).concludes(end).artifact(artifact))
                .job(ScriptedJob::new("c").needs("b"))
        }),
    );
    let id = dispatch(&at, json!({})).await?;
    let again = format!("/actions/runs/{id}/rerun-failed-jobs");
    let (status, refused) = at.send(Method::POST, &again, None).await?;
    assert_eq!((status, &refused["message"]), (403, &json!("This workflow is already running")));
    at.fake.advance(MINUTE);
    assert_eq!(state(&run(&at, id).await?), ("completed", "failure"));
    assert_eq!(at.send(Method::POST, &again, None).await?.0, 201);
    let second = run(&at, id).await?;
    assert_eq!((state(&second), &second["run_attempt"]), (("in_progress", "-"), &json!(2)));
    let path = format!("{id}/jobs");
    assert_eq!(jobs(&at, &path).await?, ["a completed success", "b in_progress -"]);
    at.fake.advance(MINUTE);
    assert_eq!(state(&run(&at, id).await?), ("completed", "success"));
    let first = jobs(&at, &format!("{id}/attempts/1/jobs")).await?;
    assert_eq!(first[1..], ["b completed failure", "c completed skipped"]);
    assert_eq!(at.get(&format!("/actions/runs/{id}/attempts/1")).await?.1["conclusion"], "failure");
    let (_, artifacts) = at.get(&format!("/actions/runs/{id}/artifacts?name=bundle")).await?;
    assert_eq!(artifacts["total_count"], 3, "those of the first attempt stay");
    assert_eq!(at.send(Method::POST, &again, None).await?.0, 403, "nothing has failed");
    let all = format!("/actions/runs/{id}/rerun");
    assert_eq!(at.send(Method::POST, &all, None).await?.0, 201);
    assert_eq!(jobs(&at, &path).await?, ["a completed success", "b in_progress -"]);
    at.fake.assert_no_violations()
}

#[tokio::test]
async fn an_account_has_so_many_runners() -> Result<()> {
    let at = Fixture::still().await?;
    let job = |number: usize| ScriptedJob::new(&format!("{number}")).takes(MINUTE);
    let script = (0..15).fold(Script::new(), |script, number| script.job(job(number)));
    at.fake.on_dispatch(REPOSITORY, Arc::new(move |_| script.clone()));
    let (first, second) = (dispatch(&at, json!({})).await?, dispatch(&at, json!({})).await?);
    let running = async |id: u64| {
        let jobs = jobs(&at, &format!("{id}/jobs?per_page=100")).await?;
        anyhow::Ok(jobs.iter().filter(|job| job.contains("in_progress")).count())
    };
    assert_eq!((running(first).await?, running(second).await?), (15, 5), "twenty together");
    at.fake.advance(MINUTE);
    assert_eq!((running(first).await?, running(second).await?), (0, 10));
    at.fake.advance(MINUTE);
    assert_eq!(state(&run(&at, second).await?), ("completed", "success"));

    let (first, second) = (dispatch(&at, json!({})).await?, dispatch(&at, json!({})).await?);
    assert_eq!((running(first).await?, running(second).await?), (15, 5));
    let force = format!("/actions/runs/{first}/force-cancel");
    assert_eq!(at.send(Method::POST, &force, None).await?.0, 202);
    assert_eq!(running(second).await?, 15, "a cancelled run gives its runners back");
    at.fake.assert_no_violations()
}

#[tokio::test]
async fn a_job_may_need_consent_and_a_runner_may_get_lost() -> Result<()> {
    let script = Script::new()
        .job(ScriptedJob::new("sign").needs_approval("production"))
        .job(ScriptedJob::new("lost").lost(Loss::WithoutLog));
    let (at, id) = running(script).await?;
    at.fake.change(REPOSITORY, |repository| {
        let environment =
            Environment { reviewers: vec!["owner".to_owned()], ..Environment::default() };
        repository.environments.insert("production".to_owned(), environment);
    })?;
    assert_eq!(state(&run(&at, id).await?), ("waiting", "-"));
    let (_, pending) = at.get(&format!("/actions/runs/{id}/pending_deployments")).await?;
    assert_eq!(pending[0]["environment"]["name"], "production");
    assert_eq!(pending[0]["reviewers"][0]["reviewer"]["login"], "owner");
    at.fake.approve(id, "production");
    let path = format!("{id}/jobs");
    assert_eq!(jobs(&at, &path).await?, ["sign completed success", "lost completed failure"]);
    let (_, list) = at.get(&format!("/actions/runs/{path}")).await?;
    let lost = &list["jobs"][1]["id"];
    assert_eq!(at.get(&format!("/actions/jobs/{lost}/logs")).await?.0, 404);
    at.fake.assert_no_violations()
}

#[tokio::test]
async fn artifacts_are_downloaded_and_expire() -> Result<()> {
    let lying = ScriptedArtifact::new("lying", "b").digest("sha256:00");
    let script = Script::new().job(
        ScriptedJob::new("build")
            .artifact(ScriptedArtifact::new("good", "0123456789"))
            .artifact(lying)
            .artifact(ScriptedArtifact::new("gone", "c").expired()),
    );
    let (at, id) = running(script).await?;
    let (_, list) = at.get(&format!("/actions/runs/{id}/artifacts")).await?;
    let artifact = |name: &str| {
        let mut artifacts = list["artifacts"].as_array().into_iter().flatten();
        artifacts.find(|artifact| artifact["name"] == name).cloned().unwrap_or_default()
    };
    assert_eq!(artifact("lying")["digest"], "sha256:00");
    assert_eq!(artifact("gone")["expired"], true);
    let path = |name: &str| format!("/actions/artifacts/{}/zip", artifact(name)["id"]);
    assert_eq!(at.get(&path("gone")).await?.0, 410);

    let response = at.request(Method::GET, &path("good")).send().await?;
    assert_eq!(response.status(), 302);
    let address = response.headers()["location"].to_str()?.to_owned();
    let part = at.client.get(&address).header("range", "bytes=5-").send().await?;
    assert_eq!((part.status().as_u16(), part.text().await?), (206, "56789".to_owned()));
    at.fake.advance(MINUTE * 2);
    assert_eq!(at.client.get(&address).send().await?.status(), 403, "good for a minute");
    at.fake.advance(MINUTE * 60 * 24 * 90);
    assert_eq!(at.get(&path("good")).await?.0, 410, "kept for ninety days");
    at.fake.assert_no_violations()
}

#[tokio::test]
async fn a_run_is_found_by_its_id_before_it_is_listed() -> Result<()> {
    let (at, id) = running(Script::default().visible_after(MINUTE)).await?;
    assert_eq!(state(&run(&at, id).await?), ("completed", "success"));
    let count = async |query: &str| {
        anyhow::Ok(at.get(&format!("/actions/runs?{query}")).await?.1["total_count"].clone())
    };
    assert_eq!(count("").await?, 0);
    at.fake.advance(MINUTE);
    assert_eq!(count("").await?, 1);
    assert_eq!(count("status=success&branch=main&event=workflow_dispatch").await?, 1);
    assert_eq!(count("status=failure").await?, 0);
    assert_eq!(count("created=%3C2020-01-01").await?, 0);
    let (_, runs) = at.get("/actions/workflows/build.yml/runs").await?;
    assert_eq!(runs["workflow_runs"][0]["id"], id);
    at.fake.on_dispatch(REPOSITORY, Arc::new(|_| Script::startup_failure()));
    let id = dispatch(&at, json!({})).await?;
    assert_eq!(state(&run(&at, id).await?), ("completed", "startup_failure"));
    at.fake.assert_no_violations()
}
