//! The module `network`: what may be asked, and how. The commands are in `bridge::network`.
//!
//! Two things decide: `hosts` of the config for `fetch`, and for every request whether the local network is open. The content's
//! own origin is reached wherever it is, since the page itself comes from there.

mod address;
mod client;
mod fetch;
mod monitor;
mod probe;

use std::{net::IpAddr, sync::OnceLock, time::Duration};

use bridge_contract::{BridgeError, ErrorCode, NetworkReason};
use runtime_settings::{
    RuntimeSettings, UrlRule,
    settings::{Content, NetworkModule},
};
use url::{Host, Url};

pub(crate) use client::asked_for_names;
use client::{Clients, Fault, Refused};
pub(crate) use fetch::Request;
pub(crate) use monitor::{MAX_TARGETS, Monitors};
pub(crate) use probe::{ESTIMATE_BYTES, MAX_ESTIMATE_BYTES, status};

/// Longest time that a page can give a request, in milliseconds, but `fetch`.
pub(crate) const MAX_TIMEOUT_MS: u64 = 30_000;
/// What a question about the network takes at most when the page does not say.
pub(crate) const STATUS_TIMEOUT: Duration = Duration::from_secs(5);

type Result<T> = std::result::Result<T, BridgeError>;

/// What the app has of the network. Nothing is made before the first command.
#[derive(Default)]
pub(crate) struct AppNetwork {
    clients: OnceLock<Clients>,
    pub(crate) monitors: Monitors,
}

/// The network as a window may use it.
#[derive(Clone)]
pub(crate) struct Rights {
    pub(crate) options: NetworkModule,
    own_origin: Option<UrlRule>,
}

impl Rights {
    pub(crate) fn new(settings: &RuntimeSettings, options: NetworkModule) -> Rights {
        let own_origin = match &settings.content {
            Content::Url { url } => Url::parse(url).ok().and_then(|url| UrlRule::of_origin(&url)),
            Content::Dir { .. } => None,
        };
        Rights { options, own_origin }
    }

    /// What is asked when the page names nothing: the config's targets, else the content's own origin.
    pub(crate) fn targets(&self) -> Result<Vec<Url>> {
        let named = self.options.targets.iter().filter_map(|target| Url::parse(target).ok());
        let named: Vec<_> = named.collect();
        let own =
            || self.own_origin.as_ref().and_then(|rule| Url::parse(&rule.origin_pattern()).ok());
        let targets = if named.is_empty() { own().into_iter().collect() } else { named };
        if targets.is_empty() {
            let message = "no address was given, and neither config nor content has one: \
                           set `bridge.modules.network.targets`";
            return Err(BridgeError::new(ErrorCode::NetworkNoTarget, message));
        }
        Ok(targets)
    }

    fn may_be_local(&self, url: &Url) -> bool {
        self.options.lan || self.own_origin.as_ref().is_some_and(|origin| origin.matches(url))
    }

    /// May `fetch` go there?
    fn lists(&self, url: &Url) -> bool {
        self.options.hosts.iter().any(|rule| rule.matches(url))
    }
}

impl AppNetwork {
    fn clients(&self, settings: &RuntimeSettings) -> &Clients {
        self.clients.get_or_init(|| Clients::new(settings.web.proxy.as_deref()))
    }

    /// The client for a URL, as far as the window may go there.
    pub(crate) fn client(
        &self,
        settings: &RuntimeSettings,
        rights: &Rights,
        url: &Url,
    ) -> Result<&reqwest::Client> {
        let client = self.clients(settings).of(url, rights.may_be_local(url));
        client.map_err(|refused| match refused {
            Refused::Lan => lan_refused(url),
            Refused::Failed(reason) => failed(&reason),
        })
    }
}

/// The addresses of a host, without those that the window may not know.
pub(crate) async fn resolve(rights: &Rights, host: &str) -> Result<Vec<IpAddr>> {
    let parsed = Host::parse(host).map_err(|error| {
        let message = format!("argument `host`: {error}: `{host}`");
        BridgeError::new(ErrorCode::BridgeInvalidArgument, message)
    })?;
    let only_public = !rights.options.lan;
    let literal = match parsed {
        Host::Ipv4(address) => Some(IpAddr::from(address)),
        Host::Ipv6(address) => Some(IpAddr::from(address)),
        Host::Domain(_) => None,
    };
    let found = match literal {
        Some(address) if only_public && !address::is_public(address) => Err(Fault::Lan),
        Some(address) => Ok(vec![address]),
        None => {
            let name = parsed.to_string();
            let found = client::lookup(&name, only_public);
            let in_time = tokio::time::timeout(STATUS_TIMEOUT, found).await;
            in_time.unwrap_or(Err(Fault::Other(NetworkReason::Timeout)))
        }
    };
    found.map_err(|fault| match fault {
        Fault::Lan => lan_refused(&host),
        Fault::Other(reason) => refusal(reason, &host, "looked up"),
    })
}

/// An http or https URL from a page.
pub(crate) fn parse(url: &str) -> Result<Url> {
    let parsed = Url::parse(url).ok().filter(|url| {
        let is_web = matches!(url.scheme(), "http" | "https");
        is_web && url.username().is_empty() && url.password().is_none()
    });
    parsed.ok_or_else(|| {
        let message = format!("no complete http or https URL without a user name: `{url}`");
        BridgeError::new(ErrorCode::NetworkInvalidUrl, message)
    })
}

fn lan_refused(what: &impl std::fmt::Display) -> BridgeError {
    let message = format!(
        "on this machine or in its local network: `{what}`; `bridge.modules.network.lan` in app.json opens those"
    );
    BridgeError::new(ErrorCode::NetworkLanRefused, message)
}

fn failed(reason: &dyn std::fmt::Display) -> BridgeError {
    BridgeError::new(ErrorCode::NetworkFailed, format!("the request failed: {reason}"))
}

/// The refusal for a reason.
fn refusal(reason: NetworkReason, url: &dyn std::fmt::Display, cause: &str) -> BridgeError {
    let code = match reason {
        NetworkReason::Dns => ErrorCode::NetworkDns,
        NetworkReason::Timeout => ErrorCode::NetworkTimeout,
        NetworkReason::Tls => ErrorCode::NetworkTls,
        NetworkReason::Refused => ErrorCode::NetworkRefused,
        NetworkReason::Ok | NetworkReason::Unreachable | NetworkReason::Unknown => {
            ErrorCode::NetworkFailed
        }
    };
    BridgeError::new(code, format!("could not be reached ({cause}): `{url}`"))
}

/// What a request was refused with by the system or the server.
fn request_error(error: &reqwest::Error, url: &Url) -> BridgeError {
    match client::fault(error) {
        Fault::Lan => lan_refused(url),
        Fault::Other(reason) => refusal(reason, url, &client::root_cause(error).to_string()),
    }
}
