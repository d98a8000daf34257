//! What this machine knows of builds: one SQLite database, and a lock for each build.
//!
//! Each step of a build is a row before it is done, so that whoever comes after a crash knows what may have happened. A
//! row that has been written survives the end of the process and of the machine. No secret is ever in here.

mod artifacts;
mod database;
mod lock;
mod record;

use std::{
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use etcetera::BaseStrategy as _;
use rusqlite::{Connection, OptionalExtension as _, TransactionBehavior, params};

pub use artifacts::{ArtifactRow, ArtifactState};
pub use lock::BuildLock;
pub use record::{
    App, Build, BuildId, BuildState, ConfigSource, NewBuild, Publication, Request, Transition,
};

use crate::error;

/// The folder of the state below the user's data.
const FOLDER: &str = "deskwright";
/// The folder of the locks below that.
const LOCKS: &str = "locks";
/// How many digits an id has, at least, for a part of it to be worth looking up.
const SHORTEST_PREFIX: usize = 3;

/// The state of builds.
#[derive(Debug)]
pub struct Store {
    dir: PathBuf,
    connection: Mutex<Connection>,
    locks: PathBuf,
}

/// What became of a wish.
#[derive(Debug)]
pub enum Requested {
    New(Build),
    /// It is being built already.
    Found(Build),
}

/// What goes with a step.
#[derive(Debug, Clone, Default)]
pub struct Change {
    pub run: Option<u64>,
    pub run_url: Option<String>,
    pub attempt: Option<u32>,
    /// Where the build's files are, when it is complete.
    pub folder: Option<PathBuf>,
    /// Which apps the plan has.
    pub apps: Option<Vec<App>>,
    /// For people.
    pub detail: Option<String>,
}

impl Store {
    /// Where the state is unless somebody says otherwise: in the user's data directory.
    pub fn usual_dir() -> anyhow::Result<PathBuf> {
        let strategy = etcetera::choose_base_strategy().map_err(|_| {
            error::missing(
                "nobody knows where your home is",
                "set HOME, or name a folder with `--state-dir`",
            )
        })?;
        Ok(strategy.data_dir().join(FOLDER))
    }

    /// Opens the state, and makes it where there is none.
    pub fn open(dir: &Path) -> anyhow::Result<Self> {
        let connection = database::open(dir)?;
        Ok(Self { dir: dir.to_owned(), connection: Mutex::new(connection), locks: dir.join(LOCKS) })
    }

    pub fn dir(&self) -> &Path {
        &self.dir
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Records a wish, or finds the unfinished build of the same wish, unless it is to be a build of its own. Nothing has
    /// been sent yet. Of two processes with one wish the second finds what the first has recorded.
    pub fn request(&self, new: &NewBuild, again: bool) -> anyhow::Result<Requested> {
        let mut connection = self.connection();
        let transaction = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(|error| self.failure(error))?;
        let same = if again {
            None
        } else {
            same(&transaction, new).map_err(|error| self.failure(error))?
        };
        if let Some(build) = same {
            return Ok(Requested::Found(build));
        }
        insert(&transaction, new).map_err(|error| self.failure(error))?;
        transaction.commit().map_err(|error| self.failure(error))?;
        drop(connection);
        self.build(&new.id).map(Requested::New)
    }

    /// Records that a build comes to this state.
    pub fn advance(
        &self,
        id: &BuildId,
        state: BuildState,
        change: &Change,
    ) -> anyhow::Result<Build> {
        let now = jiff::Timestamp::now().to_string();
        let apps = change.apps.as_ref().map(serde_json::to_string).transpose()?;
        let folder = change.folder.as_ref().map(|folder| folder.display().to_string());
        let mut connection = self.connection();
        let mut write = || -> rusqlite::Result<()> {
            let transaction = connection.transaction()?;
            transaction.execute(
                "UPDATE builds SET state = ?2, updated_at = ?3, run = coalesce(?4, run), run_url = coalesce(?5, run_url),
                 attempt = coalesce(?6, attempt), folder = coalesce(?7, folder), apps = coalesce(?8, apps), detail = ?9 WHERE id = ?1",
                params![
                    id.as_str(),
                    state.name(),
                    now,
                    change.run.map(u64::cast_signed),
                    change.run_url,
                    change.attempt,
                    folder,
                    apps,
                    change.detail,
                ],
            )?;
            note(&transaction, id, state, &now, change.detail.as_deref())?;
            transaction.commit()
        };
        write().map_err(|error| self.failure(error))?;
        drop(connection);
        self.build(id)
    }

    pub fn build(&self, id: &BuildId) -> anyhow::Result<Build> {
        let sql = format!("{} WHERE id = ?1", record::SELECT);
        let found = self
            .connection()
            .query_row(&sql, [id.as_str()], record::from_row)
            .optional()
            .map_err(|error| self.failure(error))?;
        found.ok_or_else(|| unknown(id.as_str()))
    }

    /// The build that somebody means: by its id or the beginning of it, or by the id of its run.
    pub fn find(&self, text: &str) -> anyhow::Result<Option<Build>> {
        let run: Option<i64> = text.parse().ok();
        let start = if text.len() < SHORTEST_PREFIX { "-" } else { text };
        let sql = format!(
            "{} WHERE run = ?1 OR substr(id, 1, length(?2)) = ?2 ORDER BY run IS NOT ?1, created_at DESC LIMIT 2",
            record::SELECT
        );
        let found = self.query(&sql, params![run, start.to_ascii_lowercase()])?;
        match <[Build; 2]>::try_from(found) {
            Ok([first, second]) if first.run.map(u64::cast_signed) != run || run.is_none() => {
                Err(error::usage(
                    format!("several builds begin so: {text} ({}, {})", first.id, second.id),
                    "write more of the id",
                ))
            }
            Ok([first, _]) => Ok(Some(first)),
            Err(found) => Ok(found.into_iter().next()),
        }
    }

    /// Builds, the newest first; `limit` counts.
    pub fn builds(&self, limit: usize) -> anyhow::Result<Vec<Build>> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let sql = format!("{} ORDER BY created_at DESC, rowid DESC LIMIT ?1", record::SELECT);
        self.query(&sql, [limit])
    }

    /// Builds that have not come to their end, the oldest first.
    pub fn unfinished(&self) -> anyhow::Result<Vec<Build>> {
        let sql = format!(
            "{} WHERE state NOT IN ('complete', 'failed', 'cancelled') ORDER BY created_at, rowid",
            record::SELECT
        );
        self.query(&sql, [])
    }

    /// Every step that a build has made.
    pub fn history(&self, id: &BuildId) -> anyhow::Result<Vec<Transition>> {
        let connection = self.connection();
        let sql = "SELECT state, at, detail FROM transitions WHERE build = ?1 ORDER BY rowid";
        let read = || -> rusqlite::Result<Vec<Transition>> {
            let mut statement = connection.prepare(sql)?;
            let rows = statement.query_map([id.as_str()], record::transition_from_row)?;
            rows.collect()
        };
        read().map_err(|error| self.failure(error))
    }

    /// Forgets a build.
    pub fn remove(&self, id: &BuildId) -> anyhow::Result<()> {
        let connection = self.connection();
        connection
            .execute("DELETE FROM builds WHERE id = ?1", [id.as_str()])
            .map_err(|error| self.failure(error))?;
        Ok(())
    }

    /// Takes the build for this process; none when another has it.
    pub fn try_lock(&self, id: &BuildId) -> anyhow::Result<Option<BuildLock>> {
        BuildLock::take(&self.locks, id)
    }

    fn query(&self, sql: &str, params: impl rusqlite::Params) -> anyhow::Result<Vec<Build>> {
        let connection = self.connection();
        let read = || -> rusqlite::Result<Vec<Build>> {
            let mut statement = connection.prepare(sql)?;
            let rows = statement.query_map(params, record::from_row)?;
            rows.collect()
        };
        read().map_err(|error| self.failure(error))
    }

    fn failure(&self, error: rusqlite::Error) -> anyhow::Error {
        database::failure(&self.dir, error)
    }
}

fn unknown(id: &str) -> anyhow::Error {
    error::usage(
        format!("no such build: {id}"),
        "`deskwright runs` lists those that this machine knows",
    )
}

/// The latest unfinished build of the same wish.
fn same(connection: &Connection, new: &NewBuild) -> rusqlite::Result<Option<Build>> {
    let sql = format!(
        "{} WHERE host = ?1 AND repo = ?2 AND fingerprint = ?3 AND state NOT IN ('complete', 'failed', 'cancelled')
         ORDER BY created_at DESC LIMIT 1",
        record::SELECT
    );
    let repo = new.repo.to_string();
    let params = params![new.host, repo, new.request.fingerprint()];
    connection.query_row(&sql, params, record::from_row).optional()
}

fn insert(connection: &Connection, new: &NewBuild) -> rusqlite::Result<()> {
    let now = jiff::Timestamp::now().to_string();
    let unfit = |error: serde_json::Error| rusqlite::Error::ToSqlConversionFailure(error.into());
    connection.execute(
        "INSERT INTO builds (id, host, repo, fingerprint, request, apps, state, attempt, run, run_url, created_at, updated_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 1, ?8, ?9, ?10, ?10)",
        params![
            new.id.as_str(),
            new.host,
            new.repo.to_string(),
            new.request.fingerprint(),
            serde_json::to_string(&new.request).map_err(unfit)?,
            serde_json::to_string(&new.apps).map_err(unfit)?,
            new.state.name(),
            new.run.map(u64::cast_signed),
            new.run_url,
            now,
        ],
    )?;
    note(connection, &new.id, new.state, &now, None)
}

fn note(
    connection: &Connection,
    id: &BuildId,
    state: BuildState,
    at: &str,
    detail: Option<&str>,
) -> rusqlite::Result<()> {
    let sql = "INSERT INTO transitions (build, state, at, detail) VALUES (?1, ?2, ?3, ?4)";
    connection.execute(sql, params![id.as_str(), state.name(), at, detail]).map(|_| ())
}
