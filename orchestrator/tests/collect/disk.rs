//! A disk that is full: a small file system of memory, in a namespace of its own.

use std::time::Duration;

use anyhow::{Result, ensure};
use config_schema::Target;
use tokio::process::Command;

use crate::{
    sample::Sample,
    support::{Fixture, files, noise},
};

const LEN: usize = 4 * 1024 * 1024;
const LIMIT: Duration = Duration::from_secs(60);
/// Collects twice, with more room the second time, and tells what is there after each.
const SCRIPT: &str = r#"
set -u
mkdir -p "$OUT"
mount -t tmpfs -o "size=$ROOM" none "$OUT" || exit 90
"$PROGRAM" collect "$RUN" --repo o/r --out "$OUT"
echo "ended with $?"
find "$OUT" | sort
echo "files end"
mount -o remount,size=64m "$OUT" || exit 91
"$PROGRAM" collect "$RUN" --repo o/r --out "$OUT"
echo "ended with $?"
cp -R "$OUT" "$KEEP"
"#;

async fn collect_with(at: &Fixture, run: u64, room: &str) -> Result<(String, String)> {
    #[expect(clippy::disallowed_methods, reason = "tests start programs here")]
    let mut command = Command::from(std::process::Command::new("unshare"));
    // Where this is not the superuser, it is one of its own namespace.
    command.args(["--mount", "--map-root-user", "--user", "sh", "-c", SCRIPT]).kill_on_drop(true);
    at.environment(&mut command);
    command.env("PROGRAM", env!("CARGO_BIN_EXE_deskwright")).env("RUN", run.to_string());
    command.env("ROOM", room).env("OUT", at.out()).env("KEEP", at.dir.path().join("kept"));
    let output = tokio::time::timeout(LIMIT, command.output()).await??;
    let (told, said) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    ensure!(output.status.success(), "{}\n{told}\n{said}", output.status);
    Ok((told.into_owned(), said.into_owned()))
}

#[tokio::test]
async fn what_has_no_room_waits_for_it() -> Result<()> {
    let sample = Sample::with("notes", "1.0.0", &[Target::LinuxX64], |_| noise(LEN));
    // Full in the plan, in the download, in the first and in the last bytes of the unpacking.
    for (room, requests) in [("8k", 2), ("2m", 3), ("5m", 2), ("8m", 2)] {
        let at = Fixture::new().await?;
        let run = at.run(Sample::script(sample.artifacts())).await?;
        let (told, said) = collect_with(&at, run, room).await?;
        assert!(told.starts_with("ended with 1\n"), "{room}: {told}{said}");
        assert!(said.contains("error: the disk is full: "), "{room}: {said}");
        let (between, _) = told.split_once("files end\n").unwrap_or_default();
        assert!(between.contains("zip.part"), "{room}: what came is kept: {told}");
        assert!(!between.contains("com.example"), "{room}: nothing has landed: {told}");
        assert!(!between.contains("scratch"), "{room}: nothing is in the way: {told}");
        assert!(told.contains("ended with 0\n"), "{room}: {told}{said}");
        let kept = files(&at.dir.path().join("kept"));
        let package = kept.iter().find(|(name, _)| name.ends_with("linux-x64.bin"));
        assert!(
            package.is_some_and(|(_, bytes)| *bytes == noise(LEN)),
            "{room}: {:?}",
            kept.keys()
        );
        let answers = at.blobs();
        assert_eq!(
            answers.len(),
            requests,
            "{room}: what was here was not fetched again: {answers:?}"
        );
    }
    Ok(())
}
