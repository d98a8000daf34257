//! Which jobs are to blame, what is said of them, and what is made of logs that are not there.

use anyhow::{Result, ensure};
use fake_github::{Action, Conclusion, Fault, Loss, Script, ScriptedJob};
use orchestrator::Exit;
use reqwest::{Method, StatusCode};
use serde_json::json;
use tokio::io::AsyncWriteExt as _;

use super::support::{Ended, Place, log, only, told};

const LOGS: &str = "/repos/*/*/actions/jobs/*/logs";

fn job(name: &str) -> ScriptedJob {
    ScriptedJob::new(name)
}

/// The jobs of the workflow, of which these fail.
fn workflow(failing: Vec<ScriptedJob>) -> Result<Script> {
    let mut script = Script::new().job(job("Build / Plan"));
    script.jobs.extend(failing);
    let finalise = log("finalise")?;
    let finalise = job("Build / Finalise")
        .step("Run $/actions/finalise", Conclusion::Failure)
        .fails(&finalise);
    Ok(script.job(finalise).job(job("Build / All green").fails(&log("all-green")?)))
}

#[tokio::test]
async fn a_job_is_explained_and_those_that_follow_are_not() -> Result<()> {
    let content = job("Build / Content").step("Run $/actions/content", Conclusion::Failure);
    let ended = Ended::new(workflow(vec![content.fails(&log("npm-lock")?)])?).await?;
    let report = ended.explain().await?;
    let content = only(&report)?;
    assert_eq!(content.step.as_deref(), Some("Run $/actions/content"));
    assert_eq!((content.causes[0].id.as_str(), report.exit), ("npm-lock", Exit::Failed));
    ensure!(content.excerpt.iter().any(|line| line.contains("are in sync")), "{content:#?}");
    let text = report.text();
    for words in [
        "Build / Content: failure",
        "package-lock.json",
        "npm install",
        "| npm error code EUSAGE",
        &content.url,
    ] {
        ensure!(text.contains(words), "not said: {words}\n{text}");
    }
    ensure!(!text.contains("Finalise") && !text.contains("All green"), "{text}");
    Ok(())
}

#[tokio::test]
async fn a_job_without_what_another_should_have_left_only_follows() -> Result<()> {
    let runtime = job("Build / Runtime slim-windows-x64").fails(&log("cargo-compile")?);
    let build = job("Build / notes for windows-x64").fails(&log("artifact-missing")?);
    let report = Ended::new(workflow(vec![build, runtime])?).await?.explain().await?;
    assert_eq!(told(&report), [("Build / Runtime slim-windows-x64", "cargo-compile")]);
    Ok(())
}

#[tokio::test]
async fn those_that_gather_are_to_blame_when_nobody_else_is() -> Result<()> {
    let report = Ended::new(workflow(Vec::new())?).await?.explain().await?;
    assert_eq!(told(&report), [("Build / Finalise", "finalise-incomplete")]);
    Ok(())
}

#[tokio::test]
async fn what_is_known_comes_first_and_sets_the_exit_code() -> Result<()> {
    let odd = job("Build / Content")
        .fails("nobody has met this\n##[error]Process completed with exit code 1.\n");
    let known = job("Build / notes for linux-x64").fails(&log("secrets-missing")?);
    let report = Ended::new(workflow(vec![odd, known])?).await?.explain().await?;
    let wanted = [("Build / notes for linux-x64", "secrets-missing"), ("Build / Content", "")];
    assert_eq!((told(&report).as_slice(), report.exit), (&wanted[..], Exit::MissingPrerequisite));
    assert_eq!(report.jobs[1].excerpt[0], "nobody has met this");
    Ok(())
}

#[tokio::test]
async fn a_lost_machine_is_told_by_what_stands_beside_the_log() -> Result<()> {
    let lost =
        "The hosted runner: GitHub Actions 8 lost communication with the server. Anything else";
    let with = job("a").fails("").lost(Loss::WithoutLog).annotation("failure", lost);
    let report = Ended::new(Script::new().job(with)).await?.explain().await?;
    assert_eq!((told(&report), report.exit), (vec![("a", "runner-lost")], Exit::Remote));
    assert_eq!(only(&report)?.excerpt, [lost]);
    let without = job("a").fails("").lost(Loss::WithoutLog).annotation("notice", lost);
    let report = Ended::new(Script::new().job(without)).await?.explain().await?;
    assert_eq!((told(&report), report.exit), (vec![("a", "no-log")], Exit::Remote));
    Ok(())
}

#[tokio::test]
async fn an_old_log_is_gone() -> Result<()> {
    let ended = Ended::new(Script::new().job(job("a").fails("error: x"))).await?;
    let gone = Action::Answer {
        status: StatusCode::GONE,
        headers: Vec::new(),
        body: json!({ "message": "Gone" }),
    };
    ended.fake.add_fault(Fault::on(Method::GET, LOGS, gone).times(2));
    assert_eq!(told(&ended.explain().await?), [("a", "log-expired")]);
    ensure!(ended.logs(true).await?.contains("(the log has expired)"));
    Ok(())
}

#[tokio::test]
async fn a_log_that_may_not_be_read_is_no_failure_of_ours() -> Result<()> {
    let ended = Ended::new(Script::new().job(job("a").fails("error: x"))).await?;
    let refused = json!({ "message": "Resource not accessible by personal access token" });
    let refused =
        Action::Answer { status: StatusCode::FORBIDDEN, headers: Vec::new(), body: refused };
    ended.fake.add_fault(Fault::on(Method::GET, LOGS, refused));
    let report = ended.explain().await?;
    ensure!(
        only(&report)?.excerpt[0].contains("could not be read: GitHub answered 403"),
        "{report:#?}"
    );
    Ok(())
}

#[tokio::test]
async fn a_log_that_breaks_off_is_read_again_and_half_of_it_is_better_than_nothing() -> Result<()> {
    let ended = Ended::new(Script::new().job(job("a").fails("error: the first\n"))).await?;
    let half = "HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\nerror: the fi";
    let place = Place::serve(async |mut stream| stream.write_all(half.as_bytes()).await).await?;
    let broken = Fault::on(Method::GET, LOGS, place.redirect());
    ended.fake.add_fault(broken.clone().times(2));
    assert_eq!(only(&ended.explain().await?)?.excerpt, ["error: the first"]);
    ended.fake.add_fault(broken.clone().times(3));
    assert_eq!(only(&ended.explain().await?)?.excerpt, ["error: the fi"]);
    ended.fake.add_fault(broken);
    let log = ended.logs(true).await?;
    ensure!(log.contains("error: the fi\n(the log could not be read"), "no gap is hidden: {log}");
    Ok(())
}

#[tokio::test]
async fn a_run_that_never_had_a_job_is_explained_too() -> Result<()> {
    let ended = Ended::new(Script::startup_failure()).await?;
    let report = ended.explain().await?;
    assert_eq!((only(&report)?.causes[0].id.as_str(), report.exit), ("no-jobs", Exit::Remote));
    ensure!(report.text().contains("open the run's page"), "{}", report.text());
    ensure!(ended.logs(true).await?.contains("no job of run"));
    Ok(())
}

#[tokio::test]
async fn a_time_limit_is_no_cancellation_though_github_calls_it_one() -> Result<()> {
    let limit = "The job running on runner GitHub Actions 2 has exceeded the maximum execution time of 60 minutes.";
    let slow = job("slow").concludes(Conclusion::Cancelled).annotation("failure", limit);
    let other = job("other").concludes(Conclusion::Cancelled);
    let report = Ended::new(Script::new().job(other.clone()).job(slow)).await?.explain().await?;
    assert_eq!((told(&report), report.exit), (vec![("slow", "job-timeout")], Exit::Timeout));
    let report = Ended::new(Script::new().job(other.clone())).await?.explain().await?;
    assert_eq!(told(&report), [("other", "cancelled")]);
    let failed = job("failed").fails(&log("disk-full")?);
    let report = Ended::new(Script::new().job(other).job(failed)).await?.explain().await?;
    assert_eq!(told(&report), [("failed", "disk-full")]);
    Ok(())
}

#[tokio::test]
async fn many_jobs_that_failed_alike_are_told_once_and_cost_little() -> Result<()> {
    let text = log("secrets-missing")?;
    let script = (0..30).fold(Script::new(), |script, number| {
        script.job(job(&format!("app{number} for linux-x64")).fails(&text))
    });
    let ended = Ended::new(script).await?;
    let report = ended.explain().await?;
    assert_eq!(report.jobs.len(), 30);
    let logs =
        ended.fake.requests().iter().filter(|request| request.path.ends_with("/logs")).count();
    assert_eq!(logs, 20);
    let text = report.text();
    assert_eq!(text.matches("what to do").count(), 1, "{text}");
    ensure!(text.contains("app7 for linux-x64") && text.contains("app29 for linux-x64"), "{text}");
    ensure!(text.lines().count() < 60, "{text}");
    Ok(())
}

#[tokio::test]
async fn logs_stand_under_the_names_of_their_jobs() -> Result<()> {
    let script = Script::new()
        .job(job("good").log("well\n"))
        .job(job("bad").fails("\u{1b}[31merror: red\u{1b}[0m\r\n"));
    let ended = Ended::new(script).await?;
    let all = ended.logs(false).await?;
    ensure!(
        all.starts_with("== good (success) ==\n") && all.contains("\n\n== bad (failure) ==\n"),
        "{all}"
    );
    ensure!(
        all.contains("Z error: red\n") && !all.contains('\u{1b}') && !all.contains('\r'),
        "{all}"
    );
    let failed = ended.logs(true).await?;
    ensure!(!failed.contains("good") && failed.contains("error: red"), "{failed}");
    Ok(())
}

#[tokio::test]
async fn programs_get_the_same() -> Result<()> {
    let content = job("Content").step("Build", Conclusion::Failure).fails("error: no\n");
    let ended = Ended::new(Script::new().job(content)).await?;
    let report = serde_json::to_value(ended.explain().await?)?;
    let url = ended.jobs[0].html_url.clone();
    let wanted = json!({
        "run": ended.run.id,
        "url": ended.run.html_url,
        "conclusion": "failure",
        "jobs": [{
            "name": "Content",
            "url": url,
            "conclusion": "failure",
            "step": "Build",
            "excerpt": ["error: no"],
            "causes": [],
        }],
        "exit": "failed",
    });
    assert_eq!(report, wanted);
    Ok(())
}
