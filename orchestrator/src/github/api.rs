//! GitHub's documents, as far as they are read here. Unknown fields are ignored: there are always more.

use serde::Deserialize;

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Repository {
    pub(crate) private: bool,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Release {
    pub(crate) id: u64,
    pub(crate) html_url: String,
    pub(crate) upload_url: String,
    pub(crate) tag_name: String,
    pub(crate) body: Option<String>,
    pub(crate) draft: bool,
    #[serde(default)]
    pub(crate) published_at: Option<jiff::Timestamp>,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Asset {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) size: u64,
    /// `uploaded`, or `starter` when the upload broke off.
    pub(crate) state: String,
    /// `sha256:<hex>`.
    pub(crate) digest: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Reference {
    #[serde(rename = "ref")]
    pub(crate) name: String,
    pub(crate) object: Object,
}

/// Anything in git that has a hash.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Object {
    pub(crate) sha: String,
}

/// A file on a branch.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Content {
    pub(crate) sha: String,
    pub(crate) content: String,
}
