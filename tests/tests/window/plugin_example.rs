//! The example with plugins: compiled ahead of time, in the pack, at work in its page.

use anyhow::Result;
use serde_json::json;
use tests::{desktop::Desktop, webdriver::Session};

use crate::{
    plugin_support::{data_dir, module, stamp_example},
    support::SOON,
};

#[tokio::test]
async fn bundled_plugins_work_and_stay() -> Result<()> {
    for name in ["math", "files"] {
        module(name).await?;
    }
    let (app, desktop) =
        (stamp_example("examples/plugins/app.json").await?, Desktop::start().await?);
    let session = app.open(&desktop).await?;
    let state = "document.querySelector('[data-testid=state]').textContent";
    let listed = format!("{state} === '2 plugins: files.wasm, math.wasm' && {state}");
    session.wait_for(&listed, SOON).await?;
    assert_eq!(output(&session, "compute", "computed").await?, "4");
    let found = output(&session, "search", "found").await?;
    assert!(found.starts_with("348,513 primes"), "{found}");

    session.send_keys("#note", "A note that stays").await?;
    output(&session, "keep", "kept").await?;
    session.eval("document.getElementById('note').value = ''", vec![]).await?;
    assert_eq!(output(&session, "read", "kept").await?, "Read 17 characters.");
    let stored = data_dir(&desktop, "workbench").join("_external_modules_storage/files.wasm");
    assert_eq!(fs_err::read_to_string(stored.join("note.txt"))?, "A note that stays");
    check_rights(&session).await
}

/// Submits a form by its button, and gives what it shows when it is done.
async fn output(session: &Session, button: &str, output: &str) -> Result<String> {
    let shown = format!("document.querySelector('[data-testid={output}]')");
    session.eval(&format!("{shown}.dataset.state = 'idle'"), vec![]).await?;
    session.click(&format!("[data-testid={button}]")).await?;
    let done = format!("{shown}.dataset.state === 'done' && {shown}.value");
    Ok(session.wait_for(&done, SOON).await?.as_str().unwrap_or_default().to_owned())
}

async fn check_rights(session: &Session) -> Result<()> {
    let info = session.resolved("return await Desktopr.plugins.info('math')", vec![]).await?;
    assert_eq!((&info["bundled"], &info["compiled"]), (&json!(true), &json!(true)), "{info}");
    for call in [
        "Desktopr.plugins.add()",
        "Desktopr.plugins.addFromBytes('more', new Uint8Array(8))",
        "Desktopr.plugins.remove('math')",
    ] {
        let refused = session.rejected(&format!("await {call}"), vec![]).await?;
        assert_eq!(refused.code.as_deref(), Some("plugins/install-forbidden"), "{call}");
    }
    Ok(())
}
