//! A rule about URLs: one origin, or the subdomains of one host, with an optional path prefix.

use serde::{Deserialize, Serialize};
use url::Url;

/// Matches the URLs of an origin. There is no rule that matches every host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UrlRule {
    pub scheme: String,
    /// Lower case, punycode; an IPv6 address in brackets.
    pub host: String,
    /// Matches the subdomains of `host`, and not `host` itself.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub subdomains: bool,
    pub port: u16,
    /// Prefix of the path; absent: every path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
}

impl UrlRule {
    /// The rule for the origin of `url`; none for URLs that have no host.
    pub fn of_origin(url: &Url) -> Option<UrlRule> {
        Some(UrlRule {
            scheme: url.scheme().to_owned(),
            host: url.host_str()?.to_owned(),
            subdomains: false,
            port: url.port_or_known_default()?,
            path: None,
        })
    }

    /// Does `url` fall under this rule?
    pub fn matches(&self, url: &Url) -> bool {
        let Some(host) = url.host_str() else { return false };
        let host_matches = if self.subdomains {
            host.strip_suffix(self.host.as_str())
                .is_some_and(|prefix| prefix.len() > 1 && prefix.ends_with('.'))
        } else {
            host == self.host
        };
        host_matches
            && url.scheme() == self.scheme
            && url.port_or_known_default() == Some(self.port)
            && self.path.as_deref().is_none_or(|prefix| url.path().starts_with(prefix))
    }

    /// The same rule as a URL pattern (https://urlpattern.spec.whatwg.org), for Tauri's capabilities. The path is left
    /// out: rights belong to origins.
    pub fn origin_pattern(&self) -> String {
        let wildcard = if self.subdomains { "*." } else { "" };
        let default_port = (self.scheme == "https" && self.port == 443)
            || (self.scheme == "http" && self.port == 80);
        let port = if default_port { String::new() } else { format!(":{}", self.port) };
        format!("{}://{wildcard}{}{port}", self.scheme, self.host)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(subdomains: bool, path: Option<&str>) -> UrlRule {
        UrlRule {
            scheme: "https".into(),
            host: "example.com".into(),
            subdomains,
            port: 443,
            path: path.map(str::to_owned),
        }
    }

    fn check(rule: &UrlRule, url: &str, expected: bool) {
        assert_eq!(rule.matches(&Url::parse(url).unwrap()), expected, "{url}");
    }

    #[test]
    fn an_origin_is_scheme_host_and_port() {
        let rule = rule(false, None);
        check(&rule, "https://example.com/", true);
        check(&rule, "https://EXAMPLE.com:443/a?b#c", true);
        check(&rule, "http://example.com/", false);
        check(&rule, "https://example.com:8443/", false);
        check(&rule, "https://www.example.com/", false);
        check(&rule, "https://example.com.evil.org/", false);
        check(&rule, "https://example.com@evil.org/", false);
        check(&rule, "data:text/html,https://example.com/", false);
    }

    #[test]
    fn subdomains_are_not_the_host_itself_nor_a_longer_name() {
        let rule = rule(true, None);
        check(&rule, "https://www.example.com/", true);
        check(&rule, "https://a.b.example.com/", true);
        check(&rule, "https://example.com/", false);
        check(&rule, "https://notexample.com/", false);
        check(&rule, "https://.example.com/", false);
    }

    #[test]
    fn a_path_is_a_prefix() {
        let rule = rule(false, Some("/app/"));
        check(&rule, "https://example.com/app/x", true);
        check(&rule, "https://example.com/application", false);
        check(&rule, "https://example.com/app/../other", false);
    }

    #[test]
    fn patterns_leave_out_default_ports() {
        assert_eq!(rule(true, None).origin_pattern(), "https://*.example.com");
        let local = UrlRule::of_origin(&Url::parse("http://localhost:3000/x").unwrap()).unwrap();
        assert_eq!(local.origin_pattern(), "http://localhost:3000");
    }
}
