//! Manifests: what is one stays the same when it is written and read again, and never asks for more than it gets.

#![no_main]

use libfuzzer_sys::fuzz_target;
use plugin_host::{PluginLimits, PluginManifest};

fuzz_target!(|bytes: &[u8]| {
    let Ok(manifest) = PluginManifest::parse(bytes) else { return };
    let text = serde_json::to_vec(&manifest).expect("it can be written");
    assert_eq!(PluginManifest::parse(&text).expect("it can be read"), manifest);
    let granted = PluginLimits::default();
    let got = granted.asked(&manifest.limits);
    assert!(got.memory_mb <= granted.memory_mb && got.max_timeout_ms <= granted.max_timeout_ms);
    assert_eq!(got.asked(&manifest.limits), got);
});
