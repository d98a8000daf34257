//! What goes on, for whoever watches: a terminal, a log, a program.

use serde::Serialize;

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
