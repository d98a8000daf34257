//! The main window: from settings to a window that shows itself when its page has loaded.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::Duration,
};

use runtime_settings::settings::{Content, Window};
use tauri::{
    App, Manager as _, PixelUnit, Theme, WebviewUrl, WebviewWindow, WebviewWindowBuilder,
    WindowSizeConstraints, Wry, webview::PageLoadEvent,
};

use crate::{
    background, bridge,
    labels::{Kind, MAIN},
    navigation, popups, resources, self_test,
    state::AppState,
};

/// A window whose page has not loaded by then is shown all the same: something slow is better than nothing.
const SHOW_AFTER: Duration = Duration::from_secs(3);

/// Creates the main window, hidden.
pub(crate) fn create(app: &App) -> tauri::Result<WebviewWindow> {
    let state = app.state::<AppState>();
    let settings = &state.settings.window;
    let url = match &state.settings.content {
        // A URL that the config check let through parses here too.
        Content::Url { url } => {
            WebviewUrl::External(url.parse().map_err(tauri::Error::InvalidUrl)?)
        }
        Content::Dir { .. } => WebviewUrl::default(),
    };
    let mut builder = WebviewWindowBuilder::new(app, MAIN, url).visible(false);
    builder = size(builder, settings);
    builder = look(builder, settings);
    builder = builder.initialization_script(bridge::script(&state, Kind::Main));
    if state.self_test.is_some() {
        builder = builder.initialization_script(self_test::script());
    }
    builder = navigation::guard_builder(app.handle(), builder, MAIN);
    builder = popups::handle(app.handle(), builder, MAIN);
    let window = show_when_loaded(builder).build()?;
    navigation::guard_window(&window)?;
    finish(&window, settings)?;
    Ok(window)
}

fn size<'a>(
    builder: WebviewWindowBuilder<'a, Wry, App>,
    settings: &Window,
) -> WebviewWindowBuilder<'a, Wry, App> {
    let pixels =
        |value: Option<u32>| value.map(|value| PixelUnit::Logical(f64::from(value).into()));
    let constraints = WindowSizeConstraints {
        min_width: pixels(settings.min_width),
        min_height: pixels(settings.min_height),
        max_width: pixels(settings.max_width),
        max_height: pixels(settings.max_height),
    };
    let builder = builder
        .inner_size(f64::from(settings.width), f64::from(settings.height))
        .inner_size_constraints(constraints)
        .resizable(settings.resizable)
        .maximized(settings.maximized)
        .fullscreen(settings.fullscreen);
    if settings.center { builder.center() } else { builder }
}

fn look<'a>(
    builder: WebviewWindowBuilder<'a, Wry, App>,
    settings: &Window,
) -> WebviewWindowBuilder<'a, Wry, App> {
    let theme = background::fixed_theme(settings.theme);
    let color = background::color(&settings.background_color, theme.unwrap_or(Theme::Light));
    let builder = builder
        .title(&settings.title)
        .decorations(settings.decorations)
        .always_on_top(settings.always_on_top)
        .theme(theme);
    match color {
        Some(color) => builder.background_color(color),
        None => builder,
    }
}

fn show_when_loaded(
    builder: WebviewWindowBuilder<'_, Wry, App>,
) -> WebviewWindowBuilder<'_, Wry, App> {
    builder.on_page_load(|window, payload| {
        navigation::on_page_load(&window, &payload);
        if payload.event() == PageLoadEvent::Started {
            window.state::<AppState>().page_left(window.label());
            resources::close_all(&window);
        }
        if payload.event() == PageLoadEvent::Finished {
            if let Some(self_test) = &window.state::<AppState>().self_test {
                self_test.page_loaded();
            }
            show_once(&window);
        }
    })
}

/// What the builder cannot do: colour by the system's theme, zoom, icon, and the deadline for showing.
fn finish(window: &WebviewWindow, settings: &Window) -> tauri::Result<()> {
    background::apply(window, &settings.background_color);
    if settings.zoom != 1.0 {
        window.set_zoom(settings.zoom)?;
    }
    #[cfg(target_os = "linux")]
    crate::window_icon::apply(window);
    let window = window.clone();
    thread::spawn(move || {
        thread::sleep(SHOW_AFTER);
        show_once(&window);
    });
    Ok(())
}

/// Shows the window the first time that it is called, and leaves it alone after that: a page that loads later must not
/// take the focus.
fn show_once(window: &WebviewWindow) {
    static SHOWN: AtomicBool = AtomicBool::new(false);
    if SHOWN.swap(true, Ordering::Relaxed) {
        return;
    }
    // The window may be gone by now; then there is nothing to show.
    let _ = window.show();
    let _ = window.set_focus();
    if let Some(self_test) = &window.state::<AppState>().self_test {
        self_test.window_shown();
    }
}
