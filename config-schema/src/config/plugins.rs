//! The section `plugins`.

use schemars::JsonSchema;
use serde::Deserialize;

use super::MAX_ENTRIES;
use crate::defaults;
use crate::values::{
    Calls, Digest, Kilobytes, MemoryMegabytes, Milliseconds, ModuleMegabytes, PluginFile, Queue,
    StorageFiles, StorageMegabytes,
};

/// The `plugins` section.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PluginsSection {
    /// Modules that are packed into the app, compiled for each target.
    #[schemars(extend("default" = []), length(max = MAX_ENTRIES))]
    pub bundled: Option<Vec<BundledPluginSection>>,
    /// Whether the page may add modules while the app runs. The user is asked for each; the app then contains a compiler, about 8 MB.
    #[schemars(extend("default" = defaults::PLUGINS_ALLOW_INSTALL))]
    pub allow_install: Option<bool>,
    /// SHA-256 digests of modules that are added without asking the user.
    #[schemars(extend("default" = []), length(max = MAX_ENTRIES), extend("uniqueItems" = true))]
    pub trusted: Option<Vec<Digest>>,
    /// The most that a plugin may use. What it asks for in its own `NAME.plugin.json` makes that less, never more.
    pub limits: Option<PluginsLimitsSection>,
}

/// An entry of `plugins.bundled`.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BundledPluginSection {
    /// The module, relative to this file; what it is called without its folder is its name for the page. `NAME.plugin.json` beside it is its manifest.
    #[schemars(required)]
    pub file: Option<PluginFile>,
    /// The SHA-256 digest that the module must have.
    pub sha256: Option<Digest>,
    /// What this plugin may use, more or less than `plugins.limits`.
    pub limits: Option<LimitsSection>,
}

macro_rules! limits {
    ($($name:ident: $type:ty, $doc:literal;)*) => {
        /// What a plugin may use.
        #[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
        #[serde(rename_all = "camelCase", deny_unknown_fields)]
        pub struct LimitsSection {
            $(
                #[doc = $doc]
                pub $name: Option<$type>,
            )*
        }

        /// The `plugins.limits` section.
        #[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
        #[serde(rename_all = "camelCase", deny_unknown_fields)]
        pub struct PluginsLimitsSection {
            $(
                #[doc = $doc]
                #[schemars(extend("default" = defaults::plugin_limits().$name))]
                pub $name: Option<$type>,
            )*
            /// Calls that run at the same time.
            #[schemars(extend("default" = defaults::PLUGINS_CONCURRENCY))]
            pub concurrency: Option<Calls>,
            /// Calls that wait for their turn; one more fails with `plugins/queue-full`.
            #[schemars(extend("default" = defaults::PLUGINS_QUEUE))]
            pub queue: Option<Queue>,
        }

        impl PluginsLimitsSection {
            /// The limits that every plugin has, as a bundled one can have them too.
            pub(crate) fn of_each(&self) -> LimitsSection {
                LimitsSection { $($name: self.$name,)* }
            }
        }

        impl LimitsSection {
            /// `granted`, with what is written here in its place.
            pub(crate) fn over(
                &self,
                granted: runtime_settings::plugins::PluginLimits,
            ) -> runtime_settings::plugins::PluginLimits {
                runtime_settings::plugins::PluginLimits {
                    $($name: self.$name.map_or(granted.$name, <$type>::get),)*
                }
            }
        }
    };
}

limits! {
    timeout_ms: Milliseconds, "Time of a call that names none, in milliseconds.";
    max_timeout_ms: Milliseconds, "The longest time that a call may name, in milliseconds.";
    memory_mb: MemoryMegabytes, "Memory of a call, in MiB.";
    module_mb: ModuleMegabytes, "Size of the module, in MiB.";
    stdin_kb: Kilobytes, "The payload of a call, in KiB.";
    stdout_kb: Kilobytes, "The answer of a call, in KiB.";
    stderr_kb: Kilobytes, "Diagnostics of a call, in KiB.";
    storage_mb: StorageMegabytes, "All files in the plugin's storage, in MiB.";
    storage_files: StorageFiles, "Files and folders in the plugin's storage.";
}
