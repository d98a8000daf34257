//! The HTTP clients of the app: one for each way to a server, made at the first request on it and kept for its connections.

use std::{
    error::Error,
    io,
    net::{IpAddr, SocketAddr},
    sync::{Arc, LazyLock, OnceLock},
    time::Duration,
};

use bridge_contract::NetworkReason;
use hyper_util::client::proxy::matcher::Matcher;
use reqwest::{
    Client, Proxy,
    dns::{Addrs, Name, Resolve, Resolving},
    redirect,
};
use rustls::crypto::ring;
use url::Url;

use super::address;

/// Longest wait for a connection, on all addresses of a name together: most are there in a tenth of a second.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);
/// How long an unused connection is kept.
const IDLE_TIMEOUT: Duration = Duration::from_secs(60);
/// Unused connections to one server (count).
const IDLE_CONNECTIONS: usize = 4;

/// The clients, and what decides between them.
pub(super) struct Clients {
    /// The config's proxy; where it names none, the system is asked.
    configured: Option<Url>,
    /// Reaches public addresses only.
    guarded: OnceLock<Built>,
    /// Reaches every address.
    open: OnceLock<Built>,
    proxied: OnceLock<Built>,
}

/// What the system says of proxies, as it was when it was first asked.
static SYSTEM: LazyLock<Matcher> = LazyLock::new(Matcher::from_system);

type Built = Result<Client, String>;

/// Why a name leads nowhere.
#[derive(Debug, thiserror::Error)]
enum Unresolved {
    #[error("every address of the name is in the local network")]
    Local,
    #[error("the name has no address: {0}")]
    Unknown(io::Error),
}

/// What went wrong on the way to a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// The address that the name has is in the local network.
    Lan,
    Other(NetworkReason),
}

impl Clients {
    pub(super) fn new(proxy: Option<&str>) -> Clients {
        Clients {
            configured: proxy.and_then(|proxy| Url::parse(proxy).ok()),
            guarded: OnceLock::new(),
            open: OnceLock::new(),
            proxied: OnceLock::new(),
        }
    }

    /// The client for a URL. `may_be_local`: its server may be in the local network; else one whose address says so is refused
    /// here, and one whose name leads there when it is looked up.
    pub(super) fn of(&self, url: &Url, may_be_local: bool) -> Result<&Client, Refused> {
        let is_proxied = proxy_of(self.configured.as_ref(), url).is_some();
        if !may_be_local && address::is_local(url, is_proxied) {
            return Err(Refused::Lan);
        }
        let built = match (is_proxied, may_be_local) {
            (true, _) => self.proxied.get_or_init(|| self.build_proxied()),
            (false, true) => self.open.get_or_init(|| build_direct(Lookup { only_public: false })),
            (false, false) => {
                self.guarded.get_or_init(|| build_direct(Lookup { only_public: true }))
            }
        };
        built.as_ref().map_err(|error| Refused::Failed(error.clone()))
    }

    fn build_proxied(&self) -> Built {
        let configured = self.configured.clone();
        let proxy = Proxy::custom(move |url| proxy_of(configured.as_ref(), url));
        // What is looked up here is the proxy's own name: it looks up the others.
        build(base().dns_resolver(Arc::new(Lookup { only_public: false })).proxy(proxy))
    }
}

/// Why there is no client for a URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Refused {
    Lan,
    Failed(String),
}

/// The proxy before a URL: the config's, else the system's. None stands before this machine.
fn proxy_of(configured: Option<&Url>, url: &Url) -> Option<Url> {
    if address::is_this_machine(url) {
        return None;
    }
    if let Some(proxy) = configured {
        return Some(asked_for_names(proxy.clone()));
    }
    let found = SYSTEM.intercept(&url.as_str().parse().ok()?)?;
    let mut proxy = Url::parse(&found.uri().to_string()).ok()?;
    if let Some((user, password)) = found.raw_auth() {
        proxy.set_username(user).ok()?;
        proxy.set_password(Some(password)).ok()?;
    }
    Some(asked_for_names(proxy))
}

/// A SOCKS proxy as the HTTP client writes one that looks names up by itself, as browsers have it.
pub(crate) fn asked_for_names(mut proxy: Url) -> Url {
    let scheme = match proxy.scheme() {
        "socks4" => "socks4a",
        "socks5" => "socks5h",
        _ => return proxy,
    };
    // Refused only between schemes of the web and others.
    let _ = proxy.set_scheme(scheme);
    proxy
}

fn base() -> reqwest::ClientBuilder {
    // Fails where one is installed already, which is as good.
    let _ = ring::default_provider().install_default();
    Client::builder()
        // Each step is looked at before it is taken: see `fetch`.
        .redirect(redirect::Policy::none())
        .connect_timeout(CONNECT_TIMEOUT)
        .pool_idle_timeout(IDLE_TIMEOUT)
        .pool_max_idle_per_host(IDLE_CONNECTIONS)
        .referer(false)
}

fn build_direct(lookup: Lookup) -> Built {
    build(base().dns_resolver(Arc::new(lookup)).no_proxy())
}

fn build(builder: reqwest::ClientBuilder) -> Built {
    builder.build().map_err(|error| root_cause(&error).to_string())
}

/// The system's own resolver, whose answers are looked at: a name can be given any address by whoever owns it, so what counts is
/// the address that is connected to.
struct Lookup {
    only_public: bool,
}

impl Resolve for Lookup {
    fn resolve(&self, name: Name) -> Resolving {
        let only_public = self.only_public;
        Box::pin(async move {
            let found = addresses(name.as_str(), only_public).await?;
            let found = found.into_iter().map(|address| SocketAddr::new(address, 0));
            Ok(Box::new(found.collect::<Vec<_>>().into_iter()) as Addrs)
        })
    }
}

/// The addresses of a name that may be used; at least one.
async fn addresses(name: &str, only_public: bool) -> Result<Vec<IpAddr>, Unresolved> {
    let found = tokio::net::lookup_host((name, 0)).await.map_err(Unresolved::Unknown)?;
    let mut addresses: Vec<_> = found.map(|found| found.ip()).collect();
    addresses.dedup();
    if addresses.is_empty() {
        return Err(Unresolved::Unknown(io::ErrorKind::NotFound.into()));
    }
    addresses.retain(|address| !only_public || address::is_public(*address));
    if addresses.is_empty() { Err(Unresolved::Local) } else { Ok(addresses) }
}

/// The addresses of a name, for `network.resolve`.
pub(super) async fn lookup(name: &str, only_public: bool) -> Result<Vec<IpAddr>, Fault> {
    addresses(name, only_public).await.map_err(|error| match error {
        Unresolved::Local => Fault::Lan,
        Unresolved::Unknown(_) => Fault::Other(NetworkReason::Dns),
    })
}

/// What went wrong in a request.
pub(super) fn fault(error: &reqwest::Error) -> Fault {
    let found = causes(error).find_map(known);
    let reason = if error.is_timeout() { NetworkReason::Timeout } else { NetworkReason::Unknown };
    found.unwrap_or(Fault::Other(reason))
}

/// The sentence of the deepest cause, which is the one that says something.
pub(super) fn root_cause<'a>(error: &'a (dyn Error + 'static)) -> &'a (dyn Error + 'static) {
    causes(error).last().unwrap_or(error)
}

fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| {
        // An error of I/O leaves out what it is made of when it is asked for its source.
        let inner = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        match inner {
            Some(inner) => Some(inner),
            None => error.source(),
        }
    })
}

fn known(error: &(dyn Error + 'static)) -> Option<Fault> {
    if let Some(error) = error.downcast_ref::<Unresolved>() {
        return Some(match error {
            Unresolved::Local => Fault::Lan,
            Unresolved::Unknown(_) => Fault::Other(NetworkReason::Dns),
        });
    }
    if error.is::<rustls::Error>() {
        return Some(Fault::Other(NetworkReason::Tls));
    }
    let error = error.downcast_ref::<io::Error>()?;
    let reason = match error.kind() {
        io::ErrorKind::ConnectionRefused => NetworkReason::Refused,
        io::ErrorKind::TimedOut => NetworkReason::Timeout,
        io::ErrorKind::NetworkUnreachable
        | io::ErrorKind::HostUnreachable
        | io::ErrorKind::NetworkDown => NetworkReason::Unreachable,
        _ => return None,
    };
    Some(Fault::Other(reason))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_socks_proxy_is_asked_for_names() {
        for (written, expected) in [
            ("socks5://user:pass@proxy.test:1080", "socks5h://user:pass@proxy.test:1080"),
            ("socks4://proxy.test", "socks4a://proxy.test"),
            ("http://proxy.test:8080/", "http://proxy.test:8080/"),
        ] {
            assert_eq!(asked_for_names(Url::parse(written).unwrap()).as_str(), expected);
        }
    }
}
