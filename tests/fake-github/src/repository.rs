//! A repository: its releases with their assets, its git content, its workflows, and its settings.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use anyhow::Result;
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use crate::{
    git::Git,
    store::StoredFile,
    workflow::{self, Workflow, WorkflowState},
};

/// A repository, as tests set it up and look at it.
#[derive(Debug, Clone)]
pub struct Repository {
    pub owner: String,
    pub name: String,
    pub(crate) id: u64,
    pub private: bool,
    /// Published releases keep their assets and tags for good.
    pub immutable_releases: bool,
    pub default_branch: String,
    pub git: Git,
    /// By id: the newest comes last.
    pub releases: BTreeMap<u64, Release>,
    /// Tags that an immutable release has had.
    pub burned_tags: BTreeSet<String>,
    /// `owner/name` of the repository that this is a fork of.
    pub parent: Option<String>,
    /// How many commits the parent's default branch has that this one's has not.
    pub behind_by: u64,
    pub actions_enabled: bool,
    /// Workflows that are not active, by file name.
    pub workflow_states: BTreeMap<String, WorkflowState>,
    /// Whether `GITHUB_TOKEN` may write unless a workflow says otherwise.
    pub workflows_may_write: bool,
    /// Names; nobody can read the values.
    pub secrets: BTreeSet<String>,
    /// Names of the organisation's secrets that this repository may use.
    pub organization_secrets: BTreeSet<String>,
    pub environments: BTreeMap<String, Environment>,
    /// How long artifacts are kept (days).
    pub artifact_retention_days: u32,
    /// What its owner is billed for.
    pub billing: Vec<UsageItem>,
    /// Attestations by the digest of their subject, with `sha256:`; each a Sigstore bundle.
    pub attestations: BTreeMap<String, Vec<serde_json::Value>>,
}

/// Where jobs may have secrets of their own and need consent.
#[derive(Debug, Clone, Default)]
pub struct Environment {
    pub secrets: BTreeSet<String>,
    /// Logins of those who may approve.
    pub reviewers: Vec<String>,
    /// Before a job may start (minutes).
    pub wait_timer: u32,
    /// Only protected branches may use it.
    pub protected_branches: bool,
}

/// A line of a bill.
#[derive(Debug, Clone)]
pub struct UsageItem {
    /// Such as `Actions Linux`.
    pub sku: String,
    /// Of the unit.
    pub quantity: u64,
    /// Such as `minutes`.
    pub unit: String,
    /// US dollars for each unit.
    pub price: f64,
    /// US dollars that the owner does not pay, because a plan includes them.
    pub discount: f64,
}

/// GitHub's default, and the most that a public repository may have (days).
const ARTIFACT_RETENTION_DAYS: u32 = 90;

impl Repository {
    /// A public repository with one commit on `main`; `full_name` is `owner/name`.
    pub fn new(full_name: &str) -> Result<Self> {
        let Some((owner, name)) = full_name.split_once('/') else {
            anyhow::bail!("a repository is `owner/name`: {full_name}");
        };
        let mut git = Git::default();
        git.write("main", "README.md", b"# A repository\n", "Start")?;
        Ok(Self {
            owner: owner.to_owned(),
            name: name.to_owned(),
            id: 0,
            private: false,
            immutable_releases: false,
            default_branch: "main".to_owned(),
            git,
            releases: BTreeMap::new(),
            burned_tags: BTreeSet::new(),
            parent: None,
            behind_by: 0,
            actions_enabled: true,
            workflow_states: BTreeMap::new(),
            workflows_may_write: false,
            secrets: BTreeSet::new(),
            organization_secrets: BTreeSet::new(),
            environments: BTreeMap::new(),
            artifact_retention_days: ARTIFACT_RETENTION_DAYS,
            billing: Vec::new(),
            attestations: BTreeMap::new(),
        })
    }

    #[must_use]
    pub fn private(self) -> Self {
        Self { private: true, ..self }
    }

    #[must_use]
    pub fn immutable(self) -> Self {
        Self { immutable_releases: true, ..self }
    }

    /// The same with its default branch at this commit, as after a push.
    #[must_use]
    pub fn at_commit(mut self, commit: &str) -> Self {
        self.git.adopt(&self.default_branch, commit);
        self
    }

    /// The same as a fork that lacks so many of its parent's commits.
    #[must_use]
    pub fn fork_of(self, parent: &str, behind_by: u64) -> Self {
        Self { parent: Some(parent.to_owned()), behind_by, ..self }
    }

    /// The same with a file on its default branch.
    pub fn with_file(mut self, path: &str, content: &str) -> Result<Self> {
        let branch = self.default_branch.clone();
        self.git.write(&branch, path, content.as_bytes(), &format!("Add {path}"))?;
        Ok(self)
    }

    /// A repository whose default branch is at the commit of a checkout, with all its files.
    pub fn from_checkout(full_name: &str, dir: &Path) -> Result<Self> {
        let mut repository = Self::new(full_name)?;
        repository.git = Git::default();
        let branch = repository.default_branch.clone();
        repository.git.import(&branch, dir)?;
        Ok(repository)
    }

    /// The same with these secrets.
    #[must_use]
    pub fn with_secrets(mut self, names: &[&str]) -> Self {
        self.secrets.extend(names.iter().map(|name| (*name).to_owned()));
        self
    }

    /// The workflows that its default branch has.
    pub fn workflows(&self) -> Vec<Workflow> {
        let found = workflow::on_branch(&self.git, &self.default_branch).into_iter();
        found
            .map(|(path, file)| {
                let file_name = path.rsplit('/').next().unwrap_or(&path);
                let state = self.workflow_states.get(file_name).copied().unwrap_or_default();
                let name = file.name.unwrap_or_else(|| path.clone());
                Workflow { id: workflow_id(&path), path, name, state }
            })
            .collect()
    }

    pub fn full_name(&self) -> String {
        format!("{}/{}", self.owner, self.name)
    }

    /// The names of its tags, without `refs/tags/`.
    pub fn tags(&self) -> Vec<&str> {
        self.git.refs.keys().filter_map(|name| name.strip_prefix("refs/tags/")).collect()
    }

    /// The published release of a tag; drafts have no tag yet.
    pub fn published(&self, tag: &str) -> Option<&Release> {
        self.releases.values().find(|release| !release.draft && release.tag == tag)
    }

    pub(crate) fn asset(&self, id: u64) -> Option<(&Release, &Asset)> {
        self.releases.values().find_map(|release| Some((release, release.assets.get(&id)?)))
    }
}

/// A number that a path keeps.
fn workflow_id(path: &str) -> u64 {
    let hash = Sha256::digest(path);
    hash.iter().take(4).fold(0, |id, byte| (id << 8) | u64::from(*byte))
}

/// A release, published or a draft.
#[derive(Debug, Clone)]
pub struct Release {
    pub id: u64,
    pub tag: String,
    pub name: Option<String>,
    pub body: Option<String>,
    pub draft: bool,
    pub prerelease: bool,
    /// Whether it was published as the repository's latest.
    pub make_latest: bool,
    pub target: String,
    pub created_at: Timestamp,
    pub published_at: Option<Timestamp>,
    pub immutable: bool,
    pub assets: BTreeMap<u64, Asset>,
}

impl Release {
    /// A draft without assets.
    pub(crate) fn draft(id: u64, tag: &str, now: Timestamp) -> Self {
        Self {
            id,
            tag: tag.to_owned(),
            name: None,
            body: None,
            draft: true,
            prerelease: false,
            make_latest: true,
            target: "main".to_owned(),
            created_at: now,
            published_at: None,
            immutable: false,
            assets: BTreeMap::new(),
        }
    }

    /// The asset of this name.
    pub fn asset(&self, name: &str) -> Option<&Asset> {
        self.assets.values().find(|asset| asset.name == name)
    }
}

/// A file of a release.
#[derive(Debug, Clone)]
pub struct Asset {
    pub id: u64,
    pub name: String,
    pub label: Option<String>,
    pub content_type: String,
    pub state: AssetState,
    pub created_at: Timestamp,
}

/// How far an asset's upload has come.
#[derive(Debug, Clone)]
pub enum AssetState {
    Uploaded(StoredFile),
    /// It broke off; the name is taken all the same.
    Starter,
}

impl Asset {
    /// The file, if the upload has come to its end.
    pub fn file(&self) -> Option<&StoredFile> {
        match &self.state {
            AssetState::Uploaded(file) => Some(file),
            AssetState::Starter => None,
        }
    }
}
