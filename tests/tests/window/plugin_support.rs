//! What the tests of plugins share: an app whose runtime compiles modules, the modules, and sites that have them.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use runtime_settings::Sha256;
use serde_json::{Value, json};
use tests::{
    desktop::Desktop,
    servers::{Page, Site},
    webdriver::Session,
    xtask,
};

use crate::support::{App, PLAIN_PAGE, runtime_of, url_config, xtask as run_xtask};

/// The policy under which a page may fetch from its own origin only: Tauri's fast way is blocked then.
pub(crate) const STRICT: &str = "default-src 'self'";

/// A module whose `_start` never ends: `(module (memory (export "memory") 1) (func (export "_start") (loop (br 0))))`.
pub(crate) const SPIN: &[u8] =
    b"\0asm\x01\0\0\0\x01\x04\x01\x60\0\0\x03\x02\x01\0\x05\x03\x01\0\x01\
    \x07\x13\x02\x06_start\0\0\x06memory\x02\0\x0a\x09\x01\x07\0\x03\x40\x0c\0\x0b\x0b";

/// A module that does nothing: `(module (memory (export "memory") 1) (func (export "_start")))`.
pub(crate) const IDLE: &[u8] =
    b"\0asm\x01\0\0\0\x01\x04\x01\x60\0\0\x03\x02\x01\0\x05\x03\x01\0\x01\
    \x07\x13\x02\x06_start\0\0\x06memory\x02\0\x0a\x04\x01\x02\0\x0b";

/// A plugin of this repository, as `cargo xtask plugin build` makes it.
pub(crate) async fn module(name: &str) -> Result<Vec<u8>> {
    let path = xtask::repo_root()?.join(format!("plugins/{name}/dist/{name}.wasm"));
    if !path.is_file() {
        run_xtask(&["plugin", "build", name]).await?;
    }
    fs_err::read(path).context("a plugin is built")
}

/// A site with a page and modules below `/`.
pub(crate) fn module_site(page: Page, modules: &[(&str, &[u8])]) -> Result<Site> {
    let site = Site::start()?;
    site.page("/", page);
    for (name, bytes) in modules {
        site.page(&format!("/{name}.wasm"), Page::bytes("application/wasm", bytes));
    }
    Ok(site)
}

/// A free page, and one whose policy leaves the slow way only.
pub(crate) fn both_pages() -> [(&'static str, Page); 2] {
    [("free", Page::html(PLAIN_PAGE)), ("strict", Page::html(PLAIN_PAGE).csp(STRICT))]
}

/// A config of an app that may add modules; those in `trusted` without a question.
pub(crate) fn config(id: &str, url: &str, trusted: &[&[u8]]) -> Value {
    let mut config = url_config(id, url);
    config["bridge"]["modules"]["plugins"] = json!(true);
    config["bridge"]["modules"]["fs"] = json!({ "scopes": ["plugins"] });
    let hashes = trusted.iter().map(|bytes| Sha256::of(bytes).to_string());
    config["plugins"] = json!({ "allowInstall": true, "trusted": hashes.collect::<Vec<_>>() });
    config
}

/// An app of such a config. Its runtime is one for debugging: that has all that is tested here, and is compiled in a tenth of
/// the time.
pub(crate) async fn stamp(config: &Value) -> Result<App> {
    App::stamp_on(&runtime().await?, config, &[]).await
}

/// An example of this repository, with the same runtime.
pub(crate) async fn stamp_example(path: &str) -> Result<App> {
    let dir = tempfile::Builder::new().prefix("app-").tempdir()?;
    App::stamp_file(&runtime().await?, &xtask::repo_root()?.join(path), dir).await
}

async fn runtime() -> Result<String> {
    runtime_of(&["--variant", "full", "--debug"]).await
}

/// Adds modules of the page's own site.
pub(crate) async fn add(session: &Session, names: &[&str]) -> Result<()> {
    let script = "for (const name of arguments[0]) {
                      const bytes = await (await fetch(`/${name}.wasm`)).arrayBuffer();
                      await Desktopr.plugins.addFromBytes(name, bytes);
                  }";
    session.resolved(script, vec![json!(names)]).await?;
    Ok(())
}

/// Where the app keeps plugins, on this desktop.
pub(crate) fn data_dir(desktop: &Desktop, id: &str) -> PathBuf {
    desktop.home().join(format!(".local/share/com.example.{id}/.desktopr/.main"))
}
