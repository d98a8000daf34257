//! Child processes: git, and GitHub's own command line when it is installed. Arguments are lists, and neither sees a token
//! that it was not asked for.

use std::{path::Path, process::Stdio};

use anyhow::Context as _;
use tokio::{io::AsyncWriteExt as _, process::Command};

use crate::{error, token};

/// What `gh` knows as the user's token; none when it is not installed or nobody is logged in.
pub(crate) async fn gh_token(host: &str) -> Option<String> {
    let mut command = Command::new("gh");
    command.args(["auth", "token", "--hostname", host]).stdin(Stdio::null()).stderr(Stdio::null());
    let output = command.output().await.ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    (output.status.success() && !text.trim().is_empty()).then(|| text.trim().to_owned())
}

/// What a git command prints; none when it fails.
pub(crate) async fn git(dir: &Path, args: &[&str], input: &str) -> anyhow::Result<Option<String>> {
    let mut command = Command::new("git");
    command.args(args).current_dir(dir).kill_on_drop(true);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    for name in token::secret_variables() {
        command.env_remove(name);
    }
    let mut child = command
        .spawn()
        .map_err(|_| error::missing("git is not installed", "install git, or use `--inline`"))?;
    let mut stdin = child.stdin.take().context("git takes input")?;
    let input = input.to_owned();
    // In a task of its own: git may answer before it has read everything.
    let fed = tokio::spawn(async move {
        // A git that does not want its input says so by how it ends.
        let _ = stdin.write_all(input.as_bytes()).await;
    });
    let output = child.wait_with_output().await?;
    fed.await?;
    let text = String::from_utf8(output.stdout).context("git prints something that is no text")?;
    Ok(output.status.success().then_some(text))
}
