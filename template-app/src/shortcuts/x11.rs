//! Linux: keys of the whole desktop, from the X server, on a connection and a thread of their own that begin with the first one.
//!
//! Under Wayland no program can have them; the server that Wayland starts for X programs sees the keys of those only.

use std::{
    collections::HashMap,
    sync::Arc,
    sync::{Mutex, MutexGuard, PoisonError},
    thread,
};

use runtime_settings::Accelerator;
use tauri::AppHandle;
use x11rb::{
    connection::Connection as _,
    errors::ReplyError,
    protocol::{
        ErrorKind, Event,
        xkb::{self, ConnectionExt as _},
        xproto::{ConnectionExt as _, GrabMode, Keycode, Keysym, ModMask, Window},
    },
    rust_connection::RustConnection,
};

use super::{Result, happened, taken, unsupported};
use crate::keysym::keysym;

/// Version of the keyboard extension that has what is asked for here.
const XKB_VERSION: (u16, u16) = (1, 0);
/// Locks are modifiers to the server: a key is wanted with and without them. Num Lock is the second by custom.
fn locks() -> [ModMask; 4] {
    [ModMask::default(), ModMask::LOCK, ModMask::M2, ModMask::LOCK | ModMask::M2]
}

/// What is held that counts.
fn counting(state: u16) -> u16 {
    let held = [ModMask::SHIFT, ModMask::CONTROL, ModMask::M1, ModMask::M4];
    held.iter().map(|mask| state & mask.bits()).fold(0, |all, bit| all | bit)
}

/// The connection, from the first key on.
static KEYS: Mutex<Option<Arc<Keys>>> = Mutex::new(None);

/// A key with what is held beside it.
type Grab = (Keycode, u16);

struct Keys {
    connection: RustConnection,
    root: Window,
    grabs: Mutex<HashMap<Grab, Accelerator>>,
}

/// Whether keys of the whole desktop can be had in this session.
pub(crate) fn is_available() -> bool {
    let is = |name: &str, value: Option<&str>| {
        std::env::var_os(name).is_some_and(|found| value.is_none_or(|value| found == value))
    };
    is("DISPLAY", None) && !is("WAYLAND_DISPLAY", None) && !is("XDG_SESSION_TYPE", Some("wayland"))
}

/// Takes a key.
pub(super) fn grab(app: &AppHandle, accelerator: Accelerator, text: &str) -> Result<()> {
    if !is_available() {
        return Err(unsupported("a Wayland session, or no X server"));
    }
    let keys = Keys::get(app)?;
    let (code, held) = keys.grab_of(&accelerator)?;
    // Two accelerators may be one key of this keyboard, and the server gives a key to the same program twice.
    if keys.grabs().contains_key(&(code, held)) {
        return Err(taken(text));
    }
    // Before it is taken, so that no press is missed.
    keys.grabs().insert((code, held), accelerator);
    let result = keys.grab(code, held);
    if result.is_err() {
        keys.release((code, held));
    }
    result.map_err(|error| match error {
        ReplyError::X11Error(error) if error.error_kind == ErrorKind::Access => taken(text),
        error => unsupported(error),
    })
}

/// Gives a key back.
pub(super) fn release(_: &AppHandle, accelerator: Accelerator) {
    let keys = KEYS.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let Some(keys) = keys else { return };
    let held = |keys: &Keys| {
        let grabs = keys.grabs();
        grabs.iter().find(|(_, known)| **known == accelerator).map(|(grab, _)| *grab)
    };
    if let Some(grab) = held(&keys) {
        keys.release(grab);
    }
}

impl Keys {
    fn get(app: &AppHandle) -> Result<Arc<Keys>> {
        let mut keys = KEYS.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(keys) = &*keys {
            return Ok(Arc::clone(keys));
        }
        let new = Arc::new(Keys::connect().map_err(unsupported)?);
        let (listener, app) = (Arc::clone(&new), app.clone());
        let name = "shortcuts".to_owned();
        thread::Builder::new()
            .name(name)
            .spawn(move || listener.listen(&app))
            .map_err(unsupported)?;
        *keys = Some(Arc::clone(&new));
        Ok(new)
    }

    fn connect() -> std::result::Result<Keys, Box<dyn std::error::Error>> {
        let (connection, screen) = RustConnection::connect(None)?;
        let (major, minor) = XKB_VERSION;
        connection.xkb_use_extension(major, minor)?.reply()?;
        // A key that is held is pressed once, and released once.
        let repeat = xkb::PerClientFlag::DETECTABLE_AUTO_REPEAT;
        let none = xkb::BoolCtrl::default();
        connection
            .xkb_per_client_flags(xkb::ID::USE_CORE_KBD.into(), repeat, repeat, none, none, none)?
            .reply()?;
        let root = connection.setup().roots[screen].root;
        Ok(Keys { connection, root, grabs: Mutex::default() })
    }

    fn grabs(&self) -> MutexGuard<'_, HashMap<Grab, Accelerator>> {
        self.grabs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Until the connection ends, which is when the app does.
    fn listen(&self, app: &AppHandle) {
        let mut down: HashMap<Keycode, Accelerator> = HashMap::new();
        while let Ok(event) = self.connection.wait_for_event() {
            match event {
                Event::KeyPress(event) => {
                    let grab = (event.detail, counting(event.state.bits()));
                    let accelerator = self.grabs().get(&grab).copied();
                    if let Some(accelerator) = accelerator
                        && down.insert(event.detail, accelerator) != Some(accelerator)
                    {
                        happened(app, &accelerator, "Pressed");
                    }
                }
                // What was held may have been let go of first.
                Event::KeyRelease(event) => {
                    if let Some(accelerator) = down.remove(&event.detail) {
                        happened(app, &accelerator, "Released");
                    }
                }
                _ => {}
            }
        }
    }

    /// Where the key is on this keyboard.
    fn grab_of(&self, accelerator: &Accelerator) -> Result<Grab> {
        let Accelerator { shift, control, alt, meta, code } = *accelerator;
        let masks = [
            (shift, ModMask::SHIFT),
            (control, ModMask::CONTROL),
            (alt, ModMask::M1),
            (meta, ModMask::M4),
        ];
        let held =
            masks.into_iter().filter(|(held, _)| *held).fold(0, |all, (_, mask)| all | mask.bits());
        let missing = || unsupported(format!("no such key on this keyboard: `{code}`"));
        let symbol = keysym(code).ok_or_else(missing)?;
        let key = self.keycode(symbol).map_err(unsupported)?.ok_or_else(missing)?;
        Ok((key, held))
    }

    fn keycode(&self, symbol: Keysym) -> std::result::Result<Option<Keycode>, ReplyError> {
        let setup = self.connection.setup();
        let (first, last) = (setup.min_keycode, setup.max_keycode);
        let mapping = self.connection.get_keyboard_mapping(first, last - first + 1)?.reply()?;
        let columns = usize::from(mapping.keysyms_per_keycode).max(1);
        let rows = || (first..=last).zip(mapping.keysyms.chunks(columns));
        // The key that gives it without Shift, else one that gives it somehow.
        let plain = rows().find(|(_, symbols)| symbols.first() == Some(&symbol));
        let found = plain.or_else(|| rows().find(|(_, symbols)| symbols.contains(&symbol)));
        Ok(found.map(|(code, _)| code))
    }

    fn grab(&self, code: Keycode, held: u16) -> std::result::Result<(), ReplyError> {
        for lock in locks() {
            let held = ModMask::from(held) | lock;
            let mode = GrabMode::ASYNC;
            self.connection.grab_key(false, self.root, held, code, mode, mode)?.check()?;
        }
        Ok(())
    }

    fn release(&self, grab: Grab) {
        let (code, held) = grab;
        for lock in locks() {
            // Nothing is left to do when the server is gone.
            if let Ok(done) =
                self.connection.ungrab_key(code, self.root, ModMask::from(held) | lock)
            {
                let _ = done.check();
            }
        }
        self.grabs().remove(&grab);
    }
}
