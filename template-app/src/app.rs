//! The start, from the pack to the running window.

use std::{error::Error, time::Instant};

use tauri::{App, AppHandle, Builder, Context, Manager as _, RunEvent, Wry};

use crate::{
    args::Args, bridge, cache_only, content, fatal, grants, identity, native_events, pack::Pack,
    self_test::SelfTest, single_instance, state::AppState, tray, windows,
};

/// Runs the app to its end. An error means that it never started.
pub(crate) fn run(args: Args, started: Instant) -> Result<(), Box<dyn Error>> {
    let (pack, settings) = Pack::open(&args)?;
    fatal::check_display()?;
    #[cfg(target_os = "linux")]
    crate::webview_health::ensure(&settings.app.id);
    let self_test = args.self_test.map(|asked| SelfTest::new(started, asked));
    // A self-test is about this binary, so it must not hand over to an app that runs already.
    let alone = settings.single_instance && self_test.is_none();
    let Some(instance) = single_instance::claim(alone, &settings.app.id, &args.rest) else {
        return Ok(());
    };

    let mut context = neutral_context();
    identity::apply(&mut context, &settings.app);

    let builder = content::register(Builder::default())
        .plugin(bridge::plugin())
        .manage(AppState::new(settings, pack, self_test))
        .on_window_event(native_events::on_window_event)
        .on_menu_event(tray::on_menu_event)
        .setup(set_up);
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
        RunEvent::Reopen { has_visible_windows: false, .. } => tray::show_main(app),
        RunEvent::Exit => {
            let state = app.state::<AppState>();
            #[cfg(feature = "plugins")]
            state.plugins.stop();
            windows::flush(app);
            cache_only::end(&state);
            single_instance::release();
        }
        _ => {}
    }
}

/// What was compiled in: no app.
#[allow(clippy::exit, reason = "the macro's own")]
fn neutral_context() -> Context<Wry> {
    tauri::generate_context!()
}

fn set_up(app: &mut App) -> Result<(), Box<dyn Error>> {
    grants::add(app)?;
    cache_only::sweep(app.handle());
    let window = windows::create_main(app.handle())?;
    single_instance::listen(&window);
    tray::set_up(app.handle());
    SelfTest::watch(app.handle());
    Ok(())
}
