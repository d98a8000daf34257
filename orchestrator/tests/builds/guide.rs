//! Every command that the pages for users show, run as it stands there.

use std::{collections::BTreeSet, sync::Arc};

use anyhow::{Context as _, Result, ensure};
use fake_github::{Dispatch, OurRun, Script};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{
    desk::{Desk, REPOSITORY, config},
    said::{TOKEN, wait},
};

const GUIDE: &str = include_str!("../../../docs/orchestrator.md");
const README: &str = include_str!("../../../README.md");
/// The release that the guide collects.
const TAG: &str = "notes-v1.2.0";

/// What stands in blocks of code, and in words of code that are a whole command. A line of a shell may be several.
fn commands(page: &str) -> BTreeSet<String> {
    let lines = page.lines().filter_map(|line| line.strip_prefix("    "));
    let words = page.split('`').skip(1).step_by(2).filter(|word| !word.contains('\n'));
    let shown = lines.chain(words).flat_map(|line| line.split("&&"));
    let plain = shown.map(|line| line.split(" #").next().unwrap_or_default().trim());
    plain.filter(|line| line.starts_with("deskwright ")).map(str::to_owned).collect()
}

/// A repository with three apps and a release. Runs of the first attempt fail when they are to.
async fn scene(fails: bool) -> Result<Desk> {
    let desk = Desk::new().await?;
    for slug in ["one", "two"] {
        desk.write(&format!("apps/{slug}/app.json"), &config(slug, "1.0.0").to_string())?;
        desk.write(&format!("apps/{slug}/web/index.html"), "<!doctype html>")?;
    }
    desk.push("main").await?;
    let checkout = desk.checkout();
    let scripter = move |dispatch: &Dispatch| -> Result<Script> {
        let path = dispatch.inputs.get("config").context("a config")?;
        let config = fs_err::read_to_string(checkout.join(path))?;
        let mut script = OurRun::of(&config, dispatch)?.script()?;
        if fails && dispatch.attempt == 1 {
            let job = script.jobs.iter_mut().find(|job| job.name.contains("for windows"));
            let job = job.context("there is a job for Windows")?;
            *job = job.clone().fails("##[error]No space left on device\n");
        }
        Ok(script)
    };
    let scripter = move |dispatch: &Dispatch| {
        scripter(dispatch).unwrap_or_else(|error| panic!("no script: {error:#}"))
    };
    desk.fake.on_dispatch(REPOSITORY, Arc::new(scripter));
    Ok(desk)
}

/// Makes the release, as the last job of a build would.
async fn publish(desk: &Desk) -> Result<()> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().user_agent("test").build()?;
    let releases = format!("{}/repos/{REPOSITORY}/releases", desk.fake.url());
    let wish = json!({ "tag_name": TAG, "name": "Notes 1.2.0" });
    let made = client.post(releases).bearer_auth(TOKEN).json(&wish).send().await?;
    let made: Value = made.error_for_status()?.json().await?;
    let url = made["upload_url"].as_str().context("a place for assets")?;
    let url = url.split('{').next().unwrap_or_default();
    let app = json!({ "app": { "id": "com.example.notes", "version": "1.2.0" } }).to_string();
    let files = [("notes_1.2.0_amd64.deb", "deb".to_owned()), ("notes_1.2.0.app.config.json", app)];
    let line = |(name, text): &(&str, String)| {
        let hash =
            Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        format!("{hash}  {name}\n")
    };
    let sums = ("notes_1.2.0.SHA256SUMS", files.iter().map(line).collect());
    for (name, text) in files.into_iter().chain([sums]) {
        let upload = client.post(url).query(&[("name", name)]).bearer_auth(TOKEN);
        let upload = upload.header("content-type", "application/octet-stream").body(text);
        upload.send().await?.error_for_status()?;
    }
    Ok(())
}

/// Runs a line as a shell would, after what must be there for it.
async fn run(line: &str) -> Result<()> {
    let is = |start: &str| line.starts_with(&format!("deskwright {start}"));
    let failed = is("retry") || is("logs");
    let desk = scene(failed).await?;
    if is("collect --tag") {
        publish(&desk).await?;
    }
    let mut line = line.replace("--dir DIR", "--dir man");
    if line.contains("BUILD") || line.contains("RUN") {
        desk.run(&["dispatch", "app/app.json"]).await?.ok();
        if failed {
            desk.run(&["watch", &build(&desk).await?]).await?.expect(1, "the build failed");
        }
        line = line.replace("BUILD", &build(&desk).await?).replace("RUN", &build(&desk).await?);
    }
    let said = wait(desk.shell(&line).spawn()?).await?;
    ensure!(said.code == Some(0), "{line}: {:?}\n{}\n{}", said.code, said.stdout, said.stderr);
    Ok(())
}

/// The id of the only build.
async fn build(desk: &Desk) -> Result<String> {
    let known = desk.json(&["runs"]).await?;
    Ok(known["builds"][0]["id"].as_str().context("a build")?.to_owned())
}

#[tokio::test]
async fn every_command_of_the_guide_works_as_it_stands_there() -> Result<()> {
    let shown: BTreeSet<_> = commands(GUIDE).into_iter().chain(commands(README)).collect();
    assert!(shown.len() > 15, "{shown:#?}");
    // Releases, and the GitHub that runs workflows, have tests of their own.
    let elsewhere =
        |line: &str| line.contains("--github-url") || line.starts_with("deskwright release");
    for line in shown.iter().filter(|line| !elsewhere(line)) {
        run(line).await?;
    }
    Ok(())
}
