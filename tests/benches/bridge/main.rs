//! What the bridge costs: calls, events, pictures and files in our app beside a bare Tauri app, whose commands do the same with nothing
//! between page and file, and beside Tauri's own plugins. The apps are open at once, and take turns.
//!
//!     cargo xtask bench bridge
//!
//! `DESKWRIGHT_BARE_APP` names the bare app, which `tests/bridge-bench` is.

#![allow(clippy::print_stdout, reason = "prints its results")]

mod apps;
mod calls;
mod chosen;
mod figures;
mod script;
mod streams;
mod turns;
mod whole;

use anyhow::Result;
use serde_json::json;

fn main() -> Result<()> {
    let json = std::env::args().any(|arg| arg == "json");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let figures = runtime.block_on(async {
        let apps = apps::Apps::open().await?;
        let mut figures = calls::measure(&apps).await?;
        figures.extend(script::measure(&apps).await?);
        figures.extend(whole::measure(&apps).await?);
        figures.extend(chosen::measure(&apps).await?);
        figures.extend(streams::measure(&apps).await?);
        anyhow::Ok(figures)
    })?;
    if json {
        println!("{:#}", json!({ "figures": figures }));
    } else {
        figures.iter().for_each(|figure| println!("{figure}"));
    }
    Ok(())
}
