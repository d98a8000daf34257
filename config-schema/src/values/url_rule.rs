//! URL patterns: which origins, and which paths of them, a rule of the config means.

use std::borrow::Cow;
use std::fmt;

use schemars::{Schema, json_schema};
use serde::{Serialize, Serializer};
use url::{Host, Url};

use super::url::{
    LOOPBACK_PATTERN, MAX_URL_CHARS, is_loopback, parse_url, plain_http, split_scheme,
    wildcard_host,
};
use super::{Invalid, TextForm, text_form};
use crate::suggest::quoted;

/// A rule about URLs, as the runtime compares them: lower-case punycode host, explicit port.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct UrlRule {
    /// `https`, or `http` for hosts on this machine.
    pub scheme: String,
    /// The host without the wildcard; an IPv6 address in brackets.
    pub host: String,
    /// Whether the rule means the subdomains of `host`, and then not `host` itself.
    pub subdomains: bool,
    pub port: u16,
    /// The start of the paths that the rule means, such as `/app/`; `None` is the whole origin.
    pub path: Option<String>,
}

/// An entry of `navigation.internal`: `https://[*.]host[:port][/path/*]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UrlPattern(UrlRule);

/// An entry of `bridge.origins`: `https://[*.]host[:port]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OriginPattern(UrlRule);

text_form!(UrlPattern);
text_form!(OriginPattern);

impl UrlRule {
    /// The rule for everything at the origin of `url`.
    pub fn origin_of(url: &Url) -> UrlRule {
        UrlRule {
            scheme: url.scheme().to_owned(),
            host: url.host_str().unwrap_or_default().to_owned(),
            subdomains: false,
            port: url.port_or_known_default().unwrap_or_default(),
            path: None,
        }
    }

    fn parse(text: &str) -> Result<Self, Invalid> {
        let (scheme, rest) = split_scheme(text)?;
        let (subdomains, rest) = match rest.strip_prefix("*.") {
            Some(rest) => (true, rest),
            None => (false, rest),
        };
        let host_end = rest.find('/').unwrap_or(rest.len());
        if rest[..host_end].contains('*') {
            let fix = "name the host; `https://*.example.com` means all its subdomains";
            return Err(wildcard_host(text, fix));
        }
        if scheme == "http" && (subdomains || !is_loopback(rest)) {
            return Err(plain_http(text));
        }
        let prefix = path_prefix(text, &rest[host_end..])?;
        let url = parse_url(&format!("{scheme}://{}{}", &rest[..host_end], prefix))?;
        if subdomains {
            check_wildcard(text, &url)?;
        }
        let path = Some(url.path()).filter(|path| *path != "/").map(str::to_owned);
        Ok(UrlRule { subdomains, path, ..UrlRule::origin_of(&url) })
    }
}

/// The path without its final `*`; a query, a fragment and a star elsewhere are refused.
fn path_prefix<'a>(text: &str, path: &'a str) -> Result<&'a str, Invalid> {
    let prefix = path.strip_suffix('*').unwrap_or(path);
    let open_ended = path.ends_with("/*") || path == "/" || path.is_empty();
    if text.contains(['?', '#']) || prefix.contains('*') || !open_ended {
        let reason = format!("not a URL pattern: {}", quoted(text));
        let fix = "write `https://example.com` for a whole site, or `https://example.com/app/*` for a part of it";
        return Err(Invalid::new(reason, fix));
    }
    Ok(prefix)
}

/// `*.` needs a domain of two or more labels: `https://*.com` would be nearly everybody.
fn check_wildcard(text: &str, url: &Url) -> Result<(), Invalid> {
    match url.host() {
        Some(Host::Domain(domain)) if domain.trim_end_matches('.').contains('.') => Ok(()),
        Some(Host::Domain(_)) => {
            let reason = format!("wildcard over a whole top-level domain: {}", quoted(text));
            Err(Invalid::new(reason, "name your own domain, such as `https://*.example.com`"))
        }
        _ => {
            let reason = format!("wildcard before an address: {}", quoted(text));
            Err(Invalid::new(reason, "remove `*.`; an address has no subdomains"))
        }
    }
}

impl fmt::Display for UrlRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let wildcard = if self.subdomains { "*." } else { "" };
        write!(f, "{}://{wildcard}{}", self.scheme, self.host)?;
        if !matches!((self.scheme.as_str(), self.port), ("https", 443) | ("http", 80)) {
            write!(f, ":{}", self.port)?;
        }
        match &self.path {
            Some(path) => write!(f, "{path}*"),
            None => Ok(()),
        }
    }
}

/// As it is written in a config, so that a resolved model is a config again.
impl Serialize for UrlRule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// What a wildcard, a host and a port may be made of; `path` says what may follow.
fn pattern_schema(path: &str) -> Schema {
    let host = r"(\*\.)?[^\s\\*/?#@.][^\s\\*/?#@]*";
    json_schema!({
        "type": "string",
        "maxLength": MAX_URL_CHARS,
        "pattern": format!(r"^(https://{host}|http://{LOOPBACK_PATTERN}(:[0-9]*)?){path}$"),
    })
}

impl TextForm for UrlPattern {
    fn parse(text: &str) -> Result<Self, Invalid> {
        UrlRule::parse(text).map(Self)
    }

    fn schema() -> Schema {
        pattern_schema(r"(/|/([^\s\\*?#]*/)?\*)?")
    }

    fn schema_name() -> Cow<'static, str> {
        "UrlPattern".into()
    }
}

impl TextForm for OriginPattern {
    fn parse(text: &str) -> Result<Self, Invalid> {
        let rule = UrlRule::parse(text)?;
        match &rule.path {
            None => Ok(Self(rule)),
            Some(path) => {
                let reason = format!("path in an origin: {}", quoted(path));
                Err(Invalid::new(
                    reason,
                    "leave the path out: the bridge is granted to whole origins",
                ))
            }
        }
    }

    fn schema() -> Schema {
        pattern_schema(r"(/\*?)?")
    }

    fn schema_name() -> Cow<'static, str> {
        "OriginPattern".into()
    }
}

impl UrlPattern {
    pub fn rule(&self) -> &UrlRule {
        &self.0
    }
}

impl OriginPattern {
    pub fn rule(&self) -> &UrlRule {
        &self.0
    }
}

impl From<UrlPattern> for UrlRule {
    fn from(value: UrlPattern) -> UrlRule {
        value.0
    }
}

impl From<OriginPattern> for UrlRule {
    fn from(value: OriginPattern) -> UrlRule {
        value.0
    }
}

impl fmt::Display for UrlPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for OriginPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::UrlRule;

    fn check(text: &str, shown: &str) {
        let rule = UrlRule::parse(text).map_err(|invalid| invalid.to_string());
        assert_eq!(rule.as_ref().map(ToString::to_string), Ok(shown.to_owned()), "{text}");
        // Writing a rule out and reading it again must not change what it means.
        assert_eq!(UrlRule::parse(shown).map_err(|invalid| invalid.to_string()), rule);
    }

    #[test]
    fn rules_are_kept_in_one_form() {
        check("https://example.com", "https://example.com");
        check("https://example.com:443/*", "https://example.com");
        check("https://Bücher.example/", "https://xn--bcher-kva.example");
        check("https://*.example.com:8443", "https://*.example.com:8443");
        check("https://example.com/a/../b/*", "https://example.com/b/*");
        check("http://localhost:5173", "http://localhost:5173");
        check("http://[::1]:80/x/*", "http://[::1]/x/*");
    }
}
