//! Keys of the whole desktop, for a page or by app.json: who has which, and who is told when one is pressed.
//!
//! On Linux the X server is asked; elsewhere `global-hotkey`, which is what tauri-plugin-global-shortcut uses. (On Linux that looks
//! for keys twenty times a second, for as long as the app runs.)

#[cfg_attr(target_os = "linux", path = "shortcuts/x11.rs")]
#[cfg_attr(not(target_os = "linux"), path = "shortcuts/by_global_hotkey.rs")]
mod system;

use std::{
    borrow::Cow,
    collections::HashMap,
    io::Write as _,
    sync::{Mutex, MutexGuard, PoisonError},
};

use bridge_contract::{BridgeError, ErrorCode, NativeEvent, ShortcutEvent};
use runtime_settings::{Accelerator, AcceleratorError, settings::ShortcutScope};
use serde_json::{Value, json};
use tauri::{AppHandle, Manager as _, Resource, ResourceId, async_runtime, ipc::Channel};

use crate::{bridge::Call, labels::Kind, native_events, resources, state::AppState};

pub(crate) use system::is_available;

type Result<T> = std::result::Result<T, BridgeError>;

/// Event of shortcuts that app.json binds, and of those that a page wants to hear of so.
pub(crate) const EVENT: &str = "shortcut:event";
/// Keys that one page may have (count): more than anybody remembers, and few enough that the desktop stays usable.
const MAX_OF_PAGE: usize = 50;

/// Who has which key.
#[derive(Default)]
pub(crate) struct Shortcuts(Mutex<Held>);

type Held = HashMap<Accelerator, Holder>;

/// Who has a key, and what they call it.
struct Holder {
    /// As it was written.
    accelerator: String,
    id: String,
    /// None when app.json binds it.
    page: Option<Page>,
}

struct Page {
    /// Tauri's label of its window.
    label: String,
    /// Number in the window's table, once it is there.
    resource: Option<ResourceId>,
    channel: Channel<ShortcutEvent>,
    emits: bool,
}

impl Shortcuts {
    fn lock(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A key that a page has: given back when it is closed, as everything of a page is.
struct Registration {
    app: AppHandle,
    accelerator: Accelerator,
}

impl Resource for Registration {
    fn name(&self) -> Cow<'_, str> {
        "shortcut".into()
    }

    fn close(self: std::sync::Arc<Self>) {
        give_back(&self.app, self.accelerator);
    }
}

fn parse(text: &str) -> Result<Accelerator> {
    Accelerator::parse_global(text, cfg!(target_os = "macos")).map_err(invalid)
}

fn invalid(error: AcceleratorError) -> BridgeError {
    BridgeError::new(ErrorCode::ShortcutsInvalidAccelerator, error.to_string())
}

fn unsupported(error: impl std::fmt::Display) -> BridgeError {
    let message = format!("keys of the whole desktop cannot be had here: {error}");
    BridgeError::new(ErrorCode::ShortcutsUnsupported, message)
}

fn taken(text: &str) -> BridgeError {
    BridgeError::new(ErrorCode::ShortcutsAlreadyRegistered, format!("somebody has it: `{text}`"))
}

/// Takes a key for the page that called. Waits for the system.
pub(crate) fn register(
    call: &Call,
    text: String,
    channel: Channel<ShortcutEvent>,
    emits: bool,
) -> Result<()> {
    let app = call.window.app_handle();
    let accelerator = parse(&text)?;
    let label = call.window.label().to_owned();
    let page = Page { label, resource: None, channel, emits };
    take(app, accelerator, Holder { id: text.clone(), accelerator: text, page: Some(page) })?;
    let registration = Registration { app: app.clone(), accelerator };
    match resources::add_few(call, registration, MAX_OF_PAGE) {
        Ok(id) => {
            let state = app.state::<AppState>();
            let mut held = state.shortcuts.lock();
            if let Some(page) = held.get_mut(&accelerator).and_then(|holder| holder.page.as_mut()) {
                page.resource = Some(id);
            }
            Ok(())
        }
        Err(error) => {
            give_back(app, accelerator);
            Err(error)
        }
    }
}

/// Gives a key back, if the page that called has it.
pub(crate) fn unregister(call: &Call, text: &str) -> Result<bool> {
    let found = resource_of(call, &parse(text)?);
    // Whoever closes it first gives it back.
    Ok(found.is_some_and(|id| call.window.resources_table().close(id).is_ok()))
}

/// Gives all keys of the page that called back.
pub(crate) fn unregister_all(call: &Call) {
    let state = call.window.state::<AppState>();
    let held = state.shortcuts.lock();
    let pages = held.values().filter_map(|holder| holder.page.as_ref());
    let own: Vec<_> = pages
        .filter(|page| page.label == call.window.label())
        .filter_map(|page| page.resource)
        .collect();
    drop(held);
    for id in own {
        // It may have ended meanwhile.
        let _ = call.window.resources_table().close(id);
    }
}

/// Has the page that called this key?
pub(crate) fn is_registered(call: &Call, text: &str) -> Result<bool> {
    Ok(resource_of(call, &parse(text)?).is_some())
}

fn resource_of(call: &Call, accelerator: &Accelerator) -> Option<ResourceId> {
    let state = call.window.state::<AppState>();
    let held = state.shortcuts.lock();
    let page = held.get(accelerator)?.page.as_ref()?;
    page.resource.filter(|_| page.label == call.window.label())
}

fn take(app: &AppHandle, accelerator: Accelerator, holder: Holder) -> Result<()> {
    let state = app.state::<AppState>();
    let text = holder.accelerator.clone();
    let mut held = state.shortcuts.lock();
    if held.contains_key(&accelerator) {
        return Err(taken(&text));
    }
    held.insert(accelerator, holder);
    drop(held);
    let grabbed = system::grab(app, accelerator, &text);
    if grabbed.is_err() {
        state.shortcuts.lock().remove(&accelerator);
    }
    grabbed
}

fn give_back(app: &AppHandle, accelerator: Accelerator) {
    // First there, so that nobody takes what is not free yet.
    system::release(app, accelerator);
    app.state::<AppState>().shortcuts.lock().remove(&accelerator);
}

/// A key was pressed or released: tells who has it.
fn happened(app: &AppHandle, accelerator: &Accelerator, state: &'static str) {
    let app_state = app.state::<AppState>();
    let held = app_state.shortcuts.lock();
    let Some(holder) = held.get(accelerator) else { return };
    let event = ShortcutEvent {
        accelerator: holder.accelerator.clone(),
        shortcut: accelerator.to_string(),
        id: holder.id.clone(),
        state,
    };
    let emitter = match &holder.page {
        Some(page) => {
            // A page that is just going away cannot be told.
            let _ = page.channel.send(event.clone());
            page.emits.then(|| page.label.clone())
        }
        None => Some(String::new()),
    };
    drop(held);
    let Some(label) = emitter else { return };
    // A `cacheOnly` window is alone.
    if Kind::of(&label) == Kind::CacheOnly {
        let event = NativeEvent { event: EVENT.to_owned(), payload: json!(event), source: None };
        native_events::send_to(&app_state, &label, event);
    } else {
        native_events::emit(&app_state, EVENT, json!(event));
    }
}

/// Takes the keys that app.json binds. What another program has, it keeps.
pub(crate) fn set_up(app: &AppHandle) {
    let state = app.state::<AppState>();
    let global = state.settings.shortcuts.iter().filter(|s| s.scope == ShortcutScope::Global);
    let wanted: Vec<_> = global.map(|s| (s.accelerator.clone(), s.id.clone())).collect();
    if wanted.is_empty() || state.self_test.is_some() {
        return;
    }
    let app = app.clone();
    async_runtime::spawn_blocking(move || {
        for (text, id) in wanted {
            let accelerator = text.clone();
            let took = parse(&text)
                .and_then(|parsed| take(&app, parsed, Holder { accelerator, id, page: None }));
            if let Err(error) = took {
                let _ = writeln!(std::io::stderr(), "warning: no shortcut: {}", error.message);
            }
        }
    });
}

/// A key for the script: what is held (1 Shift, 2 Ctrl, 4 Alt, 8 Command or Super), and what `KeyboardEvent.code` calls it.
type Stroke = (u8, &'static str);

/// The strokes of a shortcut of a page, for the script.
pub(crate) fn strokes(text: &str) -> Result<Vec<Stroke>> {
    let parsed = Accelerator::parse_sequence(text, cfg!(target_os = "macos")).map_err(invalid)?;
    Ok(parsed.iter().map(stroke).collect())
}

fn stroke(accelerator: &Accelerator) -> Stroke {
    let Accelerator { shift, control, alt, meta, code } = *accelerator;
    let bit = |held: bool, place: u8| u8::from(held) << place;
    (bit(shift, 0) | bit(control, 1) | bit(alt, 2) | bit(meta, 3), code)
}

/// Those that app.json binds to keys of a window, for the script: what is told, and the strokes.
pub(crate) fn of_windows(state: &AppState) -> Value {
    let bound = state.settings.shortcuts.iter().filter(|s| s.scope == ShortcutScope::Window);
    let rows = bound.filter_map(|bound| {
        let text = &bound.accelerator;
        let parsed = Accelerator::parse_sequence(text, cfg!(target_os = "macos")).ok()?;
        let written: Vec<_> = parsed.iter().map(ToString::to_string).collect();
        let event = ShortcutEvent {
            accelerator: text.clone(),
            shortcut: written.join(" "),
            id: bound.id.clone(),
            state: "Pressed",
        };
        Some(json!([event, parsed.iter().map(stroke).collect::<Vec<_>>()]))
    });
    rows.collect()
}
