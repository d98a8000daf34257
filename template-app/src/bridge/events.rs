//! Module `events`: one channel per page, and what pages may send each other.

use bridge_contract::{
    BridgeError, ErrorCode, EventName, EventNameError, MAX_EVENT_PAYLOAD_BYTES, NativeEvent,
};
use serde_json::Value;
use tauri::{Manager as _, WebviewWindow, ipc::Channel};

use super::Result;
use crate::{native_events, state::AppState};

#[tauri::command]
pub(crate) async fn events_subscribe(window: WebviewWindow, channel: Channel<NativeEvent>) {
    window.state::<AppState>().channels().insert(window.label().to_owned(), channel);
}

#[tauri::command]
pub(crate) async fn events_emit(
    window: WebviewWindow,
    event: String,
    payload: Option<Value>,
) -> Result<()> {
    let event = checked(&window, &event, payload)?;
    native_events::send_to(&window.state::<AppState>(), window.label(), event);
    Ok(())
}

#[tauri::command]
pub(crate) async fn events_emit_to_all(
    window: WebviewWindow,
    event: String,
    payload: Option<Value>,
) -> Result<()> {
    let event = checked(&window, &event, payload)?;
    native_events::send_to_all(&window.state::<AppState>(), &event);
    Ok(())
}

#[tauri::command]
pub(crate) async fn events_emit_to(
    window: WebviewWindow,
    label: String,
    event: String,
    payload: Option<Value>,
) -> Result<()> {
    let event = checked(&window, &event, payload)?;
    let state = window.state::<AppState>();
    // A window without the bridge cannot listen, and a page is not told which windows there are beyond that.
    if !crate::grants::has_bridge(&label) || window.get_webview_window(&label).is_none() {
        let message = format!("no window has this label: `{label}`");
        return Err(BridgeError::new(ErrorCode::EventsUnknownLabel, message));
    }
    native_events::send_to(&state, &label, event);
    Ok(())
}

/// An event that a page may emit, from its window.
fn checked(window: &WebviewWindow, event: &str, payload: Option<Value>) -> Result<NativeEvent> {
    let name = EventName::parse(event).map_err(|error| match error {
        EventNameError::Reserved => BridgeError::new(
            ErrorCode::EventsReservedName,
            format!("the name of a native event: `{event}`"),
        ),
        EventNameError::Invalid => {
            let message = "an event name has 1 to 128 letters, digits and `_:./-`";
            BridgeError::new(ErrorCode::EventsInvalidName, message)
        }
    })?;
    let payload = payload.unwrap_or(Value::Null);
    let length = payload.to_string().len();
    if length > MAX_EVENT_PAYLOAD_BYTES {
        let message = format!(
            "the payload has {length} bytes of JSON, {MAX_EVENT_PAYLOAD_BYTES} are allowed"
        );
        return Err(BridgeError::new(ErrorCode::EventsTooLarge, message));
    }
    Ok(NativeEvent {
        event: name.as_str().to_owned(),
        payload,
        source: Some(window.label().to_owned()),
    })
}
