//! Many builds at once: a fleet of configs, or everything that an earlier process left unfinished.

use std::path::PathBuf;

use futures_util::{StreamExt as _, stream};
use serde::Serialize;

use super::{Eyes, Goal, Orchestrator, Wish, poll::Pollers};
use crate::{
    Event, Requests,
    state::{App, BuildId, BuildState},
};

/// Builds that are under way at the same time, unless somebody says otherwise (count): enough to keep the twenty jobs busy
/// that a free account has at once.
pub const USUAL_IN_FLIGHT: usize = 40;

/// How to go through a fleet.
#[derive(Debug, Clone, Copy)]
pub struct FleetOptions {
    /// Builds under way at the same time (count).
    pub in_flight: usize,
    pub goal: Goal,
}

/// What became of a fleet.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FleetReport {
    /// In the order in which they were asked for.
    pub builds: Vec<FleetEntry>,
    pub complete: usize,
    pub failed: usize,
    pub requests: Requests,
}

/// What became of one of them.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FleetEntry {
    /// None for builds that were found unfinished.
    pub config: Option<PathBuf>,
    pub repo: String,
    /// None when the config was refused.
    pub build: Option<BuildId>,
    pub apps: Vec<App>,
    pub state: Option<BuildState>,
    pub error: Option<String>,
    pub hint: Option<String>,
    pub folder: Option<PathBuf>,
}

impl Orchestrator {
    /// Builds every wish. All of them are recorded first, so that nothing is forgotten; one app's trouble is not another's.
    pub async fn fleet(
        &self,
        wishes: Vec<Wish>,
        options: FleetOptions,
    ) -> anyhow::Result<FleetReport> {
        let total = wishes.len();
        let mut entries = Vec::new();
        for wish in wishes {
            let mut entry = FleetEntry {
                config: Some(wish.config.clone()),
                repo: wish.repo.to_string(),
                build: None,
                apps: Vec::new(),
                state: None,
                error: None,
                hint: None,
                folder: None,
            };
            match self.request(&wish).await {
                Ok(build) => {
                    (entry.build, entry.apps) = (Some(build.id), build.apps);
                    entry.state = Some(build.state);
                }
                Err(error) => entry.fail(&error),
            }
            entries.push(entry);
            self.event(&Event::Fleet {
                total,
                recorded: entries.len(),
                done: 0,
                failed: 0,
                running: 0,
            });
        }
        self.drive(entries, options).await
    }

    /// Goes on with every build that has not come to its end.
    pub async fn resume(&self, options: FleetOptions) -> anyhow::Result<FleetReport> {
        let entries = self.store().unfinished()?.into_iter().map(|build| FleetEntry {
            config: None,
            repo: build.repo.to_string(),
            build: Some(build.id),
            apps: build.apps,
            state: Some(build.state),
            error: None,
            hint: None,
            folder: None,
        });
        self.drive(entries.collect(), options).await
    }

    async fn drive(
        &self,
        entries: Vec<FleetEntry>,
        options: FleetOptions,
    ) -> anyhow::Result<FleetReport> {
        let eyes = &Eyes::Shared(Pollers::default());
        let mut tally = Tally { total: entries.len(), ..Tally::default() };
        let shared = std::cell::RefCell::new(&mut tally);
        let work = entries.into_iter().enumerate().map(|(index, mut entry)| {
            let shared = &shared;
            async move {
                if entry.error.is_none() {
                    shared.borrow_mut().running += 1;
                    self.tell(&shared.borrow());
                    self.finish(&mut entry, options.goal, eyes).await;
                    shared.borrow_mut().running -= 1;
                }
                shared.borrow_mut().count(&entry);
                self.tell(&shared.borrow());
                (index, entry)
            }
        });
        let mut done: Vec<_> =
            stream::iter(work).buffer_unordered(options.in_flight.max(1)).collect().await;
        done.sort_by_key(|(index, _)| *index);
        let builds: Vec<_> = done.into_iter().map(|(_, entry)| entry).collect();
        let failed = builds.iter().filter(|entry| entry.has_failed()).count();
        let complete =
            builds.iter().filter(|entry| entry.state == Some(BuildState::Complete)).count();
        Ok(FleetReport { builds, complete, failed, requests: self.requests().await })
    }

    async fn finish(&self, entry: &mut FleetEntry, goal: Goal, eyes: &Eyes) {
        let Some(id) = entry.build.clone() else { return };
        match self.carry_on_seeing(&id, goal, eyes).await {
            Ok(finished) => {
                entry.state = Some(finished.build.state);
                entry.error =
                    finished.build.detail.clone().filter(|_| finished.build.state.is_final());
                entry.folder = finished.build.folder;
                entry.apps = finished.build.apps;
            }
            Err(error) => {
                entry.fail(&error);
                entry.state = self.store().build(&id).ok().map(|build| build.state);
            }
        }
    }

    fn tell(&self, tally: &Tally) {
        self.event(&Event::Fleet {
            total: tally.total,
            recorded: tally.total,
            done: tally.done,
            failed: tally.failed,
            running: tally.running,
        });
    }

    /// Requests to all servers.
    pub async fn requests(&self) -> Requests {
        let servers = self.servers.lock().await;
        servers.values().map(|server| server.requests()).fold(Requests::default(), |sum, one| {
            Requests { sent: sum.sent + one.sent, counted: sum.counted + one.counted }
        })
    }
}

#[derive(Debug, Default)]
struct Tally {
    total: usize,
    done: usize,
    failed: usize,
    running: usize,
}

impl Tally {
    fn count(&mut self, entry: &FleetEntry) {
        if entry.has_failed() {
            self.failed += 1;
        } else {
            self.done += 1;
        }
    }
}

impl FleetEntry {
    fn has_failed(&self) -> bool {
        self.error.is_some()
            || matches!(self.state, Some(BuildState::Failed | BuildState::Cancelled) | None)
    }

    fn fail(&mut self, error: &anyhow::Error) {
        self.error = Some(format!("{error:#}"));
        self.hint = crate::error::hint_of(error);
    }
}
