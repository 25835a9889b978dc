//! Where a request came from. Of proxies that we trust, what they say of it is believed; anybody else could say anything.

use std::net::{IpAddr, SocketAddr};

use axum::http::HeaderMap;

use crate::operations::server::Network;

/// The address that a request came from, and how it came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientAddress {
    pub ip: IpAddr,
    /// Something passed it on, trusted or not.
    pub passed_on: bool,
    /// A proxy that we trust named it.
    pub named: bool,
}

impl ClientAddress {
    /// `X-Forwarded-For` names whom each proxy was asked by, the last one at the right: the first from there that is no
    /// proxy of ours is who asked.
    pub fn of(peer: SocketAddr, headers: &HeaderMap, trusted: &[Network]) -> Self {
        let is_trusted = |ip: IpAddr| trusted.iter().any(|network| network.contains(ip));
        let mut ip = peer.ip().to_canonical();
        let mut is_named = false;
        let passed_on = ["x-forwarded-for", "forwarded", "x-real-ip", "via"]
            .into_iter()
            .any(|name| headers.contains_key(name));
        let hops: Vec<&str> = headers
            .get_all("x-forwarded-for")
            .into_iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .collect();
        for hop in hops.into_iter().rev() {
            if !is_trusted(ip) {
                break;
            }
            let Some(named) = read(hop.trim()) else {
                break;
            };
            ip = named;
            is_named = true;
        }
        Self {
            ip,
            passed_on,
            // Who is trusted to name others, and named nobody, is not who tried.
            named: is_named && !is_trusted(ip),
        }
    }

    /// Asked on this machine, by nobody else's wish.
    pub fn is_local(&self) -> bool {
        self.ip.is_loopback() && !self.passed_on
    }

    /// Under which codes that were wrong are counted. Who redeems for others asks from one address for all of them: only
    /// one that a proxy of ours named says who tried.
    pub fn for_guesses(&self) -> Option<IpAddr> {
        self.named.then(|| self.for_limits())
    }

    /// Under which limits are counted: of IPv6, a household or company has a network of 64 bits at least.
    pub fn for_limits(&self) -> IpAddr {
        match self.ip {
            IpAddr::V4(_) => self.ip,
            IpAddr::V6(ip) => {
                let [a, b, c, d, ..] = ip.segments();
                IpAddr::from([a, b, c, d, 0, 0, 0, 0])
            }
        }
    }
}

/// An address, perhaps with a port.
fn read(text: &str) -> Option<IpAddr> {
    let ip = text
        .parse::<IpAddr>()
        .or_else(|_| text.parse::<SocketAddr>().map(|address| address.ip()));
    Some(ip.ok()?.to_canonical())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn asked(peer: &str, forwarded: &[&'static str], trusted: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append("x-forwarded-for", HeaderValue::from_static(value));
        }
        let trusted: Vec<Network> = trusted.iter().map(|text| text.parse().unwrap()).collect();
        let peer = SocketAddr::new(peer.parse().unwrap(), 4000);
        ClientAddress::of(peer, &headers, &trusted).ip.to_string()
    }

    #[test]
    fn only_a_trusted_proxy_is_believed_and_only_about_whom_it_was_asked_by() {
        let proxies = ["10.0.0.0/8", "::1"];
        assert_eq!(asked("192.0.2.7", &["203.0.113.9"], &proxies), "192.0.2.7");
        assert_eq!(asked("10.0.0.1", &["203.0.113.9"], &proxies), "203.0.113.9");
        assert_eq!(asked("10.0.0.1", &["203.0.113.9"], &[]), "10.0.0.1");
        // What a client wrote itself stands at the left.
        assert_eq!(
            asked("10.0.0.1", &["127.0.0.1, 203.0.113.9"], &proxies),
            "203.0.113.9"
        );
        assert_eq!(
            asked("10.0.0.1", &["203.0.113.9, 10.0.0.2"], &proxies),
            "203.0.113.9"
        );
        assert_eq!(
            asked("10.0.0.1", &["1.1.1.1", "203.0.113.9"], &proxies),
            "203.0.113.9"
        );
        assert_eq!(
            asked("10.0.0.1", &["203.0.113.9, nonsense"], &proxies),
            "10.0.0.1"
        );
        assert_eq!(
            asked("::ffff:10.0.0.1", &["[2001:db8::1]:443"], &proxies),
            "2001:db8::1"
        );
    }

    #[test]
    fn only_an_address_that_a_trusted_proxy_named_is_counted_by() {
        let proxies: Vec<Network> = vec!["10.0.0.0/8".parse().unwrap()];
        let mut headers = HeaderMap::new();
        let of = |peer: [u8; 4], headers: &HeaderMap| {
            let peer = SocketAddr::from((peer, 4000));
            ClientAddress::of(peer, headers, &proxies).for_guesses()
        };
        assert_eq!(of([10, 0, 0, 1], &headers), None);
        headers.insert("x-forwarded-for", HeaderValue::from_static("10.0.0.9"));
        assert_eq!(of([10, 0, 0, 1], &headers), None);
        headers.insert("x-forwarded-for", HeaderValue::from_static("192.0.2.1"));
        assert_eq!(
            of([10, 0, 0, 1], &headers),
            Some(IpAddr::from([192, 0, 2, 1]))
        );
        assert_eq!(of([192, 0, 2, 7], &headers), None);
    }

    #[test]
    fn whoever_is_passed_on_is_not_local() {
        let local = SocketAddr::from(([127, 0, 0, 1], 4000));
        let mut headers = HeaderMap::new();
        assert!(ClientAddress::of(local, &headers, &[]).is_local());
        headers.insert("x-forwarded-for", HeaderValue::from_static("127.0.0.1"));
        assert!(!ClientAddress::of(local, &headers, &[]).is_local());
    }
}
