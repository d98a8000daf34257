//! The host, as an app has it.

use std::{path::Path, sync::Arc, time::Duration};

use anyhow::{Context as _, Result, ensure};
use plugin_host::{
    CallOptions, CompilerProgram, HostOptions, Places, PluginHost, PluginLimits, Plugins,
};
use serde_json::Value;

/// As an app's config has it by default.
pub(crate) const CONCURRENCY: u32 = 4;
pub(crate) const QUEUE: u32 = 64;

/// A host whose folders are below `root`.
pub(crate) fn host(root: &Path) -> Result<PluginHost> {
    host_with(root, CONCURRENCY)
}

pub(crate) fn host_with(root: &Path, concurrency: u32) -> Result<PluginHost> {
    let settings = Plugins {
        bundled: Vec::new(),
        allow_install: true,
        trusted: Vec::new(),
        limits: PluginLimits::default(),
        concurrency,
        queue: QUEUE,
    };
    let compiler =
        CompilerProgram { program: std::env::current_exe()?, args: vec!["compile-child".into()] };
    Ok(PluginHost::new(HostOptions {
        settings,
        places: Places::below(&root.join("data"), &root.join("cache")),
        bundled_code: Arc::new(|_| Err("nothing is bundled".to_owned())),
        compiler: Some(compiler),
    }))
}

/// Adds a module under a name.
pub(crate) async fn install(host: &PluginHost, name: &str, module: &Path) -> Result<()> {
    let candidate = host.check(name, fs_err::read(module)?, None).await?;
    host.install(candidate, true).await?;
    Ok(())
}

/// A call that must succeed.
pub(crate) async fn call(host: &PluginHost, module: &str, payload: &str) -> Result<Value> {
    let called = host.call(module, payload.as_bytes().to_owned(), CallOptions::default()).await;
    ensure!(called.ok, "{called:?}");
    called.value.context("no answer")
}

/// A call that does nothing but wait, and how long after its deadline the answer is there.
pub(crate) async fn overrun(
    host: &PluginHost,
    module: &str,
    deadline: Duration,
) -> Result<Duration> {
    let began = std::time::Instant::now();
    let options = CallOptions { timeout: Some(deadline), id: None };
    let called = host.call(module, b"{}".to_vec(), options).await;
    let code = called.code.map(|code| code.as_str());
    ensure!(code == Some("plugins/timeout"), "{called:?}");
    Ok(began.elapsed().saturating_sub(deadline))
}
