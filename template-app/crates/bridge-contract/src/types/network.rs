//! Payloads of the module `network`. Field names are those of Desktopr's documents, which are of two kinds.

use serde::{Deserialize, Serialize};

/// `network.status()`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct NetworkStatus {
    pub online: bool,
    /// `ok`, or why nobody answered.
    #[cfg_attr(feature = "typescript", ts(type = "NetworkReason"))]
    pub reason: NetworkReason,
    /// Milliseconds until the answer began; null when there was none.
    pub latency_ms: Option<u32>,
}

/// The event `network:status`: a target of the monitor has begun or ceased to answer.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct NetworkChange {
    /// The address, as `setMonitor` or the config has it.
    pub target: String,
    pub online: bool,
    #[cfg_attr(feature = "typescript", ts(type = "NetworkReason"))]
    pub reason: NetworkReason,
    pub latency_ms: Option<u32>,
}

/// `network.ping()`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct NetworkPing {
    /// Whether anything answered, an error page too.
    pub ok: bool,
    #[cfg_attr(feature = "typescript", ts(type = "NetworkReason"))]
    pub reason: NetworkReason,
    /// Milliseconds until the answer began; null when there was none.
    pub latency_ms: Option<u32>,
}

/// `network.resolve()`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct NetworkAddresses {
    pub addresses: Vec<String>,
}

/// `network.estimateBandwidth()`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct NetworkBandwidth {
    /// Thousands of bits in a second.
    pub kbps: f64,
    /// What was read.
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub bytes: u64,
    /// How long that took, from the beginning of the answer.
    pub ms: f64,
}

/// What `network.fetch()` has fetched; the script makes a `Response` of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct NetworkFetched {
    pub url: String,
    pub redirected: bool,
    pub status: u16,
    pub status_text: String,
    pub headers: Vec<(String, String)>,
    /// Number of the stream that the body is in.
    pub id: u32,
    pub size: u32,
}

/// Why an address did not answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum NetworkReason {
    Ok,
    /// The name has no address.
    Dns,
    Timeout,
    /// The certificate is not trusted, or there is no common way of encryption.
    Tls,
    /// Nobody listens there.
    Refused,
    /// There is no way there: no network, or a host that is off.
    Unreachable,
    Unknown,
}

impl NetworkReason {
    pub const ALL: &[NetworkReason] = &[
        NetworkReason::Ok,
        NetworkReason::Dns,
        NetworkReason::Timeout,
        NetworkReason::Tls,
        NetworkReason::Refused,
        NetworkReason::Unreachable,
        NetworkReason::Unknown,
    ];

    /// The reason as pages see it.
    pub fn name(self) -> &'static str {
        match self {
            NetworkReason::Ok => "ok",
            NetworkReason::Dns => "dns",
            NetworkReason::Timeout => "timeout",
            NetworkReason::Tls => "tls",
            NetworkReason::Refused => "refused",
            NetworkReason::Unreachable => "unreachable",
            NetworkReason::Unknown => "unknown",
        }
    }
}

/// What `network.fetch()` does with a redirection.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NetworkRedirect {
    #[default]
    Follow,
    Error,
    /// It is the answer.
    Manual,
}
