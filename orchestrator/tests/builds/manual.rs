//! The program about itself: manual pages that a manual's reader takes without a word, and completions that a shell loads.

use std::process::Stdio;

use anyhow::{Result, ensure};
use tokio::process::Command;

use super::desk::Desk;

/// What the program has for people; `help` is clap's own.
const COMMANDS: [&str; 16] = [
    "build",
    "dispatch",
    "fleet",
    "doctor",
    "watch",
    "logs",
    "cancel",
    "retry",
    "collect",
    "resume",
    "runs",
    "builds",
    "prune",
    "release",
    "completions",
    "manual",
];

async fn checked(program: &str, args: &[&str]) -> Result<()> {
    #[expect(clippy::disallowed_methods, reason = "tests start readers here")]
    let mut command = std::process::Command::new(program);
    command.args(args).stdin(Stdio::null());
    let output = Command::from(command).output().await?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success() && said.is_empty(), "{program} {args:?}: {said}");
    Ok(())
}

#[tokio::test]
async fn every_command_has_a_manual_page() -> Result<()> {
    let desk = Desk::new().await?;
    let dir = desk.dir.path().join("man");
    let folder = dir.display().to_string();
    desk.run(&["manual", "--dir", &folder]).await?.ok();
    for command in COMMANDS {
        let page = dir.join(format!("deskwright-{command}.1")).display().to_string();
        checked("groff", &["-man", "-ww", "-z", "-Tutf8", &page]).await?;
    }
    checked("groff", &["-man", "-ww", "-z", "-Tutf8", &format!("{folder}/deskwright.1")]).await
}

#[tokio::test]
async fn completions_are_taken_by_a_shell() -> Result<()> {
    let desk = Desk::new().await?;
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let said = desk.run(&["completions", shell]).await?.ok();
        for command in COMMANDS {
            assert!(said.stdout.contains(command), "{shell} does not know {command}");
        }
        if shell == "bash" {
            let file = desk.dir.path().join("completions.bash");
            fs_err::write(&file, &said.stdout)?;
            let words = format!(
                "source '{}'; COMP_WORDS=(deskwright fl); COMP_CWORD=1; \
                 _deskwright deskwright fl deskwright; test \"${{COMPREPLY[*]}}\" = fleet",
                file.display()
            );
            checked("bash", &["-euc", &words]).await?;
        }
    }
    Ok(())
}
