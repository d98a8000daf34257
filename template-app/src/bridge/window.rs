//! Module `window`: the caller's window by default, another one by its label.

use bridge_contract::{BridgeError, ErrorCode, WindowInfo, WindowPosition, WindowSize};
use tauri::{
    LogicalPosition, LogicalSize, Manager as _, PhysicalPosition, PhysicalSize, Theme,
    WebviewWindow, ipc::JavaScriptChannelId,
};

use super::{
    Call, Command,
    Command::{Later, Now},
    Reply, Result, Task, internal, invalid, reply, shown_text,
};
use crate::{
    labels::{self, Kind},
    state::AppState,
    windows,
};

/// Largest size and farthest place, in logical pixels: X11 counts in 16 bits.
pub(crate) const MAX_PIXELS: f64 = 32_767.0;
/// What webviews can do; smaller is unreadable, larger is one letter.
const ZOOM: std::ops::RangeInclusive<f64> = 0.25..=5.0;

/// The commands of this module.
pub(super) const COMMANDS: &[(&str, Command)] = &[
    ("window_new", Later(new)),
    ("window_close", Now(close)),
    ("window_minimize", Now(minimize)),
    ("window_maximize_toggle", Now(maximize_toggle)),
    ("window_fullscreen", Now(fullscreen)),
    ("window_focus", Now(focus)),
    ("window_show", Now(show)),
    ("window_hide", Now(hide)),
    ("window_center", Now(center)),
    ("window_set_title", Now(set_title)),
    ("window_set_size", Now(set_size)),
    ("window_set_position", Now(set_position)),
    ("window_set_always_on_top", Now(set_always_on_top)),
    ("window_set_zoom", Now(set_zoom)),
    ("window_set_theme", Now(set_theme)),
    ("window_print", Now(print)),
    ("window_get_info", Now(get_info)),
    ("window_list", Now(list)),
    ("window_watch_close", Now(watch_close)),
    ("window_unwatch_close", Now(unwatch_close)),
    ("window_answer_close", Now(answer_close)),
];

fn new(call: Call) -> Task {
    Box::pin(async move {
        let request = call.arg::<Option<windows::Request>>("options")?;
        let window = windows::open(&call.window, request.unwrap_or_default()).await?;
        reply(&info(&window))
    })
}

fn close(call: &Call) -> Reply {
    done(target(call)?.close())
}

fn minimize(call: &Call) -> Reply {
    done(target(call)?.minimize())
}

fn maximize_toggle(call: &Call) -> Reply {
    let window = target(call)?;
    done(match window.is_maximized().map_err(internal)? {
        true => window.unmaximize(),
        false => window.maximize(),
    })
}

fn fullscreen(call: &Call) -> Reply {
    let on: bool = call.arg("on")?;
    done(target(call)?.set_fullscreen(on))
}

fn focus(call: &Call) -> Reply {
    done(windows::bring_to_front(&target(call)?))
}

fn show(call: &Call) -> Reply {
    let window = target(call)?;
    window.state::<AppState>().windows.show_first(window.label());
    done(window.show())
}

fn hide(call: &Call) -> Reply {
    let window = target(call)?;
    // A page that hides its window while it loads does not want it to show itself.
    window.state::<AppState>().windows.show_first(window.label());
    done(window.hide())
}

fn center(call: &Call) -> Reply {
    done(target(call)?.center())
}

fn set_title(call: &Call) -> Reply {
    let title: String = call.arg("title")?;
    done(target(call)?.set_title(shown_text("title", &title)?))
}

fn set_size(call: &Call) -> Reply {
    let (width, height) = (side(call, "width")?, side(call, "height")?);
    let window = target(call)?;
    let above = f64::from(windows::bar_height(window.label()));
    done(window.set_size(LogicalSize::new(width, height + above)))
}

fn set_position(call: &Call) -> Reply {
    let (x, y) = (place(call, "x")?, place(call, "y")?);
    done(target(call)?.set_position(LogicalPosition::new(x, y)))
}

fn set_always_on_top(call: &Call) -> Reply {
    let on: bool = call.arg("on")?;
    done(target(call)?.set_always_on_top(on))
}

fn set_zoom(call: &Call) -> Reply {
    let factor: f64 = call.arg("factor")?;
    if !ZOOM.contains(&factor) {
        let (least, most) = (ZOOM.start(), ZOOM.end());
        return Err(invalid("factor", format!("not from {least} to {most}: {factor}")));
    }
    done(target(call)?.set_zoom(factor))
}

fn set_theme(call: &Call) -> Reply {
    let theme: String = call.arg("theme")?;
    let theme = match theme.as_str() {
        "light" => Some(Theme::Light),
        "dark" => Some(Theme::Dark),
        "system" => None,
        _ => return Err(invalid("theme", format!("not `light`, `dark` or `system`: `{theme}`"))),
    };
    done(target(call)?.set_theme(theme))
}

fn print(call: &Call) -> Reply {
    let window = target(call)?;
    #[cfg(target_os = "linux")]
    return done(crate::print_linux::print(&window));
    #[cfg(not(target_os = "linux"))]
    done(window.print())
}

fn get_info(call: &Call) -> Reply {
    reply(&info(&target(call)?))
}

fn list(call: &Call) -> Reply {
    reply(&windows::reachable(&call.window).iter().map(info).collect::<Vec<_>>())
}

fn watch_close(call: &Call) -> Reply {
    let channel: JavaScriptChannelId = call.arg("channel")?;
    windows::watch(&call.window, channel.channel_on(call.window.as_ref().clone()));
    reply(&())
}

fn unwatch_close(call: &Call) -> Reply {
    windows::unwatch(&call.window);
    reply(&())
}

fn answer_close(call: &Call) -> Reply {
    windows::answer(&call.window, call.arg("question")?, call.arg("keep")?);
    reply(&())
}

fn done(result: tauri::Result<()>) -> Reply {
    reply(&result.map_err(internal)?)
}

fn side(call: &Call, name: &str) -> Result<f64> {
    let value: f64 = call.arg(name)?;
    match (1.0..=MAX_PIXELS).contains(&value) {
        true => Ok(value),
        false => Err(invalid(name, format!("not from 1 to {MAX_PIXELS}: {value}"))),
    }
}

fn place(call: &Call, name: &str) -> Result<f64> {
    let value: f64 = call.arg(name)?;
    match value.abs() <= MAX_PIXELS {
        true => Ok(value),
        false => Err(invalid(name, format!("not from -{MAX_PIXELS} to {MAX_PIXELS}: {value}"))),
    }
}

/// What a window is like now; what the system does not tell is left out.
fn info(window: &WebviewWindow) -> WindowInfo {
    let size = |size: PhysicalSize<u32>| WindowSize { width: size.width, height: size.height };
    let position =
        |position: PhysicalPosition<i32>| WindowPosition { x: position.x, y: position.y };
    WindowInfo {
        label: labels::public(window.label()).to_owned(),
        cache_only: Kind::of(window.label()) == Kind::CacheOnly,
        title: window.title().ok(),
        url: window.url().ok().map(String::from),
        visible: window.is_visible().ok(),
        focused: window.is_focused().ok(),
        minimized: window.is_minimized().ok(),
        maximized: window.is_maximized().ok(),
        fullscreen: window.is_fullscreen().ok(),
        decorated: window.is_decorated().ok(),
        resizable: window.is_resizable().ok(),
        enabled: window.is_enabled().ok(),
        always_on_top: window.is_always_on_top().ok(),
        inner_size: window
            .inner_size()
            .ok()
            .map(|inner| size(windows::content_size(&window.as_ref().window(), inner))),
        outer_size: window.outer_size().ok().map(size),
        inner_position: window.inner_position().ok().map(position),
        outer_position: window.outer_position().ok().map(position),
        scale_factor: window.scale_factor().ok(),
    }
}

/// The window that the call names, else the caller's.
fn target(call: &Call) -> Result<WebviewWindow> {
    let Some(label) = call.arg::<Option<String>>("label")? else { return Ok(call.window.clone()) };
    windows::find(&call.window, &label).ok_or_else(|| {
        BridgeError::new(
            ErrorCode::WindowUnknownLabel,
            format!("no window has this label: `{label}`"),
        )
    })
}
