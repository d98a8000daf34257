//! A run is started once, whatever happens on the way.

use anyhow::Result;
use fake_github::{Action, Fault, Options, Script, ScriptedJob};
use serde_json::json;

use super::desk::{DISPATCHES, Desk, SPEED};

/// The runs that GitHub lists.
async fn remote_runs(desk: &Desk) -> Result<Vec<serde_json::Value>> {
    let listed = desk.json(&["runs", "--remote"]).await?;
    Ok(listed["runs"].as_array().cloned().unwrap_or_default())
}

async fn dispatch(desk: &Desk) -> Result<u64> {
    let said = desk.run(&["dispatch", "app/app.json"]).await?.ok();
    Ok(said.stdout.trim().parse()?)
}

#[tokio::test]
async fn the_run_is_told_at_once_and_the_same_command_does_not_start_another() -> Result<()> {
    let desk = Desk::new().await?;
    desk.scripted(|_, _| Ok(Script::never_starts()));
    let run = dispatch(&desk).await?;
    assert_eq!(dispatch(&desk).await?, run);
    let runs = remote_runs(&desk).await?;
    assert_eq!(runs.len(), 1, "{runs:?}");
    assert_eq!(runs[0]["id"], json!(run));
    let again = desk.run(&["dispatch", "app/app.json", "--again"]).await?.ok();
    assert_ne!(again.stdout.trim(), run.to_string());
    assert_eq!(remote_runs(&desk).await?.len(), 2);
    desk.expect_no_token()
}

#[tokio::test]
async fn other_wishes_are_other_builds() -> Result<()> {
    let desk = Desk::new().await?;
    desk.scripted(|_, _| Ok(Script::never_starts()));
    let first = dispatch(&desk).await?;
    let linux = desk.run(&["dispatch", "app/app.json", "--targets", "linux-x64"]).await?.ok();
    assert_ne!(linux.stdout.trim(), first.to_string());
    let draft = desk.run(&["dispatch", "app/app.json", "--release", "draft"]).await?.ok();
    assert_ne!(draft.stdout.trim(), first.to_string());
    assert_eq!(remote_runs(&desk).await?.len(), 3);
    Ok(())
}

/// What is met at the dispatch, and how the build goes on all the same.
async fn unclear(action: Action, options: Options) -> Result<Desk> {
    let desk = Desk::with(options).await?;
    desk.scripted(|_, _| Ok(Script::new().job(ScriptedJob::new("only"))));
    desk.fake.add_fault(Fault::on("POST".parse()?, DISPATCHES, action));
    desk.run(&["dispatch", "app/app.json", "--wait"]).await?.ok();
    assert_eq!(remote_runs(&desk).await?.len(), 1, "{:#?}", desk.fake.requests());
    Ok(desk)
}

fn options() -> Options {
    Options { speed: SPEED, ..Options::default() }
}

#[tokio::test]
async fn an_answer_that_does_not_come_is_looked_up() -> Result<()> {
    unclear(Action::ResetAfter, options()).await?;
    unclear(Action::Truncate(7), options()).await?;
    Ok(())
}

#[tokio::test]
async fn a_request_that_did_not_arrive_is_sent_again_after_a_look() -> Result<()> {
    let desk = unclear(Action::ResetBefore, options()).await?;
    let requests = desk.fake.requests();
    let posts: Vec<_> = (0..requests.len())
        .filter(|index| requests[*index].path.ends_with("/dispatches"))
        .collect();
    assert_eq!(posts.len(), 2);
    let looks = &requests[posts[0]..posts[1]];
    assert!(looks.iter().any(|look| look.path.ends_with("/build.yml/runs")), "{looks:#?}");
    Ok(())
}

#[tokio::test]
async fn a_server_error_is_no_reason_to_send_it_again_at_once() -> Result<()> {
    let error = Action::Answer {
        status: 502.try_into()?,
        headers: Vec::new(),
        body: json!({ "message": "Server Error" }),
    };
    unclear(error, options()).await?;
    Ok(())
}

#[tokio::test]
async fn a_run_that_is_long_in_coming_is_waited_for() -> Result<()> {
    let desk = Desk::new().await?;
    desk.scripted(|_, _| {
        Ok(Script::new()
            .visible_after(std::time::Duration::from_secs(20))
            .job(ScriptedJob::new("only")))
    });
    desk.fake.add_fault(Fault::on("POST".parse()?, DISPATCHES, Action::ResetAfter));
    desk.run(&["dispatch", "app/app.json", "--wait"]).await?.ok();
    assert_eq!(remote_runs(&desk).await?.len(), 1);
    Ok(())
}

#[tokio::test]
async fn an_old_server_that_does_not_tell_the_run() -> Result<()> {
    let old = Options { old_server: true, ..options() };
    unclear(Action::Slow(std::time::Duration::ZERO), old).await?;
    let old = Options { old_server: true, ..options() };
    unclear(Action::ResetAfter, old).await?;
    Ok(())
}
