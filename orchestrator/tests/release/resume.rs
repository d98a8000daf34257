//! The ordinary case, and going on from what an earlier attempt has left.

use anyhow::{Context as _, Result};
use config_schema::plan::ArtifactKind;
use fake_github::{Action, AssetState, Fault, Repository};

use super::support::{Fixture, REPOSITORY, RUN};

#[tokio::test]
async fn a_build_becomes_a_release() -> Result<()> {
    let at = Fixture::new().await?;
    let build = at.build("notes", "1.0.0")?;
    let said = at
        .run(&["release", &build.plan_path(), &build.manifest_path(), "--format", "json"])
        .await?
        .ok();
    at.expect_released(&build)?;
    let release = at.only_release()?;
    let body = release.body.clone().context("it has a text")?;
    assert!(body.starts_with("# Notes\n\n<!-- deskwright: "), "{body}");
    assert_eq!(release.name.as_deref(), Some("notes 1.0.0"));
    let last = said.last()?;
    assert_eq!(last["ok"], true);
    let report = &last["releases"][0];
    assert_eq!((&report["id"], &report["tag"]), (&release.id.into(), &"notes-v1.0.0".into()));
    assert_eq!((&report["draft"], &report["updates"]), (&false.into(), &"written".into()));
    assert_eq!(report["assets"].as_array().map(Vec::len), Some(3));
    for line in said.stdout.lines() {
        serde_json::from_str::<serde_json::Value>(line)?;
    }
    Ok(())
}

#[tokio::test]
async fn a_second_run_changes_nothing() -> Result<()> {
    let at = Fixture::new().await?;
    let build = at.build("notes", "1.0.0")?;
    at.release(&build).await?.ok();
    let changes = || at.fake.requests().iter().filter(|request| request.method != "GET").count();
    let before = changes();
    at.release(&build).await?.expect(0, "already, by an earlier attempt");
    assert_eq!(changes(), before);
    at.expect_released(&build)
}

#[tokio::test]
async fn a_draft_is_published_later() -> Result<()> {
    let at = Fixture::new().await?;
    let build = at.build("notes", "1.0.0")?;
    at.run(&["release", &build.plan_path(), &build.manifest_path(), "--draft"]).await?.ok();
    let draft = at.only_release()?;
    assert!(draft.draft);
    build.expect_assets(&draft)?;
    assert!(at.repository()?.git.resolve("updates").is_none(), "nobody hears of a draft");
    // Somebody edits the notes meanwhile, on the web page with its line breaks.
    at.fake.change(REPOSITORY, |repository| {
        for draft in repository.releases.values_mut() {
            draft.body =
                draft.body.take().map(|body| body.replace("Notes", "Better").replace('\n', "\r\n"));
        }
    })?;
    at.release(&build).await?.ok();
    assert_eq!(at.only_release()?.id, draft.id);
    assert!(at.only_release()?.body.unwrap_or_default().starts_with("# Better"));
    assert_eq!(at.count("POST", "/assets"), 3, "nothing is uploaded twice");
    at.expect_released(&build)
}

#[tokio::test]
async fn a_draft_beyond_the_first_page_is_found() -> Result<()> {
    let at = Fixture::new().await?;
    let build = at.build("notes", "1.0.0")?;
    at.run(&["release", &build.plan_path(), &build.manifest_path(), "--draft"]).await?.ok();
    let draft = at.only_release()?.id;
    for number in 0..230 {
        at.fake.add_draft(REPOSITORY, &format!("other-v0.0.{number}"))?;
    }
    at.release(&build).await?.ok();
    assert!(!at.repository()?.releases[&draft].draft);
    at.expect_released(&build)
}

#[tokio::test]
async fn what_is_wrong_in_a_draft_is_put_right() -> Result<()> {
    let at = Fixture::new().await?;
    let mut build = at.build("notes", "1.0.0")?;
    build.add(ArtifactKind::Sbom, "notes.cdx.json", "{}")?;
    build.save()?;
    at.run(&["release", &build.plan_path(), &build.manifest_path(), "--draft"]).await?.ok();
    at.fake.change(REPOSITORY, |repository| {
        let assets =
            repository.releases.values_mut().flat_map(|release| release.assets.values_mut());
        for asset in assets {
            match asset.name.as_str() {
                "notes.cdx.json" => asset.name = "stranger.txt".to_owned(),
                "SHA256SUMS" => asset.state = AssetState::Starter,
                "notes_stable.json" => {
                    if let AssetState::Uploaded(file) = &mut asset.state {
                        file.sha256 = "00".repeat(32);
                    }
                }
                _ => {}
            }
        }
    })?;
    let said = at.release(&build).await?.ok();
    for words in [
        "not of this build: stranger.txt",
        "its upload broke off: SHA256SUMS",
        "another hash: notes_stable.json",
    ] {
        assert!(said.stderr.contains(words), "{words}: {}", said.stderr);
    }
    assert_eq!(at.count("POST", "/assets"), 4 + 3, "what is right stays");
    at.expect_released(&build)
}

#[tokio::test]
async fn two_drafts_of_one_manifest_become_one() -> Result<()> {
    let at = Fixture::new().await?;
    let build = at.build("notes", "1.0.0")?;
    at.run(&["release", &build.plan_path(), &build.manifest_path(), "--draft"]).await?.ok();
    let first = at.only_release()?;
    let second = at.fake.add_draft(REPOSITORY, build.tag())?;
    at.fake.change(REPOSITORY, |repository| {
        repository.releases.entry(second).and_modify(|draft| draft.body.clone_from(&first.body));
    })?;
    at.release(&build).await?.ok();
    assert_eq!(at.only_release()?.id, first.id);
    at.expect_released(&build)
}

#[tokio::test]
async fn a_later_attempt_of_the_run_replaces_an_earlier_ones_draft() -> Result<()> {
    let at = Fixture::new().await?;
    let mut build = at.build("notes", "1.0.0")?;
    let args = [&build.plan_path(), &build.manifest_path()];
    at.run(&["release", args[0], args[1], "--draft", "--run-url", RUN]).await?.ok();
    let draft = at.only_release()?.id;
    let deb = build.deb().to_owned();
    build.add(ArtifactKind::Deb, &deb, "another package")?;
    build.manifest.notes = "# Other notes\n".to_owned();
    build.save()?;
    at.run(&["release", args[0], args[1], "--run-url", "https://github.com/o/r/actions/runs/8"])
        .await?
        .expect(1, "a draft of another build has this tag: notes-v1.0.0");
    at.run(&["release", args[0], args[1], "--run-url", RUN]).await?.ok();
    assert_eq!(at.only_release()?.id, draft);
    assert!(at.only_release()?.body.unwrap_or_default().starts_with("# Other notes"));
    at.expect_released(&build)
}

#[tokio::test]
async fn somebody_elses_draft_is_left_alone() -> Result<()> {
    let at = Fixture::new().await?;
    let build = at.build("notes", "1.0.0")?;
    at.fake.add_draft(REPOSITORY, build.tag())?;
    at.release(&build).await?.expect(1, "a draft of another build has this tag");
    assert!(at.only_release()?.draft);
    assert_eq!(at.only_release()?.assets.len(), 0);
    Ok(())
}

#[tokio::test]
async fn an_immutable_release_is_complete_before_it_is_public() -> Result<()> {
    let at = Fixture::with(Repository::new(REPOSITORY)?.immutable()).await?;
    let build = at.build("notes", "1.0.0")?;
    at.fake.add_fault(Fault::on("PATCH".parse()?, "/repos/**", Action::ResetAfter));
    at.release(&build).await?.ok();
    assert!(at.only_release()?.immutable);
    at.release(&build).await?.ok();
    at.expect_released(&build)
}

#[tokio::test]
async fn a_tag_of_a_deleted_immutable_release_is_named_as_the_cause() -> Result<()> {
    let mut repository = Repository::new(REPOSITORY)?.immutable();
    repository.burned_tags.insert("notes-v1.0.0".to_owned());
    let at = Fixture::with(repository).await?;
    let build = at.build("notes", "1.0.0")?;
    let said = at
        .release(&build)
        .await?
        .expect(1, "the tag belonged to an immutable release that was deleted");
    assert!(said.stderr.contains("raise `app.version`"));
    at.fake.assert_no_violations()
}

#[tokio::test]
async fn a_public_release_that_was_changed_is_not_touched() -> Result<()> {
    let at = Fixture::new().await?;
    let build = at.build("notes", "1.0.0")?;
    at.release(&build).await?.ok();
    at.fake.change(REPOSITORY, |repository| {
        repository.releases.values_mut().for_each(|release| drop(release.assets.pop_first()));
    })?;
    at.release(&build).await?.expect(1, "the release's assets are not those of the build: missing");
    assert_eq!(at.only_release()?.assets.len(), 2);
    Ok(())
}

#[tokio::test]
async fn two_apps_are_released_at_once() -> Result<()> {
    let at = Fixture::new().await?;
    let (notes, maps) = (at.build("notes", "1.0.0")?, at.build("maps", "2.0.0")?);
    let (first, second) = tokio::join!(at.release(&notes), at.release(&maps));
    first?.ok();
    second?.ok();
    at.expect_released(&notes)?;
    at.expect_released(&maps)
}

#[tokio::test]
async fn one_apps_trouble_is_not_anothers() -> Result<()> {
    let at = Fixture::new().await?;
    let (mut one, other) = (at.build("maps", "1.0.0")?, at.build("notes", "1.0.0")?);
    one.plan.apps.extend(other.plan.apps.clone());
    one.plan.matrix.include.extend(other.plan.matrix.include.clone());
    one.save()?;
    at.fake.add_draft(REPOSITORY, one.tag())?;
    let root = at.dir.path().to_string_lossy().into_owned();
    let said = at.run(&["release", &one.plan_path(), &root, "--format", "json"]).await?;
    let said = said.expect(1, "failed to release: maps");
    assert!(said.stdout.contains(r#""tag":"notes-v1.0.0""#), "{}", said.stdout);
    at.expect_released(&other)
}
