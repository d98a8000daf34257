//! The artifacts of a build, each with how far it has come.

use rusqlite::{Row, params};

use super::{BuildId, Store};

/// How far an artifact has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub enum ArtifactState {
    /// GitHub has it.
    Listed,
    /// Its archive is here, with the right hash.
    Downloaded,
    /// It is unpacked, and every file is what its manifest says.
    Verified,
}

impl ArtifactState {
    const ALL: [Self; 3] = [Self::Listed, Self::Downloaded, Self::Verified];

    fn name(self) -> &'static str {
        match self {
            Self::Listed => "listed",
            Self::Downloaded => "downloaded",
            Self::Verified => "verified",
        }
    }
}

/// An artifact of a build.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArtifactRow {
    pub name: String,
    /// GitHub's id.
    pub remote: u64,
    /// Of the archive, in bytes.
    pub size: u64,
    /// `sha256:<hex>` of the archive; older servers tell none.
    pub digest: Option<String>,
    pub state: ArtifactState,
}

impl Store {
    /// The artifacts of a build, by name.
    pub fn artifacts(&self, id: &BuildId) -> anyhow::Result<Vec<ArtifactRow>> {
        let connection = self.connection();
        let sql = "SELECT name, remote, size, digest, state FROM artifacts WHERE build = ?1 ORDER BY name";
        let read = || -> rusqlite::Result<Vec<ArtifactRow>> {
            connection.prepare(sql)?.query_map([id.as_str()], from_row)?.collect()
        };
        read().map_err(|error| self.failure(error))
    }

    /// Records the artifacts that GitHub lists, all at once. One that is known already, by the same id, keeps its state.
    pub fn list_artifacts(&self, id: &BuildId, rows: &[ArtifactRow]) -> anyhow::Result<()> {
        let mut connection = self.connection();
        let mut write = || -> rusqlite::Result<()> {
            let transaction = connection.transaction()?;
            for row in rows {
                transaction.execute(
                    "INSERT INTO artifacts (build, name, remote, size, digest, state) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                     ON CONFLICT (build, name) DO UPDATE SET remote = excluded.remote, size = excluded.size,
                     digest = excluded.digest, state = excluded.state WHERE remote != excluded.remote",
                    params![
                        id.as_str(),
                        row.name,
                        row.remote.cast_signed(),
                        row.size.cast_signed(),
                        row.digest,
                        row.state.name(),
                    ],
                )?;
            }
            transaction.commit()
        };
        write().map_err(|error| self.failure(error))
    }

    /// Records how far an artifact has come.
    pub fn advance_artifact(
        &self,
        id: &BuildId,
        name: &str,
        state: ArtifactState,
    ) -> anyhow::Result<()> {
        let sql = "UPDATE artifacts SET state = ?3 WHERE build = ?1 AND name = ?2";
        let connection = self.connection();
        let written = connection.execute(sql, params![id.as_str(), name, state.name()]);
        written.map(|_| ()).map_err(|error| self.failure(error))
    }
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<ArtifactRow> {
    let state: String = row.get(4)?;
    let state = ArtifactState::ALL.into_iter().find(|known| known.name() == state);
    Ok(ArtifactRow {
        name: row.get(0)?,
        remote: row.get::<_, i64>(1)?.cast_unsigned(),
        size: row.get::<_, i64>(2)?.cast_unsigned(),
        digest: row.get(3)?,
        // What a later version calls otherwise is fetched anew.
        state: state.unwrap_or(ArtifactState::Listed),
    })
}
