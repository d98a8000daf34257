//! A Windows of its own, by Wine: programs in it, its disk and its registry. What is started in it
//! ends with it. Wine stands in for Windows with installers and the registry; it has no WebView2,
//! so that apps only get as far as saying that.

mod registry;
mod template;

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};
use tempfile::TempDir;

use crate::process::{self, Output, ProcessGroup};
pub use registry::Key;

/// Wine's own small programs take a second, and so does the end of the last process.
const SOON: Duration = Duration::from_secs(60);

/// Where Wine keeps the registry, in the prefix.
const REGISTRY_FILES: &[&str] = &["system.reg", "user.reg", "userdef.reg"];

/// A Windows 10 with an empty disk, all to one test.
#[derive(Debug)]
pub struct Wine {
    // Ends before its files go.
    group: ProcessGroup,
    root: TempDir,
    env: Vec<(OsString, OsString)>,
}

impl Wine {
    /// A Windows without a screen.
    pub async fn start() -> Result<Self> {
        Self::with_env(Vec::new()).await
    }

    /// A Windows with these variables, such as those of a display, over its own.
    pub async fn with_env(env: Vec<(OsString, OsString)>) -> Result<Self> {
        let template = template::obtain().await?;
        let parent = template.parent().context("the template is in a folder")?;
        let root = tempfile::Builder::new().prefix("wine-").tempdir_in(parent)?;
        let prefix = root.path().join(template::PREFIX);
        // Links instead of copies: programs and libraries are replaced, never written into. The
        // registry's files are, where they have more than one link.
        let mut copy = process::command("cp");
        copy.arg("-al").arg(&template).arg(&prefix);
        process::run(&mut copy, SOON).await?.expect_code(0)?;
        for name in REGISTRY_FILES {
            fs_err::remove_file(prefix.join(name))?;
            fs_err::copy(template.join(name), prefix.join(name))?;
        }
        Ok(Self { group: ProcessGroup::new()?, root, env })
    }

    fn command(&self, program: &str) -> Command {
        let mut command = template::command(program, self.root.path());
        command.envs(self.env.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Runs a program, by its path on either system, to its end. What it has started may outlive it.
    pub async fn run(
        &mut self,
        program: impl AsRef<OsStr>,
        args: &[&str],
        limit: Duration,
    ) -> Result<Output> {
        let mut command = self.command("wine");
        self.group.run(command.arg(program).args(args), limit).await
    }

    /// Starts a program beside the test. It ends with this Windows, or when it is asked to.
    pub fn start_program(&mut self, program: impl AsRef<OsStr>, args: &[&str]) -> Result<()> {
        let mut command = self.command("wine");
        self.group.spawn(command.arg(program).args(args)).map(drop)
    }

    /// Waits until nothing runs any more: an uninstaller does its work in a process that outlives it.
    pub async fn wait_until_idle(&mut self) -> Result<()> {
        let mut command = self.command("wineserver");
        self.group.run(command.arg("--wait"), SOON).await?.expect_code(0).map(drop)
    }

    /// Where a path of Windows, such as `C:\Windows`, is here.
    pub fn path(&self, windows: &str) -> PathBuf {
        let below = windows.trim_start_matches("C:").replace('\\', "/");
        self.disk().join(below.trim_start_matches('/'))
    }

    /// The folder that is `C:`.
    pub fn disk(&self) -> PathBuf {
        self.root.path().join(template::PREFIX).join("drive_c")
    }

    /// The user's own folder, `C:\users\<name>`.
    pub fn user(&self) -> Result<PathBuf> {
        let users = self.disk().join("users");
        for entry in fs_err::read_dir(&users)? {
            let entry = entry?;
            if entry.file_name() != "Public" {
                return Ok(entry.path());
            }
        }
        anyhow::bail!("no user in: `{}`", users.display())
    }

    /// The paths of all files below a folder, in order, with `/` between the parts.
    pub fn files(dir: &Path) -> Result<Vec<String>> {
        let mut files = Vec::new();
        let mut dirs = vec![dir.to_owned()];
        while let Some(current) = dirs.pop() {
            for entry in fs_err::read_dir(&current)? {
                let path = entry?.path();
                if path.is_dir() {
                    dirs.push(path);
                } else {
                    files.push(path.strip_prefix(dir)?.to_string_lossy().into_owned());
                }
            }
        }
        files.sort();
        Ok(files)
    }

    /// A key of the registry; none if there is no such key.
    pub async fn key(&mut self, key: &str) -> Result<Option<Key>> {
        let file = self.disk().join("exported.reg");
        let args = ["export", key, "C:\\exported.reg", "/y"];
        if self.run("reg", &args, SOON).await?.code()? != 0 {
            return Ok(None);
        }
        let bytes = fs_err::read(&file)?;
        fs_err::remove_file(&file)?;
        Key::parse(&bytes).map(Some)
    }

    /// Sets a text in the registry; the value without a name is `@`.
    pub async fn set(&mut self, key: &str, name: &str, value: &str) -> Result<()> {
        self.set_typed(key, name, "REG_SZ", value).await
    }

    /// Sets a number in the registry.
    pub async fn set_number(&mut self, key: &str, name: &str, value: u32) -> Result<()> {
        self.set_typed(key, name, "REG_DWORD", &value.to_string()).await
    }

    async fn set_typed(&mut self, key: &str, name: &str, kind: &str, value: &str) -> Result<()> {
        let named = ["/v", name];
        let name = if name == "@" { &["/ve"][..] } else { &named[..] };
        let args = [&["add", key], name, &["/t", kind, "/d", value, "/f"]].concat();
        self.run("reg", &args, SOON).await?.expect_code(0).map(drop)
    }
}

impl Drop for Wine {
    fn drop(&mut self) {
        // Its server leaves the group on purpose, and would go on.
        let mut command = self.command("wineserver");
        let _ = command.arg("--kill").status();
    }
}
