//! The tray icon of an app whose main window hides when it is closed: the way back, and the way out.

#[cfg(target_os = "linux")]
mod linux;

use std::{error::Error, io::Write as _};

use tauri::{
    AppHandle, Manager as _, WebviewWindow, async_runtime,
    image::Image,
    menu::{MenuBuilder, MenuItemBuilder},
    tray::{MouseButton, MouseButtonState, TrayIconBuilder, TrayIconEvent},
};

use crate::{state::AppState, windows};

#[cfg(target_os = "linux")]
pub(crate) use linux::{PROBE_ARGUMENT, probe_child};

/// Name of the icon among the app's.
const ID: &str = "main";
const SHOW: &str = "show";
const QUIT: &str = "quit";
/// The icon inside the pack.
const ICON_FILE: &str = "icon.png";

/// Shows the icon at start, if it is wanted.
pub(crate) fn set_up(app: &AppHandle) {
    if !windows::hides_main(&app.state::<AppState>()) {
        return;
    }
    let app = app.clone();
    async_runtime::spawn_blocking(move || {
        if let Err(error) = ensure(&app) {
            // It is tried again when the window closes: a desktop that just starts has its tray a little later.
            warn(error.as_ref(), "no tray icon yet");
        }
    });
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

fn warn(error: &dyn Error, consequence: &str) {
    let _ = writeln!(std::io::stderr(), "warning: {consequence}: {error}");
}

/// The icon is there when this returns, and somebody shows it. Not on the window's thread: it waits for the session bus.
fn ensure(app: &AppHandle) -> Result<(), Box<dyn Error>> {
    #[cfg(target_os = "linux")]
    linux::check(app.tray_by_id(ID).is_some())?;
    if app.tray_by_id(ID).is_some() {
        return Ok(());
    }
    let state = app.state::<AppState>();
    let icon = decode(&state.pack.read(ICON_FILE)?)?;
    let show = MenuItemBuilder::with_id(SHOW, "Show").build(app)?;
    let quit = MenuItemBuilder::with_id(QUIT, "Quit").build(app)?;
    TrayIconBuilder::with_id(ID)
        .icon(icon)
        .tooltip(&state.settings.app.name)
        .menu(&MenuBuilder::new(app).items(&[&show, &quit]).build()?)
        // A click shows the window; the menu is for the other button. On Linux and macOS a click always opens the menu.
        .show_menu_on_left_click(!cfg!(windows))
        .on_menu_event(|app, event| match event.id().as_ref() {
            SHOW => windows::show_main(app),
            QUIT => app.exit(0),
            _ => {}
        })
        .on_tray_icon_event(|icon, event| {
            let click = matches!(
                event,
                TrayIconEvent::Click {
                    button: MouseButton::Left,
                    button_state: MouseButtonState::Up,
                    ..
                }
            );
            if click && cfg!(windows) {
                windows::show_main(icon.app_handle());
            }
        })
        .build(app)?;
    Ok(())
}

fn decode(png: &[u8]) -> Result<Image<'static>, png::DecodingError> {
    let mut decoder = png::Decoder::new(std::io::Cursor::new(png));
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info()?;
    let mut pixels = vec![0; reader.output_buffer_size().unwrap_or_default()];
    let info = reader.next_frame(&mut pixels)?;
    let rgba = match info.color_type {
        png::ColorType::Rgb => {
            pixels.chunks_exact(3).flat_map(|rgb| rgb.iter().copied().chain([u8::MAX])).collect()
        }
        _ => pixels,
    };
    Ok(Image::new_owned(rgba, info.width, info.height))
}
