//! Which addresses are the internet's, and which are this machine's or its neighbours'.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

/// Ends of names that only a local network gives an address to.
const LOCAL_SUFFIXES: &[&str] = &["localhost", "local", "internal", "lan", "home.arpa"];

/// Is it an address that leads out of this machine and its networks?
pub(super) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_shared = a == 100 && (64..128).contains(&b);
    let is_assigned = a == 192 && b == 0 && c == 0;
    let is_benchmark = a == 198 && (18..20).contains(&b);
    let is_this_network = a == 0;
    let is_reserved = a >= 240;
    !(address.is_loopback()
        || address.is_private()
        || address.is_link_local()
        || address.is_multicast()
        || is_this_network
        || is_shared
        || is_assigned
        || is_benchmark
        || is_reserved)
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    if let Some(inner) = embedded_v4(address) {
        return is_public_v4(inner);
    }
    // Everything that is given out lies in 2000::/3; what is local lies outside of it. Teredo hides an address in itself.
    let [first, second, ..] = address.segments();
    let is_teredo = first == 0x2001 && second == 0;
    first & 0xe000 == 0x2000 && !is_teredo
}

/// The address of the older kind that one of the newer kind stands for: mapped, translated (NAT64) or wrapped (6to4).
fn embedded_v4(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let [a, b, c, d, e, f, g, h] = address.segments();
    let of = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        Ipv4Addr::new(a, b, c, d)
    };
    match (a, b) {
        (0, 0) if [c, d, e] == [0; 3] && (f == 0xffff || f == 0) => Some(of(g, h)),
        (0x64, 0xff9b) if [c, d, e, f] == [0; 4] => Some(of(g, h)),
        (0x2002, _) => Some(of(b, c)),
        _ => None,
    }
}

/// Does the URL itself say that it stays in the local network? A name says so only where a proxy looks it up, and nobody here does.
pub(super) fn is_local(url: &Url, is_proxied: bool) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => !is_public(address.into()),
        Some(Host::Ipv6(address)) => !is_public(address.into()),
        Some(Host::Domain(name)) => is_proxied && is_local_name(name),
        None => true,
    }
}

fn is_local_name(name: &str) -> bool {
    let name = name.trim_end_matches('.');
    let ends_with = |suffix: &&str| {
        name.strip_suffix(*suffix).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    !name.contains('.') || LOCAL_SUFFIXES.iter().any(ends_with)
}

/// Is it this machine, by address or by its usual name? No proxy is asked for that.
pub(super) fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_this_machine_and_its_networks_are_not_public() {
        for local in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.8.9.10",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.1",
            "192.168.1.1",
            "198.18.0.1",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::127.0.0.1",
            "::ffff:127.0.0.1",
            "::ffff:192.168.1.1",
            "64:ff9b::10.0.0.1",
            "64:ff9b:1::1",
            "2001:0:1::1",
            "2002:7f00:1::",
            "2002:c0a8:101::1",
            "fc00::1",
            "fd12:3456::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!is_public(local.parse().unwrap()), "{local}");
        }
    }

    #[test]
    fn addresses_of_the_internet_are_public() {
        for public in [
            "1.1.1.1",
            "100.63.255.255",
            "100.128.0.1",
            "172.15.0.1",
            "172.32.0.1",
            "192.0.1.1",
            "198.20.0.1",
            "223.255.255.255",
            "::ffff:8.8.8.8",
            "64:ff9b::8.8.8.8",
            "2002:808:808::1",
            "2606:4700::1111",
        ] {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
    }

    #[test]
    fn urls_are_read_as_the_client_reads_them() {
        for (url, direct, proxied) in [
            ("http://127.1/", true, true),
            ("http://2130706433/", true, true),
            ("http://0x7f.0.0.1/", true, true),
            ("http://[::ffff:10.0.0.1]/", true, true),
            ("http://router/", false, true),
            ("http://printer.local./", false, true),
            ("http://localhost/", false, true),
            ("https://example.com/", false, false),
            ("https://localhost.example.com/", false, false),
            ("https://8.8.8.8/", false, false),
        ] {
            let parsed = Url::parse(url).unwrap();
            assert_eq!(
                (is_local(&parsed, false), is_local(&parsed, true)),
                (direct, proxied),
                "{url}"
            );
        }
    }

    #[test]
    fn this_machine_is_known_by_name_and_by_address() {
        for (url, expected) in [
            ("http://127.0.0.2:1/", true),
            ("http://[::1]/", true),
            ("http://localhost:3000/", true),
            ("http://app.localhost/", true),
            ("http://localhost.example.com/", false),
            ("http://10.0.0.1/", false),
        ] {
            assert_eq!(is_this_machine(&Url::parse(url).unwrap()), expected, "{url}");
        }
    }
}
