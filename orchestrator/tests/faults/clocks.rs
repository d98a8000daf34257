//! Clocks that are wrong, or jump.

use anyhow::Result;
use fake_github::{Action, Fault, Options};

use super::{
    desk::{DISPATCHES, Desk, SPEED},
    landed::expect_one_build,
    said::wait,
};

/// Days that a clock is wrong by, in seconds.
const WRONG_BY: [i64; 2] = [-86_400 * 400, 86_400 * 400];

#[tokio::test]
async fn a_server_in_another_year() -> Result<()> {
    for clock_skew in WRONG_BY {
        let options = Options { speed: SPEED, clock_skew, ..Options::default() };
        let desk = Desk::with(options).await?;
        // How long to wait is the difference of two times of the server's.
        let limit = Action::PrimaryLimit {
            status: 403.try_into()?,
            resets_in: std::time::Duration::from_secs(30),
        };
        desk.fake.add_fault(Fault::on("GET".parse()?, "/repos/*/*", limit));
        let said = desk.run(&["build", "app/app.json", "--no-doctor"]).await?.ok();
        assert!(
            said.stderr.contains("Waiting 31 s") || said.stderr.contains("Waiting 30 s"),
            "{}",
            said.stderr
        );
        expect_one_build(&desk).await?;
    }
    Ok(())
}

/// The system's clock is set while a build waits: libfaketime answers for it.
#[tokio::test]
async fn a_clock_that_jumps_while_a_build_waits() -> Result<()> {
    for jump in ["+400d", "-400d"] {
        let desk = Desk::new().await?;
        let clock = desk.dir.path().join("clock");
        fs_err::write(&clock, "+0d")?;
        desk.fake.add_fault(Fault::on("POST".parse()?, DISPATCHES, Action::HoldAfter));
        let mut command = desk.command(&["build", "app/app.json", "--no-doctor"]);
        command.env("LD_PRELOAD", "libfaketime.so.1").env("FAKETIME_TIMESTAMP_FILE", &clock);
        command.env("FAKETIME_NO_CACHE", "1").env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
        command.env("LD_LIBRARY_PATH", faketime_folder()?);
        let child = command.spawn()?;
        desk.fake.wait_for_hold().await?;
        fs_err::write(&clock, jump)?;
        desk.fake.let_go();
        wait(child).await?.ok();
        let history = desk.json(&["runs"]).await?;
        let (from, to) = (&history["builds"][0]["createdAt"], &history["builds"][0]["updatedAt"]);
        assert_ne!(
            from.as_str().map(|at| &at[..4]),
            to.as_str().map(|at| &at[..4]),
            "it did not jump"
        );
        expect_one_build(&desk).await?;
    }
    Ok(())
}

/// Where the system keeps the library.
fn faketime_folder() -> Result<std::path::PathBuf> {
    let mut folders = vec!["/usr/lib64".into(), "/usr/lib".into()];
    for entry in fs_err::read_dir("/usr/lib")? {
        folders.push(entry?.path());
    }
    for folder in folders {
        let folder = folder.join("faketime");
        if folder.join("libfaketime.so.1").is_file() {
            return Ok(folder);
        }
    }
    anyhow::bail!("libfaketime is not installed: `cargo xtask setup --tests`")
}
