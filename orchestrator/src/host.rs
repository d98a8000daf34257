//! Where a GitHub is: github.com, a company's own on ghe.com, an Enterprise Server, or one on loopback for tests.

use std::{fmt, net::IpAddr};

use url::Url;

use crate::error;

/// GitHub's own address.
pub const GITHUB: &str = "https://github.com";
/// Where an Enterprise Server answers the API.
const SERVER_API: &str = "/api/v3";

/// A GitHub, by the address of its API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Host {
    api: Url,
    name: String,
}

impl Host {
    /// Understands the address of a GitHub's pages as well as that of its API. A token goes there, so nobody on the way
    /// may read it: only loopback does without TLS.
    pub fn parse(text: &str) -> anyhow::Result<Self> {
        let hint =
            "write `https://github.com`, the address of your Enterprise Server, or that of its API";
        let mut url =
            Url::parse(text).map_err(|_| error::usage(format!("not an address: {text}"), hint))?;
        let host = url.host_str().unwrap_or_default().to_owned();
        let loopback = host == "localhost"
            || host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
        let safe = url.scheme() == "https" || (url.scheme() == "http" && loopback);
        let plain = url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none();
        if !safe || !plain {
            return Err(error::usage(format!("not a safe address for a token: {text}"), hint));
        }
        let name = host.strip_prefix("api.").unwrap_or(&host).to_owned();
        let is_cloud = is_cloud(&name);
        if is_cloud && name == host {
            // The host has a name, so that this cannot fail.
            let _ = url.set_host(Some(&format!("api.{host}")));
        } else if !is_cloud && !loopback && url.path() == "/" {
            url.set_path(SERVER_API);
        }
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        Ok(Self { api: url, name: format!("{name}{port}") })
    }

    /// The address of the API.
    pub fn api(&self) -> &Url {
        &self.api
    }

    /// The name of the GitHub for people, and for its own command line: `github.com`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether GitHub itself runs it.
    pub(crate) fn is_cloud(&self) -> bool {
        is_cloud(&self.name)
    }

    /// Whether it is on this machine: a fake.
    pub fn is_loopback(&self) -> bool {
        self.api.scheme() == "http"
    }

    /// Whether the token may be sent there: to the API itself, or to its host for uploads.
    pub(crate) fn may_have_token(&self, url: &Url) -> bool {
        let host = self.api.host_str().unwrap_or_default();
        let uploads = host.strip_prefix("api.").map(|rest| format!("uploads.{rest}"));
        let known = url.host_str() == Some(host) || url.host_str() == uploads.as_deref();
        known && url.scheme() == self.api.scheme() && url.port() == self.api.port()
    }
}

fn is_cloud(name: &str) -> bool {
    name == "github.com" || name.ends_with(".ghe.com")
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::Host;

    #[test]
    fn the_api_is_found_from_either_address() {
        for (text, api, name) in [
            ("https://github.com", "https://api.github.com/", "github.com"),
            ("https://api.github.com", "https://api.github.com/", "github.com"),
            ("https://octo.ghe.com", "https://api.octo.ghe.com/", "octo.ghe.com"),
            ("https://git.example.com", "https://git.example.com/api/v3", "git.example.com"),
            ("https://git.example.com/api/v3", "https://git.example.com/api/v3", "git.example.com"),
            ("http://127.0.0.1:4000", "http://127.0.0.1:4000/", "127.0.0.1:4000"),
            ("http://127.0.0.1:4000/api/v3", "http://127.0.0.1:4000/api/v3", "127.0.0.1:4000"),
        ] {
            let host = Host::parse(text).unwrap();
            assert_eq!((host.api().as_str(), host.name()), (api, name));
        }
    }

    #[test]
    fn a_token_goes_over_tls_or_stays_here() {
        for wrong in [
            "http://api.github.com",
            "http://127.0.0.1.example.com",
            "ftp://localhost",
            "api.github.com",
            "https://me:password@github.com",
            "https://github.com?x=y",
        ] {
            assert!(Host::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn uploads_go_to_the_same_github_and_nowhere_else() {
        let host = Host::parse("https://github.com").unwrap();
        let may = |text: &str| host.may_have_token(&text.parse().unwrap());
        assert!(may("https://api.github.com/x") && may("https://uploads.github.com/x"));
        assert!(!may("https://github.com/x") && !may("https://uploads.github.com.evil.example/x"));
        assert!(!may("http://api.github.com/x") && !may("https://api.github.com:444/x"));
    }
}
