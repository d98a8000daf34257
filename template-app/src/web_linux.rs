//! Linux: what WebKitGTK is told about a webview beyond what Tauri passes on.

use gtk::{
    gdk::{EventKey, ModifierType, keys::constants as key},
    glib::{self, prelude::*},
    prelude::WidgetExt as _,
};
use tauri::{Manager as _, WebviewWindow};
use url::Url;
use webkit2gtk::{
    DeviceInfoPermissionRequest, GeolocationPermissionRequest, HitTestResultExt as _,
    NotificationPermissionRequest, PermissionRequest, PermissionRequestExt as _,
    PointerLockPermissionRequest, SettingsExt as _, UserMediaPermissionRequest,
    UserMediaPermissionRequestExt as _, WebContextExt as _, WebInspectorExt as _, WebView,
    WebViewExt as _,
};

use crate::{
    permissions::{self, Permission},
    state::AppState,
};

/// A request that the binding has no type for: there since WebKitGTK 2.42.
const CLIPBOARD_REQUEST: &str = "WebKitClipboardPermissionRequest";

/// Variable of debug builds: pages find devices that are not there.
#[cfg(debug_assertions)]
const MOCK_CAPTURE: &str = "DESKWRIGHT_MOCK_CAPTURE";

/// Connects a window's webview.
pub(crate) fn attach(window: &WebviewWindow) -> tauri::Result<()> {
    let window = window.clone();
    window.clone().with_webview(move |webview| {
        let view = webview.inner();
        let state = window.state::<AppState>();
        let web = &state.settings.web;
        answer_permissions(&view, &window);
        if !web.context_menu {
            hide_context_menu(&view, &window);
        }
        if web.devtools {
            open_inspector_by_key(&view);
        }
        if web.spell_check {
            check_spelling(&view);
        }
    })
}

fn is_own_page(view: &WebView, state: &AppState) -> bool {
    let url = view.uri().and_then(|url| Url::parse(&url).ok());
    url.is_some_and(|url| state.policy.is_internal(&url))
}

fn answer_permissions(view: &WebView, window: &WebviewWindow) {
    let state = window.state::<AppState>();
    let granted = state.settings.web.permissions;
    if let Some(settings) = webkit2gtk::WebViewExt::settings(view) {
        if granted.camera || granted.microphone {
            settings.set_enable_media_stream(true);
        }
        #[cfg(debug_assertions)]
        settings.set_enable_mock_capture_devices(std::env::var_os(MOCK_CAPTURE).is_some());
    }
    let window = window.clone();
    view.connect_permission_request(move |view, request| {
        // No right of the system's, and the user ends it with Escape: as WebKit has it.
        if request.is::<PointerLockPermissionRequest>() {
            return false;
        }
        let state = window.state::<AppState>();
        let permissions = &state.settings.web.permissions;
        let is_granted =
            asked(request).into_iter().all(|asked| permissions::is_granted(permissions, asked));
        if is_own_page(view, &state) && is_granted {
            request.allow();
        } else {
            request.deny();
        }
        true
    });
}

/// What a request is for: camera and microphone can be one.
fn asked(request: &PermissionRequest) -> Vec<Permission> {
    if let Some(media) = request.downcast_ref::<UserMediaPermissionRequest>() {
        let kinds = [
            (media.is_for_audio_device(), Permission::Microphone),
            (media.is_for_video_device(), Permission::Camera),
        ];
        let asked: Vec<_> = kinds.into_iter().filter(|(is, _)| *is).map(|(_, kind)| kind).collect();
        // Neither of the two is the screen.
        return if asked.is_empty() { vec![Permission::Other] } else { asked };
    }
    vec![if request.is::<GeolocationPermissionRequest>() {
        Permission::Geolocation
    } else if request.is::<NotificationPermissionRequest>() {
        Permission::Notifications
    } else if request.is::<DeviceInfoPermissionRequest>() {
        Permission::DeviceNames
    } else if request.type_().name() == CLIPBOARD_REQUEST {
        Permission::ClipboardRead
    } else {
        Permission::Other
    }]
}

/// No menu on the app's own pages, in their frames neither, except where the user writes: there it has cut, copy and paste.
fn hide_context_menu(view: &WebView, window: &WebviewWindow) {
    let window = window.clone();
    view.connect_context_menu(move |view, _, _, place| {
        !place.context_is_editable() && is_own_page(view, &window.state::<AppState>())
    });
}

/// F12 and Ctrl+Shift+I: WebKitGTK has no keys of its own for it.
fn open_inspector_by_key(view: &WebView) {
    view.connect_key_press_event(|view, event| {
        if let (true, Some(inspector)) = (is_inspector_key(event), view.inspector()) {
            inspector.show();
            return glib::Propagation::Stop;
        }
        glib::Propagation::Proceed
    });
}

fn is_inspector_key(event: &EventKey) -> bool {
    let modifiers = event.state() & gtk::accelerator_get_default_mod_mask();
    match event.keyval() {
        key::F12 => modifiers.is_empty(),
        key::I | key::i => modifiers == ModifierType::CONTROL_MASK | ModifierType::SHIFT_MASK,
        _ => false,
    }
}

/// In the user's languages, as far as there are dictionaries for them (those of hunspell, through enchant).
fn check_spelling(view: &WebView) {
    let Some(context) = view.context() else { return };
    let names: Vec<_> = glib::language_names().iter().map(ToString::to_string).collect();
    let languages = dictionaries(&names);
    context.set_spell_checking_enabled(true);
    if !languages.is_empty() {
        let languages: Vec<_> = languages.iter().map(String::as_str).collect();
        context.set_spell_checking_languages(&languages);
    }
}

/// Names of dictionaries (`de_DE`) out of names of locales (`de_DE.UTF-8`, `de`, `C`).
fn dictionaries(locales: &[String]) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for locale in locales {
        let name = locale.split(['.', '@']).next().unwrap_or_default();
        if !matches!(name, "" | "C" | "POSIX") && !found.iter().any(|other| other == name) {
            found.push(name.to_owned());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dictionaries_are_those_of_the_users_locales() {
        let names = |locales: &[&str]| {
            dictionaries(&locales.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>())
        };
        assert_eq!(names(&["de_AT.UTF-8", "de_AT", "de.UTF-8", "de", "C"]), ["de_AT", "de"]);
        assert_eq!(names(&["ca_ES@valencia", "C"]), ["ca_ES"]);
        assert_eq!(names(&["C", "POSIX"]), [""; 0]);
    }
}
