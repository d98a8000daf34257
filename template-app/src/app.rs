//! The start, from the pack to the running window.

use std::{error::Error, ffi::OsString, time::Instant};

use tauri::{App, AppHandle, Builder, Context, Manager as _, RunEvent, Wry};

use crate::{
    args::Args, bridge, cache_only, content, fatal, grants, identity, native_events, pack::Pack,
    self_test::SelfTest, single_instance, state::AppState, windows,
};
#[cfg(feature = "standard")]
use crate::{arrivals, autostart, diagnostics};

/// Runs the app to its end. An error means that it never started.
pub(crate) fn run(args: Args, started: Instant) -> Result<(), Box<dyn Error>> {
    #[cfg_attr(
        not(feature = "standard"),
        allow(unused_mut, reason = "isolation changes the page's policy")
    )]
    let (pack, mut settings) = Pack::open(&args)?;
    fatal::check_display()?;
    #[cfg(target_os = "linux")]
    crate::webview_health::ensure(&settings.app.id);
    let self_test = args.self_test.map(|asked| SelfTest::new(started, asked));
    // A self-test is about this binary, so it must not hand over to an app that runs already.
    let alone = settings.single_instance && self_test.is_none();
    #[cfg(feature = "standard")]
    let args = Args { rest: arrivals::absolute(&settings, args.rest), ..args };
    let Some(instance) = single_instance::claim(alone, &settings.app.id, &args.rest) else {
        return Ok(());
    };

    let mut context = neutral_context();
    identity::apply(&mut context, &settings.app);
    #[cfg(feature = "standard")]
    let mut context = crate::isolation::apply(context, &mut settings)?;

    let rest = args.rest.clone();
    let builder = content::register(Builder::default()).plugin(bridge::plugin());
    #[cfg(feature = "standard")]
    let builder =
        crate::updates::register(builder, context.config_mut(), settings.updates.as_ref());
    let builder = builder
        .manage(AppState::new(settings, pack, self_test))
        .manage(crate::program::environment())
        .on_window_event(native_events::on_window_event)
        .setup(move |app| set_up(app, &rest));
    #[cfg(feature = "standard")]
    let builder = builder.on_menu_event(crate::tray::on_menu_event);
    #[cfg(debug_assertions)]
    let builder = crate::dev::install(builder, &args);
    let app = instance.install(builder).build(context)?;
    app.run(on_run_event);
    Ok(())
}

fn on_run_event(app: &AppHandle, event: RunEvent) {
    match event {
        RunEvent::ExitRequested { .. } => windows::note_all(app),
        // A click on the app's icon in the dock.
        #[cfg(target_os = "macos")]
        RunEvent::Reopen { has_visible_windows: false, .. } => windows::show_main(app),
        #[cfg(all(feature = "standard", target_os = "macos"))]
        RunEvent::Opened { urls } => arrivals::opened(app, &urls),
        RunEvent::Exit => leave(app),
        _ => {}
    }
}

/// Puts away what must not outlive the app.
pub(crate) fn leave(app: &AppHandle) {
    let state = app.state::<AppState>();
    #[cfg(feature = "standard")]
    diagnostics::end(&state);
    #[cfg(feature = "plugins")]
    state.plugins.stop();
    windows::flush(app);
    cache_only::end(&state);
    single_instance::release();
}

/// What was compiled in: no app.
#[allow(clippy::exit, reason = "the macro's own")]
fn neutral_context() -> Context<Wry> {
    tauri::generate_context!()
}

fn set_up(app: &mut App, args: &[OsString]) -> Result<(), Box<dyn Error>> {
    grants::add(app)?;
    #[cfg(feature = "standard")]
    {
        diagnostics::start(app.handle());
        autostart::note(app.handle(), args);
        arrivals::take(app.handle(), args);
    }
    #[cfg(not(feature = "standard"))]
    let _ = args;
    cache_only::sweep(app.handle());
    let window = windows::create_main(app.handle())?;
    single_instance::listen(&window);
    #[cfg(feature = "standard")]
    crate::menu::set_up(&window)?;
    #[cfg(feature = "standard")]
    crate::tray::set_up(app.handle());
    #[cfg(feature = "standard")]
    crate::shortcuts::set_up(app.handle());
    SelfTest::watch(app.handle());
    #[cfg(feature = "standard")]
    crate::updates::watch(app.handle());
    Ok(())
}
