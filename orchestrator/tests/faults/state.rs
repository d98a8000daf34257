//! A state that is damaged, or that cannot be written.

use std::{fs::Permissions, os::unix::fs::PermissionsExt as _};

use anyhow::{Context as _, Result};

use super::{desk::Desk, landed::expect_one_build, said::wait};

/// Of SQLite's files, in bytes.
const PAGE: u64 = 4096;

/// A desk with one dispatched build, and the database's file.
async fn begun() -> Result<(Desk, std::path::PathBuf)> {
    let desk = Desk::new().await?;
    desk.run(&["dispatch", "app/app.json"]).await?.ok();
    let file = desk.state().join("builds.db");
    Ok((desk, file))
}

fn kept(desk: &Desk) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs_err::read_dir(desk.state())? {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    names.retain(|name| name.contains("damaged"));
    Ok(names)
}

#[tokio::test]
async fn a_truncated_database_is_kept_and_said_to_be_damaged() -> Result<()> {
    let whole = {
        let (_desk, file) = begun().await?;
        fs_err::metadata(file)?.len()
    };
    for len in [0, 1, 99, 100, PAGE, whole / 2, whole - PAGE] {
        let (desk, file) = begun().await?;
        fs_err::OpenOptions::new().write(true).open(&file)?.set_len(len)?;
        let said = desk.run(&["runs"]).await?;
        assert_eq!(said.code, Some(1), "cut at {len} of {whole}: {}", said.stdout);
        let said = said.expect(1, "the state of builds was damaged; it is kept as:");
        assert!(said.stderr.contains("deskwright collect RUN"), "{}", said.stderr);
        let kept = kept(&desk)?;
        assert!(kept.iter().any(|name| name.starts_with("builds.db.damaged-")), "{len}: {kept:?}");
        // What GitHub has is not lost, and is not started again.
        let run = desk.json(&["runs", "--remote"]).await?["runs"][0]["id"].to_string();
        desk.run(&["collect", &run]).await?.ok();
        expect_one_build(&desk).await.with_context(|| format!("cut at {len} of {whole}"))?;
    }
    Ok(())
}

#[tokio::test]
async fn bytes_that_are_no_database() -> Result<()> {
    let (desk, file) = begun().await?;
    fs_err::write(&file, "this is no database".repeat(1000))?;
    desk.run(&["resume"]).await?.expect(1, "the state of builds was damaged");
    assert_eq!(
        kept(&desk)?
            .iter()
            .filter(|name| !name.ends_with("-wal") && !name.ends_with("-shm"))
            .count(),
        1
    );
    Ok(())
}

#[tokio::test]
async fn a_state_of_a_later_version_is_left_alone() -> Result<()> {
    let (desk, file) = begun().await?;
    let connection = rusqlite::Connection::open(&file)?;
    connection.pragma_update(None, "user_version", 99)?;
    connection.close().map_err(|(_, error)| error)?;
    let said =
        desk.run(&["runs"]).await?.expect(1, "the state is of a later version of deskwright");
    assert!(said.stderr.contains("--state-dir"), "{}", said.stderr);
    assert_eq!(kept(&desk)?.len(), 0);
    Ok(())
}

/// As a user who may not write there: root may write everywhere.
#[tokio::test]
async fn a_state_that_cannot_be_written() -> Result<()> {
    let (desk, _) = begun().await?;
    for entry in fs_err::read_dir(desk.state())? {
        let path = entry?.path();
        let mode = if path.is_dir() { 0o555 } else { 0o444 };
        fs_err::set_permissions(path, Permissions::from_mode(mode))?;
    }
    fs_err::set_permissions(desk.state(), Permissions::from_mode(0o555))?;
    fs_err::set_permissions(desk.dir.path(), Permissions::from_mode(0o755))?;
    let args = ["dispatch", "app/app.json", "--again"];
    let said = wait(desk.as_nobody(&args)?.spawn()?).await?;
    let said = said.expect(1, "the state of builds cannot be written");
    assert!(said.stderr.contains("DESKWRIGHT_STATE_DIR"), "{}", said.stderr);
    Ok(())
}

#[tokio::test]
async fn a_state_where_no_folder_can_be() -> Result<()> {
    let desk = Desk::new().await?;
    let file = desk.dir.path().join("file");
    fs_err::write(&file, "")?;
    let mut command = desk.command(&["runs"]);
    command.env("DESKWRIGHT_STATE_DIR", file.join("state"));
    wait(command.spawn()?).await?.expect(1, "the state of builds cannot be written");
    Ok(())
}
