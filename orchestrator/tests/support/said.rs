//! The program under test, run to its end: what it said, how it ended, and that nobody saw the token.

use std::{process::Output, time::Duration};

use anyhow::{Context as _, Result};
use serde_json::Value;
use tokio::process::Child;

/// In no output, no file and no request line may this be seen.
pub(crate) const TOKEN: &str = "ghs_MarkerOfTheToken";
/// The part of it that is looked for.
pub(crate) const MARKER: &str = "MarkerOfTheToken";
/// Far above what any of these commands takes: only a hang is ended.
const LIMIT: Duration = Duration::from_secs(120);

/// What the program said, and how it ended.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

pub(crate) async fn wait(child: Child) -> Result<Said> {
    let output: Output =
        tokio::time::timeout(LIMIT, child.wait_with_output()).await.context("it hangs")??;
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    let said = Said {
        code: output.status.code(),
        stdout: text(output.stdout),
        stderr: text(output.stderr),
    };
    assert!(
        !said.stdout.contains(MARKER) && !said.stderr.contains(MARKER),
        "the token is seen: {said:?}"
    );
    Ok(said)
}

impl Said {
    #[track_caller]
    pub(crate) fn expect(self, code: i32, words: &str) -> Self {
        assert_eq!(self.code, Some(code), "{}\n{}", self.stdout, self.stderr);
        assert!(self.stderr.contains(words), "not said: {words}\n{}", self.stderr);
        self
    }

    #[track_caller]
    pub(crate) fn ok(self) -> Self {
        self.expect(0, "")
    }

    /// The last line of stdout as JSON.
    pub(crate) fn last(&self) -> Result<Value> {
        Ok(serde_json::from_str(self.stdout.lines().last().context("nothing was said")?)?)
    }
}
