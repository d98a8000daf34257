//! The bar where Tauri has one: of the main window on Windows, of the screen on macOS.

use runtime_settings::menu::{Entry, Predefined, Tree};
use tauri::{Manager as _, WebviewWindow, menu::Menu};

use super::{
    BAR_PREFIX,
    native::{Builder, Handles},
    texts::Texts,
};

/// The usual items of sections that macOS cannot do without: keys such as Cmd+C and Cmd+Q come from them.
const ROOT: &[Option<Predefined>] = &[
    Some(Predefined::About),
    None,
    Some(Predefined::Services),
    None,
    Some(Predefined::Hide),
    Some(Predefined::HideOthers),
    Some(Predefined::ShowAll),
    None,
    Some(Predefined::Quit),
];
const EDIT: &[Option<Predefined>] = &[
    Some(Predefined::Undo),
    Some(Predefined::Redo),
    None,
    Some(Predefined::Cut),
    Some(Predefined::Copy),
    Some(Predefined::Paste),
    Some(Predefined::SelectAll),
];

/// Shows a bar in place of the one that is there; an empty one is none, on macOS the usual one.
pub(super) fn show(window: &WebviewWindow, tree: &Tree, texts: &Texts) -> tauri::Result<Handles> {
    let app = window.app_handle();
    let mut builder = Builder::new(app, texts, BAR_PREFIX);
    let menu = match (tree.bar.is_empty(), cfg!(target_os = "macos")) {
        (true, true) => Menu::default(app)?,
        _ => Menu::new(app)?,
    };
    for group in &tree.bar {
        let id = group.is_custom.then_some(group.name.as_str());
        let usual = usual(&group.name);
        let items = group.items.as_ref().unwrap_or(&usual);
        menu.append(&builder.submenu(id, &texts.title(group), true, items)?)?;
    }
    #[cfg(target_os = "macos")]
    app.set_menu(menu)?;
    #[cfg(not(target_os = "macos"))]
    if tree.bar.is_empty() {
        window.remove_menu()?;
    } else {
        window.set_menu(menu)?;
    }
    Ok(builder.handles)
}

fn usual(section: &str) -> Vec<Entry> {
    let items = match section {
        "macosroot" => ROOT,
        "edit" => EDIT,
        _ => &[],
    };
    let entry = |item: &Option<Predefined>| match item {
        Some(action) => Entry::Predefined { action: *action, label: None },
        None => Entry::Separator,
    };
    items.iter().map(entry).collect()
}
