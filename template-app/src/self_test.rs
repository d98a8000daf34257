//! `--self-test`: starts as usual, waits for the page, makes one call over the bridge, and says in one line of JSON
//! what it saw. Whoever calls it takes the screenshot, for which `--hold` keeps the window.

use std::{
    error::Error,
    io::{self, Write as _},
    process::ExitCode,
    sync::{Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

use bridge_contract::{TOKEN_EVENT, TOKEN_HEADER};
use serde::{Deserialize, Serialize};
use tauri::{AppHandle, Manager as _, WebviewWindow};

use crate::{
    args::SelfTestArgs,
    bridge::{Call, Reply, reply},
    labels::MAIN,
    state::AppState,
};

/// Watches the page from inside: one function expression.
const SCRIPT: &str = include_str!("self_test.js");
/// How long a page that missed the deadline has to say where it is stuck.
const LAST_WORDS: Duration = Duration::from_secs(2);
/// From here on an HTTP status is a failure.
const FIRST_HTTP_ERROR: u32 = 400;

/// The self-test of this process.
#[derive(Debug)]
pub(crate) struct SelfTest {
    started: Instant,
    asked: SelfTestArgs,
    seen: Mutex<Seen>,
}

/// What the runtime saw from outside. Times are milliseconds since the process began.
#[derive(Debug, Default)]
struct Seen {
    loaded_ms: Option<u128>,
    shown_ms: Option<u128>,
    http_status: Option<u32>,
    finished: bool,
}

/// What the page saw from inside. Times are milliseconds since the navigation began.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct PageReport {
    url: String,
    title: String,
    loaded: Option<f64>,
    first_contentful_paint: Option<f64>,
    bridge: Option<bool>,
    bridge_call: Option<f64>,
    api_version: Option<String>,
    errors: Vec<String>,
}

/// The line that is printed.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Outcome<'a> {
    ok: bool,
    error: Option<String>,
    app: Option<AppIdentity<'a>>,
    url: &'a str,
    title: &'a str,
    /// Of the main document; null when it does not come over HTTP.
    http_status: Option<u32>,
    bridge: BridgeOutcome<'a>,
    /// Where to look for the page on a picture of the screen.
    window: Option<Area>,
    timings_ms: Timings,
    page_errors: &'a [String],
}

#[derive(Debug, Serialize)]
struct AppIdentity<'a> {
    id: &'a str,
    name: &'a str,
    version: &'a str,
}

#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct BridgeOutcome<'a> {
    available: bool,
    api_version: Option<&'a str>,
}

/// The page's place on the screen, without the window's frame, in pixels of the screen.
#[derive(Debug, Clone, Copy, Serialize)]
struct Area {
    x: i32,
    y: i32,
    width: u32,
    height: u32,
}

/// `loaded` and `shown` count from the start of the process, the page's own times from the start of its navigation.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Timings {
    loaded: Option<u128>,
    shown: Option<u128>,
    page_loaded: Option<f64>,
    page_first_contentful_paint: Option<f64>,
    bridge_call: Option<f64>,
    total: u128,
}

/// The script, called with what it must know.
pub(crate) fn script() -> String {
    format!("{}({TOKEN_EVENT:?}, {TOKEN_HEADER:?});", SCRIPT.trim_end())
}

impl SelfTest {
    pub(crate) fn new(started: Instant, asked: SelfTestArgs) -> SelfTest {
        SelfTest { started, asked, seen: Mutex::default() }
    }

    /// Starts the deadline, when this is a self-test.
    pub(crate) fn watch(app: &AppHandle) {
        let Some(self_test) = &app.state::<AppState>().self_test else { return };
        let (app, timeout) = (app.clone(), self_test.asked.timeout);
        thread::spawn(move || {
            thread::sleep(timeout);
            let error = format!("the page was not ready within {} s", timeout.as_secs_f64());
            ask_page_and_fail(&app, error);
        });
    }

    /// The page's load has ended, well or badly.
    pub(crate) fn page_loaded(&self) {
        let elapsed = self.elapsed_ms();
        self.seen().loaded_ms.get_or_insert(elapsed);
    }

    pub(crate) fn window_shown(&self) {
        let elapsed = self.elapsed_ms();
        self.seen().shown_ms.get_or_insert(elapsed);
    }

    /// The main document's answer, when it came over HTTP. Only Linux tells.
    #[cfg(target_os = "linux")]
    pub(crate) fn page_answered(&self, status: u32) {
        self.seen().http_status = Some(status);
    }

    /// The main document could not be loaded at all. Only Linux tells; elsewhere the deadline does.
    #[cfg(target_os = "linux")]
    pub(crate) fn load_failed(&self, app: &AppHandle, error: String) {
        let error = format!("the page failed to load: {error}");
        let area = app.get_webview_window(MAIN).and_then(|window| Area::of(&window));
        self.finish(app, &PageReport::default(), area, Some(error));
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn elapsed_ms(&self) -> u128 {
        self.started.elapsed().as_millis()
    }

    /// Prints the outcome and ends the app. The first verdict counts.
    fn finish(
        &self,
        app: &AppHandle,
        page: &PageReport,
        window: Option<Area>,
        error: Option<String>,
    ) {
        let (loaded, shown, http_status) = {
            let mut seen = self.seen();
            if std::mem::replace(&mut seen.finished, true) {
                return;
            }
            (seen.loaded_ms, seen.shown_ms, seen.http_status)
        };
        let error = error.or_else(|| page.complaint()).or_else(|| {
            let status = http_status.filter(|status| *status >= FIRST_HTTP_ERROR)?;
            Some(format!("the page answered with HTTP status {status}"))
        });
        let state = app.state::<AppState>();
        let identity = &state.settings.app;
        let outcome = Outcome {
            ok: error.is_none(),
            error,
            app: Some(AppIdentity {
                id: &identity.id,
                name: &identity.name,
                version: &identity.version,
            }),
            url: &page.url,
            title: &page.title,
            http_status,
            bridge: BridgeOutcome {
                available: page.bridge == Some(true),
                api_version: page.api_version.as_deref(),
            },
            window,
            timings_ms: Timings {
                loaded,
                shown,
                page_loaded: page.loaded,
                page_first_contentful_paint: page.first_contentful_paint,
                bridge_call: page.bridge_call,
                total: self.elapsed_ms(),
            },
            page_errors: &page.errors,
        };
        print(&outcome);
        let code = i32::from(!outcome.ok);
        if !self.asked.hold {
            return app.exit(code);
        }
        let app = app.clone();
        thread::spawn(move || {
            // Whoever holds the other end lets go of it, or dies; without one there is nothing to wait for.
            let _ = io::copy(&mut io::stdin(), &mut io::sink());
            app.exit(code);
        });
    }
}

impl Area {
    /// Only where the window's thread is known to answer: it is asked, and waited for.
    fn of(window: &WebviewWindow) -> Option<Area> {
        let (position, size) = (window.inner_position().ok()?, window.inner_size().ok()?);
        Some(Area { x: position.x, y: position.y, width: size.width, height: size.height })
    }
}

impl PageReport {
    /// What is missing in a page that reported by itself.
    fn complaint(&self) -> Option<String> {
        (self.bridge != Some(true)).then(|| "the page has no `window.Desktopr`".to_owned())
    }
}

/// The page reports that it has loaded, painted, and called the runtime.
pub(crate) fn report(call: &Call) -> Reply {
    let app = call.window.app_handle();
    if let Some(self_test) = &app.state::<AppState>().self_test {
        let report: String = call.arg("report")?;
        let page = serde_json::from_slice(report.as_bytes()).unwrap_or_default();
        self_test.finish(app, &page, Area::of(&call.window), None);
    }
    reply(&())
}

/// An app that does not even start has nothing to say but why.
pub(crate) fn fail_before_start(error: &dyn Error) -> ExitCode {
    print(&Outcome {
        ok: false,
        error: Some(error.to_string()),
        app: None,
        url: "",
        title: "",
        http_status: None,
        bridge: BridgeOutcome::default(),
        window: None,
        timings_ms: Timings::default(),
        page_errors: &[],
    });
    ExitCode::FAILURE
}

fn ask_page_and_fail(app: &AppHandle, error: String) {
    let state = app.state::<AppState>();
    let Some(self_test) = &state.self_test else { return };
    let (sender, receiver) = std::sync::mpsc::channel();
    if let Some(window) = app.get_webview_window(MAIN) {
        let asked = window.clone();
        // A page that hangs does not answer; the wait below ends without it.
        let _ = window.eval_with_callback("window.__deskwrightSelfTest()", move |answer| {
            let _ = sender.send((answer, Area::of(&asked)));
        });
    }
    let answer = receiver.recv_timeout(LAST_WORDS).ok();
    let area = answer.as_ref().and_then(|(_, area)| *area);
    let page = answer.and_then(|(answer, _)| parse_answer(&answer)).unwrap_or_default();
    self_test.finish(app, &page, area, Some(error));
}

/// The webview gives the script's value as JSON: here a string that holds JSON.
fn parse_answer(answer: &str) -> Option<PageReport> {
    let text: String = serde_json::from_slice(answer.as_bytes()).ok()?;
    serde_json::from_slice(text.as_bytes()).ok()
}

fn print(outcome: &Outcome<'_>) {
    let line = serde_json::to_string(outcome).unwrap_or_default();
    // Without a reader there is nobody to tell.
    let _ = writeln!(io::stdout(), "{line}");
}
