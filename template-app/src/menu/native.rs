//! Menus of Tauri's items: those of the tray on every system, and all others where there is no GTK.
//!
//! Everything here runs on the window's thread: elsewhere each item would be a message to it.

use std::collections::HashMap;

use runtime_settings::{
    Accelerator,
    menu::{Entry, Predefined},
};
use tauri::{
    AppHandle, Manager as _, Wry,
    menu::{CheckMenuItem, IsMenuItem, MenuItem, PredefinedMenuItem, Submenu},
};

use super::{Change, texts, texts::Texts};
use crate::state::AppState;

/// Begins the native id of an item that the runtime acts on itself; the name of what it does follows.
pub(super) const ACTION_PREFIX: &str = "act/";

/// Items that can change, by id.
pub(super) type Handles = HashMap<String, Handle>;

/// An item that can change.
pub(super) enum Handle {
    Command(MenuItem<Wry>),
    Check(CheckMenuItem<Wry>),
    Submenu(Submenu<Wry>),
}

/// Makes the items of one menu.
pub(super) struct Builder<'a> {
    app: &'a AppHandle,
    texts: &'a Texts,
    /// Begins every native id: ids of the bar, the tray and other menus are apart.
    prefix: &'static str,
    pub(super) handles: Handles,
}

impl<'a> Builder<'a> {
    pub(super) fn new(app: &'a AppHandle, texts: &'a Texts, prefix: &'static str) -> Builder<'a> {
        Builder { app, texts, prefix, handles: Handles::new() }
    }

    /// Gives the items of these lines to `append`, from top to bottom.
    pub(super) fn fill(
        &mut self,
        entries: &[Entry],
        append: impl Fn(&dyn IsMenuItem<Wry>) -> tauri::Result<()>,
    ) -> tauri::Result<()> {
        entries.iter().try_for_each(|entry| append(self.item(entry)?.as_ref()))
    }

    /// A menu inside another one.
    pub(super) fn submenu(
        &mut self,
        id: Option<&str>,
        label: &str,
        enabled: bool,
        entries: &[Entry],
    ) -> tauri::Result<Submenu<Wry>> {
        let submenu = match id {
            Some(id) => Submenu::with_id(self.app, self.native_id(id), label, enabled)?,
            None => Submenu::new(self.app, label, enabled)?,
        };
        self.fill(entries, |item| submenu.append(item))?;
        if let Some(id) = id {
            self.handles.insert(id.to_owned(), Handle::Submenu(submenu.clone()));
        }
        Ok(submenu)
    }

    fn item(&mut self, entry: &Entry) -> tauri::Result<Box<dyn IsMenuItem<Wry>>> {
        Ok(match entry {
            Entry::Separator => Box::new(PredefinedMenuItem::separator(self.app)?),
            Entry::Command { id, label, enabled, accelerator } => {
                let keys = accelerator.as_ref().map(Accelerator::to_string);
                let native = self.native_id(id);
                let item = MenuItem::with_id(self.app, native, label, *enabled, keys)?;
                self.handles.insert(id.clone(), Handle::Command(item.clone()));
                Box::new(item)
            }
            Entry::Check { id, label, enabled, checked, accelerator } => {
                let keys = accelerator.as_ref().map(Accelerator::to_string);
                let native = self.native_id(id);
                let item =
                    CheckMenuItem::with_id(self.app, native, label, *enabled, *checked, keys)?;
                self.handles.insert(id.clone(), Handle::Check(item.clone()));
                Box::new(item)
            }
            Entry::Predefined { action, label } => {
                let label = label.clone().unwrap_or_else(|| self.texts.item(*action));
                predefined(self.app, *action, &label)?
            }
            Entry::Submenu { id, label, enabled, items } => {
                Box::new(self.submenu(id.as_deref(), label, *enabled, items)?)
            }
        })
    }

    fn native_id(&self, id: &str) -> String {
        format!("{}{id}", self.prefix)
    }
}

/// An item that the system acts on, else one of ours: Windows and Linux have none for some, and on Linux most of those that the
/// library has do nothing.
fn predefined(
    app: &AppHandle,
    action: Predefined,
    label: &str,
) -> tauri::Result<Box<dyn IsMenuItem<Wry>>> {
    let text = Some(label);
    let native = match action {
        _ if cfg!(target_os = "linux") => None,
        Predefined::About => Some(PredefinedMenuItem::about(app, text, Some(about(app)))?),
        Predefined::CloseWindow => Some(PredefinedMenuItem::close_window(app, text)?),
        Predefined::Copy => Some(PredefinedMenuItem::copy(app, text)?),
        Predefined::Cut => Some(PredefinedMenuItem::cut(app, text)?),
        Predefined::Maximize => Some(PredefinedMenuItem::maximize(app, text)?),
        Predefined::Minimize => Some(PredefinedMenuItem::minimize(app, text)?),
        Predefined::Paste => Some(PredefinedMenuItem::paste(app, text)?),
        Predefined::Redo => Some(PredefinedMenuItem::redo(app, text)?),
        Predefined::SelectAll => Some(PredefinedMenuItem::select_all(app, text)?),
        Predefined::Separator => Some(PredefinedMenuItem::separator(app)?),
        Predefined::Undo => Some(PredefinedMenuItem::undo(app, text)?),
        _ if !cfg!(target_os = "macos") => None,
        Predefined::Fullscreen => Some(PredefinedMenuItem::fullscreen(app, text)?),
        Predefined::Hide => Some(PredefinedMenuItem::hide(app, text)?),
        Predefined::HideOthers => Some(PredefinedMenuItem::hide_others(app, text)?),
        Predefined::Quit => Some(PredefinedMenuItem::quit(app, text)?),
        Predefined::Services => Some(PredefinedMenuItem::services(app, text)?),
        Predefined::ShowAll => Some(PredefinedMenuItem::show_all(app, text)?),
    };
    Ok(match native {
        Some(item) => Box::new(item),
        None => {
            let id = format!("{ACTION_PREFIX}{}", texts::name(action));
            Box::new(MenuItem::with_id(app, id, label, true, None::<&str>)?)
        }
    })
}

fn about(app: &AppHandle) -> tauri::menu::AboutMetadata<'static> {
    let about = &app.state::<AppState>().settings.app;
    tauri::menu::AboutMetadata {
        name: Some(about.name.clone()),
        version: Some(about.version.clone()),
        ..Default::default()
    }
}

/// Changes an item. False: there is none of this id.
pub(super) fn change(handles: &Handles, id: &str, change: &Change) -> tauri::Result<bool> {
    let Some(handle) = handles.get(id) else { return Ok(false) };
    match (handle, change) {
        (Handle::Command(item), Change::Enabled(on)) => item.set_enabled(*on)?,
        (Handle::Command(item), Change::Label(label)) => item.set_text(label)?,
        (Handle::Check(item), Change::Enabled(on)) => item.set_enabled(*on)?,
        (Handle::Check(item), Change::Label(label)) => item.set_text(label)?,
        (Handle::Check(item), Change::Checked(on)) => item.set_checked(*on)?,
        (Handle::Submenu(item), Change::Enabled(on)) => item.set_enabled(*on)?,
        (Handle::Submenu(item), Change::Label(label)) => item.set_text(label)?,
        // Who may be marked is asked before.
        (Handle::Command(_) | Handle::Submenu(_), Change::Checked(_)) => {}
    }
    Ok(true)
}

/// The mark of an item, if it can have one.
pub(super) fn is_checked(handles: &Handles, id: &str) -> Option<bool> {
    match handles.get(id) {
        Some(Handle::Check(item)) => item.is_checked().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use runtime_settings::Accelerator;

    #[test]
    fn tauris_menus_know_every_key() {
        let parse =
            |code: &str| Accelerator::parse_menu(&format!("CmdOrCtrl+Alt+Shift+{code}"), false);
        let all: Vec<_> = Accelerator::codes().filter_map(|code| parse(code).ok()).collect();
        assert!(all.len() > 80, "{all:?}");
        for accelerator in all {
            let keys = accelerator.to_string();
            let known = keys.parse::<muda::accelerator::Accelerator>();
            assert!(known.is_ok(), "{keys}: {known:?}");
        }
    }
}
