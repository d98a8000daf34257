//! Tags, versions and repositories, before a build and before a release.

use anyhow::Result;
use fake_github::Repository;

use super::support::{Fixture, REPOSITORY, Said};

/// Looks with these tags there.
async fn check(tags: &[&str], version: &str) -> Result<Said> {
    let at = Fixture::new().await?;
    let build = at.build("notes", version)?;
    add_tags(&at, tags)?;
    let said = at.run(&["release", &build.plan_path(), "--check"]).await?;
    assert!(at.fake.requests().iter().all(|request| request.method == "GET"), "it only looks");
    at.fake.assert_no_violations()?;
    Ok(said)
}

fn add_tags(at: &Fixture, tags: &[&str]) -> Result<()> {
    at.fake.change(REPOSITORY, |repository| {
        let commit = repository.git.resolve("main").unwrap_or_default();
        let refs = tags.iter().map(|tag| (format!("refs/tags/{tag}"), commit.clone()));
        repository.git.refs.extend(refs);
    })
}

#[tokio::test]
async fn a_version_rises_within_its_app() -> Result<()> {
    check(&[], "1.0.0").await?.ok();
    check(
        &["notes-v0.9.0", "notes-v0.10.0", "maps-v9.0.0", "notes-vivid-v9.0.0", "v9.0.0"],
        "0.11.0",
    )
    .await?
    .ok();
    check(&["notes-v1.0.0-rc.1"], "1.0.0").await?.ok();
    let said = check(&["notes-v0.10.0"], "0.9.0").await?;
    said.expect(1, "the version does not rise: 0.9.0 after notes-v0.10.0");
    check(&["notes-v1.0.0"], "1.0.0-rc.1").await?.expect(1, "the version does not rise");
    check(&["notes-v1.0.0"], "1.0.0").await?.expect(1, "the tag is there already: notes-v1.0.0");
    Ok(())
}

#[tokio::test]
async fn a_release_looks_again() -> Result<()> {
    let at = Fixture::new().await?;
    let build = at.build("notes", "1.0.0")?;
    add_tags(&at, &["notes-v1.0.0"])?;
    at.release(&build).await?.expect(1, "the tag is there already: notes-v1.0.0");
    assert_eq!(at.repository()?.releases.len(), 0);
    at.fake.assert_no_violations()
}

#[tokio::test]
async fn another_build_under_the_same_tag_is_refused() -> Result<()> {
    let at = Fixture::new().await?;
    let mut build = at.build("notes", "1.0.0")?;
    at.release(&build).await?.ok();
    build.manifest.notes = "# Another build\n".to_owned();
    build.save()?;
    at.release(&build).await?.expect(1, "another build is released under this tag: notes-v1.0.0");
    Ok(())
}

#[tokio::test]
async fn a_pre_release_is_one() -> Result<()> {
    let at = Fixture::new().await?;
    let build = at.build("notes", "1.0.0-rc.1")?;
    at.release(&build).await?.ok();
    assert!(at.only_release()?.prerelease);
    at.expect_released(&build)
}

#[tokio::test]
async fn a_private_repository_serves_no_updates() -> Result<()> {
    let at = Fixture::with(Repository::new(REPOSITORY)?.private()).await?;
    let mut build = at.build("notes", "1.0.0")?;
    at.run(&["release", &build.plan_path(), "--check"])
        .await?
        .expect(1, "the repository is private");
    at.release(&build).await?.expect(1, "the repository is private");
    assert_eq!(at.repository()?.releases.len(), 0);
    if let Some(updates) = &mut build.plan.apps[0].updates {
        updates.path = None;
    }
    build.manifest.updates = None;
    build.save()?;
    at.run(&["release", &build.plan_path(), "--check"]).await?.ok();
    at.release(&build).await?.ok();
    at.expect_released(&build)
}

#[tokio::test]
async fn a_command_line_that_cannot_be_right() -> Result<()> {
    let at = Fixture::new().await?;
    let build = at.build("notes", "1.0.0")?;
    let (plan, manifest) = (build.plan_path(), build.manifest_path());
    at.run(&["release", &plan]).await?.expect(2, "required");
    at.run(&["release", &plan, &manifest, "--check"]).await?.expect(2, "cannot be used with");
    at.run(&["release", &plan, &manifest, "--repo", "o"]).await?.expect(2, "owner/name");
    let elsewhere = ["release", &plan, &manifest, "--github-url", "http://example.com"];
    at.run(&elsewhere).await?.expect(2, "not a safe address for a token");
    assert_eq!(at.fake.requests().len(), 0);
    Ok(())
}
