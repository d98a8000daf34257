//! What is known of one build.

use std::{fmt, path::PathBuf};

use config_schema::plan::ReleaseMode;
use rusqlite::{Row, types::Type};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::RepoName;

/// Characters of an id: no two of them look alike, and all of them are fit for file names and for a run's title.
const ALPHABET: [char; 32] = [
    'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'j', 'k', 'm', 'n', 'p', 'q', 'r', 's', 't', 'u', 'v',
    'w', 'x', 'y', 'z', '2', '3', '4', '5', '6', '7', '8', '9', '0',
];
/// Fifty bits: nobody meets the same one twice.
const ID_LEN: usize = 10;

pub(super) const SELECT: &str = "SELECT id, host, repo, request, apps, state, run, run_url, attempt, folder, detail, created_at, updated_at FROM builds";

/// Names a build. It stands in the title of its run, by which the run is found again.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BuildId(String);

impl BuildId {
    /// One that nobody has had.
    pub fn new() -> Self {
        Self(nanoid::nanoid!(ID_LEN, &ALPHABET))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for BuildId {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Display for BuildId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// How far a build has come. Each state is recorded before what it says is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum BuildState {
    /// Somebody wants it. Nothing has been sent.
    Requested,
    /// The request is on its way: from now on it may have taken effect.
    Dispatching,
    /// GitHub has taken it. Which run it is, is not known yet.
    Dispatched,
    /// The run is known, and goes on.
    Running,
    /// Every job has ended well.
    Succeeded,
    /// What the run made is known, and is being fetched.
    Collecting,
    /// Everything is here and is what the plan and the manifests say.
    Verified,
    /// Everything is in its folder.
    Complete,
    Failed,
    Cancelled,
}

impl BuildState {
    pub const ALL: [Self; 10] = [
        Self::Requested,
        Self::Dispatching,
        Self::Dispatched,
        Self::Running,
        Self::Succeeded,
        Self::Collecting,
        Self::Verified,
        Self::Complete,
        Self::Failed,
        Self::Cancelled,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Dispatching => "dispatching",
            Self::Dispatched => "dispatched",
            Self::Running => "running",
            Self::Succeeded => "succeeded",
            Self::Collecting => "collecting",
            Self::Verified => "verified",
            Self::Complete => "complete",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// Whether nothing follows by itself.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Complete | Self::Failed | Self::Cancelled)
    }
}

impl fmt::Display for BuildState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// Where the config is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ConfigSource {
    /// A file of the repository, by its path from the root, with slashes.
    Path(String),
    /// Sent along, as JSON. The path says where it would be: what it names is relative to there.
    Inline { path: String, json: String },
    /// Nobody here asked for it: a run that was found.
    Unknown,
}

/// What becomes of the installers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Publication {
    None,
    Draft,
    Publish,
}

impl Publication {
    /// The workflow's word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Draft => "draft",
            Self::Publish => "publish",
        }
    }
}

impl From<Option<ReleaseMode>> for Publication {
    fn from(mode: Option<ReleaseMode>) -> Self {
        match mode {
            None => Self::None,
            Some(ReleaseMode::Draft) => Self::Draft,
            Some(ReleaseMode::Publish) => Self::Publish,
        }
    }
}

/// Everything that a build is made of: two equal requests are one build, as long as it is under way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Request {
    /// The workflow's file name.
    pub workflow: String,
    pub config: ConfigSource,
    /// The branch or tag.
    pub reference: String,
    /// What the reference pointed at when the config was compared with it.
    pub commit: String,
    /// By name; empty: what the config says.
    pub targets: Vec<String>,
    pub release: Publication,
    pub allow_partial: bool,
    /// The environment that protects the secrets; empty: none.
    pub environment: String,
    /// Absolute.
    pub out: PathBuf,
}

impl Request {
    /// SHA-256 over everything.
    pub fn fingerprint(&self) -> String {
        // The fields are written in the order of the type, always.
        let text = serde_json::to_vec(self).unwrap_or_default();
        Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// An app of a build.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct App {
    pub id: String,
    pub slug: String,
    pub version: String,
}

/// A build to be recorded.
#[derive(Debug, Clone)]
pub struct NewBuild {
    pub id: BuildId,
    /// Address of the API.
    pub host: String,
    pub repo: RepoName,
    pub request: Request,
    pub apps: Vec<App>,
    pub state: BuildState,
    pub run: Option<u64>,
    pub run_url: Option<String>,
}

/// A build.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Build {
    pub id: BuildId,
    pub host: String,
    #[serde(serialize_with = "as_text")]
    pub repo: RepoName,
    pub request: Request,
    pub apps: Vec<App>,
    pub state: BuildState,
    pub run: Option<u64>,
    pub run_url: Option<String>,
    /// The run's attempt, counted from one.
    pub attempt: u32,
    pub folder: Option<PathBuf>,
    pub detail: Option<String>,
    pub created_at: String,
    pub updated_at: String,
}

fn as_text<S: serde::Serializer>(repo: &RepoName, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(repo)
}

/// A step that a build has made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Transition {
    pub state: BuildState,
    pub at: String,
    pub detail: Option<String>,
}

pub(super) fn from_row(row: &Row<'_>) -> rusqlite::Result<Build> {
    Ok(Build {
        id: BuildId(row.get(0)?),
        host: row.get(1)?,
        repo: parsed(2, &row.get::<_, String>(2)?, |text| text.parse().ok())?,
        request: parsed(3, &row.get::<_, String>(3)?, |text| serde_json::from_str(text).ok())?,
        apps: parsed(4, &row.get::<_, String>(4)?, |text| serde_json::from_str(text).ok())?,
        state: parsed(5, &row.get::<_, String>(5)?, state_of)?,
        run: row.get::<_, Option<i64>>(6)?.map(i64::cast_unsigned),
        run_url: row.get(7)?,
        attempt: row.get(8)?,
        folder: row.get::<_, Option<String>>(9)?.map(PathBuf::from),
        detail: row.get(10)?,
        created_at: row.get(11)?,
        updated_at: row.get(12)?,
    })
}

pub(super) fn transition_from_row(row: &Row<'_>) -> rusqlite::Result<Transition> {
    Ok(Transition {
        state: parsed(0, &row.get::<_, String>(0)?, state_of)?,
        at: row.get(1)?,
        detail: row.get(2)?,
    })
}

fn state_of(text: &str) -> Option<BuildState> {
    BuildState::ALL.into_iter().find(|state| state.name() == text)
}

fn parsed<T>(index: usize, text: &str, parse: impl Fn(&str) -> Option<T>) -> rusqlite::Result<T> {
    let wrong = || {
        let message = format!("not understood: {text}");
        rusqlite::Error::FromSqlConversionFailure(index, Type::Text, message.into())
    };
    parse(text).ok_or_else(wrong)
}
