//! The runtime variants: which parts are compiled into the binary that an app is stamped from.

use crate::model::AppModel;

/// A runtime variant; the smallest one that a config needs is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Variant {
    /// Window and bridge, no plugin host and no updater.
    Slim,
    /// And runs plugins that were compiled when the app was built.
    Plugins,
    /// And compiles plugins, so that they can be added to a running app.
    Full,
}

impl Variant {
    /// Every variant there is, from small to large.
    pub const ALL: &'static [Variant] = &[Variant::Slim, Variant::Plugins, Variant::Full];

    /// The name in commands, cache keys and file names.
    pub fn name(self) -> &'static str {
        match self {
            Variant::Slim => "slim",
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
            Variant::Plugins => Some("plugins"),
            Variant::Full => Some("compiler"),
        }
    }

    /// Whether it runs plugins, so that building an app with it may take what compiles them.
    pub fn runs_plugins(self) -> bool {
        self != Variant::Slim
    }
}

impl AppModel {
    /// The smallest runtime that can do all that this app asks for.
    pub fn variant(&self) -> Variant {
        match &self.plugins {
            None => Variant::Slim,
            Some(plugins) if plugins.allow_install => Variant::Full,
            Some(_) => Variant::Plugins,
        }
    }
}
