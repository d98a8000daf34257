//! Builds that are here: told, and removed when they are old.

use std::{path::PathBuf, time::Duration};

use anyhow::Result;
use config_schema::Target;
use orchestrator::{
    collect,
    state::{Build, BuildState, Change},
};

use crate::{
    sample::Sample,
    support::{Fixture, files, seen, words},
};

/// Builds of two apps, the oldest first, with some content in common.
async fn four(at: &Fixture) -> Result<Vec<Build>> {
    let mut builds = Vec::new();
    for (slug, version) in
        [("notes", "1.0.0"), ("tasks", "1.0.0"), ("notes", "1.1.0"), ("notes", "1.1.0")]
    {
        let sample =
            Sample::with(slug, version, &[Target::LinuxX64, Target::MacosArm64], |target| {
                let own = format!("{slug} {version}");
                if target == Target::LinuxX64 { own } else { "of all".to_owned() }.into_bytes()
            });
        let build = at.build(&sample).await?;
        at.collect(&build).await?;
        builds.push(build);
        at.fake.advance(Duration::from_secs(60));
    }
    Ok(builds)
}

fn folder(at: &Fixture, app: &str, version: &str, build: &Build) -> PathBuf {
    at.out().join(format!("com.example.{app}/{version}/{}", build.run.unwrap()))
}

/// How many contents there are.
fn contents(at: &Fixture) -> usize {
    files(&at.out()).keys().filter(|name| name.starts_with(".deskwright/content/")).count()
}

#[tokio::test]
async fn the_newest_are_kept() -> Result<()> {
    let at = Fixture::new().await?;
    let builds = four(&at).await?;
    let newest = folder(&at, "notes", "1.1.0", &builds[3]);
    let older = folder(&at, "notes", "1.1.0", &builds[2]);
    let oldest = folder(&at, "notes", "1.0.0", &builds[0]);
    let tasks = folder(&at, "tasks", "1.0.0", &builds[1]);
    let folders: Vec<_> =
        collect::landed(&at.out())?.into_iter().map(|build| build.folder).collect();
    assert_eq!(folders, [newest.clone(), older.clone(), oldest.clone(), tasks]);

    let before = files(&at.out());
    let told = collect::prune(&at.out(), 1, &[], true)?;
    assert_eq!(told.builds, [older.clone(), oldest.clone()]);
    assert_eq!(files(&at.out()), before, "it was only told");
    assert_eq!(contents(&at), 10, "of each version its package and manifests, and one of all");

    let done = collect::prune(&at.out(), 1, &[], false)?;
    assert_eq!(done, told);
    assert!(!older.exists() && !oldest.exists() && newest.exists());
    assert!(!at.out().join("com.example.notes/1.0.0").exists(), "the folder of the version");
    assert_eq!(contents(&at), 7, "1.0.0 had a package and two manifests; {:?}", seen(&at.out()));
    let left = files(&newest);
    assert!(left.values().any(|bytes| bytes == b"of all"), "what others had too is there");
    assert!(collect::prune(&at.out(), 1, &[], false)?.builds.is_empty());
    Ok(())
}

#[tokio::test]
async fn what_is_under_way_stays() -> Result<()> {
    let at = Fixture::new().await?;
    let builds = four(&at).await?;
    let pruned = collect::prune(&at.out(), 1, &builds[..1], false)?;
    assert_eq!(pruned.builds, [folder(&at, "notes", "1.1.0", &builds[2])]);
    assert!(folder(&at, "notes", "1.0.0", &builds[0]).exists());
    let said = words(&collect::prune(&at.out(), 0, &[], false).unwrap_err());
    assert!(said.contains("at least one build"), "{said}");
    Ok(())
}

#[tokio::test]
async fn work_that_nobody_goes_on_with_is_cleared_away() -> Result<()> {
    let at = Fixture::new().await?;
    let work = at.out().join(".deskwright");
    for name in ["aaaaaaaaaa", "bbbbbbbbbb", "cccccccccc"] {
        fs_err::create_dir_all(work.join(name))?;
        fs_err::write(work.join(name).join("x.zip.part"), "12345")?;
    }
    let old = std::time::SystemTime::now() - Duration::from_secs(2 * 24 * 3600);
    for name in ["aaaaaaaaaa/x.zip.part", "aaaaaaaaaa", "bbbbbbbbbb"] {
        fs_err::File::open(work.join(name))?.file().set_modified(old)?;
    }
    let build = at.build(&Sample::new("notes", "1.0.0", &[Target::LinuxX64])).await?;
    let build = at.store.advance(&build.id, BuildState::Collecting, &Change::default())?;
    fs_err::create_dir_all(work.join(build.id.as_str()))?;
    fs_err::File::open(work.join(build.id.as_str()))?.file().set_modified(old)?;
    let pruned = collect::prune(&at.out(), 1, std::slice::from_ref(&build), false)?;
    assert_eq!(pruned.bytes, 5);
    assert!(!work.join("aaaaaaaaaa").exists());
    assert!(work.join("bbbbbbbbbb").exists(), "a part was written to just now");
    assert!(work.join("cccccccccc").exists() && work.join(build.id.as_str()).exists());
    Ok(())
}

#[test]
fn nothing_is_there_yet() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let out = dir.path().join("builds");
    assert_eq!(collect::landed(&out)?, []);
    assert!(collect::prune(&out, 1, &[], false)?.builds.is_empty());
    assert!(!out.exists());
    Ok(())
}
