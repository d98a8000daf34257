//! Where the main frame may go: the decision, without any window. `navigation` and `popups` carry it out.

use runtime_settings::{
    RuntimeSettings, UrlRule,
    settings::{Content, External, Navigation, Popups},
};
use url::Url;

use crate::{labels::Kind, login_hosts};

/// Host of the pack's own pages: `tauri://localhost` on Linux and macOS.
const PACK_SCHEME: &str = "tauri";
/// Host of the pack's own pages on Windows, where custom schemes are served over http.
const PACK_HOST_WINDOWS: &str = "tauri.localhost";

/// Schemes whose programs may be started with a URL of a page's making: they write, call or note something down, and ask their
/// user first. Every other scheme is refused, since nobody knows what its handler does.
pub(crate) const SYSTEM_SCHEMES: &[&str] =
    &["mailto", "tel", "sms", "facetime", "facetime-audio", "sip", "sips", "xmpp", "geo", "webcal"];
/// Schemes that the webview itself shows.
const PAGE_SCHEMES: &[&str] = &["http", "https", PACK_SCHEME, "about", "blob", "data"];

/// What happens to a URL that the main frame wants to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Stay,
    /// Goes to the system's program for it.
    Outside,
    Block,
}

/// What happens to a window that a page wants to open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PopupVerdict {
    Window,
    /// Goes to the system's program for it.
    Outside,
    Block,
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
    pub(crate) fn main_frame(&self, url: &Url, window: Kind) -> Verdict {
        if self.is_internal(url) || self.is_login(url) || is_blank(url) {
            return Verdict::Stay;
        }
        if window == Kind::Popup && self.navigation.popups == Popups::Window && is_web(url) {
            return Verdict::Stay;
        }
        self.outside(url)
    }

    /// A URL that no window of the app shows.
    pub(crate) fn outside(&self, url: &Url) -> Verdict {
        match self.navigation.external {
            External::Browser if is_web(url) || is_for_system(url) => Verdict::Outside,
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
            Popups::Browser if is_web(url) => PopupVerdict::Outside,
            // Nothing of a program of the system's is a window of the app's.
            _ if is_for_system(url) && self.outside(url) == Verdict::Outside => {
                PopupVerdict::Outside
            }
            _ => PopupVerdict::Block,
        }
    }

    /// Has a page at this URL the bridge?
    pub(crate) fn is_granted(&self, url: &Url) -> bool {
        (self.home.is_none() && is_pack(url))
            || self.bridge_origins.iter().any(|rule| rule.matches(url))
    }

    /// The content's own origin, or one that `navigation.internal` lists: the app's own pages.
    pub(crate) fn is_internal(&self, url: &Url) -> bool {
        let own = match &self.home {
            Some(home) => home.matches(url),
            None => is_pack(url),
        };
        own || self.navigation.internal.iter().any(|rule| rule.matches(url))
    }

    /// Rules for the app's own pages on the web: with `is_pack` what `is_internal` is about.
    pub(crate) fn own_sites(&self) -> impl Iterator<Item = &UrlRule> {
        self.home.iter().chain(&self.navigation.internal)
    }

    /// Is the content in the pack?
    pub(crate) fn is_packed(&self) -> bool {
        self.home.is_none()
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

/// Can a webview show this at all? What it cannot never becomes a request, in no frame.
pub(crate) fn is_page(url: &Url) -> bool {
    PAGE_SCHEMES.contains(&url.scheme())
}

fn is_for_system(url: &Url) -> bool {
    SYSTEM_SCHEMES.contains(&url.scheme())
}

pub(crate) fn is_web(url: &Url) -> bool {
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
        assert_eq!(policy.main_frame(&Url::parse(url).unwrap(), Kind::Main), expected, "{url}");
    }

    #[test]
    fn the_main_frame_stays_at_its_own_and_listed_origins() {
        let policy =
            policy(Some("https://app.example.com"), &["https://docs.example.com"], Popups::Browser);
        check(&policy, "https://app.example.com/a", Verdict::Stay);
        check(&policy, "https://docs.example.com/b", Verdict::Stay);
        check(&policy, "about:blank", Verdict::Stay);
        check(&policy, "https://accounts.google.com/o/oauth2/auth", Verdict::Stay);
        check(&policy, "https://example.com/", Verdict::Outside);
        check(&policy, "http://app.example.com/", Verdict::Outside);
        check(&policy, "file:///etc/passwd", Verdict::Block);
        check(&policy, "tauri://localhost/", Verdict::Block);
        check(&policy, "javascript:alert(1)", Verdict::Block);
    }

    #[test]
    fn the_system_gets_what_asks_its_user_first_and_nothing_else() {
        let mut policy = policy(Some("https://app.example.com"), &[], Popups::Browser);
        for (url, expected) in [
            ("mailto:a@example.com", Verdict::Outside),
            ("tel:+4912345", Verdict::Outside),
            ("facetime:a@example.com", Verdict::Outside),
            ("file:///etc/passwd", Verdict::Block),
            ("smb://server/share", Verdict::Block),
            ("ms-msdt:/id", Verdict::Block),
            ("vbscript:x", Verdict::Block),
            ("search-ms:query=x", Verdict::Block),
            ("data:text/html,x", Verdict::Block),
            ("my-app://x", Verdict::Block),
        ] {
            check(&policy, url, expected);
            let popup = policy.popup(&Url::parse(url).unwrap());
            assert_eq!(popup == PopupVerdict::Outside, expected == Verdict::Outside, "{url}");
        }
        policy.navigation.external = External::Block;
        check(&policy, "mailto:a@example.com", Verdict::Block);
        let mail = Url::parse("mailto:a@example.com").unwrap();
        assert_eq!(policy.popup(&mail), PopupVerdict::Block);
    }

    #[test]
    fn a_packs_pages_are_its_own() {
        let policy = policy(None, &[], Popups::Browser);
        check(&policy, "tauri://localhost/about", Verdict::Stay);
        check(&policy, "tauri://evil/about", Verdict::Block);
        check(&policy, "https://example.com/", Verdict::Outside);
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
            (Popups::Browser, PopupVerdict::Window, PopupVerdict::Window, PopupVerdict::Outside),
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
