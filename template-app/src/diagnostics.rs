//! Records of what went wrong, on the user's own disk and nowhere else: errors of pages, crashes, and how the app ended.
//!
//! Files are in `diagnostics` of the app's data folder, which is the scope of that name. The settings and the mark of a running
//! app are beside it, where no page reaches them. Whatever the disk refuses is no reason to disturb the app.

mod export;
mod life;
mod records;
mod scrub;

use std::{
    io,
    panic::PanicHookInfo,
    path::PathBuf,
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use bridge_contract::{
    BridgeError, ErrorCode, ErrorPayload, LastExit, PrivacySettings, RecordsArea, RetentionRun,
};
use serde_json::{Value, json};
use tauri::{AppHandle, Manager as _};

use crate::{kept, state::AppState};
use life::Mark;
use records::Records;

pub(crate) use export::{write as export_to, zip as export_zip};
pub(crate) use records::day;

/// How often a running app says so. What it was doing in the last half minute before a crash nobody can tell anyway, and a shorter
/// time keeps disks awake.
const BEAT: Duration = Duration::from_secs(30);
/// Beats between two runs of the retention: a day.
const BEATS_A_DAY: u32 = 24 * 60 * 2;
/// Errors that are recorded by themselves, in a minute (count): a page that fails in a loop must not fill the disk.
const ERRORS_A_MINUTE: u32 = 30;
/// Crashes that one process records (count). A panic ends a release build; in a debug build the app may go on.
const MAX_CRASHES: u32 = 20;
/// Lengths of texts that are kept of an error, in bytes.
const MAX_MESSAGE: usize = 4 * 1024;
const MAX_STACK: usize = 16 * 1024;

const SETTINGS_FILE: &str = "diagnostics.json";
const RUNNING: &str = "running";

/// What is there when the module is on.
#[derive(Default)]
pub(crate) struct Diagnostics(OnceLock<Arc<Keeper>>);

/// Keeps the records of this app.
pub(crate) struct Keeper {
    pub(crate) records: Records,
    settings_path: PathBuf,
    settings: Mutex<PrivacySettings>,
    app_version: String,
    last_exit: LastExit,
    mark: Mutex<Option<Mark>>,
    burst: Mutex<(Instant, u32)>,
    crashes: AtomicU32,
}

/// Begins, if the module is on: looks how the app ended before, and notes that it runs.
pub(crate) fn start(app: &AppHandle) {
    let state = app.state::<AppState>();
    if !state.settings.bridge.modules.diagnostics || state.self_test.is_some() {
        return;
    }
    let Ok(folder) = app.path().app_data_dir() else { return };
    let keeper = Arc::new(Keeper::new(folder, state.settings.app.version.clone()));
    let hook_keeper = Arc::clone(&keeper);
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        hook_keeper.crashed(info);
        before(info);
    }));
    #[cfg(target_os = "linux")]
    life::end_at_signals(app);
    let beating = Arc::clone(&keeper);
    // A thread that cannot be started leaves an app without beats, and with the time of its start.
    let _ = thread::Builder::new().name("diagnostics".to_owned()).spawn(move || beating.live());
    let _ = state.diagnostics.0.set(keeper);
}

/// The app ends in a normal way.
pub(crate) fn end(state: &AppState) {
    let mark = state.diagnostics.0.get().and_then(|keeper| locked(&keeper.mark).take());
    if let Some(mark) = mark {
        mark.remove();
    }
}

/// The keeper of an app that has the module on.
pub(crate) fn keeper(state: &AppState) -> Result<Arc<Keeper>, BridgeError> {
    let keeper = state.diagnostics.0.get().cloned();
    keeper.ok_or_else(|| {
        BridgeError::new(ErrorCode::DiagnosticsUnsupported, "this run keeps no records")
    })
}

/// What happened, beside what every record has.
pub(crate) struct Happened<'a> {
    pub(crate) kind: &'a str,
    pub(crate) window: &'a str,
    pub(crate) env: Option<String>,
    pub(crate) app_version: Option<String>,
    pub(crate) what: Value,
}

impl Keeper {
    fn new(data: PathBuf, app_version: String) -> Keeper {
        let settings_path = data.join(SETTINGS_FILE);
        let settings = fs_err::read(&settings_path).ok();
        let settings = settings.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        let ended = life::ended(&data.join(RUNNING));
        let mark = life::mark(&data.join(RUNNING), &app_version).ok();
        let latest = ended.iter().max_by_key(|ended| ended.last_seen_ms);
        let keeper = Keeper {
            records: Records::new(data.join("diagnostics")),
            settings_path,
            settings: Mutex::new(settings.unwrap_or_default()),
            app_version,
            last_exit: LastExit {
                clean: ended.is_empty(),
                last_seen_ms: latest.map(|ended| ended.last_seen_ms),
                app_version: latest.and_then(|ended| ended.app_version.clone()),
            },
            mark: Mutex::new(mark),
            burst: Mutex::new((Instant::now(), 0)),
            crashes: AtomicU32::new(0),
        };
        if keeper.settings().crash_reports_enabled {
            for ended in ended {
                let record = json!({ "type": "unclean-exit", "at": now_ms(), "last": ended });
                let _ = keeper.records.append(RecordsArea::Runtime, "runs", &record);
            }
        }
        keeper
    }

    /// Until the process ends.
    fn live(&self) {
        for beat in 0_u32.. {
            if beat % BEATS_A_DAY == 0 {
                let _ = self.run_retention();
            }
            thread::sleep(BEAT);
            if let Some(mark) = locked(&self.mark).as_ref() {
                mark.beat();
            }
        }
    }

    pub(crate) fn settings(&self) -> PrivacySettings {
        locked(&self.settings).clone()
    }

    pub(crate) fn set_settings(&self, settings: PrivacySettings) -> io::Result<()> {
        let mut known = locked(&self.settings);
        kept::write(&self.settings_path, &serde_json::to_vec(&settings)?)?;
        *known = settings;
        Ok(())
    }

    pub(crate) fn last_exit(&self) -> &LastExit {
        &self.last_exit
    }

    /// Records what the app did. False: the settings do not allow it.
    pub(crate) fn record(&self, happened: Happened<'_>) -> io::Result<bool> {
        if !self.settings().analytics_enabled {
            return Ok(false);
        }
        self.records.append(RecordsArea::Logs, "record", &self.filled(happened))?;
        Ok(true)
    }

    /// Records an error. False: the settings do not allow it, or there are too many that nobody asked to record.
    pub(crate) fn record_error(&self, happened: Happened<'_>, automatic: bool) -> io::Result<bool> {
        if !self.settings().crash_reports_enabled || (automatic && !self.may_record()) {
            return Ok(false);
        }
        self.records.append(RecordsArea::Crashes, "errors", &self.filled(happened))?;
        Ok(true)
    }

    fn may_record(&self) -> bool {
        let mut burst = locked(&self.burst);
        if burst.0.elapsed() > Duration::from_secs(60) {
            *burst = (Instant::now(), 0);
        }
        burst.1 += 1;
        burst.1 <= ERRORS_A_MINUTE
    }

    fn filled(&self, happened: Happened<'_>) -> Value {
        json!({
            "at": now_ms(),
            "type": happened.kind,
            "window": happened.window,
            "env": happened.env,
            "appVersion": happened.app_version.as_ref().unwrap_or(&self.app_version),
            "runtimeVersion": env!("CARGO_PKG_VERSION"),
            "os": std::env::consts::OS,
            "arch": std::env::consts::ARCH,
            "what": happened.what,
        })
    }

    /// The runtime panics. A file of its own: whoever panics may hold any lock.
    fn crashed(&self, info: &PanicHookInfo<'_>) {
        let allowed = self.settings.try_lock().is_ok_and(|known| known.crash_reports_enabled);
        let number = self.crashes.fetch_add(1, Ordering::Relaxed);
        if !allowed || number >= MAX_CRASHES {
            return;
        }
        let place = info.location().map(|at| format!("{}:{}", at.file(), at.line()));
        let message = info.payload_as_str().unwrap_or_default();
        let what = json!({
            "message": cut(message, MAX_MESSAGE),
            "place": place,
            "thread": thread::current().name(),
        });
        let happened = Happened { kind: "panic", window: "", env: None, app_version: None, what };
        // There is nobody left to tell.
        let _ = self.records.write_alone(
            RecordsArea::Crashes,
            &format!("crash-{}-{}-{number}", now_ms(), std::process::id()),
            &self.filled(happened),
        );
    }

    /// Deletes what is older than the settings say.
    pub(crate) fn run_retention(&self) -> io::Result<RetentionRun> {
        let settings = self.settings();
        let days = |days: u32| Duration::from_secs(u64::from(days) * 24 * 60 * 60);
        // Records of newRecord are logs and analytics at once.
        let logs = settings.retention_days_logs.min(settings.retention_days_analytics);
        let mut all = RetentionRun::default();
        for (area, age) in [
            (RecordsArea::Logs, days(logs)),
            (RecordsArea::Runtime, days(settings.retention_days_logs)),
            (RecordsArea::Crashes, days(settings.retention_days_crashes)),
        ] {
            let run = self.records.delete_older(area, age)?;
            all = RetentionRun { deleted: all.deleted + run.deleted, bytes: all.bytes + run.bytes };
        }
        Ok(all)
    }
}

/// An error of a page as it is kept: cut to what is of use, and without what may be a secret in an address.
pub(crate) fn error_value(payload: ErrorPayload) -> Value {
    json!(ErrorPayload {
        message: cut(&payload.message, MAX_MESSAGE),
        filename: payload.filename.map(|name| cut(&name, MAX_MESSAGE)),
        stack: payload.stack.map(|stack| cut(&stack, MAX_STACK)),
        ..payload
    })
}

fn cut(text: &str, bytes: usize) -> String {
    text[..text.floor_char_boundary(bytes)].to_owned()
}

/// Without a path: it is the computer's.
pub(crate) fn failed(error: &io::Error) -> BridgeError {
    let code = match error.kind() {
        io::ErrorKind::NotFound => ErrorCode::DiagnosticsNotFound,
        io::ErrorKind::FileTooLarge => ErrorCode::DiagnosticsTooLarge,
        _ => ErrorCode::DiagnosticsIo,
    };
    BridgeError::new(code, error.kind().to_string())
}

/// A clock before 1970 counts as 1970.
fn ms_since_epoch(time: SystemTime) -> u64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

fn now_ms() -> u64 {
    ms_since_epoch(SystemTime::now())
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
