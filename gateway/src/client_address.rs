//! Where a request comes from: the socket's other end, or what a proxy of ours says of it.

use std::net::IpAddr;

use common::settings::{SettingsError, Source, invalid};
use http::HeaderMap;
use http::header::HeaderName;

use crate::settings::TRUSTED_PROXIES;

/// What a proxy says of who asked it.
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
/// How it was asked.
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
/// Bits of an IPv6 address that belong to one customer.
const CUSTOMER_BITS: u32 = 64;

/// The networks of our own proxies.
#[derive(Clone, Debug, Default)]
pub struct Proxies(Vec<Network>);

/// A range of addresses: its first one, and how many leading bits it fixes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Network {
    first: IpAddr,
    bits: u32,
}

/// Who asks, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Client {
    /// Where the request came from.
    pub address: IpAddr,
    /// Whether it came over TLS to our first proxy.
    pub is_secure: bool,
}

impl Proxies {
    /// What the settings say: none by default.
    ///
    /// # Errors
    /// When an entry is neither an address nor a network as `10.0.0.0/8`.
    pub fn read(source: &Source) -> Result<Self, SettingsError> {
        if source.optional(TRUSTED_PROXIES).is_none() {
            return Ok(Self::default());
        }
        let networks = source.list(TRUSTED_PROXIES)?.into_iter().map(|text| {
            Network::parse(&text)
                .ok_or_else(|| invalid(TRUSTED_PROXIES, format!("{text:?} is no network, as 10.0.0.0/8")))
        });
        networks.collect::<Result<_, _>>().map(Self)
    }

    /// Whether this is a proxy of ours.
    pub fn include(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.includes(address))
    }

    /// Who asks. Of `X-Forwarded-For` the last address that is no proxy of ours counts: what stands before it, the
    /// client may have written itself.
    pub fn client(&self, peer: IpAddr, headers: &HeaderMap) -> Client {
        if self.0.is_empty() || !self.include(peer) {
            return Client {
                address: peer.to_canonical(),
                is_secure: false,
            };
        }
        let mut address = peer;
        let lines = headers.get_all(FORWARDED_FOR).iter().rev();
        let hops = lines.flat_map(|line| line.to_str().unwrap_or_default().rsplit(','));
        for hop in hops {
            let Ok(hop) = hop.trim().parse() else {
                break;
            };
            address = hop;
            if !self.include(hop) {
                break;
            }
        }
        let proto = headers.get_all(FORWARDED_PROTO).iter().next_back();
        Client {
            address: address.to_canonical(),
            is_secure: proto.is_some_and(|proto| proto.as_bytes().eq_ignore_ascii_case(b"https")),
        }
    }
}

impl Network {
    fn parse(text: &str) -> Option<Self> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits.parse::<u32>().ok()?)),
            None => (text, None),
        };
        let first: IpAddr = address.parse().ok()?;
        let most = if first.is_ipv4() { 32 } else { 128 };
        let bits = bits.unwrap_or(most);
        (bits <= most).then_some(Self { first, bits })
    }

    fn includes(&self, address: IpAddr) -> bool {
        match (self.first, address.to_canonical()) {
            (IpAddr::V4(first), IpAddr::V4(address)) => {
                let differ = first.to_bits() ^ address.to_bits();
                differ.leading_zeros() >= self.bits
            }
            (IpAddr::V6(first), IpAddr::V6(address)) => {
                let differ = first.to_bits() ^ address.to_bits();
                differ.leading_zeros() >= self.bits
            }
            (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
        }
    }
}

/// What limits are counted by: an IPv4 address, or the network of an IPv6 customer, who owns all addresses in it.
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => {
            let kept = u128::MAX << CUSTOMER_BITS;
            IpAddr::V6((address.to_bits() & kept).into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn proxies(text: &str) -> Proxies {
        Proxies::read(&Source::of([(TRUSTED_PROXIES, text)])).unwrap()
    }

    fn client(proxies: &Proxies, peer: &str, forwarded: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append(FORWARDED_FOR, HeaderValue::from_str(line).unwrap());
        }
        proxies
            .client(peer.parse().unwrap(), &headers)
            .address
            .to_string()
    }

    #[test]
    fn a_stranger_is_not_believed() {
        let proxies = proxies("10.0.0.0/8");
        assert_eq!(client(&proxies, "8.8.8.8", &["1.2.3.4"]), "8.8.8.8");
        assert_eq!(client(&Proxies::default(), "10.0.0.1", &["1.2.3.4"]), "10.0.0.1");
    }

    #[test]
    fn of_a_proxys_word_the_last_hop_that_is_none_of_ours_counts() {
        let proxies = proxies("10.0.0.0/8, ::1");
        for (peer, forwarded, expected) in [
            ("10.0.0.1", &["1.2.3.4"][..], "1.2.3.4"),
            ("::ffff:10.0.0.1", &["1.2.3.4"], "1.2.3.4"),
            ("10.0.0.1", &["6.6.6.6, 1.2.3.4, 10.9.9.9"], "1.2.3.4"),
            ("10.0.0.1", &["6.6.6.6", "1.2.3.4"], "1.2.3.4"),
            ("10.0.0.1", &[], "10.0.0.1"),
            ("10.0.0.1", &["rubbish"], "10.0.0.1"),
            ("10.0.0.1", &["6.6.6.6, rubbish, 10.0.0.2"], "10.0.0.2"),
            ("::1", &["2001:db8::1"], "2001:db8::1"),
        ] {
            assert_eq!(
                client(&proxies, peer, forwarded),
                expected,
                "{peer} {forwarded:?}"
            );
        }
    }

    #[test]
    fn networks_are_read_with_their_bits() {
        let proxies = proxies("172.16.0.0/12,192.168.1.7");
        for (address, is_ours) in [
            ("172.31.255.255", true),
            ("172.32.0.0", false),
            ("192.168.1.7", true),
            ("192.168.1.8", false),
            ("::1", false),
        ] {
            assert_eq!(proxies.include(address.parse().unwrap()), is_ours, "{address}");
        }
        for wrong in ["10.0.0.0/33", "x", "10.0.0.0/", "10.0.0/8"] {
            assert!(
                Proxies::read(&Source::of([(TRUSTED_PROXIES, wrong)])).is_err(),
                "{wrong}"
            );
        }
        assert!(
            Network::parse("0.0.0.0/0")
                .unwrap()
                .includes(IpAddr::from([1, 2, 3, 4]))
        );
    }

    #[test]
    fn limits_count_an_ipv6_customer_once() {
        let one: IpAddr = "2001:db8:1:2:aaaa::1".parse().unwrap();
        let other: IpAddr = "2001:db8:1:2:bbbb::2".parse().unwrap();
        assert_eq!(network(one), network(other));
    }
}
