//! The few lines of shell: no expression in them, short, clean by shellcheck, and only commands that exist.

use std::{path::PathBuf, time::Duration};

use anyhow::Result;
use tests::{
    process,
    xtask::{Xtask, repo_root, tool},
};

use crate::documents::{Step, actions, workflows};

/// Lines of a step's script beyond which it is a program and belongs into one.
const LINE_LIMIT: usize = 10;
/// Nothing here takes longer than reading some files.
const LIMIT: Duration = Duration::from_secs(60);

#[test]
fn scripts_are_short_and_take_no_expression() -> Result<()> {
    for document in workflows()?.iter().chain(&actions()?) {
        for step in document.steps() {
            let Some(run) = step.run() else { continue };
            assert!(!run.contains("${{"), "an expression in a script: {}", step.place());
            assert!(run.lines().count() <= LINE_LIMIT, "too long: {}", step.place());
        }
    }
    Ok(())
}

#[tokio::test]
async fn scripts_are_clean_by_shellcheck() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mut files = shell_files()?;
    let documents: Vec<_> = workflows()?.into_iter().chain(actions()?).collect();
    let steps: Vec<_> = documents.iter().flat_map(|document| document.steps()).collect();
    for (number, (step, run)) in
        steps.iter().filter_map(|step| Some((step, step.run()?))).enumerate()
    {
        let file = folder.path().join(format!("{number}.sh"));
        // What GitHub starts `shell: bash` with.
        fs_err::write(
            &file,
            format!("#!/usr/bin/env bash\n# {}\nset -eo pipefail\n{run}\n", step.place()),
        )?;
        files.push(file);
    }
    assert!(files.len() > 20, "scripts were found");
    let mut shellcheck = process::command(tool("shellcheck")?);
    // Capital names come from the step's `env:`, which shellcheck does not see.
    shellcheck.args(["--shell", "bash", "--severity", "style", "--exclude", "SC2153"]).args(&files);
    process::run(&mut shellcheck, LIMIT).await?.expect_code(0)?;
    Ok(())
}

fn shell_files() -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for folder in fs_err::read_dir(repo_root()?.join("actions"))? {
        let folder = folder?.path();
        if folder.is_dir() {
            for file in fs_err::read_dir(folder)? {
                let file = file?.path();
                if file.extension().is_some_and(|extension| extension == "sh") {
                    files.push(file);
                }
            }
        }
    }
    Ok(files)
}

#[tokio::test]
async fn scripts_call_only_commands_and_options_that_exist() -> Result<()> {
    let mut checked = 0;
    let documents: Vec<_> = workflows()?.into_iter().chain(actions()?).collect();
    let steps: Vec<_> = documents.iter().flat_map(|document| document.steps()).collect();
    let mut scripts: Vec<_> = steps.iter().filter_map(Step::run).map(str::to_owned).collect();
    for file in shell_files()? {
        let text = fs_err::read_to_string(file)?;
        scripts.push(text.lines().filter(|line| !line.trim_start().starts_with('#')).fold(
            String::new(),
            |mut code, line| {
                code.push_str(line);
                code.push('\n');
                code
            },
        ));
    }
    for script in &scripts {
        for call in script.split("xtask ").skip(1) {
            let words: Vec<_> =
                call.lines().next().unwrap_or_default().split_whitespace().collect();
            let Some(command) =
                words.first().filter(|word| word.bytes().all(|b| b.is_ascii_lowercase()))
            else {
                continue;
            };
            let mut args = vec![*command];
            args.extend(words.get(1).filter(|_| *command == "runtime"));
            args.push("--help");
            let help = Xtask::new()?.run(&args, LIMIT).await?.expect_code(0)?;
            let options = script.split(|c: char| !(c.is_ascii_lowercase() || c == '-'));
            let is_ours = script.matches("xtask ").count() == 1 && !script.contains("cargo ");
            for option in options.filter(|word| word.starts_with("--") && word.len() > 2 && is_ours)
            {
                if !["--raw-output", "--arg", "--exit-status"].contains(&option) {
                    assert!(help.stdout.contains(option), "`xtask {command}` has no `{option}`");
                }
            }
            checked += 1;
        }
    }
    assert!(checked > 8, "calls were found");
    Ok(())
}
