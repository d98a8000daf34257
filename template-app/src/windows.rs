//! The app's windows that can have the bridge: built here, and known here by Tauri's label until they are gone.
//!
//! Pop-ups are in `popups`: they have no bridge, and nobody but their opener knows them.

mod build;
mod main_window;

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::token::Token;

pub(crate) use main_window::create as create_main;

/// The windows that are open or about to open, by Tauri's label.
#[derive(Default)]
pub(crate) struct Windows {
    entries: Mutex<HashMap<String, Entry>>,
}

/// What the runtime knows about a window besides what Tauri does.
struct Entry {
    /// Proves that a call comes from this window's own document.
    token: Token,
    /// It has been shown, and is left alone from then on.
    shown: bool,
}

impl Windows {
    /// A window is about to be built. False: there is one of this label.
    fn open(&self, label: &str) -> Result<bool, getrandom::Error> {
        let mut entries = self.entries();
        if entries.contains_key(label) {
            return Ok(false);
        }
        entries.insert(label.to_owned(), Entry { token: Token::new()?, shown: false });
        Ok(true)
    }

    /// A window is gone, or could not be built.
    pub(crate) fn closed(&self, label: &str) {
        self.entries().remove(label);
    }

    /// The token of a window.
    pub(crate) fn token(&self, label: &str) -> Option<Token> {
        self.entries().get(label).map(|entry| entry.token.clone())
    }

    /// Is this the first time that the window is to be shown?
    fn show_first(&self, label: &str) -> bool {
        let mut entries = self.entries();
        entries.get_mut(label).is_some_and(|entry| !std::mem::replace(&mut entry.shown, true))
    }

    fn entries(&self) -> MutexGuard<'_, HashMap<String, Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
