//! The section `plugins`, resolved.

use runtime_settings::plugins::PluginLimits;
use serde::Serialize;

use crate::values::{Digest, PluginFile};

/// The plugins that the page may call.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Plugins {
    /// No name twice.
    pub bundled: Vec<BundledPlugin>,
    pub allow_install: bool,
    /// Empty without `allow_install`.
    pub trusted: Vec<Digest>,
    pub limits: PluginsLimits,
}

/// A plugin that is packed into the app.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BundledPlugin {
    /// The module, relative to the config file.
    pub file: PluginFile,
    /// What it must be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<Digest>,
    /// The most that it may use.
    pub limits: PluginLimits,
}

/// What plugins may use, each of them and all together.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PluginsLimits {
    #[serde(flatten)]
    pub each: PluginLimits,
    /// Calls that run at the same time.
    pub concurrency: u32,
    /// Calls that wait.
    pub queue: u32,
}
