//! How a window of any kind is built: hidden, with the scripts and guards of its kind, and shown when its page has loaded.

use std::time::Duration;

#[cfg(target_os = "macos")]
use runtime_settings::settings::TitleBarStyle;
use tauri::{
    AppHandle, Manager as _, Theme, WebviewUrl, WebviewWindow, WebviewWindowBuilder,
    WindowSizeConstraints, Wry, async_runtime, webview::PageLoadEvent,
};

use super::remember;
use crate::{
    background, bridge, cache_only,
    labels::{Kind, MAIN},
    navigation, popups, self_test,
    state::AppState,
    web,
};

/// A window whose page has not loaded by then is shown all the same: something slow is better than nothing.
const SHOW_AFTER: Duration = Duration::from_secs(3);

type Builder<'a> = WebviewWindowBuilder<'a, Wry, AppHandle>;

/// In what one window differs from another; the rest is the config's. Sizes are logical pixels.
pub(super) struct Plan {
    /// Tauri's, which tells the kind.
    pub(super) label: String,
    pub(super) url: WebviewUrl,
    pub(super) title: String,
    /// It takes the title of its document, if that has one.
    pub(super) follows_document: bool,
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) constraints: WindowSizeConstraints,
    pub(super) position: Option<(f64, f64)>,
    pub(super) center: bool,
    pub(super) resizable: bool,
    pub(super) maximized: bool,
    pub(super) fullscreen: bool,
    pub(super) decorations: bool,
    pub(super) always_on_top: bool,
}

/// Builds a window whose label is claimed. Nothing of it stays when that fails.
pub(super) fn build(app: &AppHandle, plan: Plan) -> tauri::Result<WebviewWindow> {
    let state = app.state::<AppState>();
    let label = plan.label.clone();
    let built = try_build(app, &state, plan);
    if built.is_err() {
        cache_only::leave(&state, &label);
        state.windows.closed(&label);
    }
    built
}

fn try_build(app: &AppHandle, state: &AppState, mut plan: Plan) -> tauri::Result<WebviewWindow> {
    let kind = Kind::of(&plan.label);
    let place = remember::of(app, &plan.label).and_then(|geometry| {
        (plan.maximized, plan.fullscreen) = (geometry.maximized, geometry.fullscreen);
        geometry.bounds?.place(&remember::screens(app))
    });
    if kind == Kind::CacheOnly {
        cache_only::enter(app, &plan.label)?;
    }
    let mut builder = Builder::new(app, &plan.label, plan.url.clone()).visible(false);
    builder = shape(builder, &plan);
    builder = look(builder, state);
    builder = builder.initialization_script(bridge::script(state, kind));
    if kind == Kind::Main && state.self_test.is_some() {
        builder = builder.initialization_script(self_test::script());
    }
    builder = web::apply(app, &plan.label, builder)?;
    builder = cache_only::apply_profile(app, &plan.label, builder)?;
    builder = navigation::guard_builder(app, builder, &plan.label);
    builder = popups::handle(app, &plan.label, builder);
    let window = show_when_loaded(builder).build()?;
    web::attach(&window)?;
    navigation::guard_window(&window)?;
    #[cfg(target_os = "linux")]
    crate::print_linux::attach(&window)?;
    #[cfg(all(target_os = "linux", feature = "standard"))]
    crate::menu::attach(&window)?;
    cache_only::keep_profile(&window)?;
    if let Some(place) = place {
        place.apply(&window)?;
    }
    finish(&window)?;
    Ok(window)
}

fn shape<'a>(builder: Builder<'a>, plan: &Plan) -> Builder<'a> {
    let mut builder = builder
        .inner_size(plan.width, plan.height)
        .inner_size_constraints(plan.constraints)
        .resizable(plan.resizable)
        .maximized(plan.maximized)
        .fullscreen(plan.fullscreen)
        .decorations(plan.decorations)
        .always_on_top(plan.always_on_top);
    if let Some((x, y)) = plan.position {
        builder = builder.position(x, y);
    } else if plan.center {
        builder = builder.center();
    }
    builder = builder.title(&plan.title);
    if !plan.follows_document {
        return builder;
    }
    builder.on_document_title_changed(|window, title| {
        if !title.is_empty() {
            // The window may be gone by now.
            let _ = window.set_title(&title);
        }
    })
}

fn look<'a>(builder: Builder<'a>, state: &AppState) -> Builder<'a> {
    let settings = &state.settings.window;
    let theme = background::fixed_theme(settings.theme);
    let builder = builder.theme(theme).transparent(settings.transparent);
    #[cfg(target_os = "macos")]
    let builder = title_bar(builder, settings.title_bar_style);
    let color = background::color(&settings.background_color, theme.unwrap_or(Theme::Light));
    match color.filter(|_| !settings.transparent) {
        Some(color) => builder.background_color(color),
        None => builder,
    }
}

#[cfg(target_os = "macos")]
fn title_bar(builder: Builder<'_>, style: TitleBarStyle) -> Builder<'_> {
    match style {
        TitleBarStyle::Visible => builder,
        TitleBarStyle::Transparent => builder.title_bar_style(tauri::TitleBarStyle::Transparent),
        TitleBarStyle::Overlay => {
            // The page's own heading stands where the title would.
            builder.title_bar_style(tauri::TitleBarStyle::Overlay).hidden_title(true)
        }
    }
}

fn show_when_loaded(builder: Builder<'_>) -> Builder<'_> {
    builder.on_page_load(|window, payload| {
        navigation::on_page_load(&window, &payload);
        if payload.event() == PageLoadEvent::Started {
            window.state::<AppState>().page_left(window.label());
            #[cfg(all(target_os = "linux", feature = "standard"))]
            crate::menu::page_left(window.label());
            #[cfg(feature = "standard")]
            crate::resources::close_all(&window);
        }
        if payload.event() == PageLoadEvent::Finished {
            if let (MAIN, Some(self_test)) = (window.label(), &window.state::<AppState>().self_test)
            {
                self_test.page_loaded();
            }
            show_once(&window);
        }
    })
}

/// What the builder cannot do: colour by the system's theme, zoom, icon, and the deadline for showing.
fn finish(window: &WebviewWindow) -> tauri::Result<()> {
    let settings = &window.state::<AppState>().settings.window;
    background::apply(window, settings);
    if settings.zoom != 1.0 {
        window.set_zoom(settings.zoom)?;
    }
    #[cfg(target_os = "linux")]
    crate::window_icon::apply(window);
    show_late(window);
    Ok(())
}

fn show_late(window: &WebviewWindow) {
    let Some(mut shown) = window.state::<AppState>().windows.shown(window.label()) else { return };
    let window = window.clone();
    async_runtime::spawn(async move {
        // Ends when it has been shown, and when it is gone.
        let waited = tokio::time::timeout(SHOW_AFTER, async {
            shown.wait_for(|shown| *shown).await.is_ok()
        });
        if waited.await.is_err() {
            show_once(&window);
        }
    });
}

/// Shows the window the first time that it is called, and leaves it alone after that: a page that loads later must not
/// take the focus.
fn show_once(window: &WebviewWindow) {
    let state = window.state::<AppState>();
    if !state.windows.show_first(window.label()) {
        return;
    }
    #[cfg(feature = "standard")]
    if window.label() == MAIN
        && (crate::autostart::appears(window)
            // Whoever opens a link or a file wants to see what becomes of it.
            || (!crate::arrivals::have_come(&state) && crate::tray::keeps_hidden(window)))
    {
        return;
    }
    // The window may be gone by now; then there is nothing to show.
    let _ = window.show();
    let _ = window.set_focus();
    if let (MAIN, Some(self_test)) = (window.label(), &state.self_test) {
        self_test.window_shown();
    }
}
