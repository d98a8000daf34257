//! What a verification found: checks per installer, as a table for people and as `verify.json`.

use std::{path::Path, time::Instant};

use anyhow::Context as _;
use config_schema::{BundleFormat, Target};
use runtime_settings::Sha256;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::{Exit, exit_of};

/// Version of the shape of `verify.json`.
const FORMAT: u32 = 1;
/// Name of the report in its folder.
pub(super) const FILE: &str = "verify.json";

/// Everything that was checked, and what could not be.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Report {
    format: u32,
    ok: bool,
    target: Target,
    installers: Vec<InstallerReport>,
    /// What was made for a system that this machine is not.
    skipped: Vec<Skipped>,
}

#[derive(Debug, Serialize)]
pub(super) struct Skipped {
    pub(super) kind: BundleFormat,
    pub(super) why: String,
}

/// One installer, from the file to the clean machine.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct InstallerReport {
    kind: BundleFormat,
    file: String,
    sha256: Sha256,
    ok: bool,
    checks: Vec<Check>,
    /// The line that the installed app printed.
    self_test: Option<Value>,
    /// File name of the picture, beside the report.
    screenshot: Option<String>,
}

#[derive(Debug, Serialize)]
struct Check {
    name: &'static str,
    state: State,
    seconds: f64,
    /// Why it failed, or what is worth knowing when it did not.
    detail: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum State {
    Ok,
    Failed,
    Timeout,
}

impl State {
    fn name(self) -> &'static str {
        match self {
            State::Ok => "ok",
            State::Failed => "failed",
            State::Timeout => "timeout",
        }
    }
}

impl Report {
    pub(super) fn new(
        target: Target,
        installers: Vec<InstallerReport>,
        skipped: Vec<Skipped>,
    ) -> Report {
        let ok = installers.iter().all(|installer| installer.ok);
        Report { format: FORMAT, ok, target, installers, skipped }
    }

    /// None when all is well; a timeout alone is told from a failure.
    pub(super) fn exit(&self) -> Option<Exit> {
        let checks = || self.installers.iter().flat_map(|installer| &installer.checks);
        let any = |state| checks().any(|check| check.state == state);
        match (self.ok, any(State::Failed)) {
            (true, _) => None,
            (false, true) => Some(Exit::Failed),
            (false, false) => Some(Exit::Timeout),
        }
    }

    /// The checks that did not pass, one line each.
    pub(super) fn complaints(&self) -> String {
        let lines = self.installers.iter().flat_map(|installer| {
            let bad = installer.checks.iter().filter(|check| check.state != State::Ok);
            bad.map(|check| {
                let detail = check.detail.as_deref().unwrap_or_default();
                format!("{}: {}: {detail}", installer.kind.name(), check.name)
            })
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    pub(super) fn table(&self) -> String {
        let mut lines = Vec::new();
        for installer in &self.installers {
            lines.push(format!("{}  {}", installer.kind.name(), installer.file));
            for check in &installer.checks {
                let detail = check.detail.as_deref().unwrap_or_default();
                let state = check.state.name();
                let line =
                    format!("  {state:<8}{:<16}{:>6.1} s  {detail}", check.name, check.seconds);
                lines.push(line.trim_end().to_owned());
            }
        }
        for skipped in &self.skipped {
            lines.push(format!("{}  not verified: {}", skipped.kind.name(), skipped.why));
        }
        lines.join("\n")
    }

    pub(super) fn write_to(&self, dir: &Path) -> anyhow::Result<()> {
        fs_err::write(dir.join(FILE), serde_json::to_vec_pretty(self)?)?;
        Ok(())
    }
}

/// What the steps after a verification want to know of its report.
#[derive(Debug, Deserialize)]
pub(super) struct Outcome {
    format: u32,
    installers: Vec<InstallerOutcome>,
}

#[derive(Debug, Deserialize)]
struct InstallerOutcome {
    sha256: Sha256,
    ok: bool,
}

impl Outcome {
    /// The outcome that lies in a folder; none when nothing was verified.
    pub(super) fn read(dir: &Path) -> anyhow::Result<Option<Outcome>> {
        let path = dir.join(FILE);
        if !path.is_file() {
            return Ok(None);
        }
        let outcome: Outcome = serde_json::from_slice(&fs_err::read(&path)?)
            .with_context(|| format!("not a report of a verification: `{}`", path.display()))?;
        Ok(Some(outcome).filter(|outcome| outcome.format == FORMAT))
    }

    /// Whether this very file was tried and found good.
    pub(super) fn has_passed(&self, sha256: Sha256) -> bool {
        self.installers.iter().any(|installer| installer.ok && installer.sha256 == sha256)
    }
}

impl InstallerReport {
    pub(super) fn new(kind: BundleFormat, file: String, sha256: Sha256) -> InstallerReport {
        let checks = Vec::new();
        InstallerReport { kind, file, sha256, ok: true, checks, self_test: None, screenshot: None }
    }

    pub(super) fn saw(&mut self, self_test: Option<Value>, screenshot: Option<String>) {
        self.self_test = self_test;
        self.screenshot = screenshot;
    }

    /// Does one thing and notes how it went. Gives what it made, when it went well.
    pub(super) fn check<T>(
        &mut self,
        name: &'static str,
        act: impl FnOnce() -> anyhow::Result<T>,
    ) -> Option<T> {
        let began = Instant::now();
        let outcome = act();
        let seconds = (began.elapsed().as_secs_f64() * 1000.0).round() / 1000.0;
        let (state, detail, value) = match outcome {
            Ok(value) => (State::Ok, None, Some(value)),
            Err(error) if exit_of(&error) == Exit::Timeout => {
                (State::Timeout, Some(format!("{error:#}")), None)
            }
            Err(error) => (State::Failed, Some(format!("{error:#}")), None),
        };
        self.ok &= state == State::Ok;
        self.checks.push(Check { name, state, seconds, detail });
        value
    }
}

#[cfg(test)]
mod tests {
    use anyhow::anyhow;

    use super::*;
    use crate::error;

    fn report(outcomes: Vec<anyhow::Result<()>>) -> Report {
        let mut installer =
            InstallerReport::new(BundleFormat::Deb, "a.deb".to_owned(), Sha256::of(b""));
        for outcome in outcomes {
            installer.check("look", || outcome);
        }
        Report::new(Target::LinuxX64, vec![installer], Vec::new())
    }

    #[test]
    fn a_failure_counts_more_than_a_timeout() {
        let timeout = || Err(error::timeout("too slow", "wait"));
        assert_eq!(report(vec![Ok(())]).exit(), None);
        assert_eq!(report(vec![Ok(()), timeout()]).exit(), Some(Exit::Timeout));
        assert_eq!(report(vec![timeout(), Err(anyhow!("blank"))]).exit(), Some(Exit::Failed));
    }

    #[test]
    fn the_table_and_the_complaints_say_why() {
        let report = report(vec![Ok(()), Err(anyhow!("the window is blank"))]);
        assert_eq!(report.complaints(), "deb: look: the window is blank");
        let table = report.table();
        assert_eq!(table.lines().count(), 3, "{table}");
        assert!(table.ends_with("s  the window is blank"), "{table}");
    }
}
