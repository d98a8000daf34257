//! The trial: a small webview that nobody sees paints one colour, in a child process of ours that may crash over it.

use std::{
    cell::Cell,
    process::{Command, ExitCode, Stdio},
    rc::Rc,
    thread,
    time::{Duration, Instant},
};

use gtk::{gdk_pixbuf::Pixbuf, glib, prelude::*};
use webkit2gtk::{LoadEvent, WebContext, WebView, WebViewExt as _};

use super::Remedy;

/// First argument of the child.
pub(crate) const PROBE_ARGUMENT: &str = "--probe-webview";
/// How long the child may take: 0.5 s where all is well, ten times as long on a machine that has just been set up and looks at
/// its fonts first.
const LIMIT: Duration = Duration::from_secs(10);
/// How long the colour may take once the page has loaded. It is there within two frames, or never.
const PAINT_LIMIT: Duration = Duration::from_secs(1);
/// How often it is looked whether the child has ended, and in the child, whether there is colour.
const INTERVAL: Duration = Duration::from_millis(10);

/// Width and height of the webview, in pixels.
const SIZE: i32 = 32;
/// What it paints. The layer of its own is what accelerated compositing is for.
const PAGE: &str = "<!doctype html><body style='margin:0;background:#0a5'>\
    <div style='width:100vw;height:100vh;background:#05a;will-change:transform'></div>";
const COLOR: [u8; 3] = [0x00, 0x55, 0xaa];
/// A channel may differ by this much: conversions round.
const TOLERANCE: u8 = 4;

/// Does a webview paint, with this remedy? None: it took too long to tell.
pub(super) fn paints(remedy: Remedy) -> Option<bool> {
    let program = std::env::current_exe().ok()?;
    #[allow(clippy::disallowed_methods, reason = "the rule is about programs of others")]
    let mut command = Command::new(program);
    command.arg(PROBE_ARGUMENT).envs(remedy.iter().copied());
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    // A machine that cannot start a process has other troubles.
    let mut child = command.spawn().ok()?;
    let deadline = Instant::now() + LIMIT;
    while Instant::now() < deadline {
        match child.try_wait() {
            Ok(Some(status)) => return Some(status.success()),
            Ok(None) => thread::sleep(INTERVAL),
            Err(_) => break,
        }
    }
    // It may have ended this very moment.
    let _ = child.kill();
    let _ = child.wait();
    None
}

/// What the child does. It succeeds when the colour is there; it fails or crashes where an app would have shown nothing.
pub(crate) fn probe_child() -> ExitCode {
    if gtk::init().is_err() {
        return ExitCode::FAILURE;
    }
    let window = gtk::OffscreenWindow::new();
    let view = WebView::with_context(&WebContext::new_ephemeral());
    view.set_size_request(SIZE, SIZE);
    window.add(&view);
    view.connect_web_process_terminated(|_, _| gtk::main_quit());
    view.connect_load_changed(|_, event| {
        if event == LoadEvent::Finished {
            glib::timeout_add_local_once(PAINT_LIMIT, gtk::main_quit);
        }
    });
    window.show_all();
    view.load_html(PAGE, None);
    let has_painted = Rc::new(Cell::new(false));
    let seen = Rc::clone(&has_painted);
    glib::timeout_add_local(INTERVAL, move || {
        if !window.pixbuf().is_some_and(|picture| has_color(&picture)) {
            return glib::ControlFlow::Continue;
        }
        seen.set(true);
        gtk::main_quit();
        glib::ControlFlow::Break
    });
    gtk::main();
    if has_painted.get() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Is the pixel in the middle of the page's colour?
fn has_color(picture: &Pixbuf) -> bool {
    let middle = |length: i32| usize::try_from(length / 2).unwrap_or_default();
    let channels = usize::try_from(picture.n_channels()).unwrap_or_default();
    let row = usize::try_from(picture.rowstride()).unwrap_or_default();
    let start = middle(picture.height()) * row + middle(picture.width()) * channels;
    let pixels = picture.read_pixel_bytes();
    let pixel = pixels.get(start..start + COLOR.len());
    pixel.is_some_and(|pixel| {
        pixel.iter().zip(COLOR).all(|(found, wanted)| found.abs_diff(wanted) <= TOLERANCE)
    })
}
