//! The built-in list of sign-in hosts, which is data: `login_hosts.txt`.

use url::Url;

/// The list, whose head says what a line means.
const LIST: &str = include_str!("login_hosts.txt");

/// A line of the list.
#[derive(Debug, Clone, Copy)]
struct LoginHost<'a> {
    host: &'a str,
    /// The subdomains count, and not the host itself.
    subdomains: bool,
    /// Prefixes of paths; empty: every path.
    paths: &'a str,
}

/// Is this a page of a known sign-in host? https only.
pub(crate) fn contains(url: &Url) -> bool {
    url.scheme() == "https" && url.port().is_none() && entries().any(|entry| entry.matches(url))
}

fn entries() -> impl Iterator<Item = LoginHost<'static>> {
    let lines = LIST.lines().map(str::trim);
    lines.filter(|line| !line.is_empty() && !line.starts_with('#')).map(LoginHost::read)
}

impl LoginHost<'_> {
    fn read(line: &str) -> LoginHost<'_> {
        let (host, paths) = line.split_once(' ').unwrap_or((line, ""));
        let parent = host.strip_prefix("*.");
        LoginHost { host: parent.unwrap_or(host), subdomains: parent.is_some(), paths }
    }

    fn matches(&self, url: &Url) -> bool {
        let Some(host) = url.host_str() else { return false };
        let is_host = match self.subdomains {
            true => host
                .strip_suffix(self.host)
                .is_some_and(|prefix| prefix.len() > 1 && prefix.ends_with('.')),
            false => host == self.host,
        };
        let mut paths = self.paths.split_whitespace();
        is_host && (self.paths.is_empty() || paths.any(|path| url.path().starts_with(path)))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    /// Names that many owners share, one level up: nobody's sign-in as a whole. Those of the list's countries and hosts, not
    /// every suffix that there is.
    const PUBLIC_SUFFIXES: &[&str] = &[
        "co.uk",
        "com.au",
        "com.br",
        "com.cn",
        "co.jp",
        "co.kr",
        "github.io",
        "gitlab.io",
        "pages.dev",
        "vercel.app",
        "netlify.app",
        "web.app",
        "firebaseapp.com",
        "supabase.co",
        "herokuapp.com",
        "azurewebsites.net",
        "cloudfront.net",
        "amazonaws.com",
        "appspot.com",
        "workers.dev",
    ];

    fn check(url: &str, expected: bool) {
        assert_eq!(contains(&Url::parse(url).unwrap()), expected, "{url}");
    }

    #[test]
    fn each_line_is_well_formed_and_there_once() {
        let mut seen = HashSet::new();
        for entry in entries() {
            let LoginHost { host, subdomains, paths } = entry;
            let url = Url::parse(&format!("https://{host}/")).unwrap();
            assert_eq!(url.host_str(), Some(host), "lower case, punycode, no port: {host}");
            assert!(host.parse::<std::net::IpAddr>().is_err() && host.contains('.'), "{host}");
            assert!(seen.insert((host, subdomains)), "twice: {host}");
            for path in paths.split_whitespace() {
                assert!(path.starts_with('/') && path.len() > 1, "{host} {path}");
            }
        }
        assert!(seen.len() > 50);
    }

    #[test]
    fn no_line_is_a_name_that_many_owners_share() {
        for entry in entries() {
            let shared = PUBLIC_SUFFIXES.contains(&entry.host);
            assert!(!shared || (entry.subdomains && !entry.paths.is_empty()), "{entry:?}");
        }
    }

    #[test]
    fn each_line_lets_in_its_sign_in_and_nothing_that_looks_like_it() {
        for entry in entries() {
            let LoginHost { host, subdomains, paths } = entry;
            let own = if subdomains { format!("tenant.{host}") } else { host.to_owned() };
            let mut prefixes: Vec<_> = paths.split_whitespace().collect();
            if prefixes.is_empty() {
                prefixes.push("/");
            }
            for path in prefixes {
                check(&format!("https://{own}{path}?client_id=1"), true);
                check(&format!("http://{own}{path}"), false);
                check(&format!("https://{own}:8443{path}"), false);
                check(&format!("https://{own}.example{path}"), false);
                check(&format!("https://{own}@example.com{path}"), false);
                check(&format!("https://not{host}{path}"), false);
                check(&format!("https://example.com{path}?https://{own}{path}"), false);
                check(&format!("https://{host}{path}"), !subdomains);
            }
            if !paths.is_empty() {
                check(&format!("https://{own}/"), false);
                check(&format!("https://{own}/elsewhere{paths}"), false);
            }
        }
    }

    #[test]
    fn real_addresses_of_sign_ins() {
        check("https://accounts.google.com/o/oauth2/v2/auth?x=y", true);
        check("https://login.microsoftonline.com/common/oauth2/v2.0/authorize", true);
        check("https://example.eu.auth0.com/authorize", true);
        check("https://github.com/login/oauth/authorize", true);
        check("https://github.com/someone/something", false);
        check("https://my-project.firebaseapp.com/__/auth/handler", true);
        check("https://my-project.firebaseapp.com/phishing.html", false);
    }
}
