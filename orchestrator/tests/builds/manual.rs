//! The program about itself: manual pages that a manual's reader takes without a word, and completions that a shell loads.

use std::{collections::BTreeSet, path::Path, process::Stdio};

use anyhow::{Result, ensure};
use orchestrator::state::BuildState;
use tokio::process::Command;

use super::desk::{Desk, files_below};

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

/// The rows of the table below a heading, each with its cells.
fn rows<'a>(page: &'a str, heading: &str) -> Vec<Vec<&'a str>> {
    let from = page.split_once(heading).map_or("", |(_, rest)| rest);
    let lines = from.lines().skip_while(|line| !line.starts_with('|')).skip(2);
    let cells = |line: &'a str| line.trim_matches('|').split(" | ").map(str::trim).collect();
    lines.take_while(|line| line.starts_with('|')).map(cells).collect()
}

/// The variables that a text names in words of code.
fn variables(text: &str) -> BTreeSet<&str> {
    let words = text.split('`').skip(1).step_by(2);
    words
        .filter(|word| word.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_'))
        .collect()
}

#[tokio::test]
async fn the_guide_and_the_program_say_the_same() -> Result<()> {
    const GUIDE: &str = include_str!("../../../docs/orchestrator.md");
    let desk = Desk::new().await?;
    let reference = desk.run(&["manual", "--form", "markdown"]).await?.ok().stdout;

    let codes = rows(&reference, "## Exit codes");
    assert!(codes.len() > 5, "{reference}");
    for code in codes {
        let row = format!("| {} | {} |", code[0], code[1]);
        assert!(GUIDE.contains(&row), "not in the guide: {row}");
    }
    for state in BuildState::ALL {
        assert!(GUIDE.contains(&format!("`{state}`")), "not in the guide: {state}");
    }
    let known: BTreeSet<_> = rows(&reference, "## Environment").into_iter().flatten().collect();
    let known: BTreeSet<_> = known.into_iter().flat_map(variables).collect();
    let told = variables(GUIDE);
    let missing: Vec<_> = known.difference(&told).collect();
    assert!(missing.is_empty(), "not in the guide: {missing:?}");
    let read = variables_of_the_code()?;
    let missing: Vec<_> = read.iter().filter(|name| !known.contains(name.as_str())).collect();
    assert!(read.len() > 10 && missing.is_empty(), "not in the reference: {missing:?}");
    Ok(())
}

/// The variables that the code reads: constants by their values, and attributes of the command line.
fn variables_of_the_code() -> Result<BTreeSet<String>> {
    let name = regex::Regex::new(r#""((?:DESKWRIGHT|GITHUB|GH)_[A-Z_]+|NO_COLOR)""#)?;
    let mut found = BTreeSet::new();
    for file in files_below(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")))? {
        let text = fs_err::read_to_string(file)?;
        found.extend(name.captures_iter(&text).map(|one| one[1].to_owned()));
    }
    Ok(found)
}
