//! What `cargo xtask dev` needs of the app that it runs: a line on stdout for each call of the bridge, what the page writes to its
//! console, and orders on stdin. And what `cargo xtask test --mutate` needs: a command that does nothing. Debug builds only.

use std::{
    io::{BufRead as _, Write as _},
    sync::{
        LazyLock,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Instant,
};

use serde_json::{Value, json};
use tauri::{
    AppHandle, Builder, Manager as _, Webview, Wry,
    ipc::{InvokeBody, InvokeMessage, InvokeResponseBody},
    plugin,
};

use crate::{args::Args, bridge::Reply, labels::Kind, state::AppState};

/// Characters of arguments and answers that are shown (count): a line is to be read, and a call may carry megabytes.
const SHOWN_CHARS: usize = 200;

/// Whether `cargo xtask dev` runs this, or it shows a pack that lies elsewhere.
static DEVELOPS: AtomicBool = AtomicBool::new(false);
/// Whether calls are printed.
static LOGS: AtomicBool = AtomicBool::new(false);

/// The command that does nothing and answers null.
static MUTE: LazyLock<Option<String>> =
    LazyLock::new(|| std::env::var("DESKWRIGHT_MUTE_COMMAND").ok());

/// Whether this command does nothing.
pub(crate) fn is_mute(command: &str) -> bool {
    MUTE.as_deref() == Some(command)
}

/// A call that has begun.
pub(crate) struct Record {
    window: String,
    command: String,
    args: String,
    began: Instant,
}

/// Does what the command line asks for.
pub(crate) fn install(builder: Builder<Wry>, args: &Args) -> Builder<Wry> {
    DEVELOPS.store(args.dev || args.app_dir.is_some(), Ordering::Relaxed);
    LOGS.store(args.log_bridge, Ordering::Relaxed);
    let takes_orders = args.dev;
    let plugin = plugin::Builder::<Wry>::new("dev")
        .setup(move |app, _| {
            if takes_orders {
                let app = app.clone();
                thread::spawn(move || take_orders(&app));
            }
            Ok(())
        })
        .on_webview_ready(show_console);
    builder.plugin(plugin.build())
}

/// Whether the app is one that is being worked on.
#[cfg(feature = "standard")]
pub(crate) fn is_developing() -> bool {
    DEVELOPS.load(Ordering::Relaxed)
}

/// Until stdin ends, and with it the app: whoever has started it is gone.
fn take_orders(app: &AppHandle) {
    for line in std::io::stdin().lock().lines() {
        match line.as_deref() {
            Ok("reload") => reload(app),
            Ok(_) => {}
            Err(_) => break,
        }
    }
    app.exit(0);
}

/// Takes the pack that is there now, and shows it. Pop-ups show pages of others.
fn reload(app: &AppHandle) {
    if let Err(error) = app.state::<AppState>().pack.read_again() {
        let _ = writeln!(std::io::stderr(), "warning: the app pack cannot be read again: {error}");
        return;
    }
    for (label, window) in app.webview_windows() {
        if Kind::of(&label) != Kind::Popup {
            // A window that closes meanwhile has nothing to show.
            let _ = window.reload();
        }
    }
}

/// WebKit writes the page's console to stdout where it is told to; the other webviews have their tools for that.
fn show_console(webview: Webview) {
    #[cfg(target_os = "linux")]
    if LOGS.load(Ordering::Relaxed) {
        use webkit2gtk::{SettingsExt as _, WebViewExt};
        let _ = webview.with_webview(|webview| {
            if let Some(settings) = WebViewExt::settings(&webview.inner()) {
                settings.set_enable_write_console_messages_to_stdout(true);
            }
        });
    }
    #[cfg(not(target_os = "linux"))]
    let _ = webview;
}

/// Notes a call that begins; none when calls are not printed.
pub(crate) fn record(message: &InvokeMessage<Wry>) -> Option<Record> {
    LOGS.load(Ordering::Relaxed).then(|| Record {
        window: message.webview_ref().label().to_owned(),
        command: message.command().to_owned(),
        args: match message.payload() {
            InvokeBody::Json(args) => cut(&args.to_string()),
            InvokeBody::Raw(bytes) => format!("{} bytes", bytes.len()),
        },
        began: Instant::now(),
    })
}

/// Prints a call that has ended.
pub(crate) fn end(record: Option<Record>, reply: &Reply) {
    let Some(Record { window, command, args, began }) = record else { return };
    let milliseconds = (began.elapsed().as_secs_f64() * 1e5).round() / 1e2;
    let mut line = json!({ "log": "call", "window": window, "command": command, "args": args });
    match reply {
        Ok(InvokeResponseBody::Json(text)) => line["result"] = cut(text).into(),
        Ok(InvokeResponseBody::Raw(bytes)) => {
            line["result"] = format!("{} bytes", bytes.len()).into();
        }
        Err(error) => {
            line["error"] = json!({ "code": error.code, "message": error.message });
        }
    }
    line["ms"] = milliseconds.into();
    print(&line);
}

fn print(line: &Value) {
    // Whoever reads this may have gone.
    let _ = writeln!(std::io::stdout(), "{line}");
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(SHOWN_CHARS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::cut;

    #[test]
    fn long_texts_are_cut_between_characters() {
        assert_eq!(cut("{}"), "{}");
        assert_eq!(cut(&"ü".repeat(200)), "ü".repeat(200));
        assert_eq!(cut(&"ü".repeat(201)), format!("{}…", "ü".repeat(200)));
    }
}
