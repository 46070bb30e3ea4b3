//! Where a request came from, as far as limits and proofs go by it.

use std::net::IpAddr;

/// Whoever sits at the other end: their address, and how their browser calls itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    /// What limits count by: an IPv4 address, or the network of an IPv6 one.
    pub address: String,
    /// `User-Agent`, cut to what is worth comparing.
    user_agent: String,
}

/// Letters of a `User-Agent` that are compared.
const AGENT_CHARS: usize = 256;

impl Client {
    /// The client at `address`; one whose address nobody knows shares its limits with the likes of it.
    pub fn new(address: Option<IpAddr>, user_agent: &str) -> Self {
        Self {
            address: address.map_or_else(|| "unknown".to_owned(), unit),
            user_agent: user_agent.chars().take(AGENT_CHARS).collect(),
        }
    }

    /// What two requests of one browser have in common: the same address and the same name.
    pub fn mark(&self) -> String {
        format!("{}\n{}", self.address, self.user_agent)
    }
}

/// Who has one IPv6 address has the 2^64 beside it: they count as one.
fn unit(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_in_an_ipv6_network_count_as_one() {
        let client = |text: &str| Client::new(text.parse().ok(), "agent").address;
        assert_eq!(client("2001:db8::1"), client("2001:db8::ffff:2"));
        assert_ne!(client("2001:db8::1"), client("2001:db8:0:1::1"));
        assert_eq!(client("::ffff:203.0.113.7"), client("203.0.113.7"));
    }
}
