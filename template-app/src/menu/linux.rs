//! Linux: the bar of GTK's own widgets above the page, and what its predefined items do. `lines` makes the items, `context` shows
//! menus at a place in the page.
//!
//! Tauri's bar is not used here: half of its predefined items do nothing on GTK, and its menus at a place hold up the app.
//! Everything runs on the window's thread, which alone may touch widgets.

pub(super) mod context;
mod lines;

use std::{
    cell::RefCell,
    sync::atomic::{AtomicU32, Ordering},
};

use gtk::{
    AboutDialog, AccelGroup, ApplicationWindow,
    gdk::WindowState,
    glib::{Propagation, SignalHandlerId},
    prelude::*,
};
use runtime_settings::menu::{Predefined, Tree};
use tauri::{Manager as _, WebviewWindow};
use webkit2gtk::WebViewExt as _;

use self::lines::{Chosen, Lines, Made};
use super::{Change, actions, chosen, texts::Texts};
use crate::{state::AppState, windows};

pub(crate) use context::{attach, page_left};

thread_local! {
    /// The bar that is shown.
    static BAR: RefCell<Option<Bar>> = const { RefCell::new(None) };
}

/// Height of the bar that is shown, in logical pixels.
static HEIGHT: AtomicU32 = AtomicU32::new(0);

struct Bar {
    widget: gtk::MenuBar,
    keys: AccelGroup,
    lines: Made,
    window: ApplicationWindow,
    /// Hides the bar while the window has the whole screen.
    state: Option<SignalHandlerId>,
}

impl Drop for Bar {
    fn drop(&mut self) {
        if let Some(state) = self.state.take() {
            self.window.disconnect(state);
        }
        self.window.remove_accel_group(&self.keys);
        if let Some(parent) = self.widget.parent().and_downcast::<gtk::Container>() {
            // The last one who holds it: with it go its items and their menus.
            parent.remove(&self.widget);
        }
    }
}

/// What the bar takes away from the height of the main window, in logical pixels.
pub(crate) fn bar_height() -> u32 {
    HEIGHT.load(Ordering::Relaxed)
}

/// Shows a bar in place of the one that is there; an empty one is none. The page keeps its size.
pub(super) fn show(window: &WebviewWindow, tree: &Tree, texts: &Texts) -> tauri::Result<()> {
    let (gtk_window, container) = (window.gtk_window()?, window.default_vbox()?);
    BAR.with_borrow_mut(Option::take);
    let bar = (!tree.bar.is_empty()).then(|| make(window, gtk_window.clone(), tree, texts));
    if let Some(bar) = &bar {
        container.pack_start(&bar.widget, false, false, 0);
        container.reorder_child(&bar.widget, 0);
        bar.widget.show_all();
    }
    let height = bar.as_ref().map(|bar| bar.widget.preferred_height().1).unwrap_or_default();
    let is_full = is_fullscreen(&gtk_window);
    if let (Some(bar), true) = (&bar, is_full) {
        bar.widget.hide();
    }
    BAR.set(bar);
    take_height(window, &gtk_window, if is_full { 0 } else { height.try_into().unwrap_or(0) })
}

fn make(window: &WebviewWindow, gtk_window: ApplicationWindow, tree: &Tree, texts: &Texts) -> Bar {
    let keys = AccelGroup::new();
    let chooser = window.clone();
    let choose = move |choice: Chosen| match choice {
        Chosen::Item { id, checked } => chosen(&chooser.state::<AppState>(), &id, checked),
        Chosen::Predefined(action) => actions::run(&chooser, action),
    };
    let mut lines = Lines::new(texts, Some(keys.clone()), choose);
    let widget = gtk::MenuBar::new();
    for group in &tree.bar {
        let id = group.is_custom.then_some(group.name.as_str());
        let items = group.items.as_deref().unwrap_or_default();
        widget.append(&lines.submenu(id, &texts.title(group), true, items));
    }
    gtk_window.add_accel_group(&keys);
    let shown = widget.downgrade();
    let state = gtk_window.connect_window_state_event(move |_, event| {
        if event.changed_mask().contains(WindowState::FULLSCREEN)
            && let Some(widget) = shown.upgrade()
        {
            let is_full = event.new_window_state().contains(WindowState::FULLSCREEN);
            widget.set_visible(!is_full);
            let height = if is_full { 0 } else { widget.preferred_height().1 };
            HEIGHT.store(height.try_into().unwrap_or(0), Ordering::Relaxed);
        }
        Propagation::Proceed
    });
    Bar { widget, keys, lines: lines.made(), window: gtk_window, state: Some(state) }
}

/// Makes the window as much higher, or lower, as the bar is.
fn take_height(
    window: &WebviewWindow,
    gtk_window: &ApplicationWindow,
    height: u32,
) -> tauri::Result<()> {
    let before = HEIGHT.swap(height, Ordering::Relaxed);
    if before == height {
        return Ok(());
    }
    windows::constrain_main(window, height)?;
    // A window that fills the screen does so with any bar.
    if !gtk_window.is_maximized() && !is_fullscreen(gtk_window) {
        let (width, all) = gtk_window.size();
        let step = i32::try_from(height).unwrap_or(0) - i32::try_from(before).unwrap_or(0);
        gtk_window.resize(width, (all + step).max(1));
    }
    Ok(())
}

fn is_fullscreen(window: &ApplicationWindow) -> bool {
    window.window().is_some_and(|window| window.state().contains(WindowState::FULLSCREEN))
}

/// Changes an item of the bar. False: there is none of this id.
pub(super) fn change(id: &str, change: &Change) -> bool {
    BAR.with_borrow(|bar| bar.as_ref().is_some_and(|bar| bar.lines.change(id, change)))
}

/// What the toolkit and the webview do.
pub(super) fn run(window: &WebviewWindow, action: Predefined) -> tauri::Result<()> {
    let command = match action {
        Predefined::Copy => "Copy",
        Predefined::Cut => "Cut",
        Predefined::Paste => "Paste",
        Predefined::Redo => "Redo",
        Predefined::SelectAll => "SelectAll",
        Predefined::Undo => "Undo",
        Predefined::About => return about(window),
        _ => return Ok(()),
    };
    window.with_webview(move |webview| webview.inner().execute_editing_command(command))
}

/// Shows who the app is, and waits for nothing.
fn about(window: &WebviewWindow) -> tauri::Result<()> {
    let parent = window.gtk_window()?;
    let app = &window.state::<AppState>().settings.app;
    let dialog = AboutDialog::builder()
        .program_name(&app.name)
        .version(&app.version)
        .transient_for(&parent)
        .destroy_with_parent(true)
        .modal(true)
        .build();
    dialog.set_logo(parent.icon().as_ref());
    dialog.connect_response(|dialog, _| dialog.close());
    dialog.present();
    Ok(())
}
