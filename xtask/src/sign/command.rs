//! A command line as data: what is started, with what on its stdin and in its environment. Routes make lists of them, which
//! any system can test; here they are run.

use std::{
    ffi::{OsStr, OsString},
    path::Path,
    time::Duration,
};

use anyhow::bail;

use super::secrets::{Secret, Secrets};
use crate::process;

/// Pauses before another attempt where somebody else's service did not answer: timestamp services fail for seconds, not
/// for minutes.
const PAUSES: [Duration; 2] = [Duration::from_secs(3), Duration::from_secs(15)];
/// What tools say, in lower case, when it was the service or a busy disk image and not the file or the key.
const PASSING: &[&str] = &[
    "timestamp service is not available",
    "timestamp was expected but was not found",
    "timestamp server either could not be reached",
    "timestamping failed",
    "resource busy",
    "resource temporarily unavailable",
];
/// Last lines of a failed command's output that are shown (count).
const SHOWN_LINES: usize = 20;

/// A program with its arguments. Secrets are only on stdin or in the environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CommandLine {
    pub(crate) program: OsString,
    pub(crate) args: Vec<OsString>,
    /// Plain settings.
    pub(crate) env: Vec<(&'static str, OsString)>,
    /// Variables that are not passed on.
    pub(crate) without: Vec<&'static str>,
    pub(crate) secret_env: Vec<(&'static str, Secret)>,
    pub(crate) stdin: Option<Secret>,
}

impl CommandLine {
    pub(crate) fn new(program: impl Into<OsString>) -> CommandLine {
        CommandLine {
            program: program.into(),
            args: Vec::new(),
            env: Vec::new(),
            without: Vec::new(),
            secret_env: Vec::new(),
            stdin: None,
        }
    }

    pub(crate) fn arg(mut self, arg: impl AsRef<OsStr>) -> CommandLine {
        self.args.push(arg.as_ref().to_owned());
        self
    }

    pub(crate) fn args<A: AsRef<OsStr>>(
        mut self,
        args: impl IntoIterator<Item = A>,
    ) -> CommandLine {
        self.args.extend(args.into_iter().map(|arg| arg.as_ref().to_owned()));
        self
    }

    pub(crate) fn env(mut self, name: &'static str, value: impl AsRef<OsStr>) -> CommandLine {
        self.env.push((name, value.as_ref().to_owned()));
        self
    }

    pub(crate) fn without(mut self, name: &'static str) -> CommandLine {
        self.without.push(name);
        self
    }

    pub(crate) fn secret_env(mut self, name: &'static str, value: &Secret) -> CommandLine {
        self.secret_env.push((name, value.clone()));
        self
    }

    pub(crate) fn stdin(mut self, text: Secret) -> CommandLine {
        self.stdin = Some(text);
        self
    }

    /// Runs it in `dir` and gives what it printed. What it says when it fails is shown without the secrets.
    pub(crate) fn run(&self, dir: &Path, secrets: &Secrets) -> anyhow::Result<String> {
        for pause in PAUSES {
            match self.attempt(dir, secrets)? {
                Outcome::Done(stdout) => return Ok(stdout),
                Outcome::Failed(said) if is_passing(&said) => std::thread::sleep(pause),
                Outcome::Failed(said) => bail!(said),
            }
        }
        match self.attempt(dir, secrets)? {
            Outcome::Done(stdout) => Ok(stdout),
            Outcome::Failed(said) => bail!(said),
        }
    }

    fn attempt(&self, dir: &Path, secrets: &Secrets) -> anyhow::Result<Outcome> {
        let mut command = process::command(&self.program, dir);
        command.args(&self.args);
        for name in &self.without {
            command.env_remove(name);
        }
        command.envs(self.env.iter().map(|(name, value)| (name, value)));
        for (name, secret) in &self.secret_env {
            command.env(name, secret.reveal());
        }
        let input = self.stdin.as_ref().map(Secret::reveal).unwrap_or_default();
        let output = process::output_with_input(&mut command, input.as_bytes())?;
        if output.status.success() {
            return Ok(Outcome::Done(String::from_utf8_lossy(&output.stdout).into_owned()));
        }
        let said = [output.stdout, output.stderr].concat();
        let said = secrets.redact(&String::from_utf8_lossy(&said));
        let lines: Vec<_> = said.lines().collect();
        let shown = lines[lines.len().saturating_sub(SHOWN_LINES)..].join("\n");
        let line = process::line(&command);
        Ok(Outcome::Failed(format!("the command failed ({}): `{line}`\n{shown}", output.status)))
    }
}

enum Outcome {
    Done(String),
    Failed(String),
}

fn is_passing(said: &str) -> bool {
    let said = said.to_lowercase();
    PASSING.iter().any(|words| said.contains(words))
}

/// The command line as words, for tests.
#[cfg(test)]
pub(crate) fn words(line: &CommandLine) -> String {
    let words = std::iter::once(&line.program).chain(&line.args);
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}
