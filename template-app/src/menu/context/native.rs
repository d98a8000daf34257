//! Menus at a place in the page of Tauri's items. The system shows them in a loop of its own, which holds the window's thread
//! until the user is done.

use runtime_settings::menu::Entry;
use tauri::{
    AppHandle, LogicalPosition, Manager as _, WebviewWindow, async_runtime,
    menu::{ContextMenu as _, Menu},
};
use tokio::sync::oneshot;

use super::{Answer, Place, closed};
use crate::{
    main_thread::on_main,
    menu::{CONTEXT_PREFIX, native::Builder, words},
    state::AppState,
};

/// Opens a menu; its answer goes to `sender`.
pub(super) fn open(
    window: &WebviewWindow,
    entries: Vec<Entry>,
    place: Place,
    sender: oneshot::Sender<Answer>,
) -> tauri::Result<()> {
    let window = window.clone();
    *window.state::<AppState>().menu.choice() = Some(sender);
    async_runtime::spawn_blocking(move || {
        let app = window.app_handle().clone();
        let shown = on_main(&app, move |app| build(app, &entries)).and_then(|menu| menu);
        let shown = shown.and_then(|menu| {
            let native = window.as_ref().window();
            match place {
                Some((x, y)) => menu.popup_at(native, LogicalPosition::new(x, y)),
                None => menu.popup(native),
            }
        });
        // A choice is on its way to the window's thread by now, and this comes after it.
        let _ = on_main(&app, move |app| {
            let state = app.state::<AppState>();
            let answer = if shown.is_ok() { Ok(None) } else { Err("the system refused") };
            if let Some(sender) = state.menu.choice().take() {
                let _ = sender.send(answer);
            }
            closed(&state);
        });
    });
    Ok(())
}

/// The time is over. The menu stays until the user is done with it, and what is chosen then counts for nothing.
pub(super) fn close(app: &AppHandle) {
    if let Some(sender) = app.state::<AppState>().menu.choice().take() {
        let _ = sender.send(Ok(None));
    }
}

fn build(app: &AppHandle, entries: &[Entry]) -> tauri::Result<Menu<tauri::Wry>> {
    let texts = words(&app.state::<AppState>());
    let menu = Menu::new(app)?;
    Builder::new(app, &texts, CONTEXT_PREFIX).fill(entries, |item| menu.append(item))?;
    Ok(menu)
}
