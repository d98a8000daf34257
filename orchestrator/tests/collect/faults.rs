//! What goes wrong on the way, at each place where it can, and what is here then.

use std::time::Duration;

use anyhow::{Context as _, Result};
use config_schema::Target;
use fake_github::{Action, Fault, Options, Script, ScriptedArtifact};
use orchestrator::{
    Event, collect,
    state::{ArtifactState, Build},
};
use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::{
    sample::Sample,
    support::{Fixture, files, noise, seen, words},
};

/// Where artifacts' bytes are.
const BLOBS: &str = "/blob/**";
const ARCHIVES: &str = "/repos/*/*/actions/artifacts/*/zip";
const LISTS: &str = "/repos/*/*/actions/runs/*/artifacts";
const RUNS: &str = "/repos/*/*/actions/runs/*";
const LEN: usize = 2 * 1024 * 1024;
/// Nobody answers there.
const DEAD: &str = "http://127.0.0.1:9/";
/// Longer than any download here takes.
const LIMIT: Duration = Duration::from_secs(60);

/// A package that does not shrink.
fn sample() -> Sample {
    Sample::with("notes", "1.0.0", &[Target::LinuxX64], |_| noise(LEN))
}

fn on(path: &str, action: Action) -> Fault {
    Fault::on(Method::GET, path, action)
}

/// Fails when the package is not here as it was made.
fn expect_whole(at: &Fixture, row: &str) {
    let found = files(&at.out());
    let package = found.iter().find(|(name, _)| name.ends_with("/notes_1.0.0_linux-x64.bin"));
    assert!(package.is_some_and(|(_, bytes)| *bytes == noise(LEN)), "{row}");
    assert!(!found.keys().any(|name| name.ends_with(".part")), "{row}: {:?}", found.keys());
    assert_eq!(at.fake.violations(), Vec::<String>::new(), "{row}");
}

fn passing() -> Vec<(&'static str, Action, usize)> {
    let answer = |status: u16| Action::Answer {
        status: StatusCode::from_u16(status).unwrap(),
        headers: Vec::new(),
        body: json!({ "message": "no" }),
    };
    let limited = |status: u16| Action::Answer {
        status: StatusCode::from_u16(status).unwrap(),
        headers: vec![("retry-after", "1".to_owned())],
        body: json!({ "message": "You have exceeded a secondary rate limit" }),
    };
    vec![
        ("reset before", Action::ResetBefore, 1),
        ("reset after", Action::ResetAfter, 1),
        ("resets", Action::ResetBefore, 3),
        ("server error", answer(500), 1),
        ("server errors", answer(503), 3),
        ("too many requests", limited(429), 1),
        ("slow", Action::Slow(Duration::from_millis(50)), 1),
        ("truncated", Action::Truncate(10), 1),
    ]
}

#[tokio::test]
async fn what_passes_is_waited_for_wherever_it_happens() -> Result<()> {
    let sample = sample();
    for path in [RUNS, LISTS, ARCHIVES, BLOBS] {
        for (name, action, times) in passing() {
            let row = format!("{name} at {path}");
            let at = Fixture::new().await?;
            let build = at.build(&sample).await?;
            at.fake.add_fault(on(path, action).times(times));
            at.collect(&build).await.with_context(|| row.clone())?;
            expect_whole(&at, &row);
        }
    }
    Ok(())
}

#[tokio::test]
async fn only_of_blobs() -> Result<()> {
    let sample = sample();
    for (name, action) in [
        ("corrupt", Action::Corrupt),
        ("an address that is past", Action::ExpiredAddress),
        ("small parts", Action::Trickle(Duration::from_millis(1))),
        ("nearly all", Action::Truncate(LEN)),
    ] {
        for skip in [0, 1] {
            let at = Fixture::new().await?;
            let build = at.build(&sample).await?;
            at.fake.add_fault(on(BLOBS, action.clone()).after(skip));
            at.collect(&build).await.context(name)?;
            expect_whole(&at, name);
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_place_that_is_dead_or_strange() -> Result<()> {
    let sample = sample();
    let to = |url: &str| Action::RedirectTo { status: StatusCode::FOUND, url: url.to_owned() };
    let at = Fixture::new().await?;
    let build = at.build(&sample).await?;
    at.fake.add_fault(on(ARCHIVES, to(DEAD)).after(1));
    at.collect(&build).await?;
    expect_whole(&at, "dead once");

    for (place, expected) in [
        (DEAD, "failed to download: bundle-notes-linux-x64"),
        ("http://example.com/x", "leads to an unsafe place: http://example.com"),
        ("file:///etc/passwd", "leads to an unsafe place"),
    ] {
        let at = Fixture::new().await?;
        let build = at.build(&sample).await?;
        at.fake.add_fault(on(ARCHIVES, to(place)).after(1).times(1000));
        let said = words(&at.collect(&build).await.unwrap_err());
        assert!(said.contains(expected), "{said}");
        assert!(!said.contains("MarkerOfTheToken"));
        assert_eq!(seen(&at.out()), [""; 0]);
        at.fake.clear_faults();
        at.collect(&build).await?;
        expect_whole(&at, place);
    }
    Ok(())
}

#[tokio::test]
async fn a_download_goes_on_where_it_broke_off() -> Result<()> {
    let sample = sample();
    let len = sample.artifacts()[1].clone();
    let fake_github::Content::Bytes(zip) = len.zip else { unreachable!("it is in memory") };
    for tenth in 1..10 {
        let at = Fixture::new().await?;
        let build = at.build(&sample).await?;
        let cut = zip.len() * tenth / 10;
        at.fake.add_fault(on(BLOBS, Action::Truncate(cut)).after(1));
        at.collect(&build).await?;
        expect_whole(&at, &format!("{tenth} tenths"));
        assert_eq!(at.blobs(), [200, 200, 206]);
        let broken = at.told.all().into_iter().find_map(|event| match event {
            Event::ArtifactBroken { received, .. } => Some(received),
            _ => None,
        });
        // What a server has not sent before it cuts the connection does not come.
        let lost = cut as u64 - broken.context("it was told")?;
        assert!(lost < 64 * 1024, "what came is kept, but for {lost} bytes");
    }
    Ok(())
}

#[tokio::test]
async fn a_server_that_knows_no_ranges_starts_over() -> Result<()> {
    let sample = sample();
    let at = Fixture::new().await?;
    let build = at.build(&sample).await?;
    at.fake.add_fault(on(BLOBS, Action::Truncate(LEN / 2)).after(1));
    at.fake.add_fault(on(BLOBS, Action::IgnoreRange).after(2).times(10));
    at.collect(&build).await?;
    expect_whole(&at, "no ranges");
    assert_eq!(at.blobs(), [200, 200, 200]);
    Ok(())
}

#[tokio::test]
async fn wrong_bytes_are_fetched_once_more_and_then_refused() -> Result<()> {
    let sample = sample();
    let at = Fixture::new().await?;
    let mut artifacts = sample.artifacts();
    artifacts[1] = artifacts[1].clone().digest(&format!("sha256:{}", "0".repeat(64)));
    let build = at.record(at.run(Sample::script(artifacts)).await?)?;
    let said = words(&at.collect(&build).await.unwrap_err());
    assert!(
        said.contains("not the bytes that GitHub has listed: bundle-notes-linux-x64"),
        "{said}"
    );
    assert_eq!(at.blobs(), [200, 200, 200], "the plan, and twice the bundle");
    assert!(!files(&at.out()).keys().any(|name| name.contains("bundle")), "nothing is left of it");
    Ok(())
}

#[tokio::test]
async fn an_old_server_without_digests() -> Result<()> {
    let sample = sample();
    for (action, ends) in
        [(Action::Slow(Duration::ZERO), vec![200, 200]), (Action::Corrupt, vec![200, 200, 200])]
    {
        let at = Fixture::start(Options { old_server: true, ..Options::default() }).await?;
        let build = at.build(&sample).await?;
        at.fake.add_fault(on(BLOBS, action).after(1));
        at.collect(&build).await?;
        expect_whole(&at, "old");
        assert_eq!(at.blobs(), ends, "a wrong byte is found without a digest too");
    }
    let at = Fixture::start(Options { old_server: true, ..Options::default() }).await?;
    let build = at.build(&sample).await?;
    at.fake.add_fault(on(BLOBS, Action::Corrupt).after(1).times(10));
    let said = words(&at.collect(&build).await.unwrap_err());
    assert!(said.contains("refused: bundle-notes-linux-x64: "), "{said}");
    assert_eq!(at.blobs(), [200, 200, 200]);
    Ok(())
}

#[tokio::test]
async fn what_has_expired_is_told_before_anything_is_fetched() -> Result<()> {
    let sample = sample();
    let at = Fixture::new().await?;
    let mut artifacts = sample.artifacts();
    artifacts[1] = artifacts[1].clone().expired();
    let build = at.record(at.run(Sample::script(artifacts)).await?)?;
    let said = words(&at.collect(&build).await.unwrap_err());
    assert!(said.contains("expired at GitHub: bundle-notes-linux-x64"), "{said}");
    assert!(said.contains("build again, and collect sooner"), "{said}");
    assert_eq!(at.downloads(), 1, "only the plan");

    // It expires between the list and the download.
    let at = Fixture::new().await?;
    let build = at.build(&sample).await?;
    let listing = collect::list(&at.github, &at.store, &build).await?;
    at.fake.advance(Duration::from_secs(400 * 24 * 3600));
    let failed = collect::fetch(&at.github, &at.store, &build, &listing).await.unwrap_err();
    let said = words(&failed);
    assert!(said.contains("GitHub has it no more: bundle-notes-linux-x64"), "{said}");
    Ok(())
}

#[tokio::test]
async fn what_is_here_needs_nothing_of_github_any_more() -> Result<()> {
    let sample = sample();
    let at = Fixture::new().await?;
    let build = at.build(&sample).await?;
    let listing = collect::list(&at.github, &at.store, &build).await?;
    collect::fetch(&at.github, &at.store, &build, &listing).await?;
    let before = at.fake.requests().len();
    // As after a crash: everything was verified, nothing has landed.
    let again = collect::list(&at.github, &at.store, &build).await?;
    collect::fetch(&at.github, &at.store, &build, &again).await?;
    assert_eq!(at.fake.requests().len(), before);
    at.fake.advance(Duration::from_secs(400 * 24 * 3600));
    collect::land(&build, &again)?;
    expect_whole(&at, "landed");
    // As after another: it has landed, and nobody has recorded that. The archives are gone at GitHub meanwhile.
    let row = at.store.artifacts(&build.id)?.remove(0);
    assert_eq!(row.state, ArtifactState::Verified);
    let said = words(&collect::list(&at.github, &at.store, &build).await.unwrap_err());
    assert!(said.contains("expired at GitHub: plan"), "{said}");
    Ok(())
}

/// Ends the collecting when so many bytes of the package have come.
async fn collect_until(at: &Fixture, build: &Build, bytes: u64) -> Result<()> {
    let mut reached = at.told.reached(bytes);
    let enough = reached.wait_for(|reached| *reached);
    tokio::select! {
        done = at.collect(build) => anyhow::bail!("it was not ended in time: {done:?}"),
        came = enough => came.map(|_| ()).context("nobody tells any more"),
    }
}

#[tokio::test]
async fn who_gives_up_and_comes_again_finds_what_was_there() -> Result<()> {
    let sample = sample();
    // What is on its way to the disk is lost, which is a megabyte at most.
    for tenth in [6, 9] {
        let at = Fixture::new().await?;
        let build = at.build(&sample).await?;
        let bytes = (LEN * tenth / 10) as u64;
        at.fake.add_fault(on(BLOBS, Action::Trickle(Duration::from_millis(2))).after(1));
        tokio::time::timeout(LIMIT, collect_until(&at, &build, bytes)).await??;
        // At once, while a thread of the first may still write.
        at.collect(&build).await?;
        expect_whole(&at, &format!("{tenth} tenths"));
        assert_eq!(at.blobs(), [200, 200, 206]);
    }
    Ok(())
}

#[tokio::test]
async fn an_attempt_that_leaves_other_artifacts_replaces_the_first() -> Result<()> {
    let mut first = Sample::new("notes", "1.0.0", &[Target::LinuxX64, Target::WindowsX64]);
    first.plan.allow_partial = true;
    let whole = first.clone();
    first.bundles[1] = None;
    let at = Fixture::new().await?;
    let job = |name: &str| fake_github::ScriptedJob::new(name);
    let artifacts = whole.artifacts();
    let script = move |attempt: u64| {
        let [plan, linux, windows] = &artifacts[..] else { unreachable!("there are three") };
        let built = job("notes for windows-x64");
        let built = if attempt == 1 { built.fails("no") } else { built.artifact(windows.clone()) };
        let linux = job("notes for linux-x64").artifact(linux.clone());
        Script::new().job(job("Plan").artifact(plan.clone())).job(linux).job(built)
    };
    let run = at.run_by_attempt(script).await?;
    let build = at.record(run)?;
    at.collect(&build).await?;
    assert_eq!(seen(&at.out()).len(), 4, "{:?}", seen(&at.out()));
    at.rerun_failed(run).await?;
    let landed = at.collect(&build).await?;
    assert_eq!(landed.files.len(), 4);
    assert_eq!(seen(&at.out()).len(), 6, "{:?}", seen(&at.out()));
    assert!(!at.out().join(".deskwright/removed").exists());
    Ok(())
}

#[tokio::test]
async fn a_run_with_two_artifacts_of_one_name_means_the_later() -> Result<()> {
    let sample = sample();
    let at = Fixture::new().await?;
    let mut artifacts = sample.artifacts();
    artifacts.insert(1, ScriptedArtifact::new(&sample.names()[0], "not an archive"));
    let build = at.record(at.run(Sample::script(artifacts)).await?)?;
    at.collect(&build).await?;
    expect_whole(&at, "the later");
    Ok(())
}
