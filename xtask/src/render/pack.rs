//! The app pack: settings, icons, web content, injected files and plugins, and the manifest that binds them to the binary.

use std::{collections::BTreeMap, sync::Arc};

use config_schema::AppModel;
use runtime_settings::{MANIFEST_FILE, Manifest, SETTINGS_FILE, WEB_DIR};

use super::{Inputs, settings};

/// The window's icon inside the pack, and the icon file that it is.
const ICON: (&str, &str) = ("icon.png", "128x128.png");

/// The tray's icon inside the pack, where it is another one.
pub(super) const TRAY_ICON: &str = "tray.png";

/// Every file of the pack, the manifest included, by path inside it.
pub(super) fn files(model: &AppModel, inputs: &Inputs<'_>) -> BTreeMap<String, Arc<[u8]>> {
    let mut files: BTreeMap<String, Arc<[u8]>> = BTreeMap::new();
    // Serialising our own plain types into memory has nothing that could fail.
    let settings = serde_json::to_vec_pretty(&settings::of(model, inputs)).unwrap_or_default();
    files.insert(SETTINGS_FILE.to_owned(), settings.into());
    if let Some(icon) = inputs.icons.get(ICON.1) {
        files.insert(ICON.0.to_owned(), icon.as_slice().into());
    }
    if let Some(icon) = &inputs.tray_icon {
        files.insert(TRAY_ICON.to_owned(), icon.as_slice().into());
    }
    for (path, bytes) in &inputs.content {
        files.insert(format!("{WEB_DIR}/{path}"), Arc::clone(bytes));
    }
    for (path, bytes) in inputs.injected.css.iter().chain(&inputs.injected.js) {
        files.insert(path.clone(), Arc::clone(bytes));
    }
    for module in &inputs.plugins.modules {
        files.insert(module.plugin.code_path(), Arc::clone(&module.code));
    }
    let manifest = Manifest::of_files(
        files.iter().map(|(path, bytes)| (path.as_str(), bytes.as_ref())),
        content_type,
    );
    files.insert(MANIFEST_FILE.to_owned(), manifest.to_bytes().into());
    files
}

/// Value of the `Content-Type` header. Text is UTF-8, as the web has it.
fn content_type(path: &str) -> String {
    let mime = mime_guess::from_path(path).first_or_octet_stream();
    let is_text = mime.type_() == "text" || mime.subtype() == "javascript";
    if is_text { format!("{mime};charset=utf-8") } else { mime.to_string() }
}
