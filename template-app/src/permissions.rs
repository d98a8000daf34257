//! What pages may ask the system for: what `web.permissions` grants to the app's own pages, and nothing else. The answer is given
//! on each request, so that a page is refused as browsers refuse it; the user is asked by the system, where that asks.

use runtime_settings::settings::Permissions;
use tauri::{Manager, WebviewWindowBuilder, Wry};

/// Something that a page asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Permission {
    Camera,
    Microphone,
    Geolocation,
    Notifications,
    ClipboardRead,
    /// Names of cameras and microphones.
    #[cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "only WebKitGTK asks for them"))]
    DeviceNames,
    /// All the rest: the screen, files, sensors, storage of other sites.
    Other,
}

/// Is it granted to the app's own pages?
pub(crate) fn is_granted(permissions: &Permissions, asked: Permission) -> bool {
    match asked {
        Permission::Camera => permissions.camera,
        Permission::Microphone => permissions.microphone,
        Permission::Geolocation => permissions.geolocation,
        Permission::Notifications => permissions.notifications,
        Permission::ClipboardRead => permissions.clipboard_read,
        Permission::DeviceNames => permissions.camera || permissions.microphone,
        Permission::Other => false,
    }
}

/// Linux: `web_linux` looks at WebKit's own request, which says more.
#[cfg(target_os = "linux")]
pub(crate) fn apply<'a, M: Manager<Wry>>(
    builder: WebviewWindowBuilder<'a, Wry, M>,
) -> WebviewWindowBuilder<'a, Wry, M> {
    builder
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn apply<'a, M: Manager<Wry>>(
    builder: WebviewWindowBuilder<'a, Wry, M>,
) -> WebviewWindowBuilder<'a, Wry, M> {
    use tauri::webview::{PermissionKind, PermissionResponse};

    use crate::state::AppState;

    builder.on_permission_request(|webview, kind| {
        let asked = match kind {
            PermissionKind::Camera => Permission::Camera,
            PermissionKind::Microphone => Permission::Microphone,
            PermissionKind::Geolocation => Permission::Geolocation,
            PermissionKind::Notifications => Permission::Notifications,
            PermissionKind::ClipboardRead => Permission::ClipboardRead,
            // No right of the system's: the webview has a policy of its own for these.
            PermissionKind::PointerLock
            | PermissionKind::Autoplay
            | PermissionKind::AutomaticDownloads => return PermissionResponse::Default,
            _ => Permission::Other,
        };
        let state = webview.state::<AppState>();
        let is_own = webview.url().is_ok_and(|url| state.policy.is_internal(&url));
        if is_own && is_granted(&state.settings.web.permissions, asked) {
            PermissionResponse::Allow
        } else {
            PermissionResponse::Deny
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_permission_is_granted_by_itself() {
        use Permission::{
            Camera, ClipboardRead, DeviceNames, Geolocation, Microphone, Notifications, Other,
        };
        let all =
            [Camera, Microphone, Geolocation, Notifications, ClipboardRead, DeviceNames, Other];
        let none = Permissions::default();
        for (permissions, granted) in [
            (none, &[][..]),
            (Permissions { camera: true, ..none }, &[Camera, DeviceNames]),
            (Permissions { microphone: true, ..none }, &[Microphone, DeviceNames]),
            (Permissions { geolocation: true, ..none }, &[Geolocation]),
            (Permissions { notifications: true, ..none }, &[Notifications]),
            (Permissions { clipboard_read: true, ..none }, &[ClipboardRead]),
        ] {
            let found: Vec<_> =
                all.into_iter().filter(|asked| is_granted(&permissions, *asked)).collect();
            assert_eq!(found, granted);
        }
    }
}
