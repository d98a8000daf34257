//! Plan, manifests and files that do not fit: refused before any request.

use anyhow::Result;
use config_schema::{
    Target,
    plan::{ArtifactKind, ReleaseMode},
};

use super::support::{Build, Fixture};

/// What is said about a build that something is wrong with; nobody must hear of it.
async fn refused(change: impl FnOnce(&mut Build) -> Result<()>) -> Result<(i32, String)> {
    let at = Fixture::new().await?;
    let mut build = at.build("notes", "1.0.0")?;
    change(&mut build)?;
    let said = at.release(&build).await?;
    assert_eq!(at.fake.requests().len(), 0, "refused before any request: {}", said.stderr);
    Ok((said.code.unwrap_or_default(), said.stderr))
}

/// The same where the manifest is saved with its change.
async fn refused_saved(change: impl FnOnce(&mut Build)) -> Result<(i32, String)> {
    refused(|build| {
        change(build);
        build.save()
    })
    .await
}

#[track_caller]
fn expect((code, stderr): (i32, String), wanted: i32, words: &str) {
    assert_eq!(code, wanted, "{stderr}");
    assert!(stderr.contains(words), "not said: {words}\n{stderr}");
}

#[tokio::test]
async fn an_altered_file() -> Result<()> {
    let same_size =
        |build: &mut Build| Ok(fs_err::write(build.dir.join(build.deb()), "the Package")?);
    expect(
        refused(same_size).await?,
        1,
        "the file has another hash than the manifest says: notes_1.0.0_amd64.deb",
    );
    let longer =
        |build: &mut Build| Ok(fs_err::write(build.dir.join(build.deb()), "the package and more")?);
    expect(refused(longer).await?, 1, "the file has another size than the manifest says");
    Ok(())
}

#[tokio::test]
async fn a_file_that_is_gone_or_empty() -> Result<()> {
    let gone = |build: &mut Build| Ok(fs_err::remove_file(build.dir.join(build.deb()))?);
    expect(refused(gone).await?, 1, "notes_1.0.0_amd64.deb");
    let empty = |build: &mut Build| {
        let deb = build.deb().to_owned();
        build.add(ArtifactKind::Deb, &deb, "")?;
        build.save()
    };
    expect(refused(empty).await?, 1, "GitHub takes no file of this size");
    Ok(())
}

#[tokio::test]
async fn a_doubled_or_missing_or_unknown_row() -> Result<()> {
    let doubled = |build: &mut Build| build.manifest.assets.push(build.manifest.assets[0].clone());
    expect(refused_saved(doubled).await?, 1, "the manifest has an asset twice");
    let missing = |build: &mut Build| drop(build.manifest.assets.remove(0));
    expect(
        refused_saved(missing).await?,
        1,
        "the manifest lacks what the plan expects: notes_1.0.0_amd64.deb",
    );
    let no_update = |build: &mut Build| {
        build.manifest.assets.retain(|asset| asset.kind != ArtifactKind::UpdaterManifest);
    };
    expect(refused_saved(no_update).await?, 1, "lacks what the plan expects: the updater manifest");
    let unknown = |build: &mut Build| build.add(ArtifactKind::Rpm, "notes-1.0.0-1.x86_64.rpm", "x");
    let unknown = |build: &mut Build| unknown(build).and_then(|()| build.save());
    expect(refused(unknown).await?, 1, "the manifest has a file that the plan does not know");
    Ok(())
}

#[tokio::test]
async fn names_that_lead_elsewhere() -> Result<()> {
    for name in ["../plan.json", "a/b", ".hidden", "a b", "ä", "", "a\\b"] {
        let named = |build: &mut Build| build.manifest.assets[0].name = name.to_owned();
        expect(refused_saved(named).await?, 1, "not a name for an asset");
    }
    Ok(())
}

#[tokio::test]
async fn documents_of_different_builds() -> Result<()> {
    let version = |build: &mut Build| build.manifest.app.version = "1.0.1".to_owned();
    expect(refused_saved(version).await?, 1, "the manifest is of no app of the plan");
    let tag = |build: &mut Build| build.manifest.tag = "v1".to_owned();
    expect(refused_saved(tag).await?, 1, "the manifest is of no app of the plan");
    let update = |build: &mut Build| {
        if let Some(updates) = &mut build.manifest.updates {
            updates.path = "other/stable.json".to_owned();
        }
    };
    expect(refused_saved(update).await?, 1, "the updater manifest is not the planned one");
    Ok(())
}

#[tokio::test]
async fn documents_that_are_none() -> Result<()> {
    let text = |build: &mut Build| Ok(fs_err::write(build.dir.join("release.json"), "{")?);
    expect(refused(text).await?, 2, "no such manifest");
    let later = |build: &mut Build| build.manifest.format = 2;
    expect(refused_saved(later).await?, 2, "format 2 is not known here");
    let plan = |build: &mut Build| Ok(fs_err::write(build.dir.join("plan.json"), "[]")?);
    expect(refused(plan).await?, 2, "no such plan");
    let no_release = |build: &mut Build| build.plan.release = None;
    expect(refused_saved(no_release).await?, 2, "the plan makes no release");
    Ok(())
}

#[tokio::test]
async fn a_partial_release_takes_the_plans_leave() -> Result<()> {
    let partial = |build: &mut Build| {
        build.manifest.partial = vec![Target::LinuxX64];
        build.manifest.assets.retain(|asset| asset.kind == ArtifactKind::Checksums);
        build.manifest.updates = None;
    };
    expect(
        refused_saved(partial).await?,
        1,
        "the release lacks targets, which the plan does not allow: linux-x64",
    );

    let at = Fixture::new().await?;
    let mut build = at.build("notes", "1.0.0")?;
    partial(&mut build);
    build.plan.allow_partial = true;
    build.save()?;
    at.release(&build).await?.ok();
    at.expect_released(&build)
}

#[tokio::test]
async fn an_app_without_a_manifest() -> Result<()> {
    let at = Fixture::new().await?;
    let (mut one, other) = (at.build("notes", "1.0.0")?, at.build("maps", "1.0.0")?);
    one.plan.apps.extend(other.plan.apps);
    one.plan.matrix.include.extend(other.plan.matrix.include);
    one.save()?;
    at.release(&one).await?.expect(1, "the plan has apps without a manifest: maps");
    // All manifests of a folder are found, and none counts twice.
    let root = at.dir.path().to_string_lossy().into_owned();
    at.run(&["release", &one.plan_path(), &root, &one.manifest_path()])
        .await?
        .expect(2, "two manifests are of one app: notes");
    assert_eq!(at.fake.requests().len(), 0);
    Ok(())
}

#[tokio::test]
async fn a_draft_by_the_plans_wish() -> Result<()> {
    let at = Fixture::new().await?;
    let mut build = at.build("notes", "1.0.0")?;
    build.plan.release = Some(ReleaseMode::Draft);
    build.save()?;
    at.release(&build).await?.ok();
    assert!(at.only_release()?.draft);
    assert_eq!(at.repository()?.tags().len(), 0);
    Ok(())
}
