//! A repository or a token that does not let a build begin: the exit code, the reason and the cure.

use anyhow::Result;
use fake_github::{Access, Level, WorkflowState};

use super::desk::{Desk, REPOSITORY};

#[tokio::test]
async fn repositories_that_cannot_build() -> Result<()> {
    let desk = Desk::new().await?;
    let args = ["dispatch", "app/app.json", "--repo"];
    let with = |repo: &'static str| [&args[..], &[repo]].concat();
    desk.run(&with("me/other")).await?.expect(4, "no such repository, or the token may not see it");
    desk.run(&with("me")).await?.expect(2, "a repository is written `owner/name`");
    desk.fake.add_repository(fake_github::Repository::new("me/site")?);
    let said = desk.run(&with("me/site")).await?.expect(4, "has no workflow `build.yml`: me/site");
    assert!(said.stderr.contains("is this your fork"), "{}", said.stderr);
    for (state, words) in [
        (WorkflowState::DisabledInactivity, "nothing happened for 60 days"),
        (WorkflowState::DisabledManually, "somebody has disabled it"),
    ] {
        desk.fake.change(REPOSITORY, |repository| {
            repository.workflow_states.insert("build.yml".to_owned(), state);
        })?;
        desk.run(&["dispatch", "app/app.json"]).await?.expect(4, words);
    }
    assert_eq!(desk.dispatches(), 0);
    Ok(())
}

#[tokio::test]
async fn tokens_that_do_not_open() -> Result<()> {
    let mut desk = Desk::new().await?;
    desk.fake.add_token(Access::full("reader").actions(Level::Read));
    desk.token = "reader";
    let said = desk.run(&["dispatch", "app/app.json"]).await?;
    let said = said.expect(4, "Resource not accessible");
    assert!(said.stderr.contains("`actions: write`"), "{}", said.stderr);
    desk.token = "expired";
    desk.run(&["dispatch", "app/app.json"])
        .await?
        .expect(4, "hint: the token is wrong or has expired: make a new one");
    let states = desk.json(&["runs"]).await?;
    assert_eq!(states["builds"][0]["state"], "failed", "{states}");
    Ok(())
}

#[tokio::test]
async fn time_goes_faster_only_on_this_machine() -> Result<()> {
    let desk = Desk::new().await?;
    let mut command = desk.command(&["watch", "123", "--repo", "me/apps"]);
    command.env("GITHUB_API_URL", "https://127.0.0.1:1");
    super::said::wait(command.spawn()?).await?.expect(2, "time goes its own way");
    Ok(())
}
