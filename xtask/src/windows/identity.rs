//! What Windows shows of an app: in the properties of its files, in its installer, in the list of installed apps.

use std::path::Path;

use anyhow::Context as _;
use runtime_settings::{PACK_DIR, RuntimeSettings, SETTINGS_FILE};
use serde::{Deserialize, Serialize};

use crate::render::one_line;

/// Texts of an app, each on one line. They come from the rendered tree, where defaults are applied already.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Identity {
    /// The name as it is.
    pub(crate) name: String,
    /// The name as part of file names.
    pub(crate) product: String,
    pub(crate) id: String,
    pub(crate) slug: String,
    #[serde(skip)]
    pub(crate) version: semver::Version,
    pub(crate) summary: String,
    pub(crate) publisher: String,
    pub(crate) copyright: String,
    pub(crate) homepage: Option<String>,
}

/// What is read of a tree's `tauri.conf.json`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TauriConfig {
    product_name: String,
    version: semver::Version,
    identifier: String,
    main_binary_name: String,
    bundle: TauriBundle,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TauriBundle {
    publisher: String,
    copyright: String,
    short_description: String,
    homepage: Option<String>,
}

impl Identity {
    /// Reads it from a rendered tree.
    pub(crate) fn read(tree: &Path) -> anyhow::Result<Identity> {
        let path = tree.join("tauri.conf.json");
        let config: TauriConfig = serde_json::from_slice(&fs_err::read(&path)?)
            .with_context(|| format!("not a rendered project's: `{}`", path.display()))?;
        let path = tree.join(PACK_DIR).join(SETTINGS_FILE);
        let settings: RuntimeSettings = serde_json::from_slice(&fs_err::read(&path)?)
            .with_context(|| format!("not an app's settings: `{}`", path.display()))?;
        Ok(Identity {
            name: one_line(&settings.app.name),
            product: config.product_name,
            id: config.identifier,
            slug: config.main_binary_name,
            version: config.version,
            summary: one_line(&config.bundle.short_description),
            publisher: one_line(&config.bundle.publisher),
            copyright: one_line(&config.bundle.copyright),
            homepage: config.bundle.homepage,
        })
    }

    /// File name of the app's executable.
    pub(crate) fn executable(&self) -> String {
        format!("{}.exe", self.slug)
    }
}
