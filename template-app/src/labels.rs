//! Labels of windows: what a page calls a window, and what Tauri does, which also tells what kind of window it is.
//!
//! Tauri's capabilities go by label, so the kind is the label's first part: nobody can open a window of a kind by naming it.

/// What a window is, and so what its page may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    /// The window that opens with the app.
    Main,
    /// Opened by `window.new()`: the rights of the main window.
    Page,
    /// Opened by `window.new({ cacheOnly: true })`: rights, profile and files of its own.
    CacheOnly,
    /// Opened by `window.open` or a link: no bridge.
    Popup,
}

/// Label of the main window.
pub(crate) const MAIN: &str = "main";
/// How Tauri's labels of other kinds begin.
pub(crate) const PAGE_PREFIX: &str = "page/";
pub(crate) const CACHE_ONLY_PREFIX: &str = "cache/";
pub(crate) const POPUP_PREFIX: &str = "popup-";

impl Kind {
    /// Of the window that Tauri knows by this label.
    pub(crate) fn of(label: &str) -> Kind {
        if label == MAIN {
            Kind::Main
        } else if label.starts_with(PAGE_PREFIX) {
            Kind::Page
        } else if label.starts_with(CACHE_ONLY_PREFIX) {
            Kind::CacheOnly
        } else {
            Kind::Popup
        }
    }

    /// Can pages in such a window have the bridge?
    pub(crate) fn has_bridge(self) -> bool {
        self != Kind::Popup
    }
}

/// A label as pages know it.
pub(crate) fn public(label: &str) -> &str {
    let rest = label.strip_prefix(PAGE_PREFIX).or_else(|| label.strip_prefix(CACHE_ONLY_PREFIX));
    rest.unwrap_or(label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_tells_the_kind_and_pages_see_the_rest() {
        for (label, kind, seen) in [
            ("main", Kind::Main, "main"),
            ("page/settings", Kind::Page, "settings"),
            ("cache/settings", Kind::CacheOnly, "settings"),
            ("popup-1", Kind::Popup, "popup-1"),
            ("mainly", Kind::Popup, "mainly"),
        ] {
            assert_eq!((Kind::of(label), public(label)), (kind, seen), "{label}");
        }
    }
}
