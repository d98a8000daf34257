//! Plugins: what an app says of them (`runtime.json`), what a plugin says of itself (`NAME.plugin.json`), and their names.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, de::Error as _};

use crate::{Sha256, is_device};

/// Folder of the bundled plugins inside the pack.
pub const PLUGINS_DIR: &str = "plugins";
/// What every module's name ends with.
const SUFFIX: &str = ".wasm";
/// Longest name without its suffix, in bytes: names are file names on every system.
const MAX_STEM: usize = 64;

/// What an app says of its plugins.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Plugins {
    /// In the pack, compiled ahead of time; sorted by name.
    pub bundled: Vec<BundledPlugin>,
    /// Whether modules may be added while the app runs.
    pub allow_install: bool,
    /// Modules that are added without asking the user.
    pub trusted: Vec<Sha256>,
    /// The most that an added plugin is granted.
    pub limits: PluginLimits,
    /// Calls that run at the same time.
    pub concurrency: u32,
    /// Calls that wait for their turn; one more is refused.
    pub queue: u32,
}

/// A plugin in the pack.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BundledPlugin {
    pub name: ModuleName,
    /// Of the module that was compiled.
    pub sha256: Sha256,
    /// Size of that module.
    pub bytes: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What config and manifest agree on.
    pub limits: PluginLimits,
}

impl BundledPlugin {
    /// Where its compiled code is inside the pack.
    pub fn code_path(&self) -> String {
        format!("{PLUGINS_DIR}/{}.cwasm", self.name.stem())
    }
}

macro_rules! limits {
    ($($(#[doc = $doc:literal])* $name:ident,)*) => {
        /// What one plugin may use.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "camelCase", deny_unknown_fields)]
        pub struct PluginLimits { $($(#[doc = $doc])* pub $name: u32,)* }

        /// What a plugin asks for: less than it gets by itself, or more, if the app's config grants it.
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "camelCase", deny_unknown_fields)]
        pub struct AskedLimits {
            $(#[serde(default, skip_serializing_if = "Option::is_none")] pub $name: Option<u32>,)*
        }

        impl PluginLimits {
            /// What a plugin gets that asks for `asked` where this is granted: never more than either says.
            pub fn asked(self, asked: &AskedLimits) -> PluginLimits {
                PluginLimits { $($name: asked.$name.map_or(self.$name, |asked| asked.min(self.$name)),)* }
            }
        }
    };
}

limits! {
    /// Time of a call that names none, in milliseconds.
    timeout_ms,
    /// The longest time that a call may name, in milliseconds.
    max_timeout_ms,
    /// Linear memory, in MiB.
    memory_mb,
    /// Size of the module, in MiB.
    module_mb,
    /// The payload of a call, in KiB.
    stdin_kb,
    /// What a call may print as its answer, in KiB.
    stdout_kb,
    /// What a call may print as diagnostics, in KiB.
    stderr_kb,
    /// All files in the plugin's storage, in MiB.
    storage_mb,
    /// Files and folders in the plugin's storage.
    storage_files,
}

impl Default for PluginLimits {
    fn default() -> PluginLimits {
        PluginLimits {
            timeout_ms: 2_000,
            max_timeout_ms: 60_000,
            memory_mb: 64,
            module_mb: 20,
            stdin_kb: 1_024,
            stdout_kb: 1_024,
            stderr_kb: 64,
            storage_mb: 64,
            storage_files: 10_000,
        }
    }
}

/// `NAME.plugin.json`, beside a module: what its author says of it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PluginManifest {
    /// For editors.
    #[serde(rename = "$schema", default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Of the module; another one is refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<Sha256>,
    #[serde(default)]
    pub limits: AskedLimits,
}

impl PluginManifest {
    /// Largest manifest, in bytes: it is a few lines.
    pub const MAX_BYTES: u64 = 64 * 1024;

    /// Parses `NAME.plugin.json`.
    pub fn parse(bytes: &[u8]) -> Result<PluginManifest, ManifestError> {
        if bytes.len() as u64 > PluginManifest::MAX_BYTES {
            return Err(ManifestError::TooLarge);
        }
        Ok(serde_json::from_slice(bytes)?)
    }
}

/// Why a plugin's manifest cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    #[error("the manifest is larger than 64 KiB")]
    TooLarge,
    #[error("the manifest cannot be read: {0}")]
    Json(#[from] serde_json::Error),
}

/// Name of a module: a file name that every system takes, `.wasm` at its end.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct ModuleName(String);

/// The text is no name of a module.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "a module's name has up to 64 letters, digits and `._-`, begins with a letter or digit, and is no device name: {0:?}"
)]
pub struct NameError(String);

impl ModuleName {
    /// Parses a name; `.wasm` is added where it is missing.
    pub fn parse(text: &str) -> Result<ModuleName, NameError> {
        let stem = text.strip_suffix(SUFFIX).unwrap_or(text);
        let is_known = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'.' | b'_' | b'-');
        let fits = (1..=MAX_STEM).contains(&stem.len())
            && stem.bytes().all(is_known)
            && stem.as_bytes()[0].is_ascii_alphanumeric()
            && !stem.ends_with('.')
            // Else the name without its suffix would be another module's.
            && !stem.ends_with(SUFFIX)
            && !is_device(stem);
        if fits {
            Ok(ModuleName(format!("{stem}{SUFFIX}")))
        } else {
            // What comes from a page may be long.
            Err(NameError(text.chars().take(2 * MAX_STEM).collect()))
        }
    }

    /// With its suffix.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Without its suffix.
    pub fn stem(&self) -> &str {
        self.0.strip_suffix(SUFFIX).unwrap_or(&self.0)
    }

    /// File name of the manifest beside the module.
    pub fn manifest_file(&self) -> String {
        format!("{}.plugin.json", self.stem())
    }
}

impl fmt::Display for ModuleName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for ModuleName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<ModuleName, D::Error> {
        let text = String::deserialize(deserializer)?;
        ModuleName::parse(&text).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_gets_its_suffix_once() {
        for (text, name) in
            [("math", "math.wasm"), ("math.wasm", "math.wasm"), ("a.b-c_1", "a.b-c_1.wasm")]
        {
            let parsed = ModuleName::parse(text).unwrap();
            assert_eq!(parsed.as_str(), name);
            assert_eq!(ModuleName::parse(parsed.as_str()), Ok(parsed.clone()));
        }
        assert_eq!(ModuleName::parse("math").unwrap().manifest_file(), "math.plugin.json");
    }

    #[test]
    fn what_leads_elsewhere_or_is_a_device_is_no_name() {
        let long = "a".repeat(65);
        for text in [
            "",
            ".wasm",
            "..",
            ".hidden",
            "-x",
            "a/b",
            "a\\b",
            "../a",
            "C:x.wasm",
            "a b",
            "ä",
            "a\0",
            "con",
            "CON.wasm",
            "nul.txt",
            "com1",
            "LPT9.wasm",
            "aux.a.wasm",
            "a.",
            "a..wasm",
            "a.wasm.wasm",
            "file.wasm:s",
            &long,
        ] {
            assert!(ModuleName::parse(text).is_err(), "{text:?}");
        }
        assert!(ModuleName::parse("com10").is_ok());
        assert!(ModuleName::parse("console").is_ok());
    }

    #[test]
    fn a_plugin_gets_no_more_than_it_asks_and_the_config_grants() {
        let granted = PluginLimits { memory_mb: 128, ..PluginLimits::default() };
        let asked =
            AskedLimits { memory_mb: Some(256), timeout_ms: Some(500), ..AskedLimits::default() };
        let got = granted.asked(&asked);
        assert_eq!((got.memory_mb, got.timeout_ms, got.stdin_kb), (128, 500, 1024));
    }

    #[test]
    fn a_manifest_says_what_it_does_not_know() {
        let error = PluginManifest::parse(br#"{"network": true}"#).unwrap_err().to_string();
        assert!(error.contains("unknown field `network`"), "{error}");
        let manifest =
            PluginManifest::parse(br#"{"version": "1.2.0", "limits": {"memoryMb": 128}}"#).unwrap();
        assert_eq!(manifest.limits.memory_mb, Some(128));
        let long = vec![b' '; 70_000];
        assert!(matches!(PluginManifest::parse(&long), Err(ManifestError::TooLarge)));
    }
}
