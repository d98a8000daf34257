//! The process of WebKitWebDriver and the app that it starts: their start, their output and their
//! end.

use std::ffi::OsString;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use procfs::net::TcpState;
use procfs::process::{FDTarget, Process};
use tempfile::TempDir;

use crate::desktop::Desktop;
use crate::process::{Running, tail};
use crate::watch;

/// How long the driver may take to listen. Seen: 20 ms.
const START_LIMIT: Duration = Duration::from_secs(20);

/// How often /proc is read for the driver's port: that it listens is no event.
const PORT_POLL_INTERVAL: Duration = Duration::from_millis(5);

/// What the driver starts in the app's place. The driver would keep the app's process id and exit
/// code to itself; this writes both down in the directory that is its first argument. The app is
/// not run in the background, where it would ignore SIGINT.
const LAUNCHER: &str = r#"#!/bin/sh
notes=$1
shift
sh -c 'echo $$ > "$0/pid.new"; mv "$0/pid.new" "$0/pid"; exec "$@"' "$notes" "$@"
echo $? > "$notes/exit-code.new"
mv "$notes/exit-code.new" "$notes/exit-code"
"#;

#[derive(Debug)]
pub(super) struct Driver {
    process: Running,
    address: String,
    notes: TempDir,
}

impl Driver {
    /// Starts a driver on a port that the system chooses. The driver does not print it, so that it
    /// is read from /proc: nobody can take the port between the choice and its use.
    pub(super) async fn start(desktop: &Desktop, env: &[(OsString, OsString)]) -> Result<Self> {
        let notes = tempfile::Builder::new().prefix("webdriver-").tempdir()?;
        fs_err::write(notes.path().join("launch.sh"), LAUNCHER)?;
        let mut command = desktop.command("WebKitWebDriver");
        command.arg("--port=0").envs(env.iter().map(|(name, value)| (name, value)));
        // Read by the app that the driver starts: without them its webview cannot be automated.
        command.envs([("TAURI_AUTOMATION", "true"), ("TAURI_WEBVIEW_AUTOMATION", "true")]);
        let process = Running::start(&mut command)?;
        let port = tokio::time::timeout(START_LIMIT, listening_port(&process)).await;
        match port.unwrap_or_else(|_| Err(anyhow!("no port after {START_LIMIT:?}"))) {
            Ok(port) => {
                let address = format!("http://{}:{port}", Ipv4Addr::LOCALHOST);
                Ok(Self { process, address, notes })
            }
            Err(error) => {
                let (_, stderr) = process.output_so_far()?;
                Err(error.context(format!("WebKitWebDriver did not start: {}", tail(&stderr))))
            }
        }
    }

    pub(super) fn address(&self) -> &str {
        &self.address
    }

    /// The program and arguments by which the driver starts an app.
    pub(super) fn launcher(&self, binary: &Path, args: &[String]) -> (PathBuf, Vec<OsString>) {
        let notes = self.notes.path();
        let mut all = vec![notes.join("launch.sh").into(), notes.into(), binary.into()];
        all.extend(args.iter().map(OsString::from));
        ("/bin/sh".into(), all)
    }

    pub(super) fn app_pid(&self) -> Result<u32> {
        self.note("pid")?.context("the app has not been started")
    }

    /// Waits for the app's end, and returns its exit code: 128 and the signal's number if a signal
    /// ended it.
    pub(super) async fn app_end(&self) -> Result<i32> {
        watch::until(self.notes.path(), || self.note("exit-code")).await
    }

    /// What the app and the driver have written.
    pub(super) fn output(&self) -> Result<String> {
        let (stdout, stderr) = self.process.output_so_far()?;
        Ok(format!(
            "--- stdout of the app\n{}\n--- stderr of the app\n{}",
            tail(&stdout),
            tail(&stderr)
        ))
    }

    fn note<T: std::str::FromStr>(&self, name: &str) -> Result<Option<T>> {
        let path = self.notes.path().join(name);
        if !fs_err::exists(&path)? {
            return Ok(None);
        }
        let text = fs_err::read_to_string(path)?;
        let number = text.trim().parse().ok();
        Ok(Some(number.with_context(|| format!("not a number in `{name}`: {text}"))?))
    }
}

async fn listening_port(driver: &Running) -> Result<u16> {
    let process = Process::new(i32::try_from(driver.pid())?)?;
    loop {
        if !driver.is_running()? {
            bail!("it has ended");
        }
        let sockets: Vec<u64> = process
            .fd()?
            .filter_map(|descriptor| match descriptor.ok()?.target {
                FDTarget::Socket(inode) => Some(inode),
                _ => None,
            })
            .collect();
        let own = |entry: &procfs::net::TcpNetEntry| {
            entry.state == TcpState::Listen && sockets.contains(&entry.inode)
        };
        if let Some(entry) = procfs::net::tcp()?.into_iter().find(own) {
            return Ok(entry.local_address.port());
        }
        tokio::time::sleep(PORT_POLL_INTERVAL).await;
    }
}
