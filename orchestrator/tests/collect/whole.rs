//! Runs that made what was planned.

use anyhow::Result;
use config_schema::{Target, plan::ArtifactKind};
use fake_github::{Script, ScriptedArtifact, ScriptedJob};
use orchestrator::{Event, collect::LandedFile};

use crate::{
    sample::Sample,
    support::{Fixture, files, seen, words},
};

const TWO: [Target; 2] = [Target::LinuxX64, Target::WindowsX64];

#[tokio::test]
async fn a_build_comes_home() -> Result<()> {
    let at = Fixture::new().await?;
    let sample = Sample::new("notes", "1.0.0", &TWO).with_record();
    let build = at.build(&sample).await?;
    let landed = at.collect(&build).await?;
    let run = build.run.unwrap();
    let folder = format!("com.example.notes/1.0.0/{run}");
    let expected = [
        format!("{folder}/build.json"),
        format!("{folder}/linux-x64/manifest.json"),
        format!("{folder}/linux-x64/notes_1.0.0_linux-x64.bin"),
        format!("{folder}/notes_1.0.0.app.config.json"),
        format!("{folder}/release.json"),
        format!("{folder}/windows-x64/manifest.json"),
        format!("{folder}/windows-x64/notes_1.0.0_windows-x64.bin"),
        "com.example.notes/latest".to_owned(),
    ];
    assert_eq!(seen(&at.out()), expected);
    assert_eq!(landed.folders, [at.out().join(&folder)]);
    assert_eq!(landed.files.len(), 6);
    let deb = landed.files.iter().find(|file| file.kind == Some(ArtifactKind::Deb)).unwrap();
    assert_eq!(deb.target, Some(Target::LinuxX64));
    assert_eq!(fs_err::read_to_string(&deb.path)?, "the package of notes 1.0.0 for linux-x64\n");
    let latest = fs_err::read_link(at.out().join("com.example.notes/latest"))?;
    assert_eq!(latest, std::path::Path::new(&format!("1.0.0/{run}")));
    let told = at.told.all();
    let verified = told.iter().filter(|event| matches!(event, Event::ArtifactVerified { .. }));
    assert_eq!(verified.count(), 4, "the plan, two bundles, the record");
    assert!(!at.out().join(".deskwright").join(build.id.as_str()).exists(), "nothing in hand");
    at.fake.assert_no_violations()
}

#[tokio::test]
async fn what_is_here_is_not_fetched_again() -> Result<()> {
    let at = Fixture::new().await?;
    let build = at.build(&Sample::new("notes", "1.0.0", &TWO)).await?;
    let first = at.collect(&build).await?;
    let (before, downloads) = (files(&at.out()), at.downloads());
    let second = at.collect(&build).await?;
    assert_eq!(second, first);
    assert_eq!(files(&at.out()), before);
    // The plan says what there is.
    assert_eq!(at.downloads(), downloads + 1);

    let deb = &first.files.iter().find(|file| file.kind.is_some()).unwrap().path;
    fs_err::remove_file(deb)?;
    at.collect(&build).await?;
    assert_eq!(files(&at.out()), before, "what is missing comes again");

    let bytes = fs_err::read(deb)?;
    fs_err::remove_file(deb)?;
    fs_err::write(deb, bytes.iter().map(|byte| byte ^ 1).collect::<Vec<_>>())?;
    at.collect(&build).await?;
    assert_eq!(files(&at.out()), before, "what was changed too");
    at.fake.assert_no_violations()
}

#[tokio::test]
async fn a_build_without_all_that_was_planned_is_refused() -> Result<()> {
    let at = Fixture::new().await?;
    let mut sample = Sample::new("notes", "1.0.0", &TWO);
    sample.bundles[1] = None;
    let build = at.build(&sample).await?;
    let said = words(&at.collect(&build).await.unwrap_err());
    assert!(said.contains("lacks what its plan expects: bundle-notes-windows-x64"), "{said}");
    assert!(said.contains("deskwright retry"), "{said}");
    assert_eq!(seen(&at.out()), [""; 0]);

    sample.plan.allow_partial = true;
    let build = at.build(&sample).await?;
    let landed = at.collect(&build).await?;
    assert_eq!(landed.files.len(), 2);
    assert_eq!(at.told.notes(), ["not built, and the plan allows it: bundle-notes-windows-x64"]);
    Ok(())
}

#[tokio::test]
async fn latest_is_the_newest_run_and_not_the_newest_collected() -> Result<()> {
    let at = Fixture::new().await?;
    let old = at.build(&Sample::new("notes", "1.0.0", &TWO)).await?;
    at.fake.advance(std::time::Duration::from_secs(60));
    let new = at.build(&Sample::new("notes", "1.1.0", &TWO)).await?;
    at.collect(&new).await?;
    at.collect(&old).await?;
    let latest = fs_err::read_link(at.out().join("com.example.notes/latest"))?;
    assert_eq!(latest, std::path::Path::new("1.1.0").join(new.run.unwrap().to_string()));
    Ok(())
}

#[cfg(unix)]
#[tokio::test]
async fn the_same_content_is_stored_once() -> Result<()> {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
    let at = Fixture::new().await?;
    let sample = Sample::with("notes", "1.0.0", &TWO, |_| b"the same everywhere".to_vec());
    let mut inodes = std::collections::BTreeSet::new();
    for _ in 0..2 {
        let build = at.build(&sample).await?;
        let landed = at.collect(&build).await?;
        for file in landed.files.iter().filter(|file| file.kind.is_some()) {
            inodes.insert(fs_err::metadata(&file.path)?.ino());
        }
    }
    assert_eq!(inodes.len(), 1);

    // Somebody writes into it, and into every build at once: the next build does not take it over.
    let content = at.out().join(".deskwright/content");
    let name = crate::sample::sha256(b"the same everywhere");
    let stored = content.join(&name[..2]).join(&name);
    fs_err::set_permissions(&stored, std::fs::Permissions::from_mode(0o644))?;
    fs_err::write(&stored, "something else here")?;
    let landed = at.collect(&at.build(&sample).await?).await?;
    for file in landed.files.iter().filter(|file| file.kind.is_some()) {
        assert_eq!(fs_err::read(&file.path)?, b"the same everywhere");
    }
    Ok(())
}

/// Made by GitHub's own library, `@actions/artifact` 6.2.1, with both settings that the workflow has. It streams: sizes stand
/// behind the content.
const UPLOADED: [&[u8]; 2] =
    [include_bytes!("uploaded-stored.zip"), include_bytes!("uploaded-deflated.zip")];

#[tokio::test]
async fn archives_of_githubs_own_library_are_understood() -> Result<()> {
    let at = Fixture::new().await?;
    let sample = Sample::new("notes", "1.0.0", &[Target::LinuxX64]);
    for zip in UPLOADED {
        let bundle = ScriptedArtifact::new(&sample.names()[0], zip);
        let run = at.run(Sample::script(vec![sample.plan_artifact(), bundle])).await?;
        let landed = at.collect(&at.record(run)?).await?;
        assert_eq!(landed.files.len(), 2);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let runs = |file: &LandedFile| {
                fs_err::metadata(&file.path).unwrap().permissions().mode() & 0o111 != 0
            };
            let running: Vec<_> = landed.files.iter().filter(|file| runs(file)).collect();
            assert!(
                matches!(&running[..], [file] if file.kind == Some(ArtifactKind::Deb)),
                "{running:?}"
            );
        }
    }
    Ok(())
}

#[tokio::test]
async fn what_somebody_has_deleted_is_not_a_failed_job() -> Result<()> {
    let at = Fixture::new().await?;
    let mut sample = Sample::new("notes", "1.0.0", &TWO);
    sample.plan.allow_partial = true;
    sample.bundles[1] = None;
    let job = |name: &str| ScriptedJob::new(&format!("Build / {name}"));
    let artifacts = sample.artifacts();
    let build = artifacts.into_iter().fold(job("notes for linux-x64"), ScriptedJob::artifact);
    let script = Script::new().job(build).job(job("notes for windows-x64"));
    let build = at.record(at.run(script).await?)?;
    let said = words(&at.collect(&build).await.unwrap_err());
    assert!(said.contains("deleted from the run: bundle-notes-windows-x64"), "{said}");
    Ok(())
}

#[tokio::test]
async fn installers_that_nobody_tried_are_told() -> Result<()> {
    let at = Fixture::new().await?;
    let mut sample = Sample::new("notes", "1.0.0", &[Target::LinuxX64]);
    let files = sample.bundles[0].as_mut().unwrap();
    let text = String::from_utf8(files[0].1.clone())?;
    files[0].1 = text.replace("\"verified\":true", "\"verified\":false").into_bytes();
    at.collect(&at.build(&sample).await?).await?;
    assert_eq!(at.told.notes(), ["its installers were not tried: bundle-notes-linux-x64"]);
    Ok(())
}

#[tokio::test]
async fn a_folder_of_somebody_else_is_left_alone() -> Result<()> {
    let at = Fixture::new().await?;
    let build = at.build(&Sample::new("notes", "1.0.0", &[Target::LinuxX64])).await?;
    let folder = at.out().join(format!("com.example.notes/1.0.0/{}", build.run.unwrap()));
    fs_err::create_dir_all(&folder)?;
    fs_err::write(folder.join("mine"), "mine")?;
    let said = words(&at.collect(&build).await.unwrap_err());
    assert!(said.contains("something else is there: "), "{said}");
    assert_eq!(fs_err::read_to_string(folder.join("mine"))?, "mine");
    fs_err::remove_dir_all(&folder)?;
    at.collect(&build).await?;
    Ok(())
}
