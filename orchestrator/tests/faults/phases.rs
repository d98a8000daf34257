//! Each fault at each phase of a build: what passes is got over, and what does not pass is told with its cure.

use std::time::Duration;

use anyhow::{Context as _, Result};
use fake_github::{Action, Fault, Loss, Script, ScriptedJob};
use serde_json::json;

use super::{
    desk::{DISPATCHES, Desk},
    landed::expect_one_build,
    said::Said,
};

/// What a build asks for, in the order in which it does.
const PHASES: [(&str, &str, &str); 11] = [
    ("repository", "GET", "/repos/*/*"),
    ("workflow", "GET", "/repos/*/*/actions/workflows/*"),
    ("reference", "GET", "/repos/*/*/git/ref/**"),
    ("tree", "GET", "/repos/*/*/git/trees/*"),
    ("dispatch", "POST", DISPATCHES),
    ("run", "GET", "/repos/*/*/actions/runs/*"),
    ("jobs", "GET", "/repos/*/*/actions/runs/*/jobs"),
    ("artifacts", "GET", "/repos/*/*/actions/runs/*/artifacts"),
    ("address", "GET", "/repos/*/*/actions/artifacts/*/zip"),
    ("bytes", "GET", "/blob/*"),
    ("look", "GET", "/repos/*/*/actions/workflows/*/runs"),
];

fn answer(status: u16, headers: &[(&'static str, &str)], message: &str) -> Result<Action> {
    Ok(Action::Answer {
        status: status.try_into()?,
        headers: headers.iter().map(|(name, value)| (*name, (*value).to_owned())).collect(),
        body: json!({ "message": message }),
    })
}

/// Faults that pass.
fn passing() -> Result<Vec<(&'static str, Action)>> {
    Ok(vec![
        ("cut before it", Action::ResetBefore),
        ("cut after it", Action::ResetAfter),
        ("an answer cut short", Action::Truncate(11)),
        ("a slow answer", Action::Slow(Duration::from_millis(50))),
        ("500", answer(500, &[], "Server Error")?),
        ("502", answer(502, &[], "Bad Gateway")?),
        ("503", answer(503, &[], "Unavailable")?),
        ("429 with a time", answer(429, &[("retry-after", "2")], "slow down")?),
        ("429 without a time", answer(429, &[], "slow down")?),
        (
            "a secondary limit",
            answer(403, &[("retry-after", "3")], "You have exceeded a secondary rate limit")?,
        ),
        (
            "a secondary limit without a time",
            answer(403, &[], "You have exceeded a secondary rate limit")?,
        ),
    ])
}

#[tokio::test]
async fn what_passes_is_got_over_in_every_phase() -> Result<()> {
    for (fault, action) in passing()? {
        for (phase, method, path) in PHASES {
            let desk = Desk::new().await?;
            // The list of runs is asked for only when the answer to the dispatch did not come.
            if phase == "look" {
                let lost = Fault::on("POST".parse()?, DISPATCHES, Action::ResetAfter);
                desk.fake.add_fault(lost);
            }
            desk.fake.add_fault(Fault::on(method.parse()?, path, action.clone()));
            let at = || format!("{fault} at {phase}");
            let said =
                desk.run(&["build", "app/app.json", "--no-doctor"]).await.with_context(at)?;
            assert_eq!(said.code, Some(0), "{}: {}", at(), said.stderr);
            let met = desk.fake.requests().iter().any(|request| request.fault.is_some());
            assert!(met, "nothing was met: {}", at());
            expect_one_build(&desk).await.with_context(at)?;
        }
    }
    Ok(())
}

/// A build that something stays in the way of.
async fn stopped(prepare: impl AsyncFn(&Desk) -> Result<()>) -> Result<(Desk, Said)> {
    let desk = Desk::new().await?;
    prepare(&desk).await?;
    let said = desk.run(&["build", "app/app.json", "--no-doctor"]).await?;
    Ok((desk, said))
}

#[tokio::test]
async fn a_server_that_is_down_is_told_and_gone_on_with() -> Result<()> {
    for (phase, method, path) in PHASES {
        if matches!(phase, "look" | "dispatch") {
            continue;
        }
        let down = answer(503, &[], "Unavailable")?;
        let (desk, said) = stopped(async |desk| {
            desk.fake.add_fault(Fault::on(method.parse()?, path, down.clone()).times(1000));
            Ok(())
        })
        .await?;
        assert_eq!(said.code, Some(4), "{phase}: {}", said.stderr);
        desk.fake.clear_faults();
        desk.run(&["build", "app/app.json", "--no-doctor"]).await?.ok();
        expect_one_build(&desk).await.context(phase)?;
    }
    Ok(())
}

#[tokio::test]
async fn a_job_that_is_lost() -> Result<()> {
    let (_desk, said) = stopped(async |desk| {
        desk.scripted(|run, _| {
            let mut script = run.script()?;
            if let Some(job) = script.jobs.iter_mut().find(|job| job.name.contains("for macos")) {
                *job = job.clone().lost(Loss::WithoutLog);
            }
            Ok(script)
        });
        Ok(())
    })
    .await?;
    said.expect(4, "for macos-arm64");
    Ok(())
}

#[tokio::test]
async fn an_artifact_with_another_hash_or_that_has_expired() -> Result<()> {
    for (change, code, words) in [("hash", 1, "bundle-notes-linux-x64"), ("expired", 4, "expired")]
    {
        let (desk, said) = stopped(async |desk| {
            desk.scripted(move |run, _| {
                let mut script = run.script()?;
                let artifacts = script.jobs.iter_mut().flat_map(|job| &mut job.artifacts);
                for artifact in artifacts.filter(|one| one.name.ends_with("linux-x64")) {
                    if change == "hash" {
                        artifact.digest_override = Some(format!("sha256:{}", "0".repeat(64)));
                    } else {
                        artifact.expired = artifact.name.starts_with("bundle");
                    }
                }
                Ok(script)
            });
            Ok(())
        })
        .await?;
        assert_eq!(said.code, Some(code), "{change}: {}", said.stderr);
        assert!(said.stderr.contains(words), "{change}: {}", said.stderr);
        let landed = desk.out().join("com.example.notes");
        assert!(!landed.exists(), "half of it is there: {change}");
    }
    Ok(())
}

#[tokio::test]
async fn an_address_that_leads_nowhere() -> Result<()> {
    let (desk, said) = stopped(async |desk| {
        let away = answer(302, &[("location", "http://127.0.0.1:9/nothing")], "")?;
        let path = "/repos/*/*/actions/artifacts/*/zip";
        desk.fake.add_fault(Fault::on("GET".parse()?, path, away));
        Ok(())
    })
    .await?;
    // Once is got over: GitHub is asked for another address.
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    expect_one_build(&desk).await
}

#[tokio::test]
async fn a_run_that_is_never_taken_by_a_machine() -> Result<()> {
    let desk = Desk::new().await?;
    desk.scripted(|_, _| Ok(Script::never_starts()));
    let mut command = desk.command_at(20_000.0, &["build", "app/app.json", "--no-doctor"]);
    let said = super::said::wait(command.spawn()?).await?;
    said.expect(5, "no machine has taken the run yet");
    Ok(())
}

#[tokio::test]
async fn a_run_without_what_the_plan_expects() -> Result<()> {
    let (desk, said) = stopped(async |desk| {
        desk.scripted(|run, _| {
            let mut script = run.script()?;
            for job in &mut script.jobs {
                job.artifacts.retain(|artifact| artifact.name != "bundle-notes-windows-x64");
            }
            Ok(script)
        });
        Ok(())
    })
    .await?;
    let said = said.expect(1, "bundle-notes-windows-x64");
    assert!(!desk.out().join("com.example.notes").exists(), "{}", said.stderr);
    let (_desk, said) = stopped(async |desk| {
        desk.scripted(|_, _| Ok(Script::new().job(ScriptedJob::new("something else"))));
        Ok(())
    })
    .await?;
    said.expect(1, "plan");
    Ok(())
}
