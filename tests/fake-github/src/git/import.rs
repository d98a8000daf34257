//! A real checkout's commit, taken over with git's own names.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    path::Path,
    process::{Command, Stdio},
};

use anyhow::{Context as _, Result, bail};
use bytes::Bytes;

use super::{Entry, Files, Git, Object, Person};
use crate::process;

impl Git {
    /// Puts a branch at the commit that a folder is at, with all its files: everything that is committed there, and nothing
    /// else. Its parents are named and not there. Runs `git`.
    pub fn import(&mut self, branch: &str, dir: &Path) -> Result<String> {
        let commit = text(dir, &["rev-parse", "HEAD"])?.trim().to_owned();
        let mut files = Files::new();
        for line in
            text(dir, &["ls-tree", "-r", "-z", "--full-tree", "HEAD"])?.split_terminator('\0')
        {
            let (about, path) = line.split_once('\t').context("git lists a path after a tab")?;
            let mut fields = about.split(' ');
            let (Some(mode), Some("blob"), Some(sha)) =
                (fields.next(), fields.next(), fields.next())
            else {
                // A submodule has no content here.
                continue;
            };
            files.insert(path.to_owned(), Entry { mode: mode.to_owned(), sha: sha.to_owned() });
        }
        self.read_blobs(dir, &files)?;
        let tree = self.tree(&files);
        let about =
            text(dir, &["show", "--no-patch", "--format=%T%n%P%n%an%n%ae%n%at%n%B", "HEAD"])?;
        let mut lines = about.splitn(6, '\n');
        let mut next = || lines.next().context("git tells six things about a commit");
        if next()? != tree {
            bail!("the tree has another name than git gives it: {tree}");
        }
        let parents = next()?.split_whitespace().map(str::to_owned).collect();
        let (name, email) = (next()?.to_owned(), next()?.to_owned());
        let date = jiff::Timestamp::from_second(next()?.parse()?)?;
        let author = Person { name, email, date };
        let message = next()?.trim_end().to_owned();
        let object = Object::Commit { tree, parents, message, author };
        self.objects.insert(commit.clone(), object);
        self.refs.insert(format!("refs/heads/{branch}"), commit.clone());
        Ok(commit)
    }

    /// Asks one git for all files.
    fn read_blobs(&mut self, dir: &Path, files: &Files) -> Result<()> {
        let mut git = git(dir, &["cat-file", "--batch"]).stdin(Stdio::piped()).spawn()?;
        let mut asked = git.stdin.take().context("git takes names")?;
        let names: Vec<_> = files.values().map(|entry| entry.sha.clone()).collect();
        // On a thread of its own: git answers before it has read all.
        let asking =
            std::thread::spawn(move || names.iter().try_for_each(|name| writeln!(asked, "{name}")));
        let mut answers = BufReader::new(git.stdout.take().context("git answers")?);
        for entry in files.values() {
            let mut about = String::new();
            answers.read_line(&mut about)?;
            let size = about.trim().rsplit(' ').next().and_then(|size| size.parse().ok());
            let size: usize = size.with_context(|| format!("git does not know: {about}"))?;
            // A line break ends each.
            let mut bytes = vec![0; size + 1];
            answers.read_exact(&mut bytes)?;
            bytes.truncate(size);
            self.objects.insert(entry.sha.clone(), Object::Blob(Bytes::from(bytes)));
        }
        if !asking.join().is_ok_and(|asked| asked.is_ok()) || !git.wait()?.success() {
            bail!("git has failed in: {}", dir.display());
        }
        Ok(())
    }
}

fn text(dir: &Path, arguments: &[&str]) -> Result<String> {
    let output =
        git(dir, arguments).stderr(Stdio::piped()).output().context("git did not start")?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("git {} failed: {}", arguments.join(" "), said.trim());
    }
    Ok(String::from_utf8(output.stdout)?)
}

fn git(dir: &Path, arguments: &[&str]) -> Command {
    let mut command = process::command("git");
    command.arg("-C").arg(dir).args(arguments).stdout(Stdio::piped());
    command
}
