//! Linux: who owns the app's name on the session bus is the first; a second start calls its one method.

use std::{
    ffi::OsString,
    io::Write as _,
    sync::{Mutex, MutexGuard, PoisonError},
};

use gtk::{
    gio::{self, BusType, Cancellable, DBusCallFlags, DBusConnection, DBusNodeInfo, prelude::*},
    glib::{self, Variant},
};
use tauri::{Builder, Manager as _, WebviewWindow, Wry};

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

/// What a later start sends: its arguments, and the token of the user's click.
type Start = (Vec<String>, String);

/// Where later starts arrive.
static INBOX: Mutex<Inbox> = Mutex::new(Inbox { window: None, early: Vec::new() });

struct Inbox {
    /// None until the window is there.
    window: Option<WebviewWindow>,
    early: Vec<Start>,
}

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
    // Before the name is claimed, so that a start right after this one finds somebody to talk to.
    if let Err(error) = register(&bus) {
        return start_anyway(&error);
    }
    let name = format!("{app_id}.SingleInstance");
    match request_name(&bus, &name) {
        Ok(true) => {
            *lock(&CLAIM) = Some((bus, name));
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

/// Offers the method that later starts call. Calls wait in the main loop until it runs.
fn register(bus: &DBusConnection) -> Result<(), glib::Error> {
    let node = DBusNodeInfo::for_xml(INTROSPECTION)?;
    let Some(interface) = node.lookup_interface(INTERFACE) else { return Ok(()) };
    bus.register_object(
        OBJECT_PATH,
        &interface,
        |_, _, _, _, _, parameters, invocation| {
            if let Some(start) = parameters.get::<Start>() {
                take(start);
            }
            invocation.return_value(None);
        },
        |_, _, _, _, _| ().to_variant(),
        |_, _, _, _, _, _| false,
    )
    .map(drop)
}

/// Passes a later start on, or keeps it until there is a window.
fn take(start: Start) {
    let mut inbox = lock(&INBOX);
    match &inbox.window {
        Some(window) => arrive(window, &start),
        None => inbox.early.push(start),
    }
}

fn arrive(window: &WebviewWindow, (args, token): &Start) {
    take_token(window, token);
    super::second_start(window.app_handle(), args);
}

/// From now on later starts are passed on to this window.
pub(crate) fn listen(window: &WebviewWindow) {
    let mut inbox = lock(&INBOX);
    inbox.early.drain(..).for_each(|start| arrive(window, &start));
    inbox.window = Some(window.clone());
}

fn lock<T>(mutex: &'static Mutex<T>) -> MutexGuard<'static, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Gives the name back, so that a relaunched app does not find its own past.
pub(crate) fn release() {
    let Some((bus, name)) = lock(&CLAIM).take() else {
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
pub(crate) fn take_token(window: &WebviewWindow, token: &str) {
    if let (false, Ok(gtk_window)) = (token.is_empty(), window.gtk_window()) {
        gtk::prelude::GtkWindowExt::set_startup_id(&gtk_window, token);
    }
}
