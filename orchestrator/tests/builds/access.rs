//! Who asks, and who gets to see the token.

use anyhow::{Context as _, Result};
use fake_github::{Access, Action, Fault, Level, Options};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
    process::Command,
};

use super::{
    desk::{Desk, SPEED},
    said::{MARKER, wait},
};

const APP: u64 = 7;
const ZIPS: &str = "/repos/*/*/actions/artifacts/*/zip";

/// Makes a key in the form that GitHub gives, for an App that the fake knows from now on.
async fn add_app(desk: &Desk) -> Result<()> {
    let (key, public) = (desk.dir.path().join("app.pem"), desk.dir.path().join("app.public.pem"));
    openssl(&["genrsa", "-traditional", "-out"], &key, &["2048"]).await?;
    let public_name = public.display().to_string();
    openssl(&["rsa", "-pubout", "-in"], &key, &["-out", &public_name]).await?;
    desk.fake.add_app(APP, &fs_err::read_to_string(public)?)
}

async fn openssl(before: &[&str], file: &std::path::Path, after: &[&str]) -> Result<()> {
    #[expect(clippy::disallowed_methods, reason = "tests start openssl here")]
    let mut command = std::process::Command::new("openssl");
    command.args(before).arg(file).args(after);
    let output = Command::from(command).output().await?;
    anyhow::ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}

/// A command that signs in as the App.
fn as_app(desk: &Desk, speed: f64, args: &[&str]) -> Result<Command> {
    let file = desk.dir.path().join("app.pem");
    let mut command = desk.command_at(speed, args);
    command.env_remove("GITHUB_TOKEN").env("DESKWRIGHT_APP_ID", APP.to_string());
    command.env("DESKWRIGHT_APP_KEY_FILE", file);
    Ok(command)
}

#[tokio::test]
async fn an_app_builds_with_tokens_of_its_own() -> Result<()> {
    for clock_skew in [0, 86_400, -86_400] {
        let desk = Desk::with(Options { speed: SPEED, clock_skew, ..Options::default() }).await?;
        add_app(&desk).await?;
        let said = wait(as_app(&desk, SPEED, &["build", "app/app.json"])?.spawn()?).await?.ok();
        assert!(said.stdout.contains("com.example.notes"), "{}", said.stdout);
        let tokens = desk.fake.requests();
        let made = tokens.iter().filter(|one| one.path.ends_with("/access_tokens")).count();
        assert_eq!(made, 1, "one token does for all of it");
    }
    Ok(())
}

#[tokio::test]
async fn an_apps_token_is_renewed_in_time() -> Result<()> {
    /// Hours in seconds.
    const FAST: f64 = 4000.0;
    let desk = Desk::with(Options { speed: FAST, ..Options::default() }).await?;
    add_app(&desk).await?;
    desk.scripted(|run, _| run.jobs_take(std::time::Duration::from_secs(40 * 60)).script());
    wait(as_app(&desk, FAST, &["build", "app/app.json"])?.spawn()?).await?.ok();
    let requests = desk.fake.requests();
    let made = requests.iter().filter(|one| one.path.ends_with("/access_tokens")).count();
    assert!(made > 1, "the run took longer than a token holds");
    Ok(())
}

#[tokio::test]
async fn apps_that_are_not_installed_and_keys_that_are_none() -> Result<()> {
    let desk = Desk::new().await?;
    add_app(&desk).await?;
    desk.fake.install_app(APP, "somebody-else", &Access::full("").actions(Level::Write))?;
    wait(as_app(&desk, SPEED, &["dispatch", "app/app.json"])?.spawn()?)
        .await?
        .expect(4, "the App is not installed for: me/apps");
    let mut wrong = as_app(&desk, SPEED, &["dispatch", "app/app.json"])?;
    fs_err::write(desk.dir.path().join("app.pem"), "-----BEGIN PRIVATE KEY-----\nTWFya2Vy\n")?;
    let said = wait(wrong.spawn()?).await?.expect(2, "the App's key is no RSA key in PEM form");
    assert!(!said.stderr.contains("TWFya2Vy"), "{}", said.stderr);
    let mut half = desk.command(&["dispatch", "app/app.json"]);
    half.env("DESKWRIGHT_APP_ID", "7");
    wait(half.spawn()?).await?.expect(3, "the App's key is not");
    Ok(())
}

#[tokio::test]
async fn an_enterprise_server_answers_below_a_path() -> Result<()> {
    let desk = Desk::new().await?;
    let mut command = desk.command(&["build", "app/app.json"]);
    command.env("GITHUB_API_URL", format!("{}/api/v3", desk.fake.url()));
    wait(command.spawn()?).await?.ok();
    assert_eq!(desk.dispatches(), 1);
    Ok(())
}

/// Takes one request, and gives what it had.
async fn overhear(listener: TcpListener) -> Result<String> {
    let (mut stream, _) = listener.accept().await?;
    let mut heard = Vec::new();
    let mut part = [0; 4096];
    while !heard.ends_with(b"\r\n\r\n") {
        let len = stream.read(&mut part).await?;
        anyhow::ensure!(len > 0, "it broke off");
        heard.extend_from_slice(&part[..len]);
    }
    stream.write_all(b"HTTP/1.1 500 No\r\ncontent-length: 0\r\n\r\n").await?;
    Ok(String::from_utf8_lossy(&heard).into_owned())
}

#[tokio::test]
async fn the_token_does_not_follow_to_other_places() -> Result<()> {
    let desk = Desk::new().await?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}/elsewhere", listener.local_addr()?);
    let away = Action::RedirectTo { status: 302.try_into()?, url };
    desk.fake.add_fault(Fault::on("GET".parse()?, ZIPS, away));
    let child = desk.start(&["build", "app/app.json"])?;
    let heard = overhear(listener).await?;
    assert!(heard.starts_with("GET /elsewhere"), "{heard}");
    assert!(!heard.to_lowercase().contains("authorization"), "{heard}");
    assert!(!heard.contains(MARKER), "{heard}");
    wait(child).await?.ok();
    Ok(())
}

#[tokio::test]
async fn nobody_is_followed_to_where_others_can_listen() -> Result<()> {
    for url in ["http://storage.example.com/x", "ftp://127.0.0.1/x", "file:///etc/passwd", "x"] {
        let desk = Desk::new().await?;
        let url = url.to_owned();
        let away = Action::RedirectTo { status: 302.try_into()?, url };
        desk.fake.add_fault(Fault::on("GET".parse()?, ZIPS, away));
        let said = desk.run(&["build", "app/app.json"]).await?;
        said.expect(4, "leads to an unsafe place");
    }
    Ok(())
}

#[tokio::test]
async fn the_log_of_requests_has_no_token() -> Result<()> {
    let desk = Desk::new().await?;
    let mut command = desk.command(&["build", "app/app.json"]);
    command.env("DESKWRIGHT_LOG", "trace").env("RUST_BACKTRACE", "full");
    // `wait` looks for the token in everything that is said.
    let said = wait(command.spawn()?).await?.ok();
    assert!(said.stderr.contains("POST /repos/me/apps/actions/workflows/build.yml/dispatches"));
    let process = desk.start(&["build", "app/app.json"])?;
    let id = process.id().context("it runs")?;
    let arguments = fs_err::read(format!("/proc/{id}/cmdline"))?;
    assert!(!String::from_utf8_lossy(&arguments).contains(MARKER));
    wait(process).await?.ok();
    desk.expect_no_token()
}

#[tokio::test]
async fn a_server_that_knows_only_the_later_version_of_the_api() -> Result<()> {
    let desk = Desk::new().await?;
    let refusal = Action::Answer {
        status: 400.try_into()?,
        headers: Vec::new(),
        body: serde_json::json!({ "message": "2022-11-28 is not a supported version of the REST API" }),
    };
    desk.fake.add_fault(Fault::any(refusal));
    desk.run(&["build", "app/app.json"]).await?.ok();
    assert_eq!(desk.dispatches(), 1);
    Ok(())
}
