//! Requests as they were recorded, and the pages that answer them.

use std::convert::Infallible;
use std::fmt::{self, Display};

use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Response, StatusCode};
use futures_util::{StreamExt as _, future, stream};
use tokio::sync::watch;

/// A request that a site has had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    pub method: String,
    pub path: String,
    /// What follows `?`, undecoded; empty if there is none.
    pub query: String,
    /// Names are lower-case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Request {
    pub(super) fn new(parts: &Parts, body: Vec<u8>) -> Self {
        let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let headers = parts.headers.iter().map(|(name, value)| (name.to_string(), text(value)));
        Self {
            method: parts.method.to_string(),
            path: parts.uri.path().to_owned(),
            query: parts.uri.query().unwrap_or_default().to_owned(),
            headers: headers.collect(),
            body,
        }
    }

    /// The first header of this (lower-case) name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|header| header.0 == name).map(|header| header.1.as_str())
    }
}

impl Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { method, path, query, .. } = self;
        write!(f, "{method} {path}")?;
        if query.is_empty() { Ok(()) } else { write!(f, "?{query}") }
    }
}

/// An answer to a request.
#[derive(Debug, Clone)]
pub struct Page {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    /// Whether more of the body is said to come, which never does.
    is_unfinished: bool,
    gate: Option<Gate>,
}

impl Page {
    fn new(content_type: &str, body: &[u8]) -> Self {
        let headers = vec![("content-type".to_owned(), content_type.to_owned())];
        Self { status: 200, headers, body: body.to_vec(), is_unfinished: false, gate: None }
    }

    pub fn html(html: &str) -> Self {
        Self::new("text/html; charset=utf-8", html.as_bytes())
    }

    pub fn text(text: &str) -> Self {
        Self::new("text/plain; charset=utf-8", text.as_bytes())
    }

    pub fn script(script: &str) -> Self {
        Self::new("text/javascript; charset=utf-8", script.as_bytes())
    }

    pub fn bytes(content_type: &str, bytes: &[u8]) -> Self {
        Self::new(content_type, bytes)
    }

    pub fn redirect(to: &str) -> Self {
        Self::text("").status(302).header("location", to)
    }

    pub fn status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// Adds a header beside those of the same name.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Adds a Content-Security-Policy.
    pub fn csp(self, policy: &str) -> Self {
        self.header("content-security-policy", policy)
    }

    /// Lets pages of every origin read this one.
    pub fn shared(self) -> Self {
        self.header("access-control-allow-origin", "*")
    }

    /// Says that the body has this length, in bytes. When there is less, the rest never comes.
    pub fn promises(mut self, length: u64) -> Self {
        self.is_unfinished = true;
        self.header("content-length", &length.to_string())
    }

    /// Holds the answer back until the gate is open: a slow page without a guess at how slow.
    pub fn behind(mut self, gate: &Gate) -> Self {
        self.gate = Some(gate.clone());
        self
    }

    pub(super) async fn into_response(self) -> Response<Body> {
        if let Some(gate) = &self.gate {
            gate.passed().await;
        }
        self.response().unwrap_or_else(|error| {
            let mut response =
                Response::new(Body::from(format!("the test's page is wrong: {error}")));
            *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
            response
        })
    }

    fn response(&self) -> Result<Response<Body>, axum::http::Error> {
        let body = if self.is_unfinished {
            let begun = stream::once(future::ready(Ok::<_, Infallible>(self.body.clone())));
            Body::from_stream(begun.chain(stream::pending()))
        } else {
            Body::from(self.body.clone())
        };
        let mut response = Response::new(body);
        *response.status_mut() = StatusCode::from_u16(self.status)?;
        for (name, value) in &self.headers {
            let name = HeaderName::try_from(name)?;
            response.headers_mut().append(name, HeaderValue::try_from(value)?);
        }
        Ok(response)
    }
}

/// What a page can wait behind.
#[derive(Debug, Clone, Default)]
pub struct Gate {
    open: watch::Sender<bool>,
}

impl Gate {
    pub fn open(&self) {
        self.open.send_replace(true);
    }

    async fn passed(&self) {
        // The sender lives in this gate, so that the wait ends only by its opening.
        let _ = self.open.subscribe().wait_for(|open| *open).await;
    }
}
