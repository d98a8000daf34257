//! Whole URLs: the app's content, links on the web, and the proxy before them.

use std::borrow::Cow;

use schemars::{Schema, json_schema};
use url::Url;

use super::{Invalid, TextForm, is_space, plain_text, text_form};
use crate::suggest::quoted;

/// The address of an app on the web: https, or http on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContentUrl(Url);

/// An http or https address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpUrl(Url);

/// The address of a server for development, on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DevUrl(Url);

/// A proxy: scheme, host and port, and nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProxyUrl(String);

text_form!(ContentUrl);
text_form!(HttpUrl);
text_form!(DevUrl);
text_form!(ProxyUrl);
plain_text!(ProxyUrl);

/// Hosts that plain http may be used with, as they must be written: traffic to them leaves no machine.
const LOOPBACK_HOSTS: &[&str] = &["localhost", "127.0.0.1", "[::1]"];

/// Loopback hosts in a pattern of the schema.
pub(super) const LOOPBACK_PATTERN: &str = r"(localhost|127\.0\.0\.1|\[::1\])";

/// Characters of a URL (count); browsers and servers commonly stop at 2,048.
pub(super) const MAX_URL_CHARS: usize = 2048;

/// Kinds of proxy that the webviews of Linux and Windows know, as they are written.
const PROXY_SCHEMES: &[&str] = &["http://", "socks5://"];

/// What is readable in every copy of the app is no secret.
fn credentials() -> Invalid {
    let fix = "remove them: they would be readable in every copy of the app";
    Invalid::new("user name or password in a URL", fix)
}

/// Splits off the scheme, so that what `url` forgives (spaces, backslashes, `https:host`) is not forgiven here.
pub(super) fn split_scheme(text: &str) -> Result<(&'static str, &str), Invalid> {
    let refuse =
        |reason: &str, fix: &str| Err(Invalid::new(format!("{reason}: {}", quoted(text)), fix));
    if text.contains(|c: char| is_space(c) || c.is_control() || c == '\\') {
        return refuse("space or backslash in a URL", "remove it, or write it percent-encoded");
    }
    if text.chars().count() > MAX_URL_CHARS {
        return refuse("too long", &format!("shorten it to {MAX_URL_CHARS} characters"));
    }
    match (text.strip_prefix("https://"), text.strip_prefix("http://")) {
        (Some(rest), _) | (_, Some(rest)) if rest.is_empty() || rest.starts_with('/') => {
            refuse("no host in a URL", "write it as `https://example.com`")
        }
        (Some(rest), _) => Ok(("https", rest)),
        (_, Some(rest)) => Ok(("http", rest)),
        _ => refuse("not an http or https URL", "write it as `https://example.com`"),
    }
}

/// Whether what follows the scheme names a host on this machine.
pub(super) fn is_loopback(rest: &str) -> bool {
    LOOPBACK_HOSTS.iter().any(|host| {
        let after = rest.strip_prefix(host);
        after.is_some_and(|after| after.is_empty() || after.starts_with([':', '/', '?', '#']))
    })
}

pub(super) fn plain_http(text: &str) -> Invalid {
    let reason = format!("plain http: {}", quoted(text));
    Invalid::new(reason, "use `https`; `http` is for localhost, 127.0.0.1 and [::1] only")
}

pub(super) fn wildcard_host(text: &str, fix: &str) -> Invalid {
    Invalid::new(format!("wildcard in place of a host: {}", quoted(text)), fix)
}

/// Parses what [`split_scheme`] let through.
pub(super) fn parse_url(text: &str) -> Result<Url, Invalid> {
    let url = Url::parse(text).map_err(|error| {
        let reason = format!("not a URL: {} ({error})", quoted(text));
        Invalid::new(reason, "write it as `https://example.com/path`")
    })?;
    let host = url.host_str().unwrap_or_default();
    // An encoded star is decoded by now.
    if host.contains('*') {
        return Err(wildcard_host(text, "name the host"));
    }
    if host.starts_with('.') || host.contains("..") {
        let reason = format!("host with an empty part: {}", quoted(text));
        return Err(Invalid::new(reason, "write it as `https://example.com`"));
    }
    let authority = text.split(['/', '?', '#']).nth(2).unwrap_or_default();
    if authority.contains('@') {
        return Err(credentials());
    }
    Ok(url)
}

impl ContentUrl {
    pub fn get(&self) -> &Url {
        &self.0
    }
}

impl HttpUrl {
    pub fn get(&self) -> &Url {
        &self.0
    }
}

impl DevUrl {
    pub fn get(&self) -> &Url {
        &self.0
    }
}

impl std::fmt::Display for DevUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl From<DevUrl> for Url {
    fn from(value: DevUrl) -> Url {
        value.0
    }
}

impl std::fmt::Display for ContentUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::fmt::Display for HttpUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl From<ContentUrl> for Url {
    fn from(value: ContentUrl) -> Url {
        value.0
    }
}

impl From<HttpUrl> for Url {
    fn from(value: HttpUrl) -> Url {
        value.0
    }
}

impl TextForm for ContentUrl {
    fn parse(text: &str) -> Result<Self, Invalid> {
        let (scheme, rest) = split_scheme(text)?;
        if scheme == "http" && !is_loopback(rest) {
            return Err(plain_http(text));
        }
        parse_url(text).map(Self)
    }

    fn schema() -> Schema {
        json_schema!({
            "type": "string",
            "maxLength": MAX_URL_CHARS,
            "pattern": format!(r"^(https://[^\s\\]+|http://{LOOPBACK_PATTERN}([:/?#][^\s\\]*)?)$"),
        })
    }

    fn schema_name() -> Cow<'static, str> {
        "ContentUrl".into()
    }
}

impl TextForm for HttpUrl {
    fn parse(text: &str) -> Result<Self, Invalid> {
        split_scheme(text)?;
        parse_url(text).map(Self)
    }

    fn schema() -> Schema {
        json_schema!({
            "type": "string",
            "maxLength": MAX_URL_CHARS,
            "pattern": r"^https?://[^\s\\]+$",
        })
    }

    fn schema_name() -> Cow<'static, str> {
        "HttpUrl".into()
    }
}

impl TextForm for DevUrl {
    fn parse(text: &str) -> Result<Self, Invalid> {
        let (_, rest) = split_scheme(text)?;
        if !is_loopback(rest) {
            let reason = format!("not an address on this machine: {}", quoted(text));
            let fix = "use localhost, 127.0.0.1 or [::1]; a site on the web is `content.url`";
            return Err(Invalid::new(reason, fix));
        }
        parse_url(text).map(Self)
    }

    fn schema() -> Schema {
        json_schema!({
            "type": "string",
            "maxLength": MAX_URL_CHARS,
            "pattern": format!(r"^https?://{LOOPBACK_PATTERN}([:/?#][^\s\\]*)?$"),
        })
    }

    fn schema_name() -> Cow<'static, str> {
        "DevUrl".into()
    }
}

impl TextForm for ProxyUrl {
    fn parse(text: &str) -> Result<Self, Invalid> {
        let refuse = |reason: &str| {
            let fix = "write it as `http://host:port` or `socks5://host:port`";
            Invalid::new(format!("{reason}: {}", quoted(text)), fix)
        };
        let scheme = PROXY_SCHEMES.iter().find(|scheme| text.starts_with(**scheme));
        let scheme = scheme.ok_or_else(|| refuse("not an http or socks5 proxy"))?;
        let rest = &text[scheme.len()..];
        if rest.contains('@') {
            return Err(credentials());
        }
        // As http, since hosts of other schemes keep any spelling; with its port apart, since 80 would be left out.
        split_scheme(&format!("http://{rest}"))?;
        if rest.contains(['/', '?', '#']) {
            return Err(refuse("more than a host and a port"));
        }
        let (host, port) = rest.rsplit_once(':').ok_or_else(|| refuse("no port"))?;
        let port = port.parse::<u16>().ok().filter(|port| *port != 0);
        let port = port.ok_or_else(|| refuse("no port from 1 to 65535"))?;
        if host.is_empty() {
            return Err(refuse("no host"));
        }
        let url = parse_url(&format!("http://{host}:{port}"))?;
        Ok(Self(format!("{scheme}{}:{port}", url.host_str().unwrap_or_default())))
    }

    fn schema() -> Schema {
        json_schema!({
            "type": "string",
            "maxLength": MAX_URL_CHARS,
            "pattern": r"^(http|socks5)://[^\s\\/?#@*]+:[0-9]{1,5}$",
        })
    }

    fn schema_name() -> Cow<'static, str> {
        "ProxyUrl".into()
    }
}
