//! Payloads of the module `auth`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What `auth.start()` is told.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct AuthOptions {
    /// The provider's page: https. `{redirect_uri}` in it stands for the address to come back to, which is else put into the
    /// parameter `redirect_uri`; a `state` that is missing is made and added.
    pub url: String,
    /// How the browser comes back: by a link of the app's own scheme, or to a server on this machine that is there for this one
    /// answer.
    #[cfg_attr(feature = "typescript", ts(type = "\"deeplink\" | \"loopback\""))]
    pub redirect: AuthRedirect,
    /// How long to wait for the user, in milliseconds: 5 minutes if left out, at most 30.
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub timeout_ms: Option<u64>,
}

/// How the browser comes back to the app.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AuthRedirect {
    Deeplink,
    Loopback,
}

/// What came back to `auth.start()`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct AuthResult {
    /// Parameters of the address that the browser came back to, such as `code`, or `error` when the user declined.
    pub params: BTreeMap<String, String>,
    /// That address.
    pub url: String,
}

/// `auth.pkce()`: see RFC 7636.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct AuthPkce {
    /// Stays in the app until the code is exchanged for a token.
    pub verifier: String,
    /// Goes into the address of the sign-in page, as `code_challenge`.
    pub challenge: String,
    /// `S256`, for `code_challenge_method`.
    pub method: &'static str,
}
