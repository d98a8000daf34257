//! Linux: who owns the app's name on the session bus is the first; a second start calls its one method.

use std::{
    ffi::OsString,
    io::Write as _,
    sync::{Mutex, PoisonError},
};

use gtk::{
    gio::{self, BusType, Cancellable, DBusCallFlags, DBusConnection, DBusNodeInfo, prelude::*},
    glib::{self, Variant},
};
use tauri::{AppHandle, Builder, WebviewWindow, Wry};

const OBJECT_PATH: &str = "/dev/deskwright/SingleInstance";
const INTERFACE: &str = "dev.deskwright.SingleInstance";
const METHOD: &str = "Start";
/// The arguments, and the token by which the window manager lets the window come to the front.
const INTROSPECTION: &str = "<node><interface name='dev.deskwright.SingleInstance'><method name='Start'>\
    <arg type='as' name='args' direction='in'/><arg type='s' name='token' direction='in'/>\
    </method></interface></node>";
/// How long a second start waits for the first one, in milliseconds. An app that hangs for longer gets company.
const HAND_OVER_TIMEOUT_MS: i32 = 5000;
/// Flag of the bus's `RequestName`: do not queue behind the owner.
/// https://dbus.freedesktop.org/doc/dbus-specification.html#bus-messages-request-name
const DO_NOT_QUEUE: u32 = 4;
/// Answer of `RequestName`: this connection owns the name now.
const PRIMARY_OWNER: u32 = 1;

/// The claim of this process, kept until its end.
static CLAIM: Mutex<Option<(DBusConnection, String)>> = Mutex::new(None);

/// This process is the one that runs.
pub(crate) struct Instance;

impl Instance {
    /// Nothing to install: the bus calls are taken by `listen`.
    pub(crate) fn install(self, builder: Builder<Wry>) -> Builder<Wry> {
        builder
    }
}

/// Claims the app's name; none when another process has it and took over the arguments. Without a session bus the app
/// starts all the same.
pub(crate) fn claim(wanted: bool, app_id: &str, args: &[OsString]) -> Option<Instance> {
    if !wanted {
        return Some(Instance);
    }
    let bus = match gio::bus_get_sync(BusType::Session, Cancellable::NONE) {
        Ok(bus) => bus,
        Err(error) => return start_anyway(&error),
    };
    let name = format!("{app_id}.SingleInstance");
    match request_name(&bus, &name) {
        Ok(true) => {
            *CLAIM.lock().unwrap_or_else(PoisonError::into_inner) = Some((bus, name));
            Some(Instance)
        }
        Ok(false) => match hand_over(&bus, &name, args) {
            Ok(()) => None,
            Err(error) => start_anyway(&error),
        },
        Err(error) => start_anyway(&error),
    }
}

fn start_anyway(error: &glib::Error) -> Option<Instance> {
    let _ = writeln!(std::io::stderr(), "warning: single instance is off: {error}");
    Some(Instance)
}

/// Takes the calls of later starts, on the main thread.
pub(crate) fn listen(app: &AppHandle, window: &WebviewWindow) {
    let claim = CLAIM.lock().unwrap_or_else(PoisonError::into_inner);
    let Some((bus, _)) = claim.as_ref() else { return };
    let Ok(node) = DBusNodeInfo::for_xml(INTROSPECTION) else { return };
    let Some(interface) = node.lookup_interface(INTERFACE) else { return };
    let (app, window) = (app.clone(), window.clone());
    let registered = bus.register_object(
        OBJECT_PATH,
        &interface,
        move |_, _, _, _, _, parameters, invocation| {
            if let Some((args, token)) = parameters.get::<(Vec<String>, String)>() {
                take_token(&window, &token);
                super::second_start(&app, &args);
            }
            invocation.return_value(None);
        },
        |_, _, _, _, _| ().to_variant(),
        |_, _, _, _, _, _| false,
    );
    if let Err(error) = registered {
        let _ = writeln!(std::io::stderr(), "warning: later starts cannot reach this one: {error}");
    }
}

/// Gives the name back, so that a relaunched app does not find its own past.
pub(crate) fn release() {
    let Some((bus, name)) = CLAIM.lock().unwrap_or_else(PoisonError::into_inner).take() else {
        return;
    };
    // The bus itself takes the name back when the process ends.
    let _ = bus_call(&bus, "ReleaseName", &(name,).to_variant());
}

fn request_name(bus: &DBusConnection, name: &str) -> Result<bool, glib::Error> {
    let reply = bus_call(bus, "RequestName", &(name, DO_NOT_QUEUE).to_variant())?;
    Ok(reply.get::<(u32,)>() == Some((PRIMARY_OWNER,)))
}

fn bus_call(
    bus: &DBusConnection,
    method: &str,
    parameters: &Variant,
) -> Result<Variant, glib::Error> {
    let (name, path) = ("org.freedesktop.DBus", "/org/freedesktop/DBus");
    call(bus, name, path, name, method, parameters)
}

fn hand_over(bus: &DBusConnection, name: &str, args: &[OsString]) -> Result<(), glib::Error> {
    let args: Vec<String> = args.iter().map(|arg| arg.to_string_lossy().into_owned()).collect();
    let token = ["XDG_ACTIVATION_TOKEN", "DESKTOP_STARTUP_ID"]
        .iter()
        .find_map(|name| std::env::var(name).ok());
    let parameters = (args, token.unwrap_or_default()).to_variant();
    call(bus, name, OBJECT_PATH, INTERFACE, METHOD, &parameters).map(drop)
}

fn call(
    bus: &DBusConnection,
    name: &str,
    path: &str,
    interface: &str,
    method: &str,
    parameters: &Variant,
) -> Result<Variant, glib::Error> {
    let flags = DBusCallFlags::NO_AUTO_START;
    bus.call_sync(
        Some(name),
        path,
        interface,
        method,
        Some(parameters),
        None,
        flags,
        HAND_OVER_TIMEOUT_MS,
        Cancellable::NONE,
    )
}

/// Window managers let a window come to the front when it shows the token of the user's click.
fn take_token(window: &WebviewWindow, token: &str) {
    if let (false, Ok(gtk_window)) = (token.is_empty(), window.gtk_window()) {
        gtk::prelude::GtkWindowExt::set_startup_id(&gtk_window, token);
    }
}
