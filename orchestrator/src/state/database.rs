//! The database file: its tables, and what to say when it is damaged, locked or not to be written.

use std::{path::Path, time::Duration};

use rusqlite::{Connection, ErrorCode, TransactionBehavior};

use crate::error;

const FILE: &str = "builds.db";
/// Locked by the process that opens the database; empty.
const GUARD: &str = "builds.lock";
/// What belongs to the database beside its file.
const COMPANIONS: [&str; 2] = ["-wal", "-shm"];
/// What every database begins with, in bytes: <https://www.sqlite.org/fileformat.html>.
const HEADER_LEN: u64 = 100;
/// How long another process may hold the database: each writes for milliseconds.
const BUSY: Duration = Duration::from_secs(10);
/// Each entry leads from the version before it to its own; what was published is never changed.
const MIGRATIONS: [&str; 1] = ["
    CREATE TABLE builds (
        id TEXT PRIMARY KEY,
        host TEXT NOT NULL,
        repo TEXT NOT NULL,
        fingerprint TEXT NOT NULL,
        request TEXT NOT NULL,
        apps TEXT NOT NULL,
        state TEXT NOT NULL,
        run INTEGER,
        run_url TEXT,
        attempt INTEGER NOT NULL,
        folder TEXT,
        detail TEXT,
        created_at TEXT NOT NULL,
        updated_at TEXT NOT NULL
    ) STRICT;
    CREATE INDEX builds_by_time ON builds (created_at);
    CREATE INDEX builds_by_run ON builds (run);
    CREATE INDEX builds_by_request ON builds (fingerprint);
    CREATE TABLE transitions (
        build TEXT NOT NULL REFERENCES builds (id) ON DELETE CASCADE,
        state TEXT NOT NULL,
        at TEXT NOT NULL,
        detail TEXT
    ) STRICT;
    CREATE INDEX transitions_by_build ON transitions (build);
    CREATE TABLE artifacts (
        build TEXT NOT NULL REFERENCES builds (id) ON DELETE CASCADE,
        name TEXT NOT NULL,
        remote INTEGER NOT NULL,
        size INTEGER NOT NULL,
        digest TEXT,
        state TEXT NOT NULL,
        PRIMARY KEY (build, name)
    ) STRICT;
"];

/// Opens the database of a folder, and brings it to this program's version.
pub(super) fn open(dir: &Path) -> anyhow::Result<Connection> {
    if let Err(cause) = fs_err::create_dir_all(dir) {
        return Err(unwritable(dir, &cause.to_string()));
    }
    let path = dir.join(FILE);
    let _one_at_a_time = match guard(dir) {
        Ok(file) => file,
        Err(cause) => return Err(unwritable(dir, &cause.to_string())),
    };
    if was_emptied(dir, &path) {
        return Err(set_aside(dir));
    }
    match prepare(&path) {
        Ok(connection) => Ok(connection),
        Err(error) if is_damaged(&error) => Err(set_aside(dir)),
        Err(error) => Err(failure(dir, error)),
    }
}

/// Held while a database is opened: SQLite does not wait for others ([`BUSY`]) where one of them turns a new file to WAL.
fn guard(dir: &Path) -> std::io::Result<fs_err::File> {
    let file = fs_err::OpenOptions::new().create(true).append(true).open(dir.join(GUARD))?;
    file.file().lock()?;
    Ok(file)
}

/// Whether somebody has cut the file to less than a header: SQLite would take it for a new one, and all builds for forgotten.
fn was_emptied(dir: &Path, path: &Path) -> bool {
    let empty = fs_err::metadata(path).is_ok_and(|about| about.len() < HEADER_LEN);
    empty && dir.join(super::LOCKS).is_dir()
}

fn prepare(path: &Path) -> rusqlite::Result<Connection> {
    let mut connection = Connection::open(path)?;
    connection.busy_timeout(BUSY)?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    // A row that is there must be there after a power cut too: what follows it cannot be undone.
    connection.pragma_update(None, "synchronous", "full")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    let fault: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if fault != "ok" {
        return Err(rusqlite::Error::SqliteFailure(
            rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CORRUPT),
            Some(fault),
        ));
    }
    migrate(&mut connection)?;
    Ok(connection)
}

fn migrate(connection: &mut Connection) -> rusqlite::Result<()> {
    let version = |connection: &Connection| {
        let number = connection.query_row("PRAGMA user_version", [], |row| row.get::<_, u32>(0))?;
        Ok::<_, rusqlite::Error>(number as usize)
    };
    match version(connection)? {
        current if current == MIGRATIONS.len() => return Ok(()),
        later if later > MIGRATIONS.len() => {
            return Err(rusqlite::Error::InvalidParameterName(LATER.to_owned()));
        }
        _ => {}
    }
    // Two processes may come here at the same time; the second then finds everything done.
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for (index, sql) in MIGRATIONS.iter().enumerate().skip(version(&transaction)?) {
        transaction.execute_batch(sql)?;
        transaction.pragma_update(None, "user_version", index as u32 + 1)?;
    }
    transaction.commit()
}

const LATER: &str = "the state is of a later version of deskwright";

fn is_damaged(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase))
}

/// Moves a damaged database out of the way, where somebody may still look at it.
fn set_aside(dir: &Path) -> anyhow::Error {
    let stamp = jiff::Timestamp::now().strftime("%Y%m%dT%H%M%S").to_string();
    let kept = format!("{FILE}.damaged-{stamp}");
    for end in [""].iter().chain(&COMPANIONS) {
        let from = dir.join(format!("{FILE}{end}"));
        if from.exists()
            && let Err(cause) = fs_err::rename(&from, dir.join(format!("{kept}{end}")))
        {
            return unwritable(dir, &cause.to_string());
        }
    }
    error::hinted(
        format!("the state of builds was damaged; it is kept as: {}", dir.join(kept).display()),
        "run the same command again: it begins with an empty state. Runs go on at GitHub; `deskwright runs --remote` lists them, and \
         `deskwright collect RUN` fetches what they made",
    )
}

/// An error of the database in words that help.
pub(super) fn failure(dir: &Path, error: rusqlite::Error) -> anyhow::Error {
    let path = dir.join(FILE);
    if error.to_string().contains(LATER) {
        let hint = "update deskwright, or name another folder with `--state-dir`";
        return error::hinted(format!("{LATER}: {}", path.display()), hint);
    }
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => set_aside(dir),
        Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
            unwritable(dir, &error.to_string())
        }
        Some(ErrorCode::DiskFull) => error::hinted(
            format!("the disk is full: {}", path.display()),
            "make room, and run the same command again",
        ),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => error::hinted(
            format!("another process holds the state of builds: {}", path.display()),
            "wait for it, or end it, and run the same command again",
        ),
        _ => anyhow::Error::new(error).context(format!("failed to use: {}", path.display())),
    }
}

fn unwritable(dir: &Path, cause: &str) -> anyhow::Error {
    error::hinted(
        format!("the state of builds cannot be written: {} ({cause})", dir.display()),
        "make the folder writable, or name another with `--state-dir` or DESKWRIGHT_STATE_DIR",
    )
}
