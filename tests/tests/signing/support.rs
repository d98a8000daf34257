//! A folder with a config, secrets for the real xtask, tools that tell what they were handed, and a home and a temporary
//! folder of their own, in which nothing may be left.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use tempfile::TempDir;
use tests::process::{self, Output};
use tests::xtask::Xtask;

/// No command here compiles anything; the longest waits for a second answer of a timestamp service.
pub(crate) const LIMIT: Duration = Duration::from_secs(120);

/// Writes down what a tool is handed and what every process shows, then becomes the tool. `expect` is the one that is handed
/// a secret in its environment.
const WITNESS: &str = "#!/bin/sh\n\
    { echo \"$0\"; printf '%s\\n' \"$@\"; test \"${0##*/}\" = expect || env;\n\
    find \"$TMPDIR\" -mindepth 1 -maxdepth 1 -name 'sign-*' -perm /077 | sed 's/^/OPEN: /'\n\
    find \"$TMPDIR\" -type f '(' -name 'cert*' -o -name 'pass*' ')' -perm /077 | sed 's/^/OPEN: /'\n\
    cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' '\\n'; } >> \"$WITNESS_LOG\"\n\
    exec \"${0%/*}/real/${0##*/}\" \"$@\"\n";
/// The tools that are watched.
const WATCHED: &[&str] = &["gpg", "gpgconf", "rpmsign", "osslsigncode", "expect"];

/// What xtask signs, and what it may write to.
pub(crate) struct Desk {
    root: TempDir,
    env: Vec<(String, String)>,
    secrets: Vec<String>,
}

impl Desk {
    /// A desk whose app is signed as `sections` of the config say.
    pub(crate) fn new(sections: &Value) -> Result<Desk> {
        let root = tempfile::Builder::new().prefix("desk-").tempdir()?;
        for folder in ["home", "tmp", "work", "work/web", "tools", "tools/real"] {
            fs_err::create_dir(root.path().join(folder))?;
        }
        let desk = Desk { root, env: Vec::new(), secrets: Vec::new() };
        let mut config = json!({
            "app": { "name": "Signed App", "id": "com.example.signed", "version": "1.2.3" },
            "content": { "dir": "web" },
        });
        for (name, section) in sections.as_object().context("sections are an object")? {
            config[name] = section.clone();
        }
        fs_err::write(desk.file("app.json"), config.to_string())?;
        fs_err::write(desk.file("web/index.html"), "<!doctype html><title>Page</title>")?;
        for tool in WATCHED {
            let found = process_output(process::command("which").arg(tool))?;
            std::os::unix::fs::symlink(found.trim(), desk.path(&format!("tools/real/{tool}")))?;
            desk.tool(tool, WITNESS)?;
        }
        Ok(desk)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    /// A file beside the config.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.path("work").join(name)
    }

    /// Puts a program before all others on the path.
    pub(crate) fn tool(&self, name: &str, script: &str) -> Result<()> {
        let path = self.path("tools").join(name);
        fs_err::write(&path, script)?;
        Ok(fs_err::set_permissions(&path, PermissionsExt::from_mode(0o755))?)
    }

    /// A variable that is no secret.
    pub(crate) fn set(&mut self, name: &str, value: impl AsRef<Path>) {
        self.env.push((name.to_owned(), value.as_ref().display().to_string()));
    }

    /// A secret: its lines must not be seen anywhere.
    pub(crate) fn secret(&mut self, name: &str, value: &str) {
        self.env.retain(|(known, _)| known != name);
        self.env.push((name.to_owned(), value.to_owned()));
        let telling = |line: &&str| line.len() >= 8 && !line.starts_with("-----");
        self.secrets.extend(value.lines().filter(telling).map(str::to_owned));
    }

    /// A secret that only names something, such as the id of a key: it may be in the arguments of a program.
    pub(crate) fn name(&mut self, name: &str, value: &str) {
        self.env.push((name.to_owned(), value.to_owned()));
    }

    /// Runs `xtask sign` on files beside the config, and looks whether anything was shown or left.
    pub(crate) async fn sign(&self, files: &[&str], target: &str) -> Result<Output> {
        let mut args = vec!["sign"];
        args.extend(files);
        args.extend(["--config", "app.json", "--target", target, "--format", "json"]);
        self.run(&args).await
    }

    pub(crate) async fn run(&self, args: &[&str]) -> Result<Output> {
        let path = std::env::var("PATH")?;
        let mut xtask = Xtask::new()?
            .in_dir(self.path("work"))
            .with_variable("HOME", self.path("home"))
            .with_variable("TMPDIR", self.path("tmp"))
            .with_variable("WITNESS_LOG", self.path("witness"))
            .with_variable("PATH", format!("{}:{path}", self.path("tools").display()));
        for (name, value) in &self.env {
            xtask = xtask.with_variable(name, value);
        }
        let output = xtask.run(args, LIMIT).await?;
        self.look(&output)?;
        Ok(output)
    }

    /// Nothing shown, nothing left, nothing still running.
    fn look(&self, output: &Output) -> Result<()> {
        for folder in ["home", "tmp"] {
            let left: Vec<_> = fs_err::read_dir(self.path(folder))?.collect();
            ensure!(left.is_empty(), "left in {folder}: {left:?}\n{output}");
        }
        for entry in walk(self.root.path())? {
            let text = String::from_utf8_lossy(&fs_err::read(&entry)?).into_owned();
            self.look_at(&entry.display().to_string(), &text)?;
        }
        if let Ok(witness) = self.witness() {
            let open: Vec<_> = witness.lines().filter(|line| line.starts_with("OPEN: ")).collect();
            ensure!(open.is_empty(), "others can read it: {open:?}");
        }
        self.look_at("stdout", &output.stdout)?;
        self.look_at("stderr", &output.stderr)?;
        let here = self.root.path().display().to_string();
        let mut still_running = Vec::new();
        for process in procfs_command_lines()? {
            if process.contains(&format!("{here}/tmp")) {
                still_running.push(process);
            }
        }
        ensure!(still_running.is_empty(), "still running: {still_running:?}");
        Ok(())
    }

    fn look_at(&self, place: &str, text: &str) -> Result<()> {
        for secret in &self.secrets {
            ensure!(!text.contains(secret.as_str()), "a secret is in {place}: {secret}");
        }
        Ok(())
    }

    /// What the watched tools were handed; also proof that they were asked at all.
    pub(crate) fn witness(&self) -> Result<String> {
        Ok(fs_err::read_to_string(self.path("witness"))?)
    }
}

fn procfs_command_lines() -> Result<Vec<String>> {
    let mut lines = Vec::new();
    for entry in fs_err::read_dir("/proc")? {
        let path = entry?.path().join("cmdline");
        // A process may end while it is looked at.
        if let Ok(bytes) = fs_err::read(path) {
            lines.push(String::from_utf8_lossy(&bytes).replace('\0', " "));
        }
    }
    Ok(lines)
}

/// Every file below, but no link.
pub(crate) fn walk(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs_err::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() {
            files.extend(walk(&entry.path())?);
        } else if kind.is_file() {
            files.push(entry.path());
        }
    }
    Ok(files)
}

/// Runs a tool that must succeed, and gives what it wrote to both streams.
pub(crate) async fn tool(command: &mut Command) -> Result<String> {
    let output = process::run(command, LIMIT).await?.expect_code(0)?;
    Ok(format!("{}{}", output.stdout, output.stderr))
}

/// The same where nothing can be awaited.
fn process_output(command: &mut Command) -> Result<String> {
    let output = command.output()?;
    ensure!(output.status.success(), "failed: {command:?}");
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The names of secrets that an error says are missing.
pub(crate) fn error_of(output: &Output) -> Result<String> {
    let document: Value = output.json()?;
    Ok(document["error"].as_str().context("an error says what")?.to_owned())
}
