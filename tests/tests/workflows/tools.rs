//! Where a job gets xtask and deskwright from, with stand-ins for `gh` and `cargo`: published and attested, else compiled, and
//! what a job was given is all that it has.

use std::{path::Path, time::Duration};

use anyhow::Result;
use tempfile::TempDir;
use tests::{
    process::{self, Output},
    xtask::repo_root,
};

/// A script that hashes some small files.
const LIMIT: Duration = Duration::from_secs(60);
/// Hands out the archive beside it, and says of its attestation what the file `attested` says.
const GH: &str = r#"#!/usr/bin/env bash
here="$(dirname "$0")"
case "$1 $2" in
  "release download") while [[ "$1" != --output ]]; do shift; done; cp "$here/published.tar.gz" "$2" ;;
  "attestation verify") [[ -e "$here/attested" ]] ;;
esac
"#;
/// Makes two programs that say that they were compiled.
const CARGO: &str = r#"#!/usr/bin/env bash
while [[ "$1" != --target-dir ]]; do shift; done
mkdir -p "$2/debug"
for program in xtask deskwright; do echo compiled >"$2/debug/$program"; done
"#;

/// A checkout with just the files that the script looks at, and a machine of its own.
struct Job(TempDir);

impl Job {
    fn new() -> Result<Self> {
        let job = Self(tempfile::tempdir()?);
        let script = fs_err::read_to_string(repo_root()?.join("actions/setup/tools.sh"))?;
        job.write("checkout/actions/setup/tools.sh", &script)?;
        for source in ["Cargo.toml", "Cargo.lock", "rust-toolchain.toml"] {
            job.write(&format!("checkout/{source}"), source)?;
        }
        for folder in [".cargo", "config-schema", "orchestrator", "xtask", "template-app/crates"] {
            job.write(&format!("checkout/{folder}/file"), folder)?;
        }
        job.write("bin/gh", GH)?;
        job.write("bin/cargo", CARGO)?;
        fs_err::create_dir(job.path("temp"))?;
        Ok(job)
    }

    fn path(&self, path: &str) -> std::path::PathBuf {
        self.0.path().join(path)
    }

    fn write(&self, path: &str, text: &str) -> Result<()> {
        use std::os::unix::fs::PermissionsExt as _;
        let path = self.path(path);
        fs_err::create_dir_all(path.parent().unwrap_or(Path::new("/")))?;
        fs_err::write(&path, text)?;
        Ok(fs_err::set_permissions(&path, std::fs::Permissions::from_mode(0o755))?)
    }

    /// Publishes two programs; with or without an attestation.
    async fn publish(&self, attested: bool) -> Result<()> {
        for program in ["xtask", "deskwright"] {
            self.write(&format!("published/{program}"), "published\n")?;
        }
        if attested {
            self.write("bin/attested", "")?;
        }
        let mut tar = process::command("tar");
        tar.arg("-czf")
            .arg(self.path("bin/published.tar.gz"))
            .arg("-C")
            .arg(self.path("published"));
        process::run(tar.args(["xtask", "deskwright"]), LIMIT).await?.expect_code(0)?;
        Ok(())
    }

    async fn script(&self, command: &str, environment: &[(&str, &str)]) -> Result<Output> {
        let path = format!("{}:{}", self.path("bin").display(), std::env::var("PATH")?);
        let mut bash = process::command("bash");
        bash.arg(self.path("checkout/actions/setup/tools.sh")).arg(command);
        bash.env("PATH", path).env("RUNNER_OS", "Linux").env("RUNNER_ARCH", "X64");
        bash.env("RUNNER_TEMP", self.path("temp")).envs(environment.iter().copied());
        for file in ["GITHUB_OUTPUT", "GITHUB_PATH", "GITHUB_ENV"] {
            bash.env(file, self.path(file));
        }
        process::run(&mut bash, LIMIT).await
    }

    /// An output of `find`.
    async fn found(&self, tools: &str, name: &str) -> Result<String> {
        self.script("find", &[("TOOLS", tools)]).await?.expect_code(0)?;
        let outputs = fs_err::read_to_string(self.path("GITHUB_OUTPUT"))?;
        let value = outputs.lines().rev().find_map(|line| line.strip_prefix(&format!("{name}=")));
        Ok(value.unwrap_or_default().to_owned())
    }

    /// What `provide` puts on the path, by the word that it says of itself.
    async fn provided(&self) -> Result<(String, Output)> {
        let (tools, key) = (self.found("", "tools").await?, self.found("", "key").await?);
        let environment = [("TOOLS", tools.as_str()), ("KEY", &key), ("GIVEN", "false")];
        let output = self.script("provide", &environment).await?.expect_code(0)?;
        assert_eq!(fs_err::read_to_string(self.path("GITHUB_PATH"))?.trim(), tools);
        Ok((fs_err::read_to_string(Path::new(&tools).join("xtask"))?.trim().to_owned(), output))
    }
}

#[tokio::test]
async fn published_and_attested_programs_are_taken() -> Result<()> {
    let job = Job::new()?;
    job.publish(true).await?;
    assert_eq!(job.provided().await?.0, "published");
    Ok(())
}

#[tokio::test]
async fn published_programs_without_an_attestation_are_not_taken() -> Result<()> {
    let job = Job::new()?;
    job.publish(false).await?;
    let (word, output) = job.provided().await?;
    assert_eq!(word, "compiled");
    assert!(output.stdout.contains("::warning::"), "{output}");
    Ok(())
}

#[tokio::test]
async fn what_nobody_published_is_compiled() -> Result<()> {
    assert_eq!(Job::new()?.provided().await?.0, "compiled");
    Ok(())
}

#[tokio::test]
async fn a_job_that_was_given_programs_has_no_others() -> Result<()> {
    let job = Job::new()?;
    job.publish(true).await?;
    fs_err::create_dir(job.path("given"))?;
    let given = job.path("given").to_string_lossy().into_owned();
    assert_eq!(job.found(&given, "given").await?, "true");
    let environment = [("TOOLS", given.as_str()), ("KEY", "x"), ("GIVEN", "true")];
    job.script("provide", &environment).await?.expect_code(1)?;
    assert!(!job.path("GITHUB_PATH").exists());
    Ok(())
}

#[tokio::test]
async fn the_key_is_of_the_sources_and_not_of_the_place() -> Result<()> {
    let (one, other) = (Job::new()?, Job::new()?);
    let key = one.found("", "key").await?;
    assert!(key.ends_with("-linux-x64") && key.len() == 16 + "-linux-x64".len(), "{key}");
    assert_eq!(key, other.found("", "key").await?);
    other.write("checkout/xtask/file", "changed")?;
    assert_ne!(key, other.found("", "key").await?);
    Ok(())
}
