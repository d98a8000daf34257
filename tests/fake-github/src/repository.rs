//! A repository: its releases with their assets, its git content, and its settings.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use jiff::Timestamp;

use crate::{git::Git, store::StoredFile};

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
}

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
    pub(crate) fn draft(id: u64, tag: &str) -> Self {
        Self {
            id,
            tag: tag.to_owned(),
            name: None,
            body: None,
            draft: true,
            prerelease: false,
            make_latest: true,
            target: "main".to_owned(),
            created_at: Timestamp::now(),
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
