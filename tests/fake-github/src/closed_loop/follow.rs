//! A checkout whose commits become the repository's: who works in it commits, and need not push.

use std::{path::Path, sync::Arc, time::Duration};

use anyhow::Result;

use super::{LoopEvent, Observer, programs};
use crate::{process, world::World};

/// How often git is asked where the checkout is: it takes a few milliseconds, and nobody types a command faster.
const PAUSE: Duration = Duration::from_secs(1);
const LIMIT: Duration = Duration::from_secs(60);

/// Follows for ever. What is there at the beginning is taken for known.
pub(super) async fn follow(world: Arc<World>, repository: String, dir: &Path, observer: Observer) {
    let mut known = head(dir).await.unwrap_or_default();
    loop {
        tokio::time::sleep(PAUSE).await;
        // While somebody commits there may be no answer for a moment.
        let Ok(commit) = head(dir).await else { continue };
        if commit == known {
            continue;
        }
        known = commit;
        let event = match push(&world, &repository, dir).await {
            Ok(subject) => LoopEvent::Pushed { commit: known.clone(), subject },
            Err(error) => {
                LoopEvent::Note { text: format!("failed to take over a commit: {error:#}") }
            }
        };
        observer(&event);
    }
}

async fn push(world: &World, repository: &str, dir: &Path) -> Result<String> {
    {
        let mut state = world.state();
        let repository = state.repository(repository)?;
        let branch = repository.default_branch.clone();
        repository.git.import(&branch, dir)?;
    }
    git(dir, &["log", "--max-count=1", "--format=%s"]).await
}

async fn head(dir: &Path) -> Result<String> {
    git(dir, &["rev-parse", "HEAD"]).await
}

async fn git(dir: &Path, arguments: &[&str]) -> Result<String> {
    let mut git = process::command("git");
    git.args(arguments).current_dir(dir);
    Ok(programs::output(git, LIMIT).await?.trim().to_owned())
}
