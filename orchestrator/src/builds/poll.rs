//! How the state of runs is seen: by one question for each run, or by one for all runs of a repository.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex as Shared, PoisonError},
    time::Duration,
};

use tokio::sync::Mutex;

use crate::{
    Github, Run,
    github::{ApiError, Fresh},
};

/// How old a list of runs may be. A fleet takes hours, and each question counts.
const LIST_AGE: Duration = Duration::from_secs(30);

/// Who looks.
pub(super) enum Eyes {
    /// This build alone, often.
    Own,
    /// Many builds together.
    Shared(Pollers),
}

/// The lists of all repositories that builds are in.
#[derive(Default)]
pub(super) struct Pollers {
    lists: Shared<HashMap<String, Arc<Mutex<List>>>>,
}

/// The runs of one workflow that were dispatched lately.
#[derive(Default)]
struct List {
    runs: HashMap<u64, Run>,
    tag: Option<String>,
    /// On the clock of the program.
    at: Option<Duration>,
}

impl Pollers {
    /// The run as it was a moment ago. One that the list does not have is asked for by itself.
    pub(super) async fn look(
        &self,
        github: &Github,
        workflow: &str,
        run: u64,
    ) -> Result<Run, ApiError> {
        let list = self.list(github, workflow);
        let mut list = list.lock().await;
        let now = github.clock().elapsed();
        if list.at.is_none_or(|at| now - at >= LIST_AGE) {
            if let Fresh::New(runs, tag) =
                github.dispatched_runs(workflow, list.tag.as_deref()).await?
            {
                list.runs = runs.into_iter().map(|run| (run.id, run)).collect();
                list.tag = tag;
            }
            list.at = Some(github.clock().elapsed());
        }
        if let Some(seen) = list.runs.get(&run) {
            return Ok(seen.clone());
        }
        drop(list);
        github.run(run).await
    }

    /// How long to wait until it is worth looking again.
    pub(super) fn pause() -> Duration {
        LIST_AGE
    }

    fn list(&self, github: &Github, workflow: &str) -> Arc<Mutex<List>> {
        let key = format!("{}{} {workflow}", github.host().api(), github.repo());
        let mut lists = self.lists.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(lists.entry(key).or_default())
    }
}
