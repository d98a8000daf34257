//! Copies of this repository that act can run: our own references rewritten into a form that it knows.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context as _, Result};
use tests::{process, xtask::repo_root};

/// Git works on some hundred small files here.
const LIMIT: Duration = Duration::from_secs(60);
/// What act knows of `$/path`: this repository at the running commit, by a name that is mapped to a folder.
const SELF: &str = "deskwright/deskwright/";
/// The commit's name in a copy.
const SELF_REF: &str = "@local";

/// Copies what git tracks or would track, with `$/…` spelled out.
pub(crate) async fn repository(to: &Path) -> Result<()> {
    let root = repo_root()?;
    let mut git = process::command("git");
    git.args(["ls-files", "--cached", "--others", "--exclude-standard"]).current_dir(&root);
    let listing = process::run(&mut git, LIMIT).await?.expect_code(0)?.stdout;
    if to.exists() {
        fs_err::remove_dir_all(to)?;
    }
    for name in listing.lines() {
        let (from, to) = (root.join(name), to.join(name));
        if !from.is_file() {
            continue;
        }
        fs_err::create_dir_all(to.parent().context("a file has a folder")?)?;
        fs_err::copy(&from, &to)?;
        if name.ends_with(".yml") {
            fs_err::write(&to, spelled_out(&fs_err::read_to_string(&from)?))?;
        }
    }
    Ok(())
}

/// Makes a folder a repository with one commit, as a checkout is, and gives the commit's name.
pub(crate) async fn commit(folder: &Path) -> Result<String> {
    let identity =
        ["-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"];
    for args in [
        &["init", "--quiet", "--initial-branch", "main"][..],
        &["add", "--all"],
        &["commit", "--quiet", "--message", "Start"],
    ] {
        let mut git = process::command("git");
        git.args(identity).args(args).current_dir(folder);
        process::run(&mut git, LIMIT).await?.expect_code(0)?;
    }
    let mut git = process::command("git");
    git.args(["rev-parse", "HEAD"]).current_dir(folder);
    Ok(process::run(&mut git, LIMIT).await?.expect_code(0)?.stdout.trim().to_owned())
}

/// The third-party actions of the copy, as `owner/name@commit`.
pub(crate) fn third_party(copy: &Path) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for file in yaml_files(copy)? {
        for line in fs_err::read_to_string(file)?.lines() {
            let uses =
                line.split_once("uses: ").map(|(_, uses)| uses.split(' ').next().unwrap_or(uses));
            found.extend(uses.filter(|uses| uses.starts_with("actions/")).map(str::to_owned));
        }
    }
    found.sort();
    found.dedup();
    Ok(found)
}

fn yaml_files(copy: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for folder in fs_err::read_dir(copy.join("actions"))? {
        files.push(folder?.path().join("action.yml"));
    }
    for file in fs_err::read_dir(copy.join(".github/workflows"))? {
        files.push(file?.path());
    }
    files.retain(|file| file.is_file());
    Ok(files)
}

fn spelled_out(text: &str) -> String {
    let line = |line: &str| match line.split_once("uses: $/") {
        Some((before, path)) => format!("{before}uses: {SELF}{path}{SELF_REF}\n"),
        None => format!("{line}\n"),
    };
    text.lines().map(line).collect()
}
