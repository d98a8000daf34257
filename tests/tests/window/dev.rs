//! `cargo xtask dev`: what one changes shows, what one breaks is told, and both ends are one.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use tempfile::TempDir;
use tests::{
    desktop::Desktop,
    process::Running,
    servers::{Page, Site},
    watch,
    xtask::Xtask,
};

use crate::support::{SOON, packed_config, runtime_of};

/// Tells the bridge what it shows, each time that it has loaded.
const SCRIPT: &str = "Desktopr.ready.then(() => Desktopr.events.emit('shown', document.querySelector('h1').textContent));";

/// A run of `dev`, whose output can be waited for.
struct Dev {
    desktop: Desktop,
    project: TempDir,
    output: TempDir,
    running: Running,
}

impl Dev {
    async fn start(config: &Value, files: &[(&str, &str)]) -> Result<Dev> {
        // Compiled here if it is not there, with the time that it takes.
        runtime_of(&["--debug"]).await?;
        let (desktop, project, output) =
            (Desktop::start().await?, tempfile::tempdir()?, tempfile::tempdir()?);
        for (path, text) in files {
            write(&project.path().join(path), text)?;
        }
        write(&project.path().join("app.json"), &config.to_string())?;
        let xtask = Xtask::new()?;
        let config = project.path().join("app.json").display().to_string();
        let real = xtask.command_on(&desktop, &["--format", "json", "dev", &config])?;
        // A shell in its place first, which sends the output where it can be watched.
        let mut command = tests::process::command("sh");
        command.args(["-c", "exec \"$0\" \"$@\" >out 2>err"]);
        command
            .arg(real.get_program())
            .args(real.get_args())
            .current_dir(output.path())
            .env_clear();
        command.envs(real.get_envs().filter_map(|(name, value)| Some((name, value?))));
        let running = Running::start(&mut command)?;
        Ok(Dev { desktop, project, output, running })
    }

    fn file(&self, path: &str) -> PathBuf {
        self.project.path().join(path)
    }

    /// Waits until `find` finds something in what was written so far.
    async fn wait<T>(&self, file: &str, what: &str, find: impl Fn(&str) -> Option<T>) -> Result<T> {
        let path = self.output.path().join(file);
        let text = || fs_err::read_to_string(&path).unwrap_or_default();
        let found = watch::until(self.output.path(), || Ok(find(&text())));
        let said = || {
            let err = fs_err::read_to_string(self.output.path().join("err"));
            format!("waited in vain for {what}\n{}\n{}", text(), err.unwrap_or_default())
        };
        tokio::time::timeout(SOON, found).await.with_context(said)?
    }

    /// Waits for the `nth` line about a page that shows this text.
    async fn wait_for_shown(&self, text: &str, nth: usize) -> Result<Value> {
        let args = json!({ "event": "shown", "payload": text }).to_string();
        let is_it = |line: &Value| line["command"] == "events_emit" && line["args"] == args;
        self.wait("out", &format!("a page with `{text}`"), |out| {
            let lines = out.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
            lines.filter(is_it).nth(nth - 1)
        })
        .await
    }

    async fn wait_for_word(&self, word: &str) -> Result<()> {
        self.wait("err", word, |err| err.contains(word).then_some(())).await
    }
}

/// As editors save: another file first, then in the place of the old one.
fn write(path: &Path, text: &str) -> Result<()> {
    fs_err::create_dir_all(path.parent().context("a file has a folder")?)?;
    let beside = path.with_extension("new~");
    fs_err::write(&beside, text)?;
    Ok(fs_err::rename(beside, path)?)
}

fn page(text: &str) -> String {
    format!("<!doctype html><title>Page</title><h1>{text}</h1><script src=\"/page.js\"></script>")
}

/// Two runs of one app are refused, so each test has one of its own.
fn config(id: &str, title: &str) -> Value {
    let mut config = packed_config(id);
    config["window"] = json!({ "title": title });
    config
}

#[tokio::test]
async fn what_changes_shows_and_what_breaks_is_told() -> Result<()> {
    let files = [("web/index.html", &*page("one")), ("web/page.js", SCRIPT)];
    let dev = Dev::start(&config("changing", "First"), &files).await?;
    let first = dev.desktop.wait_for_window("First", SOON).await?;
    let call = dev.wait_for_shown("one", 1).await?;
    assert_eq!((&call["window"], &call["result"]), (&json!("main"), &json!("null")), "{call}");

    write(&dev.file("web/index.html"), &page("two"))?;
    dev.wait_for_shown("two", 1).await?;
    // Some tools make the whole folder anew.
    fs_err::remove_dir_all(dev.file("web"))?;
    write(&dev.file("web/page.js"), SCRIPT)?;
    write(&dev.file("web/index.html"), &page("three"))?;
    dev.wait_for_shown("three", 1).await?;
    write(&dev.file("web/index.html"), &page("four"))?;
    dev.wait_for_shown("four", 1).await?;

    let mut broken = config("changing", "Second");
    broken["window"]["widht"] = json!(900);
    write(&dev.file("app.json"), &broken.to_string())?;
    dev.wait_for_word("window.widht: unknown field: `widht`").await?;
    dev.wait_for_word("the app as it is").await?;
    let windows = dev.desktop.windows()?;
    assert!(windows.iter().any(|window| window.id == first.id), "it goes on: {windows:?}");
    write(&dev.file("app.json"), &config("changing", "Second").to_string())?;
    dev.wait_for_word("Restarting the config has changed").await?;
    let second = dev.desktop.wait_for_window("Second", SOON).await?;
    assert_ne!(second.pid, first.pid);
    dev.wait_for_shown("four", 2).await?;

    write(
        &dev.file("web/page.js"),
        "console.error('seen by nobody else'); Desktopr.ready.then(() => Desktopr.window.close('nobody'));",
    )?;
    let failed = |out: &str| {
        let lines = out.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        lines.into_iter().find(|line| line["log"] == "call" && line["error"].is_object())
    };
    let failed = dev.wait("out", "a call that fails", failed).await?;
    assert_eq!(failed["error"]["code"], "window/unknown-label", "{failed}");
    dev.wait("out", "the console", |out| out.contains("seen by nobody else").then_some(())).await?;

    dev.desktop.close(second.id)?;
    dev.running.wait(SOON).await?.expect_code(0)?;
    Ok(())
}

#[tokio::test]
async fn a_server_for_development_is_shown_with_the_bridge() -> Result<()> {
    let site = Site::start()?;
    site.page("/", Page::html(&page("served")));
    site.page("/page.js", Page::script(SCRIPT));
    let mut config = config("served", "Served");
    config["content"]["devUrl"] = json!(site.localhost_url("/"));
    let files = [("web/index.html", &*page("packed")), ("web/page.js", SCRIPT)];
    let dev = Dev::start(&config, &files).await?;
    dev.wait_for_shown("served", 1).await?;
    let window = dev.desktop.wait_for_window("Served", SOON).await?;

    let pid = Pid::from_raw(i32::try_from(dev.running.pid())?).context("a process has a number")?;
    kill_process(pid, Signal::INT)?;
    dev.running.wait(SOON).await?.expect_code(0)?;
    dev.desktop.wait_for_no_window(window.id, SOON).await
}
