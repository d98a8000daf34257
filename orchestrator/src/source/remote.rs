//! A repository on GitHub at a reference: whether it can build at all, and the hashes of its files.

use std::{collections::BTreeMap, fmt};

use serde::Deserialize;

use crate::{Github, error, github::found};

/// Digits of a commit that tell it from others, for people.
const SHORT_COMMIT: usize = 9;

/// A reference, with the files that it has.
#[derive(Debug)]
pub(crate) struct Origin {
    repository: String,
    pub(crate) reference: String,
    pub(crate) commit: String,
    /// Git's name for the content, by path.
    pub(super) files: BTreeMap<String, String>,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let commit = self.commit.get(..SHORT_COMMIT).unwrap_or(&self.commit);
        write!(f, "{} of {} ({commit})", self.reference, self.repository)
    }
}

#[derive(Debug, Deserialize)]
struct Repository {
    default_branch: String,
    #[serde(default)]
    archived: bool,
    #[serde(default)]
    disabled: bool,
}

#[derive(Debug, Deserialize)]
struct Reference {
    object: Object,
}

#[derive(Debug, Deserialize)]
struct Object {
    sha: String,
}

#[derive(Debug, Deserialize)]
struct Tree {
    tree: Vec<Entry>,
    #[serde(default)]
    truncated: bool,
}

#[derive(Debug, Deserialize)]
struct Entry {
    path: String,
    sha: String,
    #[serde(rename = "type")]
    kind: String,
}

impl Origin {
    /// Looks at the repository: four requests. `reference` is a branch or a tag; none: the default branch.
    pub(crate) async fn find(
        github: &Github,
        workflow: &str,
        reference: Option<&str>,
    ) -> anyhow::Result<Self> {
        let repository: Repository =
            found(github.get(github.address(&[])).await)?.ok_or_else(|| not_there(github))?;
        if repository.archived || repository.disabled {
            let word = if repository.archived { "archived" } else { "disabled by GitHub" };
            let hint = "unarchive it on its settings page, or build in another repository";
            return Err(error::remote(
                format!("the repository is {word}: {}", github.repo()),
                hint,
            ));
        }
        check_workflow(github, workflow, &repository.default_branch).await?;
        let reference = reference.unwrap_or(&repository.default_branch).to_owned();
        let commit = commit_of(github, &reference).await?;
        let mut address = github.address(&["git", "trees", &commit]);
        address.set_query(Some("recursive=1"));
        let tree: Tree = github.get(address).await?;
        if tree.truncated {
            return Err(error::hinted(
                "the repository has more files than GitHub lists at once",
                "build from a repository of the app's own, with a workflow that calls `build-app.yml`",
            ));
        }
        let blobs = tree.tree.into_iter().filter(|entry| entry.kind == "blob");
        let files = blobs.map(|entry| (entry.path, entry.sha)).collect();
        Ok(Self { repository: github.repo().to_string(), reference, commit, files })
    }
}

fn not_there(github: &Github) -> anyhow::Error {
    error::remote(
        format!("no such repository, or the token may not see it: {}", github.repo()),
        "check `--repo`, and that the token is for this repository",
    )
}

async fn check_workflow(github: &Github, workflow: &str, branch: &str) -> anyhow::Result<()> {
    let Some(found) = github.workflow(workflow).await? else {
        return Err(error::remote(
            format!("the repository has no workflow `{workflow}`: {}", github.repo()),
            format!(
                "it must be at `.github/workflows/{workflow}` on the default branch, `{branch}`; is this your fork of \
                 Deskwright, and are its workflows enabled on the page Actions?"
            ),
        ));
    };
    let cure = match found.state.as_str() {
        "active" => return Ok(()),
        "disabled_inactivity" => "GitHub has disabled it since nothing happened for 60 days",
        "disabled_fork" => "workflows of a fork are disabled until somebody enables them",
        _ => "somebody has disabled it",
    };
    Err(error::remote(
        format!("the workflow is not active: {} ({})", found.path, found.state),
        format!("{cure}: enable it on the repository's page Actions"),
    ))
}

async fn commit_of(github: &Github, reference: &str) -> anyhow::Result<String> {
    for kind in ["heads", "tags"] {
        let address = github.address(&["git", "ref", kind, reference]);
        let Some(found) = found(github.get::<Reference>(address).await)? else { continue };
        // For an annotated tag this is the tag's own hash, by which the tree is found just as well.
        return Ok(found.object.sha);
    }
    Err(error::usage(
        format!("no such branch or tag in {}: {reference}", github.repo()),
        "push it first, or name another with `--ref`",
    ))
}
