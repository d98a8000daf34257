//! What goes on, for whoever watches: a terminal, a log, a program.

use serde::Serialize;

use crate::{
    Conclusion,
    state::{BuildId, BuildState},
};

/// Something that has happened, or is under way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Event {
    /// The files are those that the manifest names.
    FilesChecked {
        app: String,
        files: usize,
        bytes: u64,
    },
    /// Tag and version are free for the app.
    TagChecked {
        app: String,
        tag: String,
    },
    DraftCreated {
        app: String,
        tag: String,
        id: u64,
    },
    /// A draft of an earlier attempt is used.
    DraftFound {
        app: String,
        tag: String,
        id: u64,
    },
    /// The release is public already: an earlier attempt came that far.
    AlreadyPublished {
        app: String,
        tag: String,
        id: u64,
    },
    AssetRemoved {
        name: String,
        reason: String,
    },
    /// The asset is there already.
    AssetKept {
        name: String,
    },
    AssetProgress {
        name: String,
        sent: u64,
        size: u64,
    },
    /// An upload broke off; it will be repeated.
    AssetFailed {
        name: String,
        error: String,
    },
    AssetUploaded {
        name: String,
        size: u64,
    },
    /// GitHub's hashes of all assets are ours.
    AssetsVerified {
        app: String,
        assets: usize,
    },
    Published {
        app: String,
        tag: String,
        url: String,
    },
    Updates {
        app: String,
        path: String,
        state: UpdateState,
    },
    /// GitHub asked for it, or an answer did not come.
    Waiting {
        seconds: u64,
        reason: String,
    },
    Failed {
        app: String,
        error: String,
    },
    /// A build is about to be recorded as having come to this state.
    Entering {
        build: BuildId,
        state: BuildState,
    },
    /// It is recorded.
    Entered {
        build: BuildId,
        state: BuildState,
        /// Id and page of its run, once it is known.
        run: Option<u64>,
        url: Option<String>,
        detail: Option<String>,
    },
    /// An earlier process began the build; it goes on.
    Resumed {
        build: BuildId,
        state: BuildState,
    },
    /// Another process has the build.
    Busy {
        build: BuildId,
    },
    /// Files here and at the reference are the same.
    SourceChecked {
        files: usize,
        reference: String,
        commit: String,
    },
    /// How far the jobs of a run are.
    Jobs {
        build: BuildId,
        queued: usize,
        running: usize,
        done: usize,
    },
    /// A job has started, or ended.
    Job {
        build: BuildId,
        name: String,
        conclusion: Option<Conclusion>,
        /// How long it took, when it has ended.
        seconds: Option<u64>,
        /// The step that it is at, or that failed.
        step: Option<String>,
    },
    /// Bytes of an artifact have arrived, and were counted from the whole.
    ArtifactProgress {
        build: BuildId,
        name: String,
        received: u64,
        size: u64,
    },
    /// A download broke off; it goes on from there.
    ArtifactBroken {
        build: BuildId,
        name: String,
        received: u64,
        error: String,
    },
    /// The archive is here, and its hash is right.
    ArtifactDownloaded {
        build: BuildId,
        name: String,
        size: u64,
    },
    /// Every file of it is what its manifest says.
    ArtifactVerified {
        build: BuildId,
        name: String,
        files: usize,
    },
    /// How far a fleet is, in builds.
    Fleet {
        total: usize,
        /// Those that are recorded.
        recorded: usize,
        done: usize,
        failed: usize,
        running: usize,
    },
    /// Something that is worth knowing, and does not stop anything.
    Note {
        text: String,
    },
}

/// What became of an updater manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum UpdateState {
    Written,
    /// It was there already.
    Unchanged,
    /// What is there is of a later version.
    NewerThere,
}

/// Takes the events.
pub trait Progress: Send + Sync {
    fn event(&self, event: &Event);
}
