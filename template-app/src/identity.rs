//! Gives the neutral Tauri context the app's identity, before Tauri sees it.

use runtime_settings::settings::App;
use tauri::{Context, Wry};

/// The identifier names the data directories, the product name the app in menus and dialogs.
pub(crate) fn apply(context: &mut Context<Wry>, app: &App) {
    let config = context.config_mut();
    config.identifier = app.id.clone();
    config.product_name = Some(app.slug.clone());
    config.version = Some(app.version.clone());
    let package = context.package_info_mut();
    // On Windows only the updater looks at it, and names a file by it: a name may have what no file there can.
    package.name = if cfg!(windows) { app.slug.clone() } else { app.name.clone() };
    if let Ok(version) = app.version.parse() {
        package.version = version;
    }
}
