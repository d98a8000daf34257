//! The log of requests.

use std::fmt;

use axum::http::{Method, StatusCode};

/// A request and what became of it.
#[derive(Debug, Clone)]
pub struct Exchange {
    pub method: Method,
    pub path: String,
    pub query: String,
    /// Absent while it runs, and when the connection was cut without an answer.
    pub status: Option<StatusCode>,
    /// The name of the fault that it met.
    pub fault: Option<&'static str>,
    /// Whether it was counted against the token's requests of an hour.
    pub counted: bool,
    /// Whether the client's copy was still good: 304, which is free.
    pub not_modified: bool,
}

/// Where a request stands in the log.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Number(pub(crate) usize);

impl fmt::Display for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)?;
        if !self.query.is_empty() {
            write!(f, "?{}", self.query)?;
        }
        match self.status {
            Some(status) => write!(f, " -> {}", status.as_u16())?,
            None => f.write_str(" -> no answer")?,
        }
        self.fault.map_or(Ok(()), |fault| write!(f, " ({fault})"))
    }
}
