//! Copies of repositories that act can run: references to the repository itself, `$/…`, are written in a form that it knows.

use std::{
    path::{Component, Path, PathBuf},
    time::Duration,
};

use anyhow::{Context as _, Result, bail};

use super::programs;
use crate::{
    git::{Git, Object},
    process,
};

/// Git works on some hundred small files here.
const LIMIT: Duration = Duration::from_secs(60);
/// What act knows of `$/path`: this repository at the running commit, by a name that is mapped to a folder.
const SELF: &str = "deskwright/deskwright/";
/// The commit's name in a copy.
const SELF_REF: &str = "@local";
/// The references by which workflows name our repository: the running commit, and the major version.
pub(super) const OWN_REFS: &[&str] = &["deskwright/deskwright@local", "deskwright/deskwright@v1"];
const EXECUTABLE: &str = "100755";
const LINK: &str = "120000";

/// Copies what git tracks or would track.
pub async fn tracked(from: &Path, to: &Path) -> Result<()> {
    let mut git = process::command("git");
    git.args(["ls-files", "--cached", "--others", "--exclude-standard"]).current_dir(from);
    let listing = programs::output(git, LIMIT).await?;
    if to.exists() {
        fs_err::remove_dir_all(to)?;
    }
    for name in listing.lines() {
        let (from, to) = (from.join(name), to.join(name));
        if from.is_file() {
            fs_err::create_dir_all(to.parent().context("a file has a folder")?)?;
            fs_err::copy(&from, &to)?;
        }
    }
    Ok(())
}

/// Spells out `$/…` in the workflows and actions of a copy.
pub fn spell_out(copy: &Path) -> Result<()> {
    for file in yaml_files(copy)? {
        fs_err::write(&file, spelled_out(&fs_err::read_to_string(&file)?))?;
    }
    Ok(())
}

/// Makes a folder a repository with one commit, as a checkout is, and gives the commit's name.
pub async fn commit(folder: &Path) -> Result<String> {
    let identity =
        ["-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"];
    let git = |args: &[&str]| {
        let mut git = process::command("git");
        git.args(identity).args(args).current_dir(folder);
        git
    };
    for args in [
        &["init", "--quiet", "--initial-branch", "main"][..],
        &["add", "--all"],
        &["commit", "--quiet", "--message", "Start"],
    ] {
        programs::output(git(args), LIMIT).await?;
    }
    Ok(programs::output(git(&["rev-parse", "HEAD"]), LIMIT).await?.trim().to_owned())
}

/// Writes the files of a commit, with `$/…` spelled out.
pub(super) fn of_commit(git: &Git, commit: &str, to: &Path) -> Result<()> {
    let tree = git.tree_of(commit).with_context(|| format!("no such commit: {commit}"))?;
    for (path, entry) in git.files(tree) {
        let Some(Object::Blob(bytes)) = git.object(&entry.sha) else { continue };
        if !Path::new(&path).components().all(|part| matches!(part, Component::Normal(_))) {
            bail!("a path leads out of the repository: {path}");
        }
        let place = to.join(&path);
        fs_err::create_dir_all(place.parent().context("a file has a folder")?)?;
        match std::str::from_utf8(bytes) {
            Ok(target) if entry.mode == LINK => fs_err::os::unix::fs::symlink(target, &place)?,
            _ => fs_err::write(&place, bytes)?,
        }
        if entry.mode == EXECUTABLE {
            use std::os::unix::fs::PermissionsExt as _;
            fs_err::set_permissions(&place, std::fs::Permissions::from_mode(0o755))?;
        }
    }
    spell_out(to)
}

/// The third-party actions of a copy, as `owner/name@commit`.
pub(super) fn third_party(copy: &Path) -> Result<Vec<String>> {
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
    let (actions, workflows) = (copy.join("actions"), copy.join(".github/workflows"));
    if actions.is_dir() {
        for folder in fs_err::read_dir(actions)? {
            files.push(folder?.path().join("action.yml"));
        }
    }
    if workflows.is_dir() {
        for file in fs_err::read_dir(workflows)? {
            files.push(file?.path());
        }
    }
    // A link may lead anywhere, and what it leads to is not ours to write.
    files.retain(|file| fs_err::symlink_metadata(file).is_ok_and(|found| found.is_file()));
    Ok(files)
}

fn spelled_out(text: &str) -> String {
    let line = |line: &str| match line.split_once("uses: $/") {
        Some((before, path)) => format!("{before}uses: {SELF}{path}{SELF_REF}\n"),
        None => format!("{line}\n"),
    };
    text.lines().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::{of_commit, spelled_out, third_party};
    use crate::git::{Entry, Files, Git, Person};

    #[test]
    fn a_commit_becomes_the_files_that_it_has() {
        let dir = tempfile::tempdir().unwrap();
        let mut git = Git::default();
        let mut files = Files::new();
        for (path, mode, content) in [
            ("run.sh", "100755", "#!/bin/sh\n"),
            ("link", "120000", "run.sh"),
            ("web/a.bin", "100644", "a\r\n"),
            (".github/workflows/build.yml", "100644", "      uses: $/actions/setup\n"),
        ] {
            let sha = git.blob(content.as_bytes().to_vec());
            files.insert(path.to_owned(), Entry { mode: mode.to_owned(), sha });
        }
        let tree = git.tree(&files);
        let commit = git.commit(&tree, &[], "Start", Person::bot());
        of_commit(&git, &commit, dir.path()).unwrap();
        let read = |path: &str| fs_err::read_to_string(dir.path().join(path)).unwrap();
        assert_eq!(read("web/a.bin"), "a\r\n");
        assert_eq!(fs_err::read_link(dir.path().join("link")).unwrap().to_str(), Some("run.sh"));
        let workflow = read(".github/workflows/build.yml");
        assert_eq!(workflow, "      uses: deskwright/deskwright/actions/setup@local\n");
        let permissions = fs_err::metadata(dir.path().join("run.sh")).unwrap().permissions();
        assert!(std::os::unix::fs::PermissionsExt::mode(&permissions) & 0o111 != 0);
        of_commit(&git, "0000", dir.path()).unwrap_err();

        let sha = git.blob(b"out".to_vec());
        files.insert("../out".to_owned(), Entry { mode: "100644".to_owned(), sha });
        let tree = git.tree(&files);
        let commit = git.commit(&tree, &[], "Out", Person::bot());
        let refused = of_commit(&git, &commit, &dir.path().join("inner")).unwrap_err();
        assert!(refused.to_string().contains("leads out"), "{refused}");
        assert!(!dir.path().join("out").exists());
    }

    #[test]
    fn only_actions_of_others_are_third_party() {
        let dir = tempfile::tempdir().unwrap();
        let text = spelled_out(
            "- uses: actions/cache@abc # v6\n- uses: $/actions/plan\n- uses: actions/cache@abc\n",
        );
        fs_err::create_dir_all(dir.path().join("actions/setup")).unwrap();
        fs_err::write(dir.path().join("actions/setup/action.yml"), text).unwrap();
        assert_eq!(third_party(dir.path()).unwrap(), ["actions/cache@abc"]);
    }
}
