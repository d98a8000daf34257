//! Module `diagnostics`: records on the user's disk, and what the page may do with them.

use std::{collections::BTreeMap, io};

use bridge_contract::{
    BridgeError, ErrorCode, ErrorPayload, PrivacySettings, RecordsArea, RetentionRun,
};
use serde::Deserialize;
use serde_json::{Value, json};
use tauri::{Manager as _, async_runtime};

use super::{
    Call, Command,
    Command::{Blocking, Later, Now},
    Reply, Result, Task, internal, invalid, reply,
};
use crate::{
    diagnostics::{self, Happened, Keeper, failed},
    dialogs::{self, Choice, Chooser, Filter},
    labels,
    state::AppState,
};

/// Days that records may be kept: ten years is for ever.
const MAX_DAYS: u32 = 3650;
const MIN_DAYS: u32 = 30;
/// Crashes are rare, and one must be there when somebody asks.
const MIN_DAYS_CRASHES: u32 = 90;
/// Longest text that names a record, in characters.
const MAX_NAME: usize = 200;

/// The commands of this module.
pub(super) const COMMANDS: &[(&str, Command)] = &[
    ("diagnostics_settings_get", Now(settings)),
    ("diagnostics_settings_set", Blocking(set_settings)),
    ("diagnostics_new_record", Blocking(new_record)),
    ("diagnostics_new_error_js", Blocking(new_error_js)),
    ("diagnostics_new_error_native", Blocking(new_error_native)),
    ("diagnostics_new_error_generic", Blocking(new_error_generic)),
    ("diagnostics_list_records_files", Blocking(list)),
    ("diagnostics_read_records_file", Blocking(read)),
    ("diagnostics_run_retention", Blocking(run_retention)),
    ("diagnostics_export", Later(export)),
    ("diagnostics_last_exit", Now(last_exit)),
    ("diagnostics_test_test_generate_records", Blocking(test_records)),
    ("diagnostics_test_test_throw_js_error", Now(test_js_error)),
    ("diagnostics_test_test_panic_rust", Now(test_panic)),
    ("diagnostics_test_test_export_zip", Blocking(test_export)),
    ("diagnostics_test_test_force_retention", Blocking(test_retention)),
];

/// What a page records.
#[derive(Deserialize)]
struct Record {
    name: String,
    props: Option<BTreeMap<String, Value>>,
}

fn keeper(call: &Call) -> Result<std::sync::Arc<Keeper>> {
    diagnostics::keeper(&call.window.state::<AppState>())
}

fn settings(call: &Call) -> Reply {
    reply(&keeper(call)?.settings())
}

/// Changes the fields that are named, and no others.
fn set_settings(call: &Call) -> Reply {
    let named: BTreeMap<String, Value> = call.arg("settings")?;
    let keeper = keeper(call)?;
    let Value::Object(mut all) = json!(keeper.settings()) else { return Err(internal("settings")) };
    for (key, value) in named {
        if !all.contains_key(&key) {
            return Err(invalid("settings", format!("unknown field: `{key}`")));
        }
        all.insert(key, value);
    }
    let settings: PrivacySettings =
        serde_json::from_value(Value::Object(all)).map_err(|error| invalid("settings", error))?;
    for (name, days, least) in [
        ("retentionDaysLogs", settings.retention_days_logs, MIN_DAYS),
        ("retentionDaysAnalytics", settings.retention_days_analytics, MIN_DAYS),
        ("retentionDaysCrashes", settings.retention_days_crashes, MIN_DAYS_CRASHES),
    ] {
        if !(least..=MAX_DAYS).contains(&days) {
            let reason = format!("`{name}` is {least} to {MAX_DAYS} days, found: {days}");
            return Err(invalid("settings", reason));
        }
    }
    keeper.set_settings(settings.clone()).map_err(|error| failed(&error))?;
    reply(&settings)
}

fn new_record(call: &Call) -> Reply {
    let kind: String = call.arg("recordType")?;
    let Record { name, props } = call.arg("record")?;
    for (argument, text) in [("recordType", &kind), ("record", &name)] {
        if text.is_empty() || text.chars().count() > MAX_NAME {
            return Err(invalid(argument, format!("a name has 1 to {MAX_NAME} characters")));
        }
    }
    let what = json!({ "name": name, "props": props });
    let happened = happened(call, &kind, what, call.arg("env")?)?;
    reply(&keeper(call)?.record(happened).map_err(|error| failed(&error))?)
}

fn new_error_js(call: &Call) -> Reply {
    new_error(call, "js", None)
}

fn new_error_native(call: &Call) -> Reply {
    new_error(call, "native", None)
}

fn new_error_generic(call: &Call) -> Reply {
    new_error(call, "generic", call.arg("env")?)
}

fn new_error(call: &Call, kind: &str, env: Option<String>) -> Reply {
    let payload: ErrorPayload = call.arg("payload")?;
    // Said by the script alone, of what nobody caught.
    let automatic = call.arg::<Option<bool>>("automatic")?.unwrap_or_default();
    let happened = happened(call, kind, diagnostics::error_value(payload), env)?;
    reply(&keeper(call)?.record_error(happened, automatic).map_err(|error| failed(&error))?)
}

fn happened<'a>(
    call: &'a Call,
    kind: &'a str,
    what: Value,
    env: Option<String>,
) -> Result<Happened<'a>> {
    let window = labels::public(call.window.label());
    Ok(Happened { kind, window, env, app_version: call.arg("appVersion")?, what })
}

fn list(call: &Call) -> Reply {
    let files = keeper(call)?.records.list(call.arg("area")?);
    reply(&files.map_err(|error| failed(&error))?)
}

fn read(call: &Call) -> Reply {
    let text = keeper(call)?.records.read(&call.arg::<String>("relPath")?);
    reply(&text.map_err(|error| failed(&error))?)
}

fn run_retention(call: &Call) -> Reply {
    reply(&keeper(call)?.run_retention().map_err(|error| failed(&error))?)
}

fn export(call: Call) -> Task {
    Box::pin(async move {
        let keeper = keeper(&call)?;
        let state = call.window.state::<AppState>();
        let chosen = {
            let _one_at_a_time = state.files.choose(call.window.label())?;
            let chooser = Chooser {
                title: "Save diagnostics".to_owned(),
                choice: Choice::Place(format!("diagnostics-{}.zip", diagnostics::day())),
                filters: vec![Filter { name: "ZIP".to_owned(), extensions: vec!["zip".into()] }],
                folder: None,
            };
            dialogs::choose(&call.window, chooser).await.map_err(internal)?.pop()
        };
        let Some(path) = chosen else { return reply(&"") };
        let written = async_runtime::spawn_blocking(move || {
            diagnostics::export_to(&keeper.records, &path).map(|()| path)
        });
        let path = written.await.map_err(internal)?.map_err(|error| failed(&error))?;
        reply(&path.to_string_lossy())
    })
}

fn last_exit(call: &Call) -> Reply {
    reply(keeper(call)?.last_exit())
}

/// Functions for tests are nobody's in an app that people use.
fn in_debug_builds() -> Result<()> {
    if cfg!(debug_assertions) {
        return Ok(());
    }
    let message = "functions for tests are there in debug builds only";
    Err(BridgeError::new(ErrorCode::DiagnosticsUnsupported, message))
}

fn test_records(call: &Call) -> Reply {
    const USUAL: u32 = 200;
    const MOST: u32 = 100_000;
    in_debug_builds()?;
    let count = call.arg::<Option<u32>>("n")?.unwrap_or(USUAL).min(MOST);
    let keeper = keeper(call)?;
    for number in 0..count {
        let what = json!({ "name": "test", "props": { "number": number } });
        let happened =
            Happened { kind: "test", window: "main", env: None, app_version: None, what };
        keeper.record_error(happened, false).map_err(|error| failed(&error))?;
    }
    reply(&count)
}

fn test_js_error(call: &Call) -> Reply {
    in_debug_builds()?;
    let script = "setTimeout(() => { throw new Error('thrown by testThrowJsError') })";
    call.window.eval(script).map_err(internal)?;
    reply(&())
}

/// As it is in a release build, where a panic ends the process.
fn test_panic(_: &Call) -> Reply {
    in_debug_builds()?;
    let panicked = std::thread::Builder::new().name("test".to_owned()).spawn(|| {
        #[allow(clippy::panic, reason = "that is what it is for")]
        {
            panic!("asked for by testPanicRust");
        }
    });
    drop(panicked.map(std::thread::JoinHandle::join));
    std::process::abort()
}

fn test_export(call: &Call) -> Reply {
    in_debug_builds()?;
    let mut bytes = io::Cursor::new(Vec::new());
    diagnostics::export_zip(&keeper(call)?.records, &mut bytes).map_err(|error| failed(&error))?;
    reply(&bytes.into_inner().len())
}

fn test_retention(call: &Call) -> Reply {
    in_debug_builds()?;
    let area: RecordsArea = call.arg("area")?;
    let run: io::Result<RetentionRun> =
        keeper(call)?.records.delete_older(area, std::time::Duration::ZERO);
    reply(&run.map_err(|error| failed(&error))?)
}
