//! Watching: the page is told by a channel of its own, until it stops or is gone.

use bridge_contract::FsChange;
use scoped_fs::{Change, ChangeKind};
use tauri::{Manager as _, Resource, ipc::JavaScriptChannelId};

use super::{
    Call, Reply, flag, fs_error, path, reply,
    scopes::{self, Use},
};
use crate::resources;

/// Most watches of a page (count): each may take one of the system's, of which there are not many more.
const MAX_WATCHES: usize = 64;
/// Most changes in one message: what Tauri hands over without another call of the page.
const BATCH: usize = 50;
struct Watch {
    _watch: scoped_fs::Watch,
}

impl Resource for Watch {
    fn name(&self) -> std::borrow::Cow<'_, str> {
        "watch".into()
    }
}

pub(super) fn watch(call: &Call) -> Reply {
    let (path, recursive) = (path(call)?, flag(call, "recursive")?);
    let channel: JavaScriptChannelId = call.arg("channel")?;
    let channel = channel.channel_on::<_, Vec<FsChange>>(call.window.as_ref().clone());
    let scope = scopes::scope(call, Use::Write)?;
    let watch = scope.watch(&path, recursive, move |changes| {
        let changes: Vec<_> = changes.into_iter().map(told).collect();
        if changes.is_empty() {
            // Nothing comes after it. A page that is just going away cannot be told.
            let _ = channel.send(Vec::new());
        }
        for batch in changes.chunks(BATCH) {
            let _ = channel.send(batch.to_vec());
        }
    });
    let watch = Watch { _watch: watch.map_err(fs_error)? };
    reply(&resources::add_few(call, watch, MAX_WATCHES)?)
}

pub(super) fn unwatch(call: &Call) -> Reply {
    // One that has ended is fine. The lock is free again before it is dropped.
    let watch = call.window.resources_table().take::<Watch>(call.arg("id")?);
    drop(watch);
    reply(&())
}

fn told(change: Change) -> FsChange {
    let kind = match change.kind {
        ChangeKind::Created => "created",
        ChangeKind::Changed => "changed",
        ChangeKind::Removed => "removed",
        ChangeKind::Renamed => "renamed",
    };
    FsChange { kind, path: change.path, from: change.from }
}
