//! A log of 200 MB takes no more memory than a small one.

use std::process::Stdio;

use anyhow::{Context as _, Result, ensure};
use fake_github::{Fault, Script, ScriptedJob};
use reqwest::Method;
use serde_json::Value;
use tokio::{io::AsyncWriteExt as _, net::TcpStream};

use super::support::{Ended, Place, REPOSITORY, TOKEN};

/// Of the log, in bytes.
const SIZE: usize = 200 << 20;
/// What the program may have for its data, in kilobytes: half of the log. A small log needs a fifth of this.
const MEMORY: usize = 100 << 10;

#[tokio::test]
async fn a_large_log_is_read_in_flat_memory() -> Result<()> {
    let ended =
        Ended::new(Script::new().job(ScriptedJob::new("large").fails("error: x\n"))).await?;
    let place = Place::serve(send).await?;
    let elsewhere = Fault::on(Method::GET, "/repos/*/*/actions/jobs/*/logs", place.redirect());
    ended.fake.add_fault(elsewhere);
    let state = tempfile::tempdir()?;
    let script = format!("ulimit -d {MEMORY}; exec \"$@\"");
    #[expect(clippy::disallowed_methods, reason = "tests start the program here")]
    let mut command = std::process::Command::new("sh");
    command.args(["-c", &script, "sh", env!("CARGO_BIN_EXE_deskwright"), "logs"]);
    command.args([&ended.run.id.to_string(), "--explain", "--format", "json"]);
    command.env_clear().env("GITHUB_TOKEN", TOKEN).env("GITHUB_REPOSITORY", REPOSITORY);
    command.env("GITHUB_API_URL", ended.fake.url()).env("DESKWRIGHT_STATE_DIR", state.path());
    let mut command = tokio::process::Command::from(command);
    let output = command.stdin(Stdio::null()).kill_on_drop(true).output().await?;
    let (stdout, stderr) =
        (String::from_utf8(output.stdout)?, String::from_utf8_lossy(&output.stderr));
    ensure!(output.status.success(), "{} {stderr}", output.status);
    let last: Value = serde_json::from_str(stdout.lines().last().context("nothing was said")?)?;
    let job = &last["report"]["jobs"][0];
    ensure!(job["excerpt"][4] == "error: the one that counts", "{job:#}");
    ensure!(job["causes"][0]["id"] == "disk-full", "{job:#}");
    Ok(())
}

/// An error in the middle of lines of all kinds, among them one that is 20 MB long and one that is no text, and no end to
/// the last one.
async fn send(mut stream: TcpStream) -> std::io::Result<()> {
    stream.write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n").await?;
    let line = "2026-11-20T08:00:00.0000000Z    Compiling a crate with a name, v1.0.0, and 'no' error at all\n";
    let lines = line.repeat(10_000);
    for part in 0..SIZE / lines.len() {
        match part {
            20 => stream.write_all(&b"x".repeat(20 << 20)).await?,
            40 => stream.write_all(b"\n\xff\xfe\x00\n").await?,
            60 => {
                stream
                    .write_all(b"error: the one that counts\ncp: No space left on device\n")
                    .await?
            }
            _ => stream.write_all(lines.as_bytes()).await?,
        }
    }
    stream.write_all(b"##[error]Process completed with exit code 1.").await
}
