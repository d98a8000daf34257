//! Where the main frame may go: the decision, without any window. `navigation` and `popups` carry it out.

use runtime_settings::{
    RuntimeSettings, UrlRule,
    settings::{Content, External, Navigation, Popups},
};
use url::Url;

use crate::login_hosts;

/// Host of the pack's own pages: `tauri://localhost` on Linux and macOS.
const PACK_SCHEME: &str = "tauri";
/// Host of the pack's own pages on Windows, where custom schemes are served over http.
const PACK_HOST_WINDOWS: &str = "tauri.localhost";

/// What happens to a URL that the main frame wants to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Stay,
    Browser,
    Block,
}

/// What happens to a window that a page wants to open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PopupVerdict {
    Window,
    Browser,
    Block,
}

/// Which kind of window asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WindowKind {
    Main,
    Popup,
}

/// `navigation` of the config, with the content's own origin.
#[derive(Debug)]
pub(crate) struct Policy {
    /// None when the content is in the pack.
    home: Option<UrlRule>,
    navigation: Navigation,
    /// Origins on the web that have the bridge.
    bridge_origins: Vec<UrlRule>,
}

impl Policy {
    pub(crate) fn new(settings: &RuntimeSettings) -> Policy {
        let home = match &settings.content {
            Content::Url { url } => Url::parse(url).ok().and_then(|url| UrlRule::of_origin(&url)),
            Content::Dir { .. } => None,
        };
        let bridge_origins = settings.bridge.origins.clone();
        Policy { home, navigation: settings.navigation.clone(), bridge_origins }
    }

    /// A URL in the main frame of a window: a link, a redirect's end, a script's `location`.
    pub(crate) fn main_frame(&self, url: &Url, window: WindowKind) -> Verdict {
        if self.is_internal(url) || self.is_login(url) || is_blank(url) {
            return Verdict::Stay;
        }
        if window == WindowKind::Popup && self.navigation.popups == Popups::Window && is_web(url) {
            return Verdict::Stay;
        }
        match self.navigation.external {
            External::Browser if is_web(url) => Verdict::Browser,
            _ => Verdict::Block,
        }
    }

    /// `window.open`, or a link with a target. Windows of the app's own, and sign-in windows, are windows under every
    /// policy but `block`: they need their opener.
    pub(crate) fn popup(&self, url: &Url) -> PopupVerdict {
        let own = self.is_internal(url) || self.is_login(url) || is_blank(url);
        match self.navigation.popups {
            Popups::Block => PopupVerdict::Block,
            _ if own => PopupVerdict::Window,
            Popups::Window if is_web(url) => PopupVerdict::Window,
            Popups::Browser if is_web(url) => PopupVerdict::Browser,
            _ => PopupVerdict::Block,
        }
    }

    /// Has a page at this URL the bridge?
    pub(crate) fn is_granted(&self, url: &Url) -> bool {
        (self.home.is_none() && is_pack(url))
            || self.bridge_origins.iter().any(|rule| rule.matches(url))
    }

    /// The content's own origin, or one that `navigation.internal` lists.
    pub(crate) fn is_internal(&self, url: &Url) -> bool {
        let own = match &self.home {
            Some(home) => home.matches(url),
            None => is_pack(url),
        };
        own || self.navigation.internal.iter().any(|rule| rule.matches(url))
    }

    fn is_login(&self, url: &Url) -> bool {
        self.navigation.login_hosts && login_hosts::contains(url)
    }
}

/// Is this a page of the app pack?
pub(crate) fn is_pack(url: &Url) -> bool {
    match url.scheme() {
        PACK_SCHEME => url.host_str() == Some("localhost"),
        "http" | "https" => cfg!(windows) && url.host_str() == Some(PACK_HOST_WINDOWS),
        _ => false,
    }
}

fn is_web(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https")
}

/// An empty document belongs to whoever opened it. `blob:` documents have the origin of the page that made them.
fn is_blank(url: &Url) -> bool {
    matches!(url.as_str(), "about:blank" | "about:srcdoc") || url.scheme() == "blob"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(home: Option<&str>, internal: &[&str], popups: Popups) -> Policy {
        let rule = |url: &str| UrlRule::of_origin(&Url::parse(url).unwrap()).unwrap();
        Policy {
            bridge_origins: home.map(rule).into_iter().collect(),
            home: home.map(rule),
            navigation: Navigation {
                internal: internal.iter().map(|url| rule(url)).collect(),
                external: External::Browser,
                popups,
                login_hosts: true,
            },
        }
    }

    fn check(policy: &Policy, url: &str, expected: Verdict) {
        assert_eq!(
            policy.main_frame(&Url::parse(url).unwrap(), WindowKind::Main),
            expected,
            "{url}"
        );
    }

    #[test]
    fn the_main_frame_stays_at_its_own_and_listed_origins() {
        let policy =
            policy(Some("https://app.example.com"), &["https://docs.example.com"], Popups::Browser);
        check(&policy, "https://app.example.com/a", Verdict::Stay);
        check(&policy, "https://docs.example.com/b", Verdict::Stay);
        check(&policy, "about:blank", Verdict::Stay);
        check(&policy, "https://accounts.google.com/o/oauth2/auth", Verdict::Stay);
        check(&policy, "https://example.com/", Verdict::Browser);
        check(&policy, "http://app.example.com/", Verdict::Browser);
        check(&policy, "file:///etc/passwd", Verdict::Block);
        check(&policy, "tauri://localhost/", Verdict::Block);
        check(&policy, "javascript:alert(1)", Verdict::Block);
    }

    #[test]
    fn a_packs_pages_are_its_own() {
        let policy = policy(None, &[], Popups::Browser);
        check(&policy, "tauri://localhost/about", Verdict::Stay);
        check(&policy, "tauri://evil/about", Verdict::Block);
        check(&policy, "https://example.com/", Verdict::Browser);
    }

    #[test]
    fn the_bridge_is_for_granted_origins_and_not_for_all_that_may_be_shown() {
        let web =
            policy(Some("https://app.example.com"), &["https://docs.example.com"], Popups::Browser);
        let packed = policy(None, &["https://docs.example.com"], Popups::Browser);
        for (url, by_web, by_packed) in [
            ("https://app.example.com/a", true, false),
            ("https://docs.example.com/", false, false),
            ("https://accounts.google.com/", false, false),
            ("tauri://localhost/", false, true),
            ("about:blank", false, false),
        ] {
            let url = Url::parse(url).unwrap();
            assert_eq!(
                (web.is_granted(&url), packed.is_granted(&url)),
                (by_web, by_packed),
                "{url}"
            );
        }
    }

    #[test]
    fn popups_follow_their_policy_and_sign_in_keeps_its_window() {
        for (popups, own, login, other) in [
            (Popups::Browser, PopupVerdict::Window, PopupVerdict::Window, PopupVerdict::Browser),
            (Popups::Window, PopupVerdict::Window, PopupVerdict::Window, PopupVerdict::Window),
            (Popups::Block, PopupVerdict::Block, PopupVerdict::Block, PopupVerdict::Block),
        ] {
            let policy = policy(Some("https://app.example.com"), &[], popups);
            let verdict = |url: &str| policy.popup(&Url::parse(url).unwrap());
            assert_eq!(verdict("https://app.example.com/popup"), own);
            assert_eq!(verdict("https://login.microsoftonline.com/common/oauth2"), login);
            assert_eq!(verdict("https://example.com/"), other);
            assert_eq!(verdict("file:///etc/passwd"), PopupVerdict::Block);
        }
    }
}
