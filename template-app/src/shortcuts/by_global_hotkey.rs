//! Windows and macOS: `global-hotkey`, on the window's thread, where the systems want it.

use std::{cell::RefCell, collections::HashMap, sync::mpsc, time::Duration};

use global_hotkey::{
    Error, GlobalHotKeyEvent, GlobalHotKeyManager, HotKeyState,
    hotkey::{Code, HotKey, Modifiers},
};
use runtime_settings::Accelerator;
use tauri::AppHandle;

use super::{Result, happened, taken, unsupported};

/// How long the window's thread may take to get to it.
const TIMEOUT: Duration = Duration::from_secs(5);

thread_local! {
    /// Of the window's thread only.
    static KEYS: RefCell<Option<Keys>> = const { RefCell::new(None) };
}

struct Keys {
    manager: GlobalHotKeyManager,
    /// By the crate's number.
    known: HashMap<u32, Accelerator>,
}

/// Whether keys of the whole desktop can be had: always here.
pub(crate) fn is_available() -> bool {
    true
}

/// Takes a key. Waits for the window's thread.
pub(super) fn grab(app: &AppHandle, accelerator: Accelerator, text: &str) -> Result<()> {
    let (sender, answer) = mpsc::channel();
    let hotkey = hotkey(&accelerator)?;
    let own = app.clone();
    app.run_on_main_thread(move || {
        // Whoever asked may have stopped waiting.
        let _ = sender.send(grab_here(&own, accelerator, hotkey));
    })
    .map_err(unsupported)?;
    match answer.recv_timeout(TIMEOUT) {
        Ok(Ok(())) => Ok(()),
        Ok(Err(Error::AlreadyRegistered(_))) => Err(taken(text)),
        Ok(Err(error)) => Err(unsupported(error)),
        Err(_) => {
            // It may be taken yet, when whatever holds the thread up has ended: this comes after it.
            release(app, accelerator);
            Err(unsupported("no answer"))
        }
    }
}

fn grab_here(
    app: &AppHandle,
    accelerator: Accelerator,
    hotkey: HotKey,
) -> std::result::Result<(), Error> {
    KEYS.with_borrow_mut(|keys| {
        let keys = match keys {
            Some(keys) => keys,
            None => keys.insert(connect(app)?),
        };
        keys.manager.register(hotkey)?;
        keys.known.insert(hotkey.id(), accelerator);
        Ok(())
    })
}

fn connect(app: &AppHandle) -> std::result::Result<Keys, Error> {
    let app = app.clone();
    GlobalHotKeyEvent::set_event_handler(Some(move |event: GlobalHotKeyEvent| {
        let state = match event.state {
            HotKeyState::Pressed => "Pressed",
            HotKeyState::Released => "Released",
        };
        // On Windows a thread of its own tells of the release.
        let own = app.clone();
        let _ = app.run_on_main_thread(move || {
            let known = KEYS.with_borrow(|keys| keys.as_ref()?.known.get(&event.id).copied());
            if let Some(accelerator) = known {
                happened(&own, &accelerator, state);
            }
        });
    }));
    Ok(Keys { manager: GlobalHotKeyManager::new()?, known: HashMap::new() })
}

/// Gives a key back.
pub(super) fn release(app: &AppHandle, accelerator: Accelerator) {
    let Ok(hotkey) = hotkey(&accelerator) else { return };
    // An app that ends gives everything back.
    let _ = app.run_on_main_thread(move || {
        KEYS.with_borrow_mut(|keys| {
            let Some(keys) = keys else { return };
            keys.known.remove(&hotkey.id());
            let _ = keys.manager.unregister(hotkey);
        });
    });
}

fn hotkey(accelerator: &Accelerator) -> Result<HotKey> {
    let Accelerator { shift, control, alt, meta, code } = *accelerator;
    let key = code.parse::<Code>().map_err(|_| unsupported(format!("no such key: `{code}`")))?;
    let mut held = Modifiers::empty();
    held.set(Modifiers::SHIFT, shift);
    held.set(Modifiers::CONTROL, control);
    held.set(Modifiers::ALT, alt);
    held.set(Modifiers::META, meta);
    Ok(HotKey::new(Some(held), key))
}
