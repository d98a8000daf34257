//! Module `events`: one channel per page, and what pages may send each other.

use bridge_contract::{
    BridgeError, ErrorCode, EventName, EventNameError, MAX_EVENT_PAYLOAD_BYTES, NativeEvent,
};
use serde_json::Value;
use tauri::{Manager as _, State, ipc::JavaScriptChannelId};

use super::{Call, Command, Command::Now, Reply, Result, reply};
use crate::{
    arrivals,
    labels::{self, Kind},
    native_events,
    state::AppState,
    windows,
};

/// The commands of this module.
pub(super) const COMMANDS: &[(&str, Command)] = &[
    ("events_subscribe", Now(subscribe)),
    ("events_emit", Now(emit)),
    ("events_emit_to_all", Now(emit_to_all)),
    ("events_emit_to", Now(emit_to)),
    ("events_on_deeplink", Now(arrivals::on_deeplink)),
    ("events_last_deeplink", Now(arrivals::last_deeplink)),
];

pub(super) fn subscribe(call: &Call) -> Reply {
    let channel: JavaScriptChannelId = call.arg("channel")?;
    let channel = channel.channel_on(call.window.as_ref().clone());
    state(call).channels().insert(call.window.label().to_owned(), channel);
    #[cfg(feature = "standard")]
    crate::updates::tell(&state(call), call);
    reply(&())
}

pub(super) fn emit(call: &Call) -> Reply {
    native_events::send_to(&state(call), call.window.label(), event(call)?);
    reply(&())
}

pub(super) fn emit_to_all(call: &Call) -> Reply {
    let (state, event) = (state(call), event(call)?);
    // A `cacheOnly` window is alone.
    match call.kind {
        Kind::CacheOnly => native_events::send_to(&state, call.window.label(), event),
        _ => native_events::send_to_all(&state, &event),
    }
    reply(&())
}

pub(super) fn emit_to(call: &Call) -> Reply {
    let label: String = call.arg("label")?;
    let event = event(call)?;
    let window = windows::find(&call.window, &label).filter(|window| {
        let is_own = window.label() == call.window.label();
        is_own || Kind::of(window.label()) != Kind::CacheOnly
    });
    let Some(window) = window else {
        let message = format!("no window that this one can send to has this label: `{label}`");
        return Err(BridgeError::new(ErrorCode::EventsUnknownLabel, message));
    };
    native_events::send_to(&state(call), window.label(), event);
    reply(&())
}

fn state(call: &Call) -> State<'_, AppState> {
    call.window.state::<AppState>()
}

/// The event that a page wants to emit, if it may, from its window.
fn event(call: &Call) -> Result<NativeEvent> {
    let name: String = call.arg("event")?;
    let name = EventName::parse(&name).map_err(|error| match error {
        EventNameError::Reserved => BridgeError::new(
            ErrorCode::EventsReservedName,
            format!("the name of a native event: `{name}`"),
        ),
        EventNameError::Invalid => {
            let message = "an event name has 1 to 128 letters, digits and `_:./-`";
            BridgeError::new(ErrorCode::EventsInvalidName, message)
        }
    })?;
    let payload: Value = call.arg("payload")?;
    let length = payload.to_string().len();
    if length > MAX_EVENT_PAYLOAD_BYTES {
        let message = format!(
            "the payload has {length} bytes of JSON, {MAX_EVENT_PAYLOAD_BYTES} are allowed"
        );
        return Err(BridgeError::new(ErrorCode::EventsTooLarge, message));
    }
    let source = Some(labels::public(call.window.label()).to_owned());
    Ok(NativeEvent { event: name.as_str().to_owned(), payload, source })
}
