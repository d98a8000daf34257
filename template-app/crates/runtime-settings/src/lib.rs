//! What an app pack says to the runtime (`runtime.json`), and how pack and binary are bound together (manifest, stamp).
//!
//! Both sides use this crate: xtask writes packs and stamps with it, the runtime reads and checks them. It knows no
//! Tauri and no config file: everything here is already decided.

mod accelerator;
mod device;
mod hash;
pub mod manifest;
pub mod menu;
pub mod plugins;
pub mod settings;
pub mod stamp;
mod url_rule;

pub use accelerator::{Accelerator, AcceleratorError, MAX_STROKES};
pub use device::is_device;
pub use hash::Sha256;
pub use manifest::Manifest;
pub use settings::RuntimeSettings;
pub use url_rule::UrlRule;

/// Folder of the app pack inside the resource directory.
pub const PACK_DIR: &str = "app-pack";
/// The manifest inside the pack.
pub const MANIFEST_FILE: &str = "manifest.json";
/// The settings inside the pack.
pub const SETTINGS_FILE: &str = "runtime.json";
/// Folder of the web content inside the pack.
pub const WEB_DIR: &str = "web";
