//! A GitHub that refuses, fails, or asks for patience.

use std::sync::Arc;

use anyhow::Result;
use fake_github::{Access, Action, Fault, Level};
use serde_json::{Value, json};

use super::support::{Fixture, REPOSITORY, wait};

fn answer(status: u16, headers: Vec<(&'static str, String)>, message: &str) -> Result<Action> {
    Ok(Action::Answer { status: status.try_into()?, headers, body: json!({ "message": message }) })
}

#[tokio::test]
async fn a_token_that_does_not_open() -> Result<()> {
    let mut at = Fixture::new().await?;
    let build = at.build("notes", "1.0.0")?;
    at.fake.add_token(Access::full("reader").contents(Level::Read));
    at.token = "reader";
    at.release(&build).await?.expect(4, "Resource not accessible by integration");
    at.token = "unknown";
    let said = at.release(&build).await?.expect(4, "Bad credentials");
    assert!(said.stderr.contains("hint: the token is wrong or has expired"));
    at.token = "";
    // Another address than the fake's: on this machine no token would be needed.
    let (plan, manifest) = (build.plan_path(), build.manifest_path());
    let args = ["release", &plan, &manifest, "--github-url", "https://127.0.0.1:1"];
    at.run(&args).await?.expect(3, "there is no token for 127.0.0.1:1");
    at.fake.add_token(Access::full("stranger").only("o/other"));
    at.token = "stranger";
    at.release(&build).await?.expect(4, "Not Found");
    assert_eq!(at.repository()?.releases.len(), 0);
    at.fake.assert_no_violations()
}

#[tokio::test]
async fn the_server_asks_for_patience() -> Result<()> {
    let at = Fixture::new().await?;
    let build = at.build("notes", "1.0.0")?;
    let headers = || vec![("retry-after", "1".to_owned())];
    let secondary = answer(403, headers(), "You have exceeded a secondary rate limit")?;
    at.fake.add_fault(Fault::on(
        "POST".parse()?,
        "/repos/*/*/releases",
        answer(429, headers(), "slow down")?,
    ));
    at.fake.add_fault(Fault::on("POST".parse()?, "/api/uploads/**", secondary));
    at.release(&build).await?.expect(0, "GitHub asks for fewer requests");
    assert_eq!(at.count("POST", "/assets"), 4, "what was refused is sent again");
    at.expect_released(&build)
}

#[tokio::test]
async fn patience_has_an_end() -> Result<()> {
    let at = Fixture::new().await?;
    let build = at.build("notes", "1.0.0")?;
    at.fake.add_fault(Fault::any(answer(
        429,
        vec![("retry-after", "86400".to_owned())],
        "slow down",
    )?));
    at.release(&build).await?.expect(4, "GitHub answered 429");
    at.fake.assert_no_violations()
}

#[tokio::test]
async fn a_server_that_fails_for_a_while() -> Result<()> {
    let at = Fixture::new().await?;
    let build = at.build("notes", "1.0.0")?;
    at.fake.add_fault(Fault::on(
        "POST".parse()?,
        "/repos/*/*/releases",
        answer(502, Vec::new(), "Server Error")?,
    ));
    at.fake
        .add_fault(Fault::on("GET".parse()?, "/repos/**", answer(503, Vec::new(), "")?).times(2));
    at.fake.add_fault(
        Fault::on("POST".parse()?, "/api/uploads/**", answer(500, Vec::new(), "")?).after(1),
    );
    at.release(&build).await?.ok();
    at.expect_released(&build)
}

#[tokio::test]
async fn an_upload_that_breaks_off_is_repeated() -> Result<()> {
    let at = Fixture::new().await?;
    let build = at.build("notes", "1.0.0")?;
    at.fake
        .add_fault(Fault::on("POST".parse()?, "/api/uploads/**", Action::BreakUpload(4)).times(2));
    let said = at.release(&build).await?.ok();
    assert!(said.stderr.contains("its upload broke off"), "{}", said.stderr);
    at.expect_released(&build)
}

#[tokio::test]
async fn an_upload_that_never_succeeds_publishes_nothing() -> Result<()> {
    let at = Fixture::new().await?;
    let build = at.build("notes", "1.0.0")?;
    at.fake.add_fault(
        Fault::on("POST".parse()?, "/api/uploads/**", Action::BreakUpload(4)).times(100),
    );
    at.release(&build).await?.expect(4, "failed to upload");
    assert!(at.only_release()?.draft);
    at.fake.clear_faults();
    at.release(&build).await?.ok();
    at.expect_released(&build)
}

#[tokio::test]
async fn a_server_with_other_bytes_publishes_nothing() -> Result<()> {
    let at = Fixture::new().await?;
    let build = at.build("notes", "1.0.0")?;
    let lie = |answer: &mut Value| {
        for asset in answer.as_array_mut().into_iter().flatten() {
            asset["digest"] = format!("sha256:{}", "00".repeat(32)).into();
        }
    };
    let fault =
        Fault::on("GET".parse()?, "/repos/*/*/releases/*/assets", Action::Change(Arc::new(lie)));
    at.fake.add_fault(fault.times(100));
    at.release(&build).await?.expect(1, "another hash: notes_1.0.0_amd64.deb");
    assert!(at.only_release()?.draft);
    Ok(())
}

#[tokio::test]
async fn uploads_go_to_github_and_nowhere_else() -> Result<()> {
    let at = Fixture::new().await?;
    let build = at.build("notes", "1.0.0")?;
    let lie = |answer: &mut Value| {
        answer["upload_url"] = "https://example.com/assets{?name,label}".into()
    };
    at.fake.add_fault(Fault::on(
        "POST".parse()?,
        "/repos/*/*/releases",
        Action::Change(Arc::new(lie)),
    ));
    at.release(&build)
        .await?
        .expect(1, "at an address of somebody else: https://example.com/assets");
    Ok(())
}

#[tokio::test]
async fn a_repository_that_has_moved_is_not_followed() -> Result<()> {
    let at = Fixture::new().await?;
    let build = at.build("notes", "1.0.0")?;
    let elsewhere = format!("{}/repos/{REPOSITORY}/releases", at.fake.url());
    let moved = answer(301, vec![("location", elsewhere)], "Moved Permanently")?;
    at.fake.add_fault(Fault::on("GET".parse()?, "/repos/**", moved).times(100));
    at.release(&build).await?.expect(4, "the repository has another name now");
    assert_eq!(at.fake.requests().len(), 1);
    Ok(())
}

#[tokio::test]
async fn a_tag_points_at_the_builds_commit() -> Result<()> {
    let at = Fixture::new().await?;
    let mut build = at.build("notes", "1.0.0")?;
    let commit = at.repository()?.git.resolve("main").unwrap_or_default();
    build.manifest.commit = Some(commit.clone());
    build.save()?;
    at.fake
        .change(REPOSITORY, |repository| repository.git.write("main", "later", b"x", "later"))??;
    at.release(&build).await?.ok();
    assert_eq!(at.repository()?.git.refs["refs/tags/notes-v1.0.0"], commit);
    at.expect_released(&build)
}

#[tokio::test]
async fn a_tag_that_somebody_else_makes_meanwhile_is_told() -> Result<()> {
    let at = Fixture::new().await?;
    let mut build = at.build("notes", "1.0.0")?;
    build.manifest.commit = at.repository()?.git.resolve("main");
    build.save()?;
    let other = at
        .fake
        .change(REPOSITORY, |repository| repository.git.write("other", "x", b"x", "m"))??;
    at.fake.add_fault(Fault::on("PATCH".parse()?, "/repos/**", Action::HoldBefore));
    let (plan, manifest) = (build.plan_path(), build.manifest_path());
    let child = at.command(&["release", &plan, &manifest]).spawn()?;
    at.fake.wait_for_hold().await?;
    at.fake.change(REPOSITORY, |repository| {
        repository.git.refs.insert("refs/tags/notes-v1.0.0".to_owned(), other)
    })?;
    at.fake.let_go();
    wait(child).await?.expect(1, "the tag points at another commit than the build's");
    Ok(())
}
