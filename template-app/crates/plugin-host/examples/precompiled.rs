//! A host as in an app that compiles nothing: runs one plugin that was compiled ahead of time, and prints what came of it.
//!
//!     cargo run -p plugin-host --example precompiled -- CODE.cwasm STORAGE

#![allow(clippy::print_stdout, reason = "this is the only thing that it does")]

use std::{error::Error, path::PathBuf, sync::Arc};

use plugin_host::{
    BundledPlugin, CallOptions, HostOptions, ModuleName, Places, PluginHost, PluginLimits, Plugins,
};
use runtime_settings::Sha256;

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args_os().skip(1).map(PathBuf::from);
    let (Some(code), Some(root)) = (args.next(), args.next()) else {
        return Err("usage: precompiled CODE.cwasm STORAGE".into());
    };
    let code = fs_err::read(code)?;
    let plugin = BundledPlugin {
        name: ModuleName::parse("plugin")?,
        sha256: Sha256::of(&code),
        bytes: code.len() as u64,
        version: None,
        description: None,
        limits: PluginLimits { timeout_ms: 10_000, ..PluginLimits::default() },
    };
    let settings = Plugins {
        bundled: vec![plugin],
        allow_install: false,
        trusted: Vec::new(),
        limits: PluginLimits::default(),
        concurrency: 1,
        queue: 1,
    };
    let host = PluginHost::new(HostOptions {
        settings,
        places: Places::below(&root.join("data"), &root.join("cache")),
        bundled_code: Arc::new(move |_| Ok(code.clone())),
        compiler: None,
    });
    let call = host.call("plugin", br#"{"fn":"go"}"#.to_vec(), CallOptions::default());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    println!("{}", serde_json::to_string(&runtime.block_on(call))?);
    Ok(())
}
