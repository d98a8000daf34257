//! Linux: a menu at a place in the page, by a popup of GTK that nobody waits for on the window's thread.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use gtk::{
    gdk::{self, Gravity, Rectangle},
    glib::{self, Propagation},
    prelude::*,
};
use runtime_settings::menu::Entry;
use tauri::{AppHandle, Manager as _, WebviewWindow};
use tokio::sync::oneshot;
use webkit2gtk::{WebView, WebViewExt as _};

use super::lines::{Chosen, Lines};
use crate::{
    menu::{
        actions,
        context::{Answer, Place, closed},
        words,
    },
    state::AppState,
};

thread_local! {
    static OPEN: RefCell<Option<Open>> = const { RefCell::new(None) };
    /// The last press of a button in a page: GTK needs it to tell a long press from a click.
    static PRESS: RefCell<Option<gdk::Event>> = const { RefCell::new(None) };
}

/// The menu that is open.
struct Open {
    /// Label of its window.
    owner: String,
    menu: gtk::Menu,
    sender: oneshot::Sender<Answer>,
}

/// Notes the presses of buttons in a window that may open such menus.
pub(crate) fn attach(window: &WebviewWindow) -> tauri::Result<()> {
    if !window.state::<AppState>().settings.bridge.modules.menu {
        return Ok(());
    }
    window.with_webview(|webview| {
        webview.inner().connect_button_press_event(|_, event| {
            PRESS.set(Some((**event).clone()));
            Propagation::Proceed
        });
    })
}

/// The page of a window has gone, and with it who waits for a choice. On the window's thread.
pub(crate) fn page_left(label: &str) {
    pop_down(|open| open.owner == label);
}

fn pop_down(is_meant: impl Fn(&Open) -> bool) {
    let open = OPEN.with_borrow(|open| {
        open.as_ref().filter(|open| is_meant(open)).map(|open| open.menu.clone())
    });
    // Not while it is borrowed: it is taken when the menu is gone.
    if let Some(menu) = open {
        menu.popdown();
    }
}

/// The menu is gone, or never came.
fn finish(app: &AppHandle, answer: Answer) {
    let Some(Open { menu, sender, .. }) = OPEN.take() else { return };
    menu.set_attach_widget(None::<&gtk::Widget>);
    closed(&app.state::<AppState>());
    // The page has gone when that fails.
    let _ = sender.send(answer);
}

/// Opens a menu; its answer goes to `sender` when it is gone.
pub(in crate::menu) fn open(
    window: &WebviewWindow,
    entries: Vec<Entry>,
    place: Place,
    sender: oneshot::Sender<Answer>,
) -> tauri::Result<()> {
    let owner = window.clone();
    window.with_webview(move |webview| {
        let menu = make(&owner, &entries);
        OPEN.set(Some(Open { owner: owner.label().to_owned(), menu: menu.clone(), sender }));
        pop_up(&menu, &webview.inner(), place);
        if !menu.is_visible() {
            let reason = "the window is not on the screen, or something else holds the pointer";
            finish(owner.app_handle(), Err(reason));
        }
    })
}

/// The time is over.
pub(in crate::menu) fn close(app: &AppHandle) {
    // The app ends when that fails.
    let _ = app.run_on_main_thread(|| pop_down(|_| true));
}

fn make(window: &WebviewWindow, entries: &[Entry]) -> gtk::Menu {
    let state = window.state::<AppState>();
    let texts = words(&state);
    let choice = Rc::new(Cell::new(None));
    let (taken, chooser) = (Rc::clone(&choice), window.clone());
    let mut lines = Lines::new(&texts, None, move |chosen| match chosen {
        Chosen::Item { id, .. } => taken.set(Some(id)),
        Chosen::Predefined(action) => actions::run(&chooser, action),
    });
    let menu = gtk::Menu::new();
    lines.fill(&menu, entries);
    let app = window.app_handle().clone();
    menu.connect_hide(move |_| {
        let (choice, app) = (Rc::clone(&choice), app.clone());
        // GTK hides a menu before it tells what was chosen.
        glib::idle_add_local_once(move || finish(&app, Ok(choice.take())));
    });
    menu
}

fn pop_up(menu: &gtk::Menu, view: &WebView, place: Place) {
    let Some(window) = view.window() else { return };
    menu.set_attach_widget(Some(view));
    let (x, y) = match place {
        Some((x, y)) => {
            ((x * view.zoom_level()).round() as i32, (y * view.zoom_level()).round() as i32)
        }
        None => {
            let position = pointer(&window).map(|pointer| window.device_position(&pointer));
            position.map(|(_, x, y, _)| (x, y)).unwrap_or_default()
        }
    };
    let press = PRESS.with_borrow(Clone::clone).unwrap_or_else(|| {
        let mut press = gdk::Event::new(gdk::EventType::ButtonPress);
        press.set_device(pointer(&window).as_ref());
        press
    });
    let at = Rectangle::new(x, y, 1, 1);
    menu.popup_at_rect(&window, &at, Gravity::NorthWest, Gravity::NorthWest, Some(&press));
}

fn pointer(window: &gdk::Window) -> Option<gdk::Device> {
    window.display().default_seat().and_then(|seat| seat.pointer())
}
