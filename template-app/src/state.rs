//! What every part of the running app may look at.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use bridge_contract::NativeEvent;
use runtime_settings::RuntimeSettings;
use tauri::ipc::Channel;

use crate::{
    cache_only::Rooms,
    downloads::Downloads,
    files::Files,
    fs::AppFs,
    pack::Pack,
    policy::Policy,
    resources::Holders,
    self_test::SelfTest,
    tray::Tray,
    windows::{Remembered, Windows},
};

/// Managed by Tauri; lives as long as the app.
pub(crate) struct AppState {
    pub(crate) settings: RuntimeSettings,
    pub(crate) policy: Policy,
    pub(crate) pack: Pack,
    pub(crate) windows: Windows,
    pub(crate) rooms: Rooms,
    pub(crate) remembered: Remembered,
    pub(crate) fs: AppFs,
    pub(crate) holders: Holders,
    /// Present when the app was started with `--self-test`.
    pub(crate) self_test: Option<SelfTest>,
    #[cfg(feature = "plugins")]
    pub(crate) plugins: crate::plugins::AppPlugins,
    pub(crate) downloads: Downloads,
    #[cfg(feature = "standard")]
    pub(crate) menu: crate::menu::AppMenu,
    pub(crate) tray: Tray,
    pub(crate) files: Files,
    #[cfg(feature = "standard")]
    pub(crate) arrivals: crate::arrivals::Arrivals,
    #[cfg(feature = "standard")]
    pub(crate) autostart: crate::autostart::Started,
    #[cfg(feature = "standard")]
    pub(crate) variables: crate::global_variables::Variables,
    #[cfg(feature = "standard")]
    pub(crate) diagnostics: crate::diagnostics::Diagnostics,
    #[cfg(feature = "standard")]
    pub(crate) notifications: crate::notifications::Notifications,
    #[cfg(feature = "standard")]
    pub(crate) shortcuts: crate::shortcuts::Shortcuts,
    /// By window label: where the window's page listens. A page that reloads replaces its entry.
    channels: Mutex<HashMap<String, Channel<NativeEvent>>>,
    /// By window label: how many pages the window has left.
    pages: Mutex<HashMap<String, u64>>,
}

impl AppState {
    pub(crate) fn new(
        settings: RuntimeSettings,
        pack: Pack,
        self_test: Option<SelfTest>,
    ) -> AppState {
        let policy = Policy::new(&settings);
        AppState {
            settings,
            policy,
            pack,
            windows: Windows::default(),
            rooms: Rooms::default(),
            remembered: Remembered::default(),
            fs: AppFs::default(),
            holders: Holders::default(),
            self_test,
            #[cfg(feature = "plugins")]
            plugins: crate::plugins::AppPlugins::default(),
            downloads: Downloads::default(),
            #[cfg(feature = "standard")]
            menu: crate::menu::AppMenu::default(),
            tray: Tray::default(),
            files: Files::default(),
            #[cfg(feature = "standard")]
            arrivals: crate::arrivals::Arrivals::default(),
            #[cfg(feature = "standard")]
            autostart: crate::autostart::Started::default(),
            #[cfg(feature = "standard")]
            variables: crate::global_variables::Variables::default(),
            #[cfg(feature = "standard")]
            diagnostics: crate::diagnostics::Diagnostics::default(),
            #[cfg(feature = "standard")]
            notifications: crate::notifications::Notifications::default(),
            #[cfg(feature = "standard")]
            shortcuts: crate::shortcuts::Shortcuts::default(),
            channels: Mutex::default(),
            pages: Mutex::default(),
        }
    }

    /// The window shows another page now, or is gone: what its page had begun ends.
    pub(crate) fn page_left(&self, label: &str) {
        *self.pages().entry(label.to_owned()).or_default() += 1;
        self.channels().remove(label);
        self.windows.page_left(label);
        #[cfg(feature = "plugins")]
        self.plugins.page_left(label);
    }

    /// Number of the page that a window shows: a call that took longer than its page must leave nothing to the next one.
    pub(crate) fn page(&self, label: &str) -> u64 {
        self.pages().get(label).copied().unwrap_or_default()
    }

    fn pages(&self) -> MutexGuard<'_, HashMap<String, u64>> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn channels(&self) -> MutexGuard<'_, HashMap<String, Channel<NativeEvent>>> {
        self.channels.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
