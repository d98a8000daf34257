//! Which notifications are shown, for which page, and how many have been of late.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use bridge_contract::{BridgeError, ErrorCode};

/// Notifications that the app may show within [`WITHIN`] (count): more than that nobody reads, and desktops begin to drop them.
const MOST: usize = 10;
const WITHIN: Duration = Duration::from_secs(10);
/// Notifications that are remembered (count); not every desktop tells when one is gone.
const MAX_REMEMBERED: usize = 200;

/// Who has shown a notification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Owner {
    /// Tauri's label of the window.
    pub(super) label: String,
    /// Number of the window's page.
    pub(super) page: u64,
}

struct Entry {
    owner: Owner,
    tag: Option<String>,
    /// What the desktop calls it, once it is shown.
    native: Option<u32>,
}

/// The notifications of this run of the app.
#[derive(Default)]
pub(crate) struct Notifications(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    last: u32,
    entries: BTreeMap<u32, Entry>,
    recent: VecDeque<Instant>,
}

impl Notifications {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts one more, or refuses it.
    pub(super) fn count(&self) -> Result<(), BridgeError> {
        self.count_at(Instant::now())
    }

    fn count_at(&self, now: Instant) -> Result<(), BridgeError> {
        let mut inner = self.lock();
        while inner.recent.front().is_some_and(|shown| now.duration_since(*shown) >= WITHIN) {
            inner.recent.pop_front();
        }
        if inner.recent.len() >= MOST {
            let message = format!("more than {MOST} notifications within {WITHIN:?}");
            return Err(BridgeError::new(ErrorCode::NotificationsTooMany, message));
        }
        inner.recent.push_back(now);
        Ok(())
    }

    /// Remembers a notification, and gives its number. One with the tag of another of the same window takes its place.
    pub(super) fn add(&self, owner: Owner, tag: Option<String>) -> u32 {
        let mut inner = self.lock();
        let same =
            |entry: &Entry| tag.is_some() && entry.tag == tag && entry.owner.label == owner.label;
        let known = inner.entries.iter().find(|(_, entry)| same(entry)).map(|(id, _)| *id);
        if let Some(entry) = known.and_then(|id| inner.entries.get_mut(&id)) {
            entry.owner = owner;
            return known.unwrap_or_default();
        }
        inner.last += 1;
        let id = inner.last;
        inner.entries.insert(id, Entry { owner, tag, native: None });
        if inner.entries.len() > MAX_REMEMBERED {
            inner.entries.pop_first();
        }
        id
    }

    /// It could not be shown; an earlier one that it was to replace is still there.
    pub(super) fn forget_unshown(&self, id: u32) {
        if self.native(id).is_none() {
            self.remove(id);
        }
    }

    pub(super) fn remove(&self, id: u32) {
        self.lock().entries.remove(&id);
    }

    /// Whose notification it is, and its tag.
    pub(super) fn owner(&self, id: u32) -> Option<(Owner, Option<String>)> {
        self.lock().entries.get(&id).map(|entry| (entry.owner.clone(), entry.tag.clone()))
    }
}

/// Where the desktop has numbers of its own.
#[cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "only Linux has numbers"))]
impl Notifications {
    /// What the desktop calls a notification of ours, so that it can be replaced.
    pub(super) fn native(&self, id: u32) -> Option<u32> {
        self.lock().entries.get(&id)?.native
    }

    pub(super) fn set_native(&self, id: u32, native: u32) {
        if let Some(entry) = self.lock().entries.get_mut(&id) {
            entry.native = Some(native);
        }
    }

    /// Ours by the desktop's number: the latest, since a desktop that starts again counts from the beginning.
    pub(super) fn by_native(&self, native: u32) -> Option<u32> {
        let inner = self.lock();
        let found = inner.entries.iter().rev().find(|(_, entry)| entry.native == Some(native));
        found.map(|(id, _)| *id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owner(label: &str, page: u64) -> Owner {
        Owner { label: label.to_owned(), page }
    }

    #[test]
    fn a_flood_is_stopped_and_trickles_on() {
        let (notifications, start) = (Notifications::default(), Instant::now());
        for second in 0..10 {
            let now = start + Duration::from_millis(500 * second);
            assert!(notifications.count_at(now).is_ok(), "{second}");
        }
        let refused = notifications.count_at(start + Duration::from_millis(9_999));
        assert_eq!(refused.unwrap_err().code, ErrorCode::NotificationsTooMany);
        assert!(notifications.count_at(start + Duration::from_millis(10_000)).is_ok());
        assert!(notifications.count_at(start + Duration::from_millis(10_400)).is_err());
    }

    #[test]
    fn a_tag_replaces_in_its_window_only() {
        let notifications = Notifications::default();
        let tag = || Some("chat".to_owned());
        let first = notifications.add(owner("main", 0), tag());
        notifications.set_native(first, 7);
        assert_eq!(notifications.add(owner("main", 1), tag()), first);
        assert_eq!(notifications.native(first), Some(7));
        assert_eq!(notifications.owner(first), Some((owner("main", 1), tag())), "the later page");
        assert_ne!(notifications.add(owner("page/b", 0), tag()), first);
        let (one, two) =
            (notifications.add(owner("main", 1), None), notifications.add(owner("main", 1), None));
        assert_ne!(one, two);
        assert_eq!(notifications.by_native(7), Some(first));
        notifications.remove(first);
        assert_eq!(notifications.by_native(7), None);
    }

    #[test]
    fn the_oldest_are_forgotten() {
        let notifications = Notifications::default();
        for _ in 0..=MAX_REMEMBERED {
            notifications.add(owner("main", 0), None);
        }
        assert_eq!(notifications.owner(1), None);
        assert!(notifications.owner(2).is_some());
    }
}
