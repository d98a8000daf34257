//! The assets of a release come home.

use anyhow::Result;
use config_schema::{
    Target,
    manifest::{AppRef, ReleaseManifest},
    plan::{ArtifactKind, ExpectedArtifact, FORMAT, ReleaseMode},
};
use fake_github::{Action, Fault};
use orchestrator::{collect, release};
use reqwest::Method;
use serde_json::json;

use crate::{
    sample::{Sample, artifact},
    support::{Fixture, REPOSITORY, files, seen, words},
};

const TAG: &str = "notes-v1.0.0";
const DEB: &str = "notes_1.0.0_amd64.deb";
const BLOBS: &str = "/blob/**";

/// What becomes of the list of hashes.
type Change = fn(String) -> String;

/// Releases a build with these files besides the list of hashes, which the last argument may change.
async fn publish(at: &Fixture, change: Change, mode: ReleaseMode) -> Result<()> {
    let mut plan = Sample::new("notes", "1.0.0", &[Target::LinuxX64]).plan;
    plan.matrix.include[0].artifacts =
        vec![ExpectedArtifact { kind: ArtifactKind::Deb, name: DEB.to_owned() }];
    let config = json!({ "app": { "id": "com.example.notes", "version": "1.0.0" } }).to_string();
    let mut all = vec![
        (ArtifactKind::Deb, DEB.to_owned(), vec![7; 300_000]),
        (ArtifactKind::Config, "notes_1.0.0.app.config.json".to_owned(), config.into_bytes()),
        (ArtifactKind::Sbom, "notes_1.0.0.cdx.json".to_owned(), b"{}".to_vec()),
    ];
    let row = |(kind, name, bytes): &(ArtifactKind, String, Vec<u8>)| artifact(*kind, name, bytes);
    let sums: String =
        all.iter().map(row).map(|file| format!("{}  {}\n", file.sha256, file.name)).collect();
    let name = "notes_1.0.0.SHA256SUMS".to_owned();
    all.push((ArtifactKind::Checksums, name, change(sums).into_bytes()));
    let dir = at.dir.path().join("release");
    fs_err::create_dir_all(&dir)?;
    for (_, name, bytes) in &all {
        fs_err::write(dir.join(name), bytes)?;
    }
    let app = &plan.apps[0];
    let manifest = ReleaseManifest {
        format: FORMAT,
        app: AppRef { id: app.id.clone(), slug: app.slug.clone(), version: app.version.clone() },
        tag: TAG.to_owned(),
        title: "Notes 1.0.0".to_owned(),
        prerelease: false,
        commit: None,
        notes: "Notes\n".to_owned(),
        partial: Vec::new(),
        assets: all.iter().map(row).collect(),
        updates: None,
    };
    fs_err::write(dir.join("release.json"), serde_json::to_vec(&manifest)?)?;
    let prepared = release::prepare_all(&plan, &[dir], &*at.told)?;
    let options = release::Options { draft: false, run_url: None };
    release::release(&at.github, &prepared[0], mode, &options).await?;
    Ok(())
}

#[tokio::test]
async fn a_release_comes_home() -> Result<()> {
    let at = Fixture::new().await?;
    publish(&at, |sums| sums, ReleaseMode::Publish).await?;
    let landed = collect::release(&at.github, TAG, &at.out()).await?;
    let folder = format!("com.example.notes/1.0.0/release-{TAG}");
    let expected = [
        format!("{folder}/build.json"),
        format!("{folder}/linux-x64/{DEB}"),
        format!("{folder}/notes_1.0.0.SHA256SUMS"),
        format!("{folder}/notes_1.0.0.app.config.json"),
        format!("{folder}/notes_1.0.0.cdx.json"),
        "com.example.notes/latest".to_owned(),
    ];
    assert_eq!(seen(&at.out()), expected);
    assert_eq!(landed.files.len(), 4);
    let before = files(&at.out());
    assert_eq!(collect::release(&at.github, TAG, &at.out()).await?, landed);
    assert_eq!(files(&at.out()), before);
    let downloads = |request: &&fake_github::Exchange| request.path.starts_with("/blob/");
    assert_eq!(at.fake.requests().iter().filter(downloads).count(), 4, "once each");
    at.fake.assert_no_violations()
}

#[tokio::test]
async fn a_release_whose_download_breaks_off_goes_on() -> Result<()> {
    let at = Fixture::new().await?;
    publish(&at, |sums| sums, ReleaseMode::Publish).await?;
    at.fake.add_fault(Fault::on(Method::GET, BLOBS, Action::Truncate(100)).times(3));
    at.fake.add_fault(Fault::on(Method::GET, BLOBS, Action::Corrupt).after(3));
    collect::release(&at.github, TAG, &at.out()).await?;
    assert_eq!(seen(&at.out()).len(), 6);
    at.fake.assert_no_violations()
}

#[tokio::test]
async fn a_release_that_is_not_what_it_says_is_refused() -> Result<()> {
    let changes: [(&str, Change); 4] = [
        ("not the file that the release's list of hashes has", |sums| {
            let other = if sums.starts_with('0') { '1' } else { '0' };
            format!("{other}{}", &sums[1..])
        }),
        ("not in the release's list of hashes", |sums| sums.replace(DEB, "other")),
        ("lacks what its list of hashes has: gone", |sums| sums + &"0".repeat(64) + "  gone\n"),
        ("not in the release's list of hashes", |_| "nothing".to_owned()),
    ];
    for (expected, change) in changes {
        let at = Fixture::new().await?;
        publish(&at, change, ReleaseMode::Publish).await?;
        let said = words(&collect::release(&at.github, TAG, &at.out()).await.unwrap_err());
        assert!(said.contains(expected), "{said}");
        assert_eq!(seen(&at.out()), [""; 0]);
    }
    Ok(())
}

#[tokio::test]
async fn what_is_no_release_of_ours() -> Result<()> {
    let at = Fixture::new().await?;
    let said = words(&collect::release(&at.github, TAG, &at.out()).await.unwrap_err());
    assert!(said.contains("no public release has this tag: notes-v1.0.0"), "{said}");
    publish(&at, |sums| sums, ReleaseMode::Draft).await?;
    let said = words(&collect::release(&at.github, TAG, &at.out()).await.unwrap_err());
    assert!(said.contains("a draft is collected by its run"), "{said}");

    let at = Fixture::new().await?;
    publish(&at, |sums| sums, ReleaseMode::Publish).await?;
    at.fake.change(REPOSITORY, |repository| {
        for release in repository.releases.values_mut() {
            release.assets.retain(|_, asset| !asset.name.ends_with("SHA256SUMS"));
        }
    })?;
    let said = words(&collect::release(&at.github, TAG, &at.out()).await.unwrap_err());
    assert!(said.contains("no list of hashes: notes-v1.0.0"), "{said}");
    Ok(())
}
