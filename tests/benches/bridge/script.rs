//! The injected script: its size, and the time that a page waits for it.

use anyhow::{Context as _, Result};
use serde_json::json;
use tests::xtask;

use crate::{apps::Apps, figures::Figure};

/// Bytes, all modules included.
const SIZE_GOAL: f64 = 25_000.0;
/// Milliseconds on each page.
const TIME_GOAL: f64 = 2.0;
/// Pages that are loaded (count). The page's clock ticks in milliseconds, so the mean of many loads says more than the middle one.
const LOADS: usize = 60;
/// Parses and runs the script as the runtime has it run, in a page that has not seen it.
const RUN: &str = r#"
    const [script, bootstrap] = arguments;
    const began = performance.now();
    (0, eval)(script)(bootstrap);
    const took = performance.now() - began;
    if (!window.Desktopr.supports("events.emit")) throw new Error("the script has not run");
    return took;"#;

/// In the bare app, where nothing has injected it.
pub(crate) async fn measure(apps: &Apps) -> Result<Vec<Figure>> {
    let root = xtask::repo_root()?;
    let script = fs_err::read_to_string(root.join("template-app/bridge/dist/bridge.js"))?;
    let modules: Vec<_> = bridge_contract::Module::ALL.iter().map(|module| module.name()).collect();
    let bootstrap = json!({
        "apiVersion": bridge_contract::API_VERSION,
        "origins": [],
        "localOrigins": ["tauri://localhost"],
        "commands": bridge_contract::commands().map(|command| command.name).collect::<Vec<_>>(),
        "fsScopes": ["data", "cache", "trash", "diagnostics", "plugins"],
        "modules": modules,
        "unsupported": [],
        "shortcuts": [],
    });
    let mut total = 0.0;
    for _ in 0..LOADS {
        apps.bare.goto("tauri://localhost/").await?;
        let took = apps.bare.eval(RUN, vec![json!(script), bootstrap.clone()]).await?;
        total += took.as_f64().context("a time")?;
    }
    let figure = |name, value, unit, goal| Figure { name, value, unit, baseline: None, goal };
    Ok(vec![
        figure("size of the injected script", script.len() as f64, "bytes", SIZE_GOAL),
        figure("time of the injected script", total / LOADS as f64, "ms", TIME_GOAL),
    ])
}
