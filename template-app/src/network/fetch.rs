//! Requests to hosts that the config lists. Redirections are followed here and not by the client, so that each step is held
//! against the lists before it is taken.

use std::time::Duration;

use bridge_contract::{BridgeError, ErrorCode, MAX_BYTES_AT_ONCE, NetworkReason, NetworkRedirect};
use reqwest::{
    Method, Response, StatusCode,
    header::{self, HeaderMap, HeaderName, HeaderValue},
};
use runtime_settings::RuntimeSettings;
use tokio::time;
use url::Url;

use super::{AppNetwork, Result, Rights, parse, refusal, request_error};

/// Redirections that are followed (count).
const MAX_REDIRECTS: usize = 10;
/// Headers of a request (count), and bytes of all of them: what servers commonly take.
const MAX_HEADERS: usize = 100;
const MAX_HEADER_BYTES: usize = 32 * 1024;

/// Headers that pages on the web cannot set either (https://fetch.spec.whatwg.org/#forbidden-request-header).
const FORBIDDEN: &[&str] = &[
    "accept-charset",
    "accept-encoding",
    "access-control-request-headers",
    "access-control-request-method",
    "access-control-request-private-network",
    "connection",
    "content-length",
    "cookie",
    "cookie2",
    "date",
    "dnt",
    "expect",
    "host",
    "keep-alive",
    "origin",
    "referer",
    "set-cookie",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "via",
];
const FORBIDDEN_PREFIXES: &[&str] = &["proxy-", "sec-"];
/// The same of methods.
const FORBIDDEN_METHODS: &[&str] = &["CONNECT", "TRACE", "TRACK"];
/// Headers about a body that a redirection has dropped.
const BODY_HEADERS: &[HeaderName] = &[
    header::CONTENT_ENCODING,
    header::CONTENT_LANGUAGE,
    header::CONTENT_LOCATION,
    header::CONTENT_TYPE,
];

/// A request, checked.
pub(crate) struct Request {
    pub(super) url: Url,
    pub(super) method: Method,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
    pub(super) redirect: NetworkRedirect,
    /// For all of it, redirections and body included.
    pub(super) timeout: Duration,
}

/// An answer whose body is still to come.
pub(super) struct Answer {
    pub(super) response: Response,
    pub(super) url: Url,
    redirected: bool,
}

/// An answer as a whole.
pub(crate) struct Fetched {
    pub(crate) url: Url,
    pub(crate) redirected: bool,
    pub(crate) status: StatusCode,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Request {
    /// What a page wants to send.
    pub(crate) fn new(
        url: &str,
        method: Option<&str>,
        headers: &[(String, String)],
        body: Vec<u8>,
        redirect: NetworkRedirect,
        timeout: Duration,
    ) -> Result<Request> {
        let method = checked_method(method.unwrap_or("GET"))?;
        if !body.is_empty() && matches!(method, Method::GET | Method::HEAD) {
            return Err(crate::bridge::invalid("init", format!("a body with the method {method}")));
        }
        if body.len() as u64 > MAX_BYTES_AT_ONCE {
            return Err(too_large("request"));
        }
        Ok(Request {
            url: parse(url)?,
            method,
            headers: checked_headers(headers)?,
            body,
            redirect,
            timeout,
        })
    }

    /// Goes where a redirection leads, as browsers do (https://fetch.spec.whatwg.org/#http-redirect-fetch).
    fn follow(&mut self, status: StatusCode, next: Url) {
        let is_post = self.method == Method::POST;
        let becomes_get = match status {
            StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND => is_post,
            StatusCode::SEE_OTHER => !matches!(self.method, Method::GET | Method::HEAD),
            _ => false,
        };
        if becomes_get {
            self.method = Method::GET;
            self.body.clear();
            BODY_HEADERS.iter().for_each(|name| drop(self.headers.remove(name)));
        }
        if next.origin() != self.url.origin() {
            self.headers.remove(header::AUTHORIZATION);
        }
        self.url = next;
    }
}

impl AppNetwork {
    /// A request of a page, to a host that the config lists.
    pub(crate) async fn fetch(
        &self,
        settings: &RuntimeSettings,
        rights: &Rights,
        request: Request,
    ) -> Result<Fetched> {
        let (timeout, url) = (request.timeout, request.url.clone());
        let listed = |url: &Url| match rights.lists(url) {
            true => Ok(()),
            false => Err(not_allowed(url)),
        };
        let whole = async {
            let answer = self.send(settings, rights, request, listed).await?;
            read(answer).await
        };
        let late = |_| refusal(NetworkReason::Timeout, &url, "the time is over");
        time::timeout(timeout, whole).await.map_err(late)?
    }

    /// Sends a request, and follows where it leads as long as `may_go` agrees.
    pub(super) async fn send(
        &self,
        settings: &RuntimeSettings,
        rights: &Rights,
        mut request: Request,
        may_go: impl Fn(&Url) -> Result<()>,
    ) -> Result<Answer> {
        for step in 0..=MAX_REDIRECTS {
            may_go(&request.url)?;
            let client = self.client(settings, rights, &request.url)?;
            let sent = client
                .request(request.method.clone(), request.url.clone())
                .headers(request.headers.clone())
                .timeout(request.timeout);
            let sent = if request.body.is_empty() { sent } else { sent.body(request.body.clone()) };
            let response =
                sent.send().await.map_err(|error| request_error(&error, &request.url))?;
            let next = match request.redirect {
                NetworkRedirect::Manual => None,
                _ => next(&response, &request.url),
            };
            let Some(next) = next else {
                return Ok(Answer { response, url: request.url, redirected: step > 0 });
            };
            if request.redirect == NetworkRedirect::Error {
                return Err(redirects(&format!("`{}` redirects", request.url)));
            }
            // Once more, as for what the page itself names.
            let next = parse(next.as_str())?;
            request.follow(response.status(), next);
        }
        Err(redirects(&format!("more than {MAX_REDIRECTS} redirections")))
    }
}

/// Where an answer leads to, if it is a redirection.
fn next(response: &Response, url: &Url) -> Option<Url> {
    let leads = matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308);
    let location = response.headers().get(header::LOCATION).filter(|_| leads)?;
    url.join(&String::from_utf8_lossy(location.as_bytes())).ok()
}

async fn read(Answer { mut response, url, redirected }: Answer) -> Result<Fetched> {
    let announced = response.content_length().unwrap_or(0);
    let mut body = Vec::new();
    if announced > MAX_BYTES_AT_ONCE {
        return Err(too_large("answer"));
    }
    while let Some(piece) = response.chunk().await.map_err(|error| request_error(&error, &url))? {
        if (body.len() + piece.len()) as u64 > MAX_BYTES_AT_ONCE {
            return Err(too_large("answer"));
        }
        body.extend_from_slice(&piece);
    }
    // Cookies are nobody's here, and browsers show them to no page.
    let shown = response.headers().iter().filter(|(name, _)| *name != header::SET_COOKIE);
    let text = |(name, value): (&HeaderName, &HeaderValue)| {
        (name.to_string(), value.as_bytes().iter().copied().map(char::from).collect())
    };
    let headers = shown.map(text).collect();
    Ok(Fetched { url, redirected, status: response.status(), headers, body })
}

fn checked_method(method: &str) -> Result<Method> {
    let name = method.to_ascii_uppercase();
    if FORBIDDEN_METHODS.contains(&name.as_str()) {
        return Err(forbidden(&format!("method: `{method}`")));
    }
    // Browsers write the usual ones in capitals, and leave the others as they are.
    let usual = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"];
    let name = if usual.contains(&name.as_str()) { &name } else { method };
    let invalid = || crate::bridge::invalid("init", format!("no method: `{method}`"));
    Method::from_bytes(name.as_bytes()).map_err(|_| invalid())
}

fn checked_headers(headers: &[(String, String)]) -> Result<HeaderMap> {
    let size: usize = headers.iter().map(|(name, value)| name.len() + value.len()).sum();
    if headers.len() > MAX_HEADERS || size > MAX_HEADER_BYTES {
        let reason = format!(
            "more than {MAX_HEADERS} headers, or more than {MAX_HEADER_BYTES} bytes of them"
        );
        return Err(crate::bridge::invalid("init", reason));
    }
    let mut checked = HeaderMap::new();
    for (name, value) in headers {
        let invalid = || crate::bridge::invalid("init", format!("no header: `{name}`"));
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| invalid())?;
        let is_forbidden = FORBIDDEN.contains(&name.as_str())
            || FORBIDDEN_PREFIXES.iter().any(|prefix| name.as_str().starts_with(prefix));
        if is_forbidden {
            return Err(forbidden(&format!("header: `{name}`")));
        }
        let value = HeaderValue::from_str(value).map_err(|_| invalid())?;
        checked.append(name, value);
    }
    Ok(checked)
}

fn forbidden(what: &str) -> BridgeError {
    let message = format!("only the runtime sets this {what}");
    BridgeError::new(ErrorCode::NetworkForbiddenHeader, message)
}

fn not_allowed(url: &Url) -> BridgeError {
    let message = format!(
        "not in `bridge.modules.network.hosts` of app.json: `{}`",
        url.origin().ascii_serialization()
    );
    BridgeError::new(ErrorCode::NetworkHostNotAllowed, message)
}

fn redirects(message: &str) -> BridgeError {
    BridgeError::new(ErrorCode::NetworkRedirects, message)
}

fn too_large(what: &str) -> BridgeError {
    let message = format!("the {what} has more than {MAX_BYTES_AT_ONCE} bytes");
    BridgeError::new(ErrorCode::NetworkTooLarge, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(method: &str, headers: &[(&str, &str)], body: &[u8]) -> Result<Request> {
        let headers: Vec<_> =
            headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let timeout = Duration::from_secs(1);
        let redirect = NetworkRedirect::Follow;
        Request::new(
            "https://example.com/a",
            Some(method),
            &headers,
            body.to_vec(),
            redirect,
            timeout,
        )
    }

    fn code(result: Result<Request>) -> &'static str {
        result.err().map_or("fine", |error| error.code.code())
    }

    #[test]
    fn what_a_page_on_the_web_cannot_set_is_refused_here_too() {
        for header in
            ["Host", "cookie", "Content-Length", "Proxy-Authorization", "Sec-Fetch-Site", "TE"]
        {
            assert_eq!(
                code(request("GET", &[(header, "x")], b"")),
                "network/forbidden-header",
                "{header}"
            );
        }
        for method in ["connect", "TRACE", "Track"] {
            assert_eq!(code(request(method, &[], b"")), "network/forbidden-header", "{method}");
        }
        assert_eq!(code(request("get", &[("Authorization", "x"), ("X-Own", "y")], b"")), "fine");
        assert_eq!(code(request("PROPFIND", &[], b"<x/>")), "fine");
    }

    #[test]
    fn what_is_no_request_is_refused() {
        assert_eq!(code(request("GE T", &[], b"")), "bridge/invalid-argument");
        assert_eq!(code(request("GET", &[], b"body")), "bridge/invalid-argument");
        assert_eq!(code(request("GET", &[("a b", "x")], b"")), "bridge/invalid-argument");
        assert_eq!(code(request("GET", &[("a", "x\r\nHost: y")], b"")), "bridge/invalid-argument");
        let many: Vec<_> = (0..=MAX_HEADERS).map(|_| ("a", "b")).collect();
        assert_eq!(code(request("GET", &many, b"")), "bridge/invalid-argument");
    }

    #[test]
    fn a_redirection_drops_what_is_not_for_the_next_host() {
        let start = || {
            request(
                "POST",
                &[("authorization", "secret"), ("content-type", "a/b"), ("x", "y")],
                b"body",
            )
            .unwrap()
        };
        let go = |status: u16, url: &str| {
            let mut request = start();
            request.follow(StatusCode::from_u16(status).unwrap(), Url::parse(url).unwrap());
            let mut names: Vec<_> = request.headers.keys().map(ToString::to_string).collect();
            names.sort();
            (request.method.to_string(), request.body.len(), names.join(" "))
        };
        let own = "https://example.com/b";
        assert_eq!(go(302, own), ("GET".to_owned(), 0, "authorization x".to_owned()));
        assert_eq!(go(307, own), ("POST".to_owned(), 4, "authorization content-type x".to_owned()));
        assert_eq!(
            go(308, "https://other.example.com/"),
            ("POST".to_owned(), 4, "content-type x".to_owned())
        );
        assert_eq!(go(303, "http://example.com/b"), ("GET".to_owned(), 0, "x".to_owned()));
    }
}
