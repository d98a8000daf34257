//! The runtime variants: which parts are compiled into the binary that an app is stamped from.

use crate::model::{AppModel, Modules};
use crate::values::OnClose;

/// A runtime variant; the smallest one that a config needs is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Variant {
    /// Windows, events and downloads.
    Slim,
    /// And all other modules of the bridge but plugins, the icon in the tray, and isolation.
    Standard,
    /// And runs plugins that were compiled when the app was built.
    Plugins,
    /// And compiles plugins, so that they can be added to a running app.
    Full,
}

impl Variant {
    /// Every variant there is, from small to large.
    pub const ALL: &'static [Variant] =
        &[Variant::Slim, Variant::Standard, Variant::Plugins, Variant::Full];

    /// The name in commands, cache keys and file names.
    pub fn name(self) -> &'static str {
        match self {
            Variant::Slim => "slim",
            Variant::Standard => "standard",
            Variant::Plugins => "plugins",
            Variant::Full => "full",
        }
    }

    /// The variant with this name.
    pub fn from_name(name: &str) -> Option<Variant> {
        Variant::ALL.iter().copied().find(|variant| variant.name() == name)
    }

    /// The feature of the runtime's package that it is compiled with.
    pub fn feature(self) -> Option<&'static str> {
        match self {
            Variant::Slim => None,
            Variant::Standard => Some("standard"),
            Variant::Plugins => Some("plugins"),
            Variant::Full => Some("compiler"),
        }
    }

    /// Whether it runs plugins, so that building an app with it may take what compiles them.
    pub fn runs_plugins(self) -> bool {
        self >= Variant::Plugins
    }
}

impl AppModel {
    /// The smallest runtime that can do all that this app asks for.
    pub fn variant(&self) -> Variant {
        match &self.plugins {
            None if self.needs_standard() => Variant::Standard,
            None => Variant::Slim,
            Some(plugins) if plugins.allow_install => Variant::Full,
            Some(_) => Variant::Plugins,
        }
    }

    fn needs_standard(&self) -> bool {
        let bridge = &self.bridge;
        bridge.isolation
            || self.window.on_close == OnClose::HideToTray
            || self.updates.as_ref().is_some_and(|updates| updates.check.is_on())
            || self.deep_links.is_some()
            || !self.file_associations.is_empty()
            || self.menu.is_some()
            || self.tray.is_some()
            || [&bridge.modules, &bridge.cache_only.modules].into_iter().any(Modules::need_standard)
    }
}

impl Modules {
    fn need_standard(&self) -> bool {
        self.network.is_some()
            || self.fs.is_some()
            || [
                self.auth,
                self.autostart,
                self.badge,
                self.clipboard,
                self.diagnostics,
                self.files,
                self.global_variables,
                self.menu,
                self.notifications,
                self.shortcuts,
                self.tray,
                self.updates,
            ]
            .contains(&true)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::Variant;
    use crate::Check;

    fn variant_with(section: &str, value: Value) -> Variant {
        let mut config = json!({
            "app": { "name": "Example", "id": "com.example.app" },
            "content": { "dir": "web" },
        });
        config[section] = value;
        Check::read("app.json", config.to_string().as_bytes()).finish().unwrap().variant()
    }

    #[test]
    fn the_smallest_runtime_is_enough_for_windows_and_downloads() {
        let modules = json!({ "app": true, "events": true, "window": true, "downloads": true });
        assert_eq!(variant_with("bridge", json!({ "modules": modules })), Variant::Slim);
    }

    #[test]
    fn what_it_lacks_takes_a_larger_one() {
        for module in ["fs", "files", "clipboard", "network"] {
            let modules = json!({ module: true });
            let everywhere = json!({ "modules": modules });
            assert_eq!(variant_with("bridge", everywhere), Variant::Standard, "{module}");
            let alone = json!({ "cacheOnly": { "modules": modules } });
            assert_eq!(variant_with("bridge", alone), Variant::Standard, "{module}");
        }
        let hides = json!({ "onClose": "hideToTray" });
        assert_eq!(variant_with("window", hides), Variant::Standard);
    }
}
