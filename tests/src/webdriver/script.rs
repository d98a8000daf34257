//! Scripts in the page: values, promises that reject, and conditions to wait for.

use std::fmt::{self, Display};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use fantoccini::error::{CmdError, ErrorStatus};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::{Session, explained};

/// What a promise of the page came to.
pub type Settled = Result<Value, Rejection>;

/// The value that a promise was rejected with: an `Error`, an object of that form, or anything else
/// as text.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Rejection {
    /// The name of its class, if it is an `Error`.
    pub name: Option<String>,
    pub code: Option<String>,
    pub message: String,
    pub module: Option<String>,
    pub details: Option<Value>,
}

impl Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code.as_deref().unwrap_or("no code"), self.message)
    }
}

impl std::error::Error for Rejection {}

/// Runs `body` as an async function. An `Error` would arrive as an empty object, so its fields are
/// picked here.
const SETTLE: &str = r#"
const args = Array.from(arguments);
const done = args.pop();
const text = (value) => (value === undefined || value === null ? null : String(value));
const rejection = (reason) => {
  const fields = typeof reason === "object" && reason !== null ? reason : {};
  return {
    name: reason instanceof Error ? text(reason.name) : null,
    code: text(fields.code),
    message: text(fields.message) ?? (typeof reason === "string" ? reason : JSON.stringify(reason) ?? String(reason)),
    module: text(fields.module),
    details: fields.details ?? null,
  };
};
(async function () {
@BODY@
}).apply(null, args).then(
  (value) => done({ value: value === undefined ? null : value }),
  (reason) => done({ reason: rejection(reason) }),
);
"#;

/// Asks again until the answer is true or time is up. A timer, not an animation frame: a hidden
/// window has no frames. Every change that a page can make may turn the answer, so that no one
/// event would do.
const WAIT: &str = r#"
const deadline = Date.now() + arguments[0];
let last;
for (;;) {
  try {
    last = await (async () => (@PREDICATE@))();
    if (last) return { found: last };
  } catch (error) {
    last = String(error);
  }
  if (Date.now() >= deadline) return { last: last === undefined ? "undefined" : last };
  await new Promise((wake) => setTimeout(wake, @INTERVAL@));
}
"#;

/// How often a condition is tried in the page, in milliseconds: less than a frame of a 60 Hz
/// display.
const CONDITION_INTERVAL_MS: &str = "10";

/// One round of waiting in the page, below WebKit's limit of a script.
const WAIT_ROUND: Duration = Duration::from_secs(20);

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    value: Value,
    reason: Option<Rejection>,
}

impl Session {
    /// Runs a script, with `arguments`, and returns what it returns. An exception is an error.
    pub async fn eval(&self, script: &str, args: Vec<Value>) -> Result<Value> {
        self.issue(&format!("run `{script}`"), self.client.execute(script, args)).await
    }

    /// Runs a script as the body of an async function, so that it may `await`, and returns what its
    /// promise came to.
    pub async fn eval_async(&self, script: &str, args: Vec<Value>) -> Result<Settled> {
        let answer = self.issue(&format!("run `{script}`"), self.settle(script, args)).await?;
        let answer: Answer =
            serde_json::from_value(answer).context("the page gave another answer")?;
        Ok(match answer.reason {
            Some(reason) => Err(reason),
            None => Ok(answer.value),
        })
    }

    /// The value of an async script; a rejection is an error.
    pub async fn resolved(&self, script: &str, args: Vec<Value>) -> Result<Value> {
        self.eval_async(script, args).await?.with_context(|| format!("`{script}` was rejected"))
    }

    /// The rejection of an async script; a value is an error.
    pub async fn rejected(&self, script: &str, args: Vec<Value>) -> Result<Rejection> {
        match self.eval_async(script, args).await? {
            Ok(value) => bail!("`{script}` was not rejected, it gave: {value}"),
            Err(rejection) => Ok(rejection),
        }
    }

    /// Waits until a JavaScript expression, which may `await`, is true, and returns its value. The
    /// page may be left meanwhile: the expression is then asked of the next one.
    pub async fn wait_for(&self, predicate: &str, limit: Duration) -> Result<Value> {
        let script =
            WAIT.replace("@PREDICATE@", predicate).replace("@INTERVAL@", CONDITION_INTERVAL_MS);
        let what = format!("wait for `{predicate}`");
        let deadline = Instant::now() + limit;
        loop {
            let round = deadline.saturating_duration_since(Instant::now()).min(WAIT_ROUND);
            let asked = self.settle(&script, vec![json!(round.as_millis())]);
            let last = match self.try_issue(&what, asked).await? {
                Ok(answer) => match found(&answer)? {
                    Ok(value) => return Ok(value),
                    Err(last) => last,
                },
                Err(error) if was_unloaded(&error) => json!("the page was left"),
                Err(error) => return Err(explained(error).context(format!("failed to {what}"))),
            };
            if Instant::now() >= deadline {
                let url = self.url().await?;
                bail!("not within {limit:?}: `{predicate}`; last answer: {last}; page: {url}");
            }
        }
    }

    async fn settle(&self, body: &str, args: Vec<Value>) -> Result<Value, CmdError> {
        self.client.execute_async(&SETTLE.replace("@BODY@", body), args).await
    }
}

/// The value that was found, or the last answer that was none.
fn found(answer: &Value) -> Result<Result<Value, Value>> {
    let answer = answer.get("value").with_context(|| format!("failed to wait: {answer}"))?;
    Ok(match answer.get("found") {
        Some(found) => Ok(found.clone()),
        None => Err(answer.get("last").cloned().unwrap_or_default()),
    })
}

/// WebKit's answer to a script whose page was left before the script was done.
fn was_unloaded(error: &CmdError) -> bool {
    matches!(error, CmdError::Standard(error) if error.error == ErrorStatus::NoSuchFrame)
}
