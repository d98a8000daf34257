//! The updater manifest on the branch `updates`, by which installed apps learn of a release.

use semver::Version;
use serde::Deserialize;

use super::local::{Prepared, Update};
use crate::{
    Event, Github, UpdateState, error,
    github::{ApiError, BranchFile},
};

/// Holds updater manifests and nothing else; it has no history in common with the app's.
const BRANCH: &str = "updates";
/// How often a write is tried when others write to the branch at the same time (count): one app among many has to wait
/// for each of the others once, at worst.
const ROUNDS: u32 = 12;

/// The part of an updater manifest that says which release it is of.
#[derive(Deserialize)]
struct Versioned {
    version: Version,
}

/// Writes the updater manifest, unless it is there already or what is there is of a later version.
pub(super) async fn write(
    github: &Github,
    prepared: &Prepared,
) -> anyhow::Result<Option<UpdateState>> {
    let Some(update) = &prepared.update else { return Ok(None) };
    let state = bring(github, update, &prepared.manifest.tag).await?;
    let app = prepared.manifest.app.slug.clone();
    github.event(&Event::Updates { app, path: update.path.clone(), state });
    Ok(Some(state))
}

async fn bring(github: &Github, update: &Update, tag: &str) -> anyhow::Result<UpdateState> {
    let new = version(&update.path, update.text.as_bytes())?;
    let mut state = UpdateState::Unchanged;
    let mut round = 1;
    loop {
        let present = github.file(BRANCH, &update.path).await?;
        if let Some(file) = &present {
            if file.bytes == update.text.as_bytes() {
                return Ok(state);
            }
            if version(&update.path, &file.bytes)? > new {
                return Ok(UpdateState::NewerThere);
            }
        }
        state = UpdateState::Written;
        match put(github, update, tag, present.as_ref()).await {
            Ok(()) => return Ok(state),
            Err(error) if round < ROUNDS && may_pass(&error) => round += 1,
            Err(error) => return Err(error.into()),
        }
    }
}

async fn put(
    github: &Github,
    update: &Update,
    tag: &str,
    present: Option<&BranchFile>,
) -> Result<(), ApiError> {
    let message = format!("Updates to {tag}");
    if present.is_none() && !github.has_branch(BRANCH).await? {
        return github.create_branch(BRANCH, &update.path, &update.text, &message).await;
    }
    let replaces = present.map(|file| file.sha.as_str());
    github.write_file(BRANCH, &update.path, update.text.as_bytes(), &message, replaces).await
}

/// Whether a look at what is there now helps: somebody else has written, or nobody knows.
fn may_pass(error: &ApiError) -> bool {
    error.may_pass() || error.status().is_some_and(|status| matches!(status.as_u16(), 409 | 422))
}

fn version(path: &str, bytes: &[u8]) -> anyhow::Result<Version> {
    let document: Versioned = serde_json::from_slice(bytes).map_err(|fault| {
        error::hinted(
            format!("not an updater manifest: {path} ({fault})"),
            format!("if it is the file on the branch `{BRANCH}`, delete it there"),
        )
    })?;
    Ok(document.version)
}
