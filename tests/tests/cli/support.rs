//! A project in a temporary folder, and the real xtask run on it.

use std::{path::Path, time::Duration};

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use tempfile::TempDir;
use tests::{process::Output, xtask::Xtask};

/// No command here compiles or downloads anything.
const LIMIT: Duration = Duration::from_secs(60);

/// A folder with a config and its files.
pub(crate) struct Project {
    dir: TempDir,
}

impl Project {
    /// A project whose config is this text, and whose content has a start page.
    pub(crate) fn new(config: &str) -> Result<Project> {
        let project = Project { dir: tempfile::tempdir()? };
        project.write("app.json", config.as_bytes())?;
        project.write("web/index.html", b"<!doctype html><title>Page</title>")?;
        Ok(project)
    }

    /// The smallest config, with `change` made to it.
    pub(crate) fn minimal(change: impl FnOnce(&mut Value)) -> Result<Project> {
        let mut config = json!({ "app": { "name": "Test", "id": "com.example.test" }, "content": { "dir": "web" } });
        change(&mut config);
        Project::new(&format!("{config:#}"))
    }

    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    pub(crate) fn write(&self, path: &str, bytes: &[u8]) -> Result<()> {
        let path = self.path().join(path);
        fs_err::create_dir_all(path.parent().context("a file has a folder")?)?;
        Ok(fs_err::write(path, bytes)?)
    }

    /// Runs xtask in the project's folder.
    pub(crate) async fn xtask(&self, args: &[&str]) -> Result<Output> {
        Xtask::new()?.in_dir(self.path()).run(args, LIMIT).await
    }

    /// The same with variables in the environment.
    pub(crate) async fn xtask_with(
        &self,
        variables: &[(&str, &str)],
        args: &[&str],
    ) -> Result<Output> {
        let xtask = Xtask::new()?.in_dir(self.path());
        let xtask =
            variables.iter().fold(xtask, |xtask, (name, value)| xtask.with_variable(name, *value));
        xtask.run(args, LIMIT).await
    }

    /// The same with a config, or anything else, on stdin.
    pub(crate) async fn xtask_with_input(&self, args: &[&str], input: &[u8]) -> Result<Output> {
        let input = String::from_utf8_lossy(input).into_owned();
        Xtask::new()?.in_dir(self.path()).with_input(input).run(args, LIMIT).await
    }

    /// The same where no file can grow beyond `bytes`: the write that passes the limit fails.
    pub(crate) async fn xtask_with_file_limit(&self, args: &[&str], bytes: u64) -> Result<Output> {
        let mut command = tests::process::command("sh");
        // The signal that comes with the limit is ignored, so that the error arrives as one of a full disk does.
        let script = format!("trap '' XFSZ; ulimit -f {}; exec \"$0\" \"$@\"", bytes / 512);
        command
            .args(["-c", &script])
            .arg(Xtask::new()?.binary())
            .args(args)
            .current_dir(self.path());
        tests::process::run(&mut command, LIMIT).await
    }

    /// What `render` says about the config; it must exit with 2.
    pub(crate) async fn problems(&self) -> Result<String> {
        let output = self.xtask(&["render", "app.json", "--check"]).await?.expect_code(2)?;
        assert_eq!(output.stdout, "", "problems go to stderr");
        Ok(output.stderr)
    }

    /// Names in the project's folder.
    pub(crate) fn names(&self) -> Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs_err::read_dir(self.path())? {
            names.push(entry?.file_name().to_string_lossy().into_owned());
        }
        names.sort();
        Ok(names)
    }
}

/// Runs xtask in the repository.
pub(crate) async fn xtask(args: &[&str]) -> Result<Output> {
    Xtask::new()?.run(args, LIMIT).await
}
