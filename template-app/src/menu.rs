//! The app's menu, and menus at a place in the page: what is shown, what changes in it, and what a click tells the pages.
//!
//! There is one menu: a bar in the main window, on macOS that of the screen. On Linux it is made of GTK's own widgets (`linux`),
//! elsewhere of Tauri's items (`native`), as the tray's is everywhere.

mod actions;
#[cfg(not(target_os = "linux"))]
mod bar;
mod context;
mod index;
#[cfg(target_os = "linux")]
mod linux;
mod native;
mod texts;
mod tray_events;

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError, atomic::AtomicBool},
};

use bridge_contract::{BridgeError, ErrorCode, MenuEvent};
use runtime_settings::menu::{
    Entry, FALLBACK_LANGUAGE, MenuConfig, MenuFault, MenuItem, MenuPlatform, MenuProblem, Tree,
    check_items, entries,
};
use serde_json::json;
use tauri::{AppHandle, Manager as _, WebviewWindow, Wry, menu::Menu};
use tokio::sync::oneshot;

use self::{index::Place, native::Handles, texts::Texts};
use crate::{
    labels::{self, Kind, MAIN},
    languages,
    main_thread::on_main,
    native_events,
    state::AppState,
    tray,
};

pub(crate) use context::show as show_context_menu;
#[cfg(target_os = "linux")]
pub(crate) use linux::{attach, bar_height, page_left};

pub(crate) use tray_events::tell_of_tray;

/// This system's name in menus.
const PLATFORM: MenuPlatform = if cfg!(target_os = "macos") {
    MenuPlatform::Macos
} else if cfg!(windows) {
    MenuPlatform::Windows
} else {
    MenuPlatform::Linux
};

/// Begin the native ids of items, by where they are.
const BAR_PREFIX: &str = "bar/";
const TRAY_PREFIX: &str = "tray/";
const CONTEXT_PREFIX: &str = "context/";

/// What is shown, as far as others than the toolkit must know it.
#[derive(Default)]
pub(crate) struct AppMenu {
    inner: Mutex<Inner>,
    /// A menu at a place in a page is open.
    has_context_menu: AtomicBool,
    /// Who waits for the choice from one that is made of Tauri's items.
    choice: Mutex<Option<oneshot::Sender<context::Answer>>>,
}

#[derive(Default)]
struct Inner {
    bar: Part,
    tray: Part,
    /// The window that had the focus last, as pages know it.
    focused: Option<String>,
}

/// The items of the bar or of the tray.
#[derive(Default)]
struct Part {
    places: HashMap<String, Place>,
    /// Those that are Tauri's.
    handles: Handles,
}

/// What can change in an item.
#[derive(Debug, Clone)]
pub(crate) enum Change {
    Enabled(bool),
    Checked(bool),
    Label(String),
}

impl AppMenu {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn choice(&self) -> MutexGuard<'_, Option<oneshot::Sender<context::Answer>>> {
        self.choice.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A window has the focus.
    pub(crate) fn focused(&self, label: &str) {
        if matches!(Kind::of(label), Kind::Main | Kind::Page) {
            self.inner().focused = Some(labels::public(label).to_owned());
        }
    }
}

/// Shows the menu of the config, if it has one, in the main window that has just been built. On its thread.
pub(crate) fn set_up(window: &WebviewWindow) -> tauri::Result<()> {
    let state = window.state::<AppState>();
    let Some(menu) = state.settings.menu.as_ref().filter(|_| state.self_test.is_none()) else {
        return Ok(());
    };
    let texts = words(&state);
    show_bar(window, menu.tree(PLATFORM, texts.languages()), texts)
}

/// What the config's menu says about the tray icon.
pub(crate) fn configured_tray(state: &AppState) -> Option<Vec<Entry>> {
    state.settings.menu.as_ref()?.tree(PLATFORM, &languages::of_user()).tray
}

/// Shows a menu in place of the one that is there, and changes the tray's if it says something about it.
pub(crate) fn apply(app: &AppHandle, menu: &MenuConfig) -> Result<(), BridgeError> {
    refuse(menu.check())?;
    let Some(window) = app.get_webview_window(MAIN) else {
        return Err(unsupported("the main window is gone"));
    };
    let texts = words(&app.state::<AppState>());
    let mut tree = menu.tree(PLATFORM, texts.languages());
    let tray = tree.tray.take();
    on_main(app, move |_| show_bar(&window, tree, texts))
        .and_then(|shown| shown)
        .map_err(unsupported)?;
    match tray {
        Some(items) => tray::set(app, tray::Wish { items: Some(items), ..tray::Wish::default() }),
        None => Ok(()),
    }
}

/// The lines of a list that a page gives, when nothing is wrong with it.
pub(crate) fn lines(field: &str, items: &[MenuItem]) -> Result<Vec<Entry>, BridgeError> {
    refuse(check_items(field, items))?;
    Ok(entries(items, PLATFORM, &languages::of_user(), FALLBACK_LANGUAGE))
}

/// Changes an item of the bar, else of the tray.
pub(crate) fn change(app: &AppHandle, id: &str, change: Change) -> Result<(), BridgeError> {
    let is_check = {
        let state = app.state::<AppState>();
        let inner = state.menu.inner();
        let place = inner.bar.places.get(id).or_else(|| inner.tray.places.get(id));
        place.map(|place| place.is_check)
    };
    let Some(is_check) = is_check else {
        let message = format!("no item of the menu has this id: `{id}`");
        return Err(BridgeError::new(ErrorCode::MenuUnknownId, message));
    };
    if matches!(change, Change::Checked(_)) && !is_check {
        let message = format!("the item has no mark: `{id}`");
        return Err(BridgeError::new(ErrorCode::MenuNotCheckable, message));
    }
    let id = id.to_owned();
    let changed = on_main(app, move |app| {
        #[cfg(target_os = "linux")]
        if linux::change(&id, &change) {
            return Ok(());
        }
        let state = app.state::<AppState>();
        let inner = state.menu.inner();
        if !native::change(&inner.bar.handles, &id, &change)? {
            native::change(&inner.tray.handles, &id, &change)?;
        }
        Ok(())
    });
    changed.and_then(|changed: tauri::Result<()>| changed).map_err(unsupported)
}

/// Puts the app's items into the tray's menu, in place of those that were there. On the window's thread.
pub(crate) fn fill_tray(app: &AppHandle, menu: &Menu<Wry>, items: &[Entry]) -> tauri::Result<()> {
    let state = app.state::<AppState>();
    let texts = words(&state);
    let mut builder = native::Builder::new(app, &texts, TRAY_PREFIX);
    builder.fill(items, |item| menu.append(item))?;
    let places = index::of_items("tray", items);
    // What was there before goes when nobody holds the lock: dropping an item asks the toolkit.
    let before =
        std::mem::replace(&mut state.menu.inner().tray, Part { places, handles: builder.handles });
    drop(before);
    Ok(())
}

/// The tray icon is gone, and its items with it.
pub(crate) fn forget_tray(state: &AppState) {
    let before = std::mem::take(&mut state.menu.inner().tray);
    drop(before);
}

/// An item of Tauri's was chosen. On the window's thread.
pub(crate) fn native_chosen(app: &AppHandle, native: &str) {
    let state = app.state::<AppState>();
    let is_checked = |part: &Part, id: &str| native::is_checked(&part.handles, id);
    if let Some(id) = native.strip_prefix(BAR_PREFIX) {
        let checked = is_checked(&state.menu.inner().bar, id);
        chosen(&state, id, checked);
    } else if let Some(id) = native.strip_prefix(TRAY_PREFIX) {
        let checked = is_checked(&state.menu.inner().tray, id);
        tell(&state, |inner| inner.tray.places.get(id).cloned(), id, checked);
    } else if let Some(id) = native.strip_prefix(CONTEXT_PREFIX) {
        if let Some(choice) = state.menu.choice().take() {
            // The page has gone when that fails.
            let _ = choice.send(Ok(Some(id.to_owned())));
        }
    } else if let Some(name) = native.strip_prefix(native::ACTION_PREFIX) {
        actions::run_named(app, name);
    }
}

/// An item of the bar was chosen.
fn chosen(state: &AppState, id: &str, checked: Option<bool>) {
    tell(state, |inner| inner.bar.places.get(id).cloned(), id, checked);
}

fn tell(
    state: &AppState,
    place: impl FnOnce(&Inner) -> Option<Place>,
    id: &str,
    checked: Option<bool>,
) {
    let (place, focused) = {
        let inner = state.menu.inner();
        (place(&inner), inner.focused.clone())
    };
    let Some(place) = place else { return };
    let event = MenuEvent {
        id: id.to_owned(),
        checked,
        section: place.section,
        parent_label: place.parent_label,
        parent_id: place.parent_id,
        last_focused_window_label: focused,
    };
    native_events::emit(state, "menu:event", json!(event));
}

fn show_bar(window: &WebviewWindow, tree: Tree, texts: Texts) -> tauri::Result<()> {
    let places = index::of_bar(&tree, |group| texts.title(group));
    #[cfg(target_os = "linux")]
    let handles = linux::show(window, &tree, &texts).map(|()| Handles::new())?;
    #[cfg(not(target_os = "linux"))]
    let handles = bar::show(window, &tree, &texts)?;
    let state = window.state::<AppState>();
    let before = std::mem::replace(&mut state.menu.inner().bar, Part { places, handles });
    drop(before);
    Ok(())
}

fn words(state: &AppState) -> Texts {
    Texts::of(languages::of_user(), &state.settings.app.name)
}

/// The first fault decides the code; all of them are in the details.
fn refuse(problems: Vec<MenuProblem>) -> Result<(), BridgeError> {
    let Some(first) = problems.first() else { return Ok(()) };
    let code = match first.fault {
        MenuFault::Invalid => ErrorCode::MenuInvalid,
        MenuFault::DuplicateId => ErrorCode::MenuDuplicateId,
        MenuFault::TooLarge => ErrorCode::MenuTooLarge,
    };
    let MenuProblem { field, reason, fix, .. } = first;
    let mut error = BridgeError::new(code, format!("`{field}`: {reason}; {fix}"));
    let list = problems.iter().take(MAX_LISTED).map(
        |problem| json!({ "field": problem.field, "reason": problem.reason, "fix": problem.fix }),
    );
    error.details = Some(list.collect());
    Err(error)
}

/// Faults of a menu that are listed (count): a screenful.
const MAX_LISTED: usize = 50;

fn unsupported(reason: impl std::fmt::Display) -> BridgeError {
    BridgeError::new(ErrorCode::MenuUnsupported, format!("the menu cannot be shown: {reason}"))
}
