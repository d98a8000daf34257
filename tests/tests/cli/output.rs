//! What goes where: help, data on stdout, words on stderr, nothing coloured into a pipe.

use anyhow::Result;

use crate::support::{Project, xtask};

#[tokio::test]
async fn the_help_is_what_the_snapshot_says() -> Result<()> {
    let help = xtask(&["--help"]).await?.expect_code(0)?.stdout;
    insta::assert_snapshot!("help", help);
    Ok(())
}

#[tokio::test]
async fn a_pipe_gets_plain_text() -> Result<()> {
    let project = Project::minimal(|_| {})?;
    let good = project.xtask(&["render", "app.json", "--out", "out"]).await?.expect_code(0)?;
    assert_eq!(good.stdout.lines().count(), 1, "{good}");
    let bad = project.xtask(&["render", "gone.json"]).await?.expect_code(2)?;
    assert!(!format!("{}{}{}", good.stdout, good.stderr, bad.stderr).contains('\u{1b}'));
    assert!(bad.stderr.starts_with("error: ") && bad.stderr.contains("\nhint: "), "{bad}");
    Ok(())
}
