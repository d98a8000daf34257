//! Linux: the desktop's notification service, over the session bus by GIO.
//!
//! https://specifications.freedesktop.org/notification-spec/latest/

use std::{collections::HashMap, sync::OnceLock};

use bridge_contract::{BridgeError, ErrorCode};
use gtk::{
    gdk_pixbuf::{InterpType, Pixbuf, PixbufLoader, prelude::*},
    gio::{self, BusType, Cancellable, DBusCallFlags, DBusConnection, DBusSignalFlags},
    glib::{self, Variant},
};
use tauri::{AppHandle, Manager as _};

use super::{DEFAULT_ACTION, Notification, Result, failed, icon, icon::Icon};
use crate::{single_instance, state::AppState};

const NAME: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";
/// How long the service may take, in milliseconds: it may have to be started first.
const TIMEOUT_MS: i32 = 5000;
/// Lets the service decide how long it is shown.
const EXPIRE_DEFAULT: i32 = -1;
/// Side of an icon, in pixels: what is larger is made smaller before it travels.
const ICON_SIDE: i32 = 128;
/// The app's icon inside the pack.
const APP_ICON: &str = "icon.png";
/// Bits of a colour of a pixel.
const DEPTH: i32 = 8;

/// Whether the signals of the service are listened to.
static LISTENS: OnceLock<()> = OnceLock::new();

fn bus() -> Result<DBusConnection> {
    gio::bus_get_sync(BusType::Session, Cancellable::NONE).map_err(|error| nobody(&error))
}

fn nobody(error: &glib::Error) -> BridgeError {
    let message = format!("nobody shows notifications on this desktop: {}", error.message());
    BridgeError::new(ErrorCode::NotificationsUnsupported, message)
}

fn call(bus: &DBusConnection, method: &str, parameters: Option<&Variant>) -> Result<Variant> {
    let flags = DBusCallFlags::NONE;
    let answer = bus.call_sync(
        Some(NAME),
        PATH,
        NAME,
        method,
        parameters,
        None,
        flags,
        TIMEOUT_MS,
        Cancellable::NONE,
    );
    answer.map_err(|error| match is_refusal(&error) {
        true => failed(error.message()),
        false => nobody(&error),
    })
}

/// Did the service itself say no? Else there is none, or it does not answer.
fn is_refusal(error: &glib::Error) -> bool {
    let nobody = ["ServiceUnknown", "NameHasNoOwner", "NoReply", "Spawn", "Timeout", "Unknown"];
    let remote = error.message().strip_prefix("GDBus.Error:");
    remote.is_some_and(|name| {
        let of_the_bus = name.strip_prefix("org.freedesktop.DBus.Error.");
        !of_the_bus.is_some_and(|name| nobody.iter().any(|nobody| name.starts_with(nobody)))
    })
}

fn capabilities(bus: &DBusConnection) -> Result<Vec<String>> {
    let answer = call(bus, "GetCapabilities", None)?;
    Ok(answer.get::<(Vec<String>,)>().unwrap_or_default().0)
}

/// Is there a service, or one that can be started?
pub(super) fn is_there() -> bool {
    bus().and_then(|bus| capabilities(&bus)).is_ok()
}

/// Shows a notification, and says whether its buttons can be seen.
pub(super) fn show(app: &AppHandle, id: u32, notification: Notification) -> Result<bool> {
    let bus = bus()?;
    // What it can do may change: it is a program that may be another one after a crash.
    let can = capabilities(&bus)?;
    let can = |word: &str| can.iter().any(|known| known == word);
    listen(&bus, app);
    let state = app.state::<AppState>();
    let has_actions = can("actions");
    let mut actions = Vec::new();
    if has_actions {
        // A click on the notification itself is told only where there is this action.
        actions.extend([DEFAULT_ACTION.to_owned(), String::new()]);
        actions.extend(
            notification.actions.iter().flat_map(|(id, title)| [id.clone(), title.clone()]),
        );
    }
    let body = match can("body-markup") {
        true => glib::markup_escape_text(&notification.body).to_string(),
        false => notification.body,
    };
    let hints = hints(&state, notification.icon.as_ref(), notification.silent)?;
    let replaces = state.notifications.native(id).unwrap_or_default();
    let name = &state.settings.app.name;
    let parameters =
        (name, replaces, "", &notification.title, body, actions, hints, EXPIRE_DEFAULT)
            .to_variant();
    let answer = call(&bus, "Notify", Some(&parameters))?;
    let (native,) = answer.get::<(u32,)>().ok_or_else(|| failed("no number came back"))?;
    state.notifications.set_native(id, native);
    Ok(has_actions && !notification.actions.is_empty())
}

fn hints(
    state: &AppState,
    icon: Option<&Icon>,
    silent: bool,
) -> Result<HashMap<&'static str, Variant>> {
    let mut hints = HashMap::new();
    hints.insert("desktop-entry", state.settings.app.slug.to_variant());
    if silent {
        hints.insert("suppress-sound", true.to_variant());
    }
    let picture = match icon {
        Some(icon) => {
            let decoded =
                image(&icon.bytes).ok_or_else(|| icon::invalid("no picture that can be read"));
            Some(decoded?)
        }
        None => state.pack.read(APP_ICON).ok().and_then(|bytes| image(&bytes)),
    };
    if let Some(picture) = picture {
        hints.insert("image-data", picture);
    }
    Ok(hints)
}

/// A picture as the service takes it: its pixels, since it could not read a file of the pack that nobody has checked.
fn image(bytes: &[u8]) -> Option<Variant> {
    let loader = PixbufLoader::new();
    // Large ones are made smaller while they are read.
    loader.connect_size_prepared(|loader, width, height| {
        let larger = width.max(height);
        if larger > ICON_SIDE {
            let side = |side: i32| (side * ICON_SIDE / larger).max(1);
            loader.set_size(side(width), side(height));
        }
    });
    // A loader that is dropped before it is closed complains on stderr.
    let written = loader.write(bytes);
    if loader.close().is_err() || written.is_err() {
        return None;
    }
    let pixbuf = small(&loader.pixbuf()?)?;
    let pixels = pixbuf.read_pixel_bytes();
    let pixels = Variant::from_bytes::<Vec<u8>>(&pixels);
    let (width, height, row) = (pixbuf.width(), pixbuf.height(), pixbuf.rowstride());
    let parts = [
        width.to_variant(),
        height.to_variant(),
        row.to_variant(),
        pixbuf.has_alpha().to_variant(),
        DEPTH.to_variant(),
        pixbuf.n_channels().to_variant(),
        pixels,
    ];
    Some(Variant::tuple_from_iter(parts))
}

/// Not every format says its size beforehand.
fn small(pixbuf: &Pixbuf) -> Option<Pixbuf> {
    let larger = pixbuf.width().max(pixbuf.height());
    if larger <= ICON_SIDE {
        return Some(pixbuf.clone());
    }
    let side = |side: i32| (side * ICON_SIDE / larger).max(1);
    pixbuf.scale_simple(side(pixbuf.width()), side(pixbuf.height()), InterpType::Bilinear)
}

/// Listens to clicks, once. The signals arrive in the main loop: no thread of the pool has one of its own.
fn listen(bus: &DBusConnection, app: &AppHandle) {
    LISTENS.get_or_init(|| {
        let app = app.clone();
        bus.signal_subscribe(
            Some(NAME),
            Some(NAME),
            None,
            Some(PATH),
            None,
            DBusSignalFlags::NONE,
            move |_, _, _, _, signal, parameters| on_signal(&app, signal, parameters),
        );
    });
}

fn on_signal(app: &AppHandle, signal: &str, parameters: &Variant) {
    let notifications = &app.state::<AppState>().notifications;
    match signal {
        "ActionInvoked" => {
            let Some((native, action)) = parameters.get::<(u32, String)>() else { return };
            if let Some(id) = notifications.by_native(native) {
                super::clicked(app, id, &action);
            }
        }
        "NotificationClosed" => {
            let Some((native, _reason)) = parameters.get::<(u32, u32)>() else { return };
            if let Some(id) = notifications.by_native(native) {
                notifications.remove(id);
            }
        }
        "ActivationToken" => {
            let Some((native, token)) = parameters.get::<(u32, String)>() else { return };
            if let Some(id) = notifications.by_native(native) {
                take_token(app, id, &token);
            }
        }
        _ => {}
    }
}

/// By which the window may come to the front; it arrives just before the click.
fn take_token(app: &AppHandle, id: u32, token: &str) {
    let owner = app.state::<AppState>().notifications.owner(id);
    let window = owner.and_then(|(owner, _)| app.get_webview_window(&owner.label));
    if let Some(window) = window {
        single_instance::take_token(&window, token);
    }
}
