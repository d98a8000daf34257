//! What every part of the running app may look at.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use bridge_contract::NativeEvent;
use runtime_settings::RuntimeSettings;
use tauri::ipc::Channel;

use crate::{
    bridge::Running,
    cache_only::Rooms,
    downloads::Downloads,
    pack::Pack,
    policy::Policy,
    self_test::SelfTest,
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
    #[cfg(feature = "standard")]
    pub(crate) fs: crate::fs::AppFs,
    #[cfg(feature = "standard")]
    pub(crate) holders: crate::resources::Holders,
    /// Present when the app was started with `--self-test`.
    pub(crate) self_test: Option<SelfTest>,
    #[cfg(feature = "standard")]
    pub(crate) network: crate::network::AppNetwork,
    #[cfg(feature = "standard")]
    pub(crate) auth: crate::auth::Pending,
    #[cfg(feature = "standard")]
    pub(crate) updates: crate::updates::AppUpdates,
    #[cfg(feature = "plugins")]
    pub(crate) plugins: crate::plugins::AppPlugins,
    pub(crate) downloads: Downloads,
    #[cfg(feature = "standard")]
    pub(crate) menu: crate::menu::AppMenu,
    #[cfg(feature = "standard")]
    pub(crate) tray: crate::tray::Tray,
    #[cfg(feature = "standard")]
    pub(crate) files: crate::files::Files,
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
    pub(crate) running: Running,
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
            #[cfg(feature = "standard")]
            fs: Default::default(),
            #[cfg(feature = "standard")]
            holders: Default::default(),
            self_test,
            #[cfg(feature = "standard")]
            network: crate::network::AppNetwork::default(),
            #[cfg(feature = "standard")]
            auth: crate::auth::Pending::default(),
            #[cfg(feature = "standard")]
            updates: crate::updates::AppUpdates::default(),
            #[cfg(feature = "plugins")]
            plugins: crate::plugins::AppPlugins::default(),
            downloads: Downloads::default(),
            #[cfg(feature = "standard")]
            menu: Default::default(),
            #[cfg(feature = "standard")]
            tray: Default::default(),
            #[cfg(feature = "standard")]
            files: Default::default(),
            #[cfg(feature = "standard")]
            arrivals: Default::default(),
            #[cfg(feature = "standard")]
            autostart: Default::default(),
            #[cfg(feature = "standard")]
            variables: Default::default(),
            #[cfg(feature = "standard")]
            diagnostics: Default::default(),
            #[cfg(feature = "standard")]
            notifications: Default::default(),
            #[cfg(feature = "standard")]
            shortcuts: Default::default(),
            running: Running::default(),
            channels: Mutex::default(),
            pages: Mutex::default(),
        }
    }

    /// The window shows another page now, or is gone: what its page had begun ends.
    pub(crate) fn page_left(&self, label: &str) {
        *self.pages().entry(label.to_owned()).or_default() += 1;
        self.channels().remove(label);
        self.windows.page_left(label);
        #[cfg(feature = "standard")]
        {
            self.network.monitors.stop(label);
            self.auth.page_left(label);
        }
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
