//! Monitors: targets that are asked again and again for a window, whose page hears when one begins or ceases to answer.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use bridge_contract::{NativeEvent, NetworkChange, NetworkReason, NetworkStatus};
use serde_json::json;
use tauri::{
    AppHandle, Manager as _,
    async_runtime::{self, JoinHandle},
};
use tokio::time;
use url::Url;

use super::{Rights, STATUS_TIMEOUT};
use crate::{native_events, state::AppState};

/// Targets of one monitor (count).
pub(crate) const MAX_TARGETS: usize = 10;

/// The monitors that run, by the label of the window whose page began them.
#[derive(Default)]
pub(crate) struct Monitors(Mutex<HashMap<String, Vec<JoinHandle<()>>>>);

impl Monitors {
    /// Begins for a window's page, in place of what it began before; not for a page that has gone.
    pub(crate) fn set(
        app: &AppHandle,
        (label, page): (&str, u64),
        rights: &Rights,
        targets: Vec<(String, Url)>,
        interval: Duration,
    ) {
        let state = app.state::<AppState>();
        let monitors = &state.network.monitors;
        let mut running = monitors.running();
        // Under the lock: whoever leaves the page counts first, and then takes it.
        if state.page(label) != page {
            return;
        }
        let begin = |(target, url): (String, Url)| {
            let watch = watch(app.clone(), label.to_owned(), rights.clone(), target, url, interval);
            async_runtime::spawn(watch)
        };
        let begun = targets.into_iter().map(begin).collect();
        running.insert(label.to_owned(), begun).into_iter().flatten().for_each(|task| task.abort());
    }

    /// Ends the monitor of a window, if it has one.
    pub(crate) fn stop(&self, label: &str) {
        self.running().remove(label).into_iter().flatten().for_each(|task| task.abort());
    }

    fn running(&self) -> MutexGuard<'_, HashMap<String, Vec<JoinHandle<()>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Asks one target for ever.
async fn watch(
    app: AppHandle,
    label: String,
    rights: Rights,
    target: String,
    url: Url,
    interval: Duration,
) {
    let mut ticks = time::interval(interval);
    // A machine that slept asks once when it wakes, and not for every time that it missed.
    ticks.set_missed_tick_behavior(time::MissedTickBehavior::Delay);
    let mut known = None;
    loop {
        ticks.tick().await;
        let state = app.state::<AppState>();
        let asked = state.network.probe(&state.settings, &rights, &url, STATUS_TIMEOUT).await;
        // A name that leads into the local network now is no way out.
        let unreachable =
            NetworkStatus { online: false, reason: NetworkReason::Unreachable, latency_ms: None };
        let NetworkStatus { online, reason, latency_ms } = asked.unwrap_or(unreachable);
        if known.replace(online) != Some(online) {
            let change = NetworkChange { target: target.clone(), online, reason, latency_ms };
            let event = "network:status".to_owned();
            let event = NativeEvent { event, payload: json!(change), source: None };
            native_events::send_to(&state, &label, event);
        }
    }
}
