//! Ended at any point, and run again: the same release.

use anyhow::Result;
use fake_github::{Action, Fault};

use super::support::{Build, Fixture, wait};

/// Far more requests than a release of three files takes.
const MOST: usize = 100;

/// Ends the program at its n-th request, then runs it again; gives whether there was such a request.
async fn crash(at_request: usize, action: &Action) -> Result<bool> {
    let at = Fixture::new().await?;
    let build = at.build("notes", "1.0.0")?;
    at.fake.add_fault(Fault::any(action.clone()).after(at_request));
    let mut child = at.command(&args(&build).each_ref().map(String::as_str)).spawn()?;
    let ended = tokio::select! {
        held = at.fake.wait_for_hold() => { held?; false }
        status = child.wait() => { assert!(status?.success()); true }
    };
    if ended {
        at.expect_released(&build)?;
        return Ok(false);
    }
    child.kill().await?;
    let met = at.fake.requests().len();
    at.release(&build).await?.ok();
    if let Err(error) = at.expect_released(&build) {
        let log: Vec<_> = at.fake.requests().iter().map(ToString::to_string).collect();
        anyhow::bail!("after {action:?} at request {met}: {error:#}\n{}", log.join("\n"));
    }
    Ok(true)
}

fn args(build: &Build) -> [String; 3] {
    ["release".to_owned(), build.plan_path(), build.manifest_path()]
}

async fn crash_everywhere(action: Action) -> Result<usize> {
    for request in 0..MOST {
        if !crash(request, &action).await? {
            return Ok(request);
        }
    }
    anyhow::bail!("the program makes more than {MOST} requests");
}

#[tokio::test]
async fn killed_before_any_request_takes_effect() -> Result<()> {
    let points = crash_everywhere(Action::HoldBefore).await?;
    assert!(points > 15, "every request is a point: {points}");
    Ok(())
}

#[tokio::test]
async fn killed_after_any_request_has_taken_effect() -> Result<()> {
    let points = crash_everywhere(Action::HoldAfter).await?;
    assert!(points > 15, "every request is a point: {points}");
    Ok(())
}

#[tokio::test]
async fn killed_in_the_middle_of_any_upload() -> Result<()> {
    for upload in 0..3 {
        let at = Fixture::new().await?;
        let build = at.build("notes", "1.0.0")?;
        let fault = Fault::on("POST".parse()?, "/api/uploads/**", Action::HoldUpload(4));
        at.fake.add_fault(fault.after(upload));
        let mut child = at.command(&args(&build).each_ref().map(String::as_str)).spawn()?;
        at.fake.wait_for_hold().await?;
        child.kill().await?;
        assert_eq!(at.only_release()?.assets.len(), upload + 1, "the name is taken");
        at.release(&build).await?.expect(0, "its upload broke off");
        at.expect_released(&build)?;
    }
    Ok(())
}

/// Nobody is killed; the answer does not come. The program helps itself in the same run.
async fn cut_everywhere(action: Action) -> Result<()> {
    for request in 0..MOST {
        let at = Fixture::new().await?;
        let build = at.build("notes", "1.0.0")?;
        at.fake.add_fault(Fault::any(action.clone()).after(request));
        let said = wait(at.command(&args(&build).each_ref().map(String::as_str)).spawn()?).await?;
        assert_eq!(said.code, Some(0), "{action:?} at {request}: {}", said.stderr);
        at.expect_released(&build)?;
        if at.fake.requests().iter().all(|request| request.fault.is_none()) {
            return Ok(());
        }
    }
    anyhow::bail!("the program makes more than {MOST} requests");
}

#[tokio::test]
async fn a_connection_cut_before_the_effect_is_got_over() -> Result<()> {
    cut_everywhere(Action::ResetBefore).await
}

#[tokio::test]
async fn a_connection_cut_after_the_effect_is_got_over() -> Result<()> {
    cut_everywhere(Action::ResetAfter).await
}

#[tokio::test]
async fn a_truncated_answer_is_got_over() -> Result<()> {
    cut_everywhere(Action::Truncate(5)).await
}
