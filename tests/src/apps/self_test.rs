//! The one line of JSON that an app prints for `--self-test`.

use std::collections::BTreeMap;

use anyhow::{Result, ensure};
use serde::Deserialize;

use crate::process::Output;

/// What a self-test saw. Strict, so that a change of the line shows here.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SelfTest {
    pub ok: bool,
    /// Why it is not; none when it is.
    pub error: Option<String>,
    /// None when the app could not be found out.
    pub app: Option<AppIdentity>,
    pub url: String,
    pub title: String,
    /// Of the main document, when it comes over HTTP.
    pub http_status: Option<u16>,
    pub bridge: BridgeOutcome,
    /// Where the page is on the screen, in pixels.
    pub window: Option<WindowArea>,
    /// Milliseconds; none for what did not happen.
    pub timings_ms: BTreeMap<String, Option<f64>>,
    pub page_errors: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AppIdentity {
    pub id: String,
    pub name: String,
    pub version: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BridgeOutcome {
    pub available: bool,
    pub api_version: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WindowArea {
    pub x: i32,
    pub y: i32,
    pub width: u32,
    pub height: u32,
}

impl SelfTest {
    /// Reads the line; that there is one line only, and that the exit code says the same, is
    /// checked.
    pub fn parse(output: &Output) -> Result<Self> {
        ensure!(output.stdout.lines().count() == 1, "expected one line: {output}");
        let outcome: Self = output.json()?;
        let code = if outcome.ok { 0 } else { 1 };
        ensure!(output.status.code() == Some(code), "`ok` and the exit code contradict: {output}");
        Ok(outcome)
    }
}
