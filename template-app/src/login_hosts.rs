//! The built-in list of sign-in hosts: where a main frame may pass on its way back to the app.
//!
//! A host that serves more than sign-in is listed with the paths of its sign-in only. No page here has the bridge.

use runtime_settings::UrlRule;
use url::Url;

/// A host, whether its subdomains count instead of itself, and the path prefixes that are sign-in (empty: all).
struct LoginHost(&'static str, bool, &'static [&'static str]);

const LOGIN_HOSTS: &[LoginHost] = &[
    LoginHost("accounts.google.com", false, &[]),
    LoginHost("accounts.youtube.com", false, &["/accounts/"]),
    LoginHost("login.microsoftonline.com", false, &[]),
    LoginHost("login.microsoft.com", false, &[]),
    LoginHost("login.live.com", false, &[]),
    LoginHost("b2clogin.com", true, &[]),
    LoginHost("ciamlogin.com", true, &[]),
    LoginHost("appleid.apple.com", false, &["/auth/"]),
    LoginHost("account.apple.com", false, &["/auth/"]),
    LoginHost("github.com", false, &["/login", "/session", "/sessions/"]),
    LoginHost("gitlab.com", false, &["/oauth/", "/users/"]),
    LoginHost("bitbucket.org", false, &["/site/oauth2/"]),
    LoginHost("id.atlassian.com", false, &[]),
    LoginHost("auth.atlassian.com", false, &[]),
    LoginHost("auth0.com", true, &[]),
    LoginHost("okta.com", true, &[]),
    LoginHost("oktapreview.com", true, &[]),
    LoginHost("onelogin.com", true, &[]),
    LoginHost("pingone.com", true, &[]),
    LoginHost("pingidentity.com", true, &[]),
    LoginHost("duosecurity.com", true, &[]),
    LoginHost("amazoncognito.com", true, &[]),
    LoginHost("www.amazon.com", false, &["/ap/"]),
    LoginHost("accounts.dev", true, &[]),
    LoginHost("authkit.app", true, &[]),
    LoginHost("firebaseapp.com", true, &["/__/auth/"]),
    LoginHost("supabase.co", true, &["/auth/"]),
    LoginHost("www.facebook.com", false, &["/login", "/dialog/oauth"]),
    LoginHost("m.facebook.com", false, &["/login", "/dialog/oauth"]),
    LoginHost("www.linkedin.com", false, &["/oauth/", "/uas/", "/checkpoint/", "/login"]),
    LoginHost("api.twitter.com", false, &["/oauth/"]),
    LoginHost("x.com", false, &["/i/oauth2/", "/i/flow/login"]),
    LoginHost("discord.com", false, &["/oauth2/", "/login"]),
    LoginHost("slack.com", false, &["/oauth/", "/openid/", "/signin", "/sso/"]),
    LoginHost("id.twitch.tv", false, &["/oauth2/"]),
    LoginHost("accounts.spotify.com", false, &[]),
    LoginHost("login.yahoo.com", false, &[]),
    LoginHost("api.login.yahoo.com", false, &[]),
    LoginHost("login.salesforce.com", false, &[]),
    LoginHost("test.salesforce.com", false, &[]),
    LoginHost("www.dropbox.com", false, &["/oauth2/", "/login"]),
    LoginHost("accounts.shopify.com", false, &[]),
    LoginHost("id.heroku.com", false, &[]),
    LoginHost("www.paypal.com", false, &["/signin", "/connect"]),
    LoginHost("open.weixin.qq.com", false, &["/connect/"]),
    LoginHost("graph.qq.com", false, &["/oauth2.0/"]),
    LoginHost("kauth.kakao.com", false, &[]),
    LoginHost("accounts.kakao.com", false, &[]),
    LoginHost("nid.naver.com", false, &["/oauth2.0/", "/nidlogin"]),
    LoginHost("access.line.me", false, &[]),
    LoginHost("oauth.yandex.com", false, &[]),
    LoginHost("passport.yandex.com", false, &[]),
];

/// Is this a page of a known sign-in host? https only.
pub(crate) fn contains(url: &Url) -> bool {
    LOGIN_HOSTS.iter().any(|LoginHost(host, subdomains, paths)| {
        let rule = UrlRule {
            scheme: "https".to_owned(),
            host: (*host).to_owned(),
            subdomains: *subdomains,
            port: 443,
            path: None,
        };
        rule.matches(url)
            && (paths.is_empty() || paths.iter().any(|path| url.path().starts_with(path)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(url: &str, expected: bool) {
        assert_eq!(contains(&Url::parse(url).unwrap()), expected, "{url}");
    }

    #[test]
    fn sign_in_pages_are_known_and_the_rest_of_their_hosts_is_not() {
        check("https://accounts.google.com/o/oauth2/v2/auth?x=y", true);
        check("https://example.eu.auth0.com/authorize", true);
        check("https://auth0.com/", false);
        check("https://github.com/login/oauth/authorize", true);
        check("https://github.com/someone/something", false);
        check("http://accounts.google.com/", false);
        check("https://accounts.google.com.evil.org/", false);
    }
}
