//! The icon in the system's tray: of an app whose main window hides when it is closed, of one whose config has an icon, and of
//! one whose page asks for it.

#[cfg(target_os = "linux")]
mod linux;
mod picture;

use std::{
    collections::BTreeMap,
    error::Error,
    io::Write as _,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

#[cfg(feature = "standard")]
use bridge_contract::{BridgeError, ErrorCode};
use runtime_settings::{
    menu::{Entry, FALLBACK_LANGUAGE, Label},
    settings::OnClose,
};
use tauri::{
    AppHandle, Manager as _, WebviewWindow, Wry, async_runtime,
    image::Image,
    menu::{Menu, MenuEvent, MenuItem, PredefinedMenuItem},
    tray::{MouseButton, MouseButtonState, TrayIcon, TrayIconBuilder, TrayIconEvent},
};

use crate::{labels::MAIN, languages, main_thread::on_main, state::AppState, windows};

#[cfg(target_os = "linux")]
pub(crate) use linux::{PROBE_ARGUMENT, probe_child};

/// Begins the ids of the icon: with the number of the process, since its file on Linux is named by it and all apps share a folder.
const ID: &str = "deskwright";
/// Native ids of the runtime's own items. Those of apps begin otherwise.
const SHOW: &str = "own/show";
const QUIT: &str = "own/quit";
/// The app's icon inside the pack.
const ICON_FILE: &str = "icon.png";
/// By language, then by name.
const TEXTS: &str = include_str!("tray/texts.json");

/// What is asked of the icon; none stays as it is.
#[derive(Default, Clone)]
pub(crate) struct Wish {
    pub(crate) icon: Option<Image<'static>>,
    pub(crate) title: Option<String>,
    pub(crate) tooltip: Option<String>,
    pub(crate) items: Option<Vec<Entry>>,
}

/// The icon's state.
#[derive(Default)]
pub(crate) struct Tray {
    /// What it shall be like. None: nobody asks for one, but perhaps the window that hides.
    wish: Mutex<Option<Wish>>,
    /// It can be seen. One that is hidden stays: the library on Linux cannot make another one after it.
    is_shown: AtomicBool,
    /// Held by whoever makes, changes or hides it.
    working: Mutex<()>,
}

impl Tray {
    fn wish(&self) -> MutexGuard<'_, Option<Wish>> {
        self.wish.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_shown(&self) -> bool {
        self.is_shown.load(Ordering::Acquire)
    }

    fn working(&self) -> MutexGuard<'_, ()> {
        self.working.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether something brings a hidden window back.
#[cfg(feature = "standard")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WayBack {
    There,
    /// The desktop may still be starting.
    NotYet,
    Never,
}

/// What would bring the main window back if it were hidden: the tray, which is made if need be, or the dock. Not on the window's
/// thread.
#[cfg(feature = "standard")]
pub(crate) fn way_back(app: &AppHandle) -> WayBack {
    let state = app.state::<AppState>();
    let is_wanted = state.tray.wish().is_some() || hides(&state);
    if cfg!(target_os = "macos") {
        WayBack::There
    } else if !is_wanted {
        WayBack::Never
    } else if ensure(app).is_ok() {
        WayBack::There
    } else {
        WayBack::NotYet
    }
}

/// Does closing the main window hide it?
pub(crate) fn hides(state: &AppState) -> bool {
    state.settings.window.on_close == OnClose::HideToTray && state.self_test.is_none()
}

/// Does the main window wait behind the icon at start?
fn starts_hidden(state: &AppState) -> bool {
    let tray = state.settings.tray.as_ref();
    tray.is_some_and(|tray| tray.start_hidden) && state.self_test.is_none()
}

/// Is there an icon now?
#[cfg(feature = "standard")]
pub(crate) fn is_shown(app: &AppHandle) -> bool {
    app.state::<AppState>().tray.is_shown()
}

/// Shows the icon at start, if it is wanted.
pub(crate) fn set_up(app: &AppHandle) {
    let state = app.state::<AppState>();
    if state.self_test.is_some() {
        return;
    }
    let configured = configured(&state);
    if configured.is_none() && !hides(&state) {
        return;
    }
    *state.tray.wish() = configured;
    let app = app.clone();
    async_runtime::spawn_blocking(move || {
        if let Err(error) = ensure(&app) {
            // It is tried again when the window closes: a desktop that just starts has its tray a little later.
            warn(error.as_ref(), "no tray icon yet");
        }
    });
}

/// What the config says about the icon, if it wants one.
fn configured(state: &AppState) -> Option<Wish> {
    #[cfg(feature = "standard")]
    let from_menu = crate::menu::configured_tray(state);
    #[cfg(not(feature = "standard"))]
    let from_menu = None;
    let tray = state.settings.tray.as_ref();
    if tray.is_none() && from_menu.is_none() {
        return None;
    }
    let tray = tray.cloned().unwrap_or_default();
    let icon = tray.icon.and_then(|file| state.pack.read(&file).ok());
    let tooltip = tray.tooltip.map(|label| text(&label));
    #[cfg(feature = "standard")]
    let items = from_menu.or_else(|| crate::menu::lines("tray.menu", &tray.menu).ok());
    #[cfg(not(feature = "standard"))]
    let items = from_menu;
    // A picture was checked when the pack was made; without one the app's own is there.
    let icon = icon.and_then(|png| picture::decode(&png).ok());
    Some(Wish { icon, title: None, tooltip, items })
}

/// The main window is closed: hides it, or ends the app where no tray would bring it back.
pub(crate) fn hide_or_quit(window: &WebviewWindow) {
    let window = window.clone();
    async_runtime::spawn_blocking(move || match ensure(window.app_handle()) {
        // It is gone already when that fails.
        Ok(()) => drop(window.hide()),
        Err(error) => {
            warn(error.as_ref(), "the app ends with its window");
            window.app_handle().exit(0);
        }
    });
}

/// The main window could be shown for the first time. True: the tray decides whether it is, and shows it where no icon is.
pub(crate) fn keeps_hidden(window: &WebviewWindow) -> bool {
    if window.label() != MAIN || !starts_hidden(&window.state::<AppState>()) {
        return false;
    }
    let window = window.clone();
    async_runtime::spawn_blocking(move || {
        if let Err(error) = ensure(window.app_handle()) {
            warn(error.as_ref(), "the window shows itself");
            // It is gone already when that fails.
            let _ = window.show();
            let _ = window.set_focus();
        }
    });
    true
}

fn warn(error: &dyn Error, consequence: &str) {
    let _ = writeln!(std::io::stderr(), "warning: {consequence}: {error}");
}

/// The icon is there when this returns, and somebody shows it. Not on the window's thread: it waits for the session bus.
fn ensure(app: &AppHandle) -> Result<(), Box<dyn Error>> {
    let state = app.state::<AppState>();
    let _working = state.tray.working();
    #[cfg(target_os = "linux")]
    linux::check(state.tray.is_shown())?;
    if state.tray.is_shown() {
        return Ok(());
    }
    let wish = state.tray.wish().clone().unwrap_or_default();
    on_main(app, move |app| show(app, wish).map_err(|error| error.to_string()))??;
    state.tray.is_shown.store(true, Ordering::Release);
    Ok(())
}

/// Makes the icon, or shows the one that is hidden, as it is wished. On the window's thread.
fn show(app: &AppHandle, wish: Wish) -> Result<(), Box<dyn Error>> {
    let state = app.state::<AppState>();
    let Wish { icon, title, tooltip, items } = wish;
    let icon = match icon {
        Some(icon) => icon,
        None => picture::decode(&state.pack.read(ICON_FILE)?)?,
    };
    let title = title.unwrap_or_default();
    let tooltip = tooltip.unwrap_or_else(|| state.settings.app.name.clone());
    let items = items.unwrap_or_default();
    if let Some(hidden) = app.tray_by_id(&id()) {
        let (icon, title) = (Some(icon), Some(title));
        let (tooltip, items) = (Some(tooltip), Some(items));
        change(app, &hidden, Wish { icon, title, tooltip, items })?;
        return Ok(hidden.set_visible(true)?);
    }
    TrayIconBuilder::with_id(id())
        .icon(icon)
        .title(title)
        .tooltip(tooltip)
        .menu(&menu(app, &items)?)
        // A click shows the window; the menu is for the other button. On Linux and macOS a click always opens the menu.
        .show_menu_on_left_click(!cfg!(windows))
        .on_tray_icon_event(icon_event)
        .build(app)?;
    Ok(())
}

/// The app's items; and the runtime's own, where the window hides behind the icon or the menu would be empty: some desktops show
/// no icon without one.
fn menu(app: &AppHandle, items: &[Entry]) -> tauri::Result<Menu<Wry>> {
    let state = app.state::<AppState>();
    let menu = Menu::new(app)?;
    #[cfg(feature = "standard")]
    crate::menu::fill_tray(app, &menu, items)?;
    let is_needed = hides(&state) || starts_hidden(&state);
    if !is_needed && !items.is_empty() {
        return Ok(menu);
    }
    if !items.is_empty() {
        menu.append(&PredefinedMenuItem::separator(app)?)?;
    }
    let tray = state.settings.tray.as_ref();
    let show = tray.and_then(|tray| tray.show_label.as_ref());
    let quit = tray.and_then(|tray| tray.quit_label.as_ref());
    for (id, name, label) in [(SHOW, "show", show), (QUIT, "quit", quit)] {
        let label = label.map_or_else(|| word(name), text);
        menu.append(&MenuItem::with_id(app, id, label, true, None::<&str>)?)?;
    }
    Ok(menu)
}

/// Shows the icon as a page wishes, or changes the one that is there. Waits for the session bus.
#[cfg(feature = "standard")]
pub(crate) fn set(app: &AppHandle, wish: Wish) -> Result<(), BridgeError> {
    let state = app.state::<AppState>();
    {
        let mut known = state.tray.wish();
        let known = known.get_or_insert_default();
        let Wish { icon, title, tooltip, items } = wish.clone();
        known.icon = icon.or(known.icon.take());
        known.title = title.or(known.title.take());
        known.tooltip = tooltip.or(known.tooltip.take());
        known.items = items.or(known.items.take());
    }
    let there = app.tray_by_id(&id()).filter(|_| state.tray.is_shown());
    ensure(app).map_err(unsupported)?;
    let Some(icon) = there else { return Ok(()) };
    let _working = state.tray.working();
    on_main(app, move |app| change(app, &icon, wish)).and_then(|done| done).map_err(unsupported)
}

/// Changes the icon that is there. On the window's thread.
fn change(app: &AppHandle, icon: &TrayIcon, wish: Wish) -> tauri::Result<()> {
    if let Some(picture) = wish.icon {
        icon.set_icon(Some(picture))?;
    }
    if let Some(title) = wish.title {
        icon.set_title(Some(title))?;
    }
    if let Some(tooltip) = wish.tooltip {
        icon.set_tooltip(Some(tooltip))?;
    }
    if let Some(items) = wish.items {
        icon.set_menu(Some(menu(app, &items)?))?;
    }
    Ok(())
}

/// Nobody asks for the icon any more; where the window hides behind it, it is the runtime's own again.
#[cfg(feature = "standard")]
pub(crate) fn remove(app: &AppHandle) -> Result<(), BridgeError> {
    let state = app.state::<AppState>();
    *state.tray.wish() = None;
    if let Some(icon) = app.tray_by_id(&id()) {
        let _working = state.tray.working();
        on_main(app, move |_| icon.set_visible(false))
            .and_then(|hidden| hidden)
            .map_err(unsupported)?;
        state.tray.is_shown.store(false, Ordering::Release);
        crate::menu::forget_tray(&state);
    }
    match hides(&state) || starts_hidden(&state) {
        true => ensure(app).map_err(unsupported),
        false => Ok(()),
    }
}

/// The picture of a PNG that a page gives.
#[cfg(feature = "standard")]
pub(crate) fn picture_of(png: &[u8]) -> Result<Image<'static>, BridgeError> {
    picture::decode(png).map_err(|reason| BridgeError::new(ErrorCode::TrayBadIcon, reason))
}

#[cfg(feature = "standard")]
fn unsupported(error: impl std::fmt::Display) -> BridgeError {
    BridgeError::new(ErrorCode::TrayUnsupported, format!("no tray icon: {error}"))
}

/// An item of any menu was chosen. On the window's thread.
pub(crate) fn on_menu_event(app: &AppHandle, event: MenuEvent) {
    match event.id().as_ref() {
        SHOW => windows::show_main(app),
        QUIT => app.exit(0),
        #[cfg(feature = "standard")]
        other => crate::menu::native_chosen(app, other),
        #[cfg(not(feature = "standard"))]
        _ => {}
    }
}

/// What the pointer does at the icon. Linux tells nothing of it.
fn icon_event(icon: &TrayIcon, event: TrayIconEvent) {
    let state = icon.app_handle().state::<AppState>();
    let is_click = matches!(
        event,
        TrayIconEvent::Click { button: MouseButton::Left, button_state: MouseButtonState::Up, .. }
    );
    if is_click && cfg!(windows) && (hides(&state) || starts_hidden(&state)) {
        windows::show_main(icon.app_handle());
    }
    #[cfg(feature = "standard")]
    crate::menu::tell_of_tray(&state, &event);
}

fn id() -> String {
    format!("{ID}-{}", std::process::id())
}

fn text(label: &Label) -> String {
    label.text(&languages::of_user(), FALLBACK_LANGUAGE).to_owned()
}

/// One of the runtime's own words.
fn word(name: &str) -> String {
    // They are compiled in, and a test reads them.
    let texts: BTreeMap<String, BTreeMap<String, String>> =
        serde_json::from_str(TEXTS).unwrap_or_default();
    let by_language = texts
        .into_iter()
        .filter_map(|(language, mut texts)| texts.remove(name).map(|text| (language, text)));
    text(&Label::ByLanguage(by_language.collect()))
}
