//! The git checkout that a config is in.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use url::Url;

use crate::{Host, RepoName, error, process::git};

/// A checkout on this machine.
#[derive(Debug, Clone)]
pub struct Checkout {
    /// With no link in it.
    root: PathBuf,
}

impl Checkout {
    /// The folder that git keeps its own things in, around a folder: for who looks at many configs of few checkouts.
    pub fn landmark(dir: &Path) -> Option<PathBuf> {
        let around = dir.ancestors().find(|folder| folder.join(".git").exists());
        around.map(Path::to_owned)
    }

    /// The checkout around a folder.
    pub async fn find(dir: &Path) -> anyhow::Result<Self> {
        let hint = "put the config into a repository that is on GitHub";
        let refused = || error::usage(format!("not in a git checkout: {}", dir.display()), hint);
        let root = git(dir, &["rev-parse", "--show-toplevel"], "").await?.ok_or_else(refused)?;
        Ok(Self { root: fs_err::canonicalize(root.trim_end_matches(['\r', '\n']))? })
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The repository on GitHub that the checkout belongs to: that of the branch's remote, else of `origin`.
    pub async fn repository(&self) -> anyhow::Result<(Host, RepoName)> {
        let hint = "name the repository with `--repo OWNER/NAME`";
        let branch = git(&self.root, &["symbolic-ref", "--short", "HEAD"], "").await?;
        let key = branch.map(|branch| format!("branch.{}.remote", branch.trim()));
        let remote = match &key {
            Some(key) => git(&self.root, &["config", "--get", key], "").await?,
            None => None,
        };
        let remote = remote.map_or_else(|| "origin".to_owned(), |name| name.trim().to_owned());
        let address = git(&self.root, &["remote", "get-url", &remote], "").await?;
        let address = address.ok_or_else(|| {
            error::usage(
                format!("the checkout has no remote `{remote}`: {}", self.root.display()),
                hint,
            )
        })?;
        parse_remote(address.trim()).ok_or_else(|| {
            error::usage(format!("the remote `{remote}` is no repository on a GitHub"), hint)
        })
    }

    /// The path of a file from the root, with slashes.
    pub(crate) fn path_of(&self, file: &Path) -> anyhow::Result<String> {
        let folder = file.parent().context("a file has a folder")?;
        let name = file.file_name().context("a file has a name")?;
        let whole = fs_err::canonicalize(folder)?.join(name);
        let hint = "move it into the repository: a build sees nothing else";
        let outside = || error::usage(format!("not in the checkout: {}", file.display()), hint);
        let path = whole.strip_prefix(&self.root).map_err(|_| outside())?;
        let text = path.to_str().ok_or_else(|| {
            error::usage(format!("the name is no text: {}", file.display()), "rename the file")
        })?;
        Ok(if cfg!(windows) { text.replace('\\', "/") } else { text.to_owned() })
    }

    /// Files below a folder that git tracks or would track.
    pub(super) async fn tracked_below(&self, dir: &Path) -> anyhow::Result<Vec<PathBuf>> {
        let args = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
        let listed = git(dir, &args, "").await?.context("git lists no files")?;
        let mut files: Vec<_> =
            listed.split('\0').filter(|name| !name.is_empty()).map(|name| dir.join(name)).collect();
        // What was deleted and not committed is still listed; the comparison with GitHub does not need it.
        files.retain(|file| file.is_file());
        Ok(files)
    }

    /// Git's names for the content of files, as they would be committed, by path from the root.
    pub(super) async fn hashes(
        &self,
        files: &[PathBuf],
    ) -> anyhow::Result<BTreeMap<String, String>> {
        let mut paths = Vec::new();
        for file in files {
            if !file.is_file() {
                let hint = "create it, or correct the config";
                return Err(error::usage(format!("no such file: {}", file.display()), hint));
            }
            let path = self.path_of(file)?;
            if path.contains('\n') {
                let message = format!("the name has a line break: {}", file.display());
                return Err(error::usage(message, "rename the file"));
            }
            paths.push(path);
        }
        let args = ["hash-object", "--stdin-paths"];
        let hashes = git(&self.root, &args, &(paths.join("\n") + "\n")).await?;
        let hashes = hashes.context("git does not hash the files")?;
        Ok(paths.into_iter().zip(hashes.lines().map(str::to_owned)).collect())
    }
}

/// Host and repository of a remote's address, in any form that git takes.
fn parse_remote(address: &str) -> Option<(Host, RepoName)> {
    let (host, path) = match Url::parse(address) {
        Ok(url) if matches!(url.scheme(), "https" | "http" | "ssh" | "git") => {
            (url.host_str()?.to_owned(), url.path().to_owned())
        }
        Ok(_) => return None,
        // git@host:owner/name
        Err(_) => {
            let (host, path) = address.split_once(':')?;
            (host.rsplit('@').next()?.to_owned(), path.to_owned())
        }
    };
    let path = path.trim_matches('/');
    let repo = path.strip_suffix(".git").unwrap_or(path).parse().ok()?;
    // GitHub's address for SSH through the port of HTTPS.
    let host = if host == "ssh.github.com" { "github.com" } else { &host };
    Some((Host::parse(&format!("https://{host}")).ok()?, repo))
}

#[cfg(test)]
mod tests {
    use super::parse_remote;

    #[test]
    fn remotes_in_every_form() {
        for address in [
            "https://github.com/me/apps.git",
            "https://token@github.com/me/apps",
            "git@github.com:me/apps.git",
            "ssh://git@github.com/me/apps.git",
            "ssh://git@ssh.github.com:443/me/apps.git",
        ] {
            let (host, repo) = parse_remote(address).unwrap();
            assert_eq!((host.name(), repo.to_string().as_str()), ("github.com", "me/apps"));
        }
        let (host, _) = parse_remote("git@git.example.com:me/apps").unwrap();
        assert_eq!(host.api().as_str(), "https://git.example.com/api/v3");
        for wrong in ["/home/me/apps", "file:///home/me/apps", "git@github.com:apps", "C:\\apps"] {
            assert!(parse_remote(wrong).is_none(), "{wrong}");
        }
    }
}
