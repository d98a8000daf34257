//! What a plugin costs that the page calls: the example app with its release runtime, in a real window.
//!
//!     cargo bench --package tests --bench page -- [--format json]
//!
//! Beside it stands an empty round trip from the page to the runtime. The page's clock ticks in milliseconds, so many calls are
//! measured at once, in turns.

#![allow(clippy::print_stdout, reason = "prints its results")]

use std::{path::PathBuf, time::Duration};

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use tests::{
    desktop::Desktop,
    webdriver::{Launch, Session},
    xtask::{self, Xtask},
};

/// A compile of the runtime, when the cache has none.
const COMPILE: Duration = Duration::from_secs(1800);
/// Beyond the round trip, in milliseconds.
const GOAL: f64 = 1.0;
/// Turns of each kind, and calls in a turn.
const TURNS: usize = 30;
const CALLS: usize = 40;
/// Gives the milliseconds of one call in each turn: `[empty, plugin]`.
const MEASURE: &str = r#"
    const [turns, calls] = arguments;
    const turn = async (call) => {
        const began = performance.now();
        for (let index = 0; index < calls; index += 1) await call();
        return (performance.now() - began) / calls;
    };
    const empty = () => Desktopr.plugins.cancel("none");
    const plugin = async () => {
        const result = await Desktopr.plugins.call("math", { fn: "divide", args: { a: 20, b: 5 } });
        if (result.value?.value !== 4) throw new Error(JSON.stringify(result));
    };
    await turn(empty);
    await turn(plugin);
    const times = [[], []];
    for (let index = 0; index < turns; index += 1) {
        times[0].push(await turn(empty));
        times[1].push(await turn(plugin));
    }
    return times;"#;

fn main() -> Result<()> {
    let json = std::env::args().any(|arg| arg == "json");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let [empty, plugin] = runtime.block_on(measure())?;
    let figure = json!({
        "name": "a plugin called from the page, beyond a round trip", "value": plugin - empty, "unit": "ms", "baseline": null,
        "beside": empty, "goal": GOAL,
    });
    if json {
        println!("{:#}", json!({ "figures": [figure] }));
    } else {
        println!(
            "empty round trip {empty:.3} ms, plugin {plugin:.3} ms, beyond {:.3} ms (goal {GOAL} ms)",
            plugin - empty
        );
    }
    Ok(())
}

/// Medians over the turns, in milliseconds.
async fn measure() -> Result<[f64; 2]> {
    let xtask = |args: Vec<String>| async move {
        Xtask::new()?
            .run(&args.iter().map(String::as_str).collect::<Vec<_>>(), COMPILE)
            .await?
            .expect_code(0)
    };
    let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
    let config = xtask::repo_root()?.join("examples/plugins/app.json").display().to_string();
    let built: Value =
        xtask(words("--format json runtime build --variant plugins")).await?.json()?;
    let binary = built["binary"].as_str().context("`runtime build` names the binary")?.to_owned();
    let dir = tempfile::tempdir()?;
    let tree = dir.path().join("tree").display().to_string();
    xtask([words("render"), vec![config], words("--out"), vec![tree.clone()]].concat()).await?;
    let stamp =
        [words("--format json stamp"), vec![tree], words("--runtime"), vec![binary]].concat();
    let stamped: Value = xtask(stamp).await?.json()?;
    let app = PathBuf::from(stamped["binary"].as_str().context("`stamp` names the binary")?);

    let desktop = Desktop::start().await?;
    let session = Session::open(&desktop, &Launch::new(app)).await?;
    let times = session.resolved(MEASURE, vec![json!(TURNS), json!(CALLS)]).await?;
    let times: [Vec<f64>; 2] = serde_json::from_value(times)?;
    Ok(times.map(|mut times| {
        times.sort_by(f64::total_cmp);
        times[times.len() / 2]
    }))
}
