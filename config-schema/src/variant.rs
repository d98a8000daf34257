//! The runtime variants: which parts are compiled into the binary that an app is stamped from.

use crate::model::AppModel;

/// A runtime variant; the smallest one that a config needs is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Variant {
    /// Window and bridge, no plugin host and no updater.
    Slim,
}

impl Variant {
    /// Every variant there is.
    pub const ALL: &'static [Variant] = &[Variant::Slim];

    /// The name in commands, cache keys and file names.
    pub fn name(self) -> &'static str {
        match self {
            Variant::Slim => "slim",
        }
    }

    /// The variant with this name.
    pub fn from_name(name: &str) -> Option<Variant> {
        Variant::ALL.iter().copied().find(|variant| variant.name() == name)
    }
}

impl AppModel {
    /// The smallest runtime that can do all that this app asks for.
    pub fn variant(&self) -> Variant {
        Variant::Slim
    }
}
