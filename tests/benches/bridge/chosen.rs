//! A file that the user has chosen, read by its handle.

use std::{path::Path, time::Duration};

use anyhow::{Context as _, Result};
use serde_json::json;
use tests::desktop::Desktop;

use crate::{
    apps::Apps,
    figures::{Figure, median},
};

/// Bytes of the file.
const SIZE: usize = 100_000_000;
/// Turns of each app (count); the first one is not counted.
const TURNS: usize = 11;
const NEAR_BARE: f64 = 1.0 / 0.85;
/// Longest wait for the dialog.
const SOON: Duration = Duration::from_secs(20);
/// How long GTK may look at the folder before it is asked again.
const LOOK: Duration = Duration::from_millis(500);
const TITLE: &str = "Choose the file";

/// Types the path into GTK's dialog. GTK forgets an answer that comes while it still looks at the folder, so it is given again.
async fn choose(desktop: &Desktop, path: &Path) -> Result<()> {
    let dialog = desktop.wait_for_window(TITLE, SOON).await?;
    desktop.activate(dialog.id).await?;
    desktop.press(&["ctrl+l", "ctrl+a"]).await?;
    desktop.type_text(&path.display().to_string()).await?;
    let answered = async {
        loop {
            desktop.press(&["Return"]).await?;
            if desktop.wait_for_no_window(dialog.id, LOOK).await.is_ok() {
                return anyhow::Ok(());
            }
        }
    };
    tokio::time::timeout(SOON, answered).await.context("the dialog took no answer")?
}

/// 100 MB, beside the bare app, which reads the same file in one piece.
pub(crate) async fn measure(apps: &Apps) -> Result<Vec<Figure>> {
    let path = apps.folder.path().join("chosen.bin");
    fs_err::write(&path, vec![7; SIZE])?;
    let begin = format!("window.chosen = Desktopr.files.open({{ title: '{TITLE}' }}); return null");
    apps.ours.eval(&begin, vec![]).await?;
    choose(&apps.desktop, &path).await?;
    let ours = "const { handles } = await chosen; const began = performance.now();
                const { length } = await handles[0].read();
                if (length !== arguments[0]) throw new Error(`${length}`);
                return performance.now() - began";
    let bare = "const { invoke } = __TAURI_INTERNALS__; const began = performance.now();
                const { byteLength } = await invoke('read', { name: 'chosen.bin' });
                if (byteLength !== arguments[0]) throw new Error(`${byteLength}`);
                return performance.now() - began";
    let (mut times, mut bare_times) = (Vec::new(), Vec::new());
    for turn in 0..TURNS {
        for (session, script, times) in
            [(&apps.ours, ours, &mut times), (&apps.bare, bare, &mut bare_times)]
        {
            let time = session.resolved(script, vec![json!(SIZE)]).await?;
            if turn > 0 {
                times.push(time.as_f64().context("a time")?);
            }
        }
    }
    Ok(vec![Figure {
        name: "reading 100 MB by a handle",
        value: median(times),
        unit: "ms",
        baseline: Some(median(bare_times)),
        goal: NEAR_BARE,
    }])
}
