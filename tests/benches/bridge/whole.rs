//! Whole files and long folders: what a page asks for in one call.

use anyhow::Result;
use serde_json::json;

use crate::{
    apps::Apps,
    figures::Figure,
    turns::{Work, turns},
};

/// Bytes of the file.
const SIZE: u64 = 64 * 1024 * 1024;
/// Entries of the folder.
const ENTRIES: usize = 10_000;
/// At 0.85 times the speed of the bare app, something takes so many times as long.
const NEAR_BARE: f64 = 1.0 / 0.85;

/// Files of 64 MiB, and a folder of 10,000 entries.
pub(crate) async fn measure(apps: &Apps) -> Result<Vec<Figure>> {
    prepare(apps).await?;
    let ours = |script: &str| Work { session: &apps.ours, script: format!("await {script}") };
    let bare = |script: &str| Work {
        session: &apps.bare,
        script: format!("const {{ invoke }} = __TAURI_INTERNALS__; await {script}"),
    };
    let path = json!(apps.folder.path().join("plugin.bin")).to_string();
    let header = format!("encodeURIComponent({path})");
    let [write, bare_write, plugin_write] = turns([
        ours("Desktopr.fs.data.writeBytes('ours.bin', bytes)"),
        bare("invoke('write', bytes)"),
        bare(&format!(
            "invoke('plugin:fs|write_file', bytes, {{ headers: {{ path: {header}, options: '{{}}' }} }})"
        )),
    ])
    .await?;
    let [read, bare_read, plugin_read] = turns([
        ours("Desktopr.fs.data.readBytes('ours.bin')"),
        bare("invoke('read', { name: 'bare.bin' })"),
        bare(&format!("invoke('plugin:fs|read_file', {{ path: {path} }})")),
    ])
    .await?;
    let [list, bare_list, round_trip] = turns([
        ours("Desktopr.fs.data.listContent('many')"),
        bare("invoke('list', { name: 'many' })"),
        bare("invoke('nothing')"),
    ])
    .await?;
    let figure = |name, value, baseline, goal| Figure {
        name,
        value,
        unit: "ms",
        baseline: Some(baseline),
        goal,
    };
    Ok(vec![
        figure("writeBytes of 64 MiB, beside bare", write, bare_write, NEAR_BARE),
        figure("writeBytes of 64 MiB, beside plugin-fs", write, plugin_write, 1.0),
        figure("readBytes of 64 MiB, beside bare", read, bare_read, NEAR_BARE),
        figure("readBytes of 64 MiB, beside plugin-fs", read, plugin_read, 1.0),
        figure("listContent of 10,000 entries", list - round_trip, bare_list, 2.0),
    ])
}

/// The bytes to be written, in both pages, and the folders to be listed.
async fn prepare(apps: &Apps) -> Result<()> {
    let script = "const random = crypto.getRandomValues(new Uint8Array(65536));
                  window.bytes = new Uint8Array(arguments[0]);
                  for (let at = 0; at < bytes.length; at += random.length) bytes.set(random, at);";
    for session in [&apps.ours, &apps.bare] {
        session.eval(script, vec![json!(SIZE)]).await?;
    }
    apps.ours.resolved("await Desktopr.fs.data.newDirectory('many')", vec![]).await?;
    for folder in [apps.data.join("many"), apps.folder.path().join("many")] {
        fs_err::create_dir_all(&folder)?;
        for index in 0..ENTRIES {
            fs_err::write(folder.join(format!("entry {index:05}.txt")), "text")?;
        }
    }
    Ok(())
}
