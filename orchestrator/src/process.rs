//! Child processes: GitHub's own command line, when it is installed.

use std::process::Stdio;

use tokio::process::Command;

/// What `gh` knows as the user's token; none when it is not installed or nobody is logged in.
pub(crate) async fn gh_token(host: &str) -> Option<String> {
    let mut command = Command::new("gh");
    command.args(["auth", "token", "--hostname", host]).stdin(Stdio::null()).stderr(Stdio::null());
    let output = command.output().await.ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    (output.status.success() && !text.trim().is_empty()).then(|| text.trim().to_owned())
}
