//! What the pointer does at the tray icon, in the contract's words.

use bridge_contract::{TrayIconEvent, TrayPoint, TrayRect};
use serde_json::json;
use tauri::{
    PhysicalPosition, Position, Rect, Size,
    tray::{MouseButton, MouseButtonState, TrayIconEvent as Native},
};

use crate::{native_events, state::AppState};

/// Tells the pages of it. Each movement above the icon is not worth an event.
pub(crate) fn tell_of_tray(state: &AppState, event: &Native) {
    if let Some(event) = translated(event) {
        native_events::emit(state, "tray:icon", json!(event));
    }
}

fn translated(event: &Native) -> Option<TrayIconEvent> {
    let plain = |kind, position: &PhysicalPosition<f64>, rect: &Rect| TrayIconEvent {
        id: "tray",
        kind,
        button: None,
        state: None,
        position: TrayPoint { x: position.x, y: position.y },
        rect: area(rect),
    };
    Some(match event {
        Native::Click { position, rect, button, button_state, .. } => TrayIconEvent {
            button: Some(word(*button)),
            state: Some(match button_state {
                MouseButtonState::Up => "up",
                MouseButtonState::Down => "down",
            }),
            ..plain("click", position, rect)
        },
        Native::DoubleClick { position, rect, button, .. } => {
            TrayIconEvent { button: Some(word(*button)), ..plain("double-click", position, rect) }
        }
        Native::Enter { position, rect, .. } => plain("enter", position, rect),
        Native::Leave { position, rect, .. } => plain("leave", position, rect),
        _ => return None,
    })
}

fn word(button: MouseButton) -> &'static str {
    match button {
        MouseButton::Left => "left",
        MouseButton::Right => "right",
        MouseButton::Middle => "middle",
    }
}

fn area(rect: &Rect) -> TrayRect {
    let (x, y) = match rect.position {
        Position::Physical(at) => (f64::from(at.x), f64::from(at.y)),
        Position::Logical(at) => (at.x, at.y),
    };
    let (width, height) = match rect.size {
        Size::Physical(size) => (f64::from(size.width), f64::from(size.height)),
        Size::Logical(size) => (size.width, size.height),
    };
    TrayRect { x, y, width, height }
}

#[cfg(test)]
mod tests {
    use tauri::{PhysicalSize, tray::TrayIconId};

    use super::*;

    #[test]
    fn clicks_have_a_button_and_movements_are_left_out() {
        let (id, position) = (TrayIconId::new("x"), PhysicalPosition::new(3.0, 4.0));
        let rect = Rect {
            position: PhysicalPosition::new(1, 2).into(),
            size: PhysicalSize::new(22_u32, 24).into(),
        };
        let click = translated(&Native::Click {
            id: id.clone(),
            position,
            rect,
            button: MouseButton::Right,
            button_state: MouseButtonState::Down,
        });
        assert_eq!(
            json!(click),
            json!({
                "id": "tray", "type": "click", "button": "right", "state": "down",
                "position": { "x": 3.0, "y": 4.0 },
                "rect": { "x": 1.0, "y": 2.0, "width": 22.0, "height": 24.0 },
            })
        );
        let enter = translated(&Native::Enter { id: id.clone(), position, rect });
        assert_eq!(enter.map(|event| (event.kind, event.button)), Some(("enter", None)));
        assert_eq!(translated(&Native::Move { id, position, rect }), None);
    }
}
