//! Dispatches: what they take, what they answer, in GitHub's words.

use anyhow::{Context as _, Result};
use fake_github::{FakeGithub, Options, Repository, WorkflowState};
use reqwest::Method;
use serde_json::{Map, Value, json};

use crate::{Fixture, REPOSITORY};

const PATH: &str = "/actions/workflows/build.yml/dispatches";
/// The project's own button.
const BUILD: &str = include_str!("../../../../.github/workflows/build.yml");
const DEMANDING: &str = "
on:
  workflow_dispatch:
    inputs:
      who: { required: true }
      kind: { type: choice, options: [a, b] }
      loud: { type: boolean }
      times: { type: number, default: 3 }
run-name: ${{ inputs.loud && 'LOUD' || 'quiet' }} ${{ github.event.inputs.times }} ${{ github.ref_name }}
";

pub(crate) fn repository() -> Result<Repository> {
    Repository::new(REPOSITORY)?
        .with_file(".github/workflows/build.yml", BUILD)?
        .with_file(".github/workflows/demanding.yaml", DEMANDING)?
        .with_file(".github/workflows/push.yml", "on: push\n")
}

/// Dispatches the button, and names the run.
pub(crate) async fn dispatch(at: &Fixture, inputs: Value) -> Result<u64> {
    let wish = json!({ "ref": "main", "inputs": inputs, "return_run_details": true });
    let (status, details) = at.post(PATH, wish).await?;
    assert_eq!(status, 200, "{details}");
    details["workflow_run_id"].as_u64().context("a run has an id")
}

async fn refusal(at: &Fixture, path: &str, wish: Value) -> Result<(u16, String)> {
    let (status, refused) = at.post(path, wish).await?;
    Ok((status, refused["message"].as_str().unwrap_or_default().to_owned()))
}

#[tokio::test]
async fn a_dispatch_makes_a_run_with_a_name() -> Result<()> {
    let at = Fixture::with(repository()?).await?;
    let title = async |inputs: Value| {
        let id = dispatch(&at, inputs).await?;
        anyhow::Ok(at.get(&format!("/actions/runs/{id}")).await?.1["display_title"].clone())
    };
    assert_eq!(title(json!({ "request-id": "r-1" })).await?, "Build app/app.json r-1");
    assert_eq!(title(json!({ "config": "x.json" })).await?, "Build x.json");
    let inline = json!({ "config-json": "{}", "config": "x", "request-id": "r-2" });
    assert_eq!(title(inline).await?, "Build an inline config r-2");

    let (_, list) = at.get("/actions/runs").await?;
    let run = &list["workflow_runs"][0];
    assert_eq!((&run["run_number"], &run["run_attempt"]), (&json!(3), &json!(1)));
    assert_eq!(
        (&run["path"], &run["head_branch"]),
        (&json!(".github/workflows/build.yml"), &json!("main"))
    );
    let repository = at.fake.repository(REPOSITORY)?;
    assert_eq!(run["head_sha"].as_str(), repository.git.resolve("main").as_deref());
    at.fake.assert_no_violations()
}

#[tokio::test]
async fn both_versions_answer_in_their_way() -> Result<()> {
    let at = Fixture::with(repository()?).await?;
    let wish = json!({ "ref": "refs/heads/main" });
    assert_eq!(at.post(PATH, wish.clone()).await?, (204, Value::Null));
    let later = at.request(Method::POST, PATH).header("x-github-api-version", "2026-03-10");
    let answer = later.json(&wish).send().await?;
    assert_eq!(answer.status(), 200);
    let details: Value = answer.json().await?;
    let run = at.client.get(details["run_url"].as_str().unwrap_or_default());
    assert_eq!(run.bearer_auth(crate::TOKEN).send().await?.status(), 200);
    at.fake.assert_no_violations()
}

#[tokio::test]
async fn what_a_workflow_does_not_take_is_refused() -> Result<()> {
    let at = Fixture::with(repository()?).await?;
    let demanding = "/actions/workflows/demanding.yaml/dispatches";
    let many: Map<_, _> = (0..26).map(|number| (format!("i{number}"), json!("x"))).collect();
    let long = "x".repeat(65_536);
    let wish = |inputs: Value| json!({ "ref": "main", "inputs": inputs });
    for (path, wish, message) in [
        (PATH, wish(json!({ "nope": "x" })), "Unexpected inputs provided: [\"nope\"]"),
        (
            PATH,
            wish(json!({ "release": "x" })),
            "Provided value 'x' for input 'release' not in the list of allowed values",
        ),
        (PATH, wish(json!({ "config-json": long })), "inputs are too large."),
        (
            PATH,
            wish(many.into()),
            "Invalid request.\n\nNo more than 25 properties are allowed; 26 were supplied.",
        ),
        (PATH, json!({ "ref": "other" }), "No ref found for: other"),
        (demanding, wish(json!({})), "Required input 'who' not provided"),
        (demanding, wish(json!({ "who": "" })), "Required input 'who' not provided"),
        (
            demanding,
            wish(json!({ "who": "me", "loud": "yes" })),
            "Provided value 'yes' for input 'loud' not in the list of allowed values",
        ),
        (
            "/actions/workflows/push.yml/dispatches",
            wish(json!({})),
            "Workflow does not have 'workflow_dispatch' trigger",
        ),
    ] {
        assert_eq!(refusal(&at, path, wish).await?, (422, message.to_owned()));
    }
    at.fake.change(REPOSITORY, |repository| {
        let main = repository.git.refs["refs/heads/main"].clone();
        repository.git.refs.insert("refs/heads/topic".to_owned(), main);
        repository.git.write("topic", ".github/workflows/no.yml", b"on: workflow_dispatch", "m")
    })??;
    let elsewhere = json!({ "ref": "topic" });
    let missing = refusal(&at, "/actions/workflows/no.yml/dispatches", elsewhere).await?;
    assert_eq!(missing, (404, "Not Found".to_owned()), "it is not on the default branch");
    let (_, runs) = at.get("/actions/runs").await?;
    assert_eq!(runs["total_count"], 0);

    let wish = wish(json!({ "who": "me", "loud": true }));
    assert_eq!(at.post(demanding, wish).await?.0, 204);
    let (_, runs) = at.get("/actions/runs").await?;
    assert_eq!(runs["workflow_runs"][0]["display_title"], "LOUD 3 main");
    at.fake.assert_no_violations()
}

#[tokio::test]
async fn what_is_switched_off_does_not_run() -> Result<()> {
    let at = Fixture::with(repository()?).await?;
    let wish = || json!({ "ref": "main" });
    at.fake.change(REPOSITORY, |repository| {
        let state = WorkflowState::DisabledManually;
        repository.workflow_states.insert("build.yml".to_owned(), state);
    })?;
    assert_eq!(at.get("/actions/workflows/build.yml").await?.1["state"], "disabled_manually");
    let message = "Cannot trigger a 'workflow_dispatch' on a disabled workflow".to_owned();
    assert_eq!(refusal(&at, PATH, wish()).await?, (422, message));
    at.fake.change(REPOSITORY, |repository| repository.actions_enabled = false)?;
    assert_eq!(at.get("/actions/permissions").await?.1["enabled"], false);
    let (status, message) = refusal(&at, PATH, wish()).await?;
    assert_eq!(status, 422);
    assert!(message.contains("disabled for this repository"), "{message}");
    at.fake.assert_no_violations()
}

#[tokio::test]
async fn an_old_server_knows_less() -> Result<()> {
    let fake = FakeGithub::start_with(Options { old_server: true, ..Options::default() }).await?;
    let at = Fixture::of(fake, repository()?)?;
    let (status, message) =
        refusal(&at, PATH, json!({ "ref": "main", "return_run_details": true })).await?;
    assert_eq!(status, 422);
    assert_eq!(message, "Invalid request.\n\n\"return_run_details\" is not a permitted key.");
    assert_eq!(at.post(PATH, json!({ "ref": "main" })).await?.0, 204);
    let later = at.request(Method::GET, "").header("x-github-api-version", "2026-03-10");
    assert_eq!(later.send().await?.status(), 400);
    at.fake.assert_no_violations()
}
