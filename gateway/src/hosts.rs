//! What the gateway may be called by: a request that is addressed to somebody else is none of ours (feature S101).

use std::net::IpAddr;

use common::settings::{PUBLIC_API_URL, PUBLIC_WEB_URL, SettingsError, Source};
use http::Uri;
use http::uri::Authority;

use crate::settings::HOSTS;

/// The names, without port.
#[derive(Clone, Debug)]
pub enum Hosts {
    /// All of them.
    Any,
    /// These, and loopback.
    Listed {
        /// In lower case.
        names: Vec<String>,
        /// Whether somebody may call us by an address: so when we listen on all of this machine's.
        is_any_address: bool,
    },
}

impl Hosts {
    /// What the settings say. `listens_on` is our own address.
    ///
    /// # Errors
    /// When the list is empty.
    pub fn read(source: &Source, listens_on: IpAddr) -> Result<Self, SettingsError> {
        let mut names = match source.optional(HOSTS) {
            Some(_) => source.list(HOSTS)?,
            None => Vec::new(),
        };
        if names.iter().any(|name| name == "*") {
            return Ok(Self::Any);
        }
        let public = [PUBLIC_API_URL, PUBLIC_WEB_URL].map(|url| source.optional(url));
        let hosts = public.iter().flatten().filter_map(|url| {
            let url: Uri = url.parse().ok()?;
            url.host().map(str::to_owned)
        });
        names.extend(hosts);
        names.push("localhost".to_owned());
        names.push(listens_on.to_string());
        for name in &mut names {
            name.make_ascii_lowercase();
        }
        Ok(Self::Listed {
            names,
            is_any_address: listens_on.is_unspecified(),
        })
    }

    /// Whether a request with this `Host` is addressed to us.
    pub fn include(&self, host: &[u8]) -> bool {
        let Self::Listed {
            names,
            is_any_address,
        } = self
        else {
            return true;
        };
        if names.iter().any(|name| is_named(host, name)) {
            return true;
        }
        let Ok(authority) = Authority::try_from(host) else {
            return false;
        };
        let bare = authority.host().trim_matches(['[', ']']);
        bare.parse::<IpAddr>()
            .is_ok_and(|address| *is_any_address || address.is_loopback())
    }
}

/// Whether `host` is `name`, with or without a port.
fn is_named(host: &[u8], name: &str) -> bool {
    let Some((host, rest)) = host.split_at_checked(name.len()) else {
        return false;
    };
    let is_port = |rest: &[u8]| rest.first() == Some(&b':') && rest[1..].iter().all(u8::is_ascii_digit);
    host.eq_ignore_ascii_case(name.as_bytes()) && (rest.is_empty() || is_port(rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use common::settings::Setting;

    fn hosts(settings: &[(Setting, &str)], listens_on: &str) -> Hosts {
        let mut source = Source::default();
        for (setting, value) in settings {
            source.supply(*setting, *value);
        }
        Hosts::read(&source, listens_on.parse().unwrap()).unwrap()
    }

    #[test]
    fn our_own_names_are_ours_and_no_others() {
        let hosts = hosts(
            &[
                (HOSTS, "Shop.example, api"),
                (PUBLIC_API_URL, "https://api.example:8443"),
            ],
            "10.0.0.5",
        );
        for ours in [
            "shop.example",
            "SHOP.example:80",
            "api:8000",
            "api.example",
            "127.0.0.1:8000",
            "[::1]:8000",
            "localhost",
            "10.0.0.5:8000",
        ] {
            assert!(hosts.include(ours.as_bytes()), "{ours}");
        }
        for other in [
            "evil.example",
            "shop.example.evil",
            "evil.shop.example",
            "shop.example:80x",
            "shop.example@evil",
            "8.8.8.8",
            "10.0.0.6",
            "",
            ":80",
            "a b",
        ] {
            assert!(!hosts.include(other.as_bytes()), "{other}");
        }
    }

    #[test]
    fn who_listens_everywhere_may_be_called_by_any_address() {
        let hosts = hosts(&[], "0.0.0.0");
        assert!(hosts.include(b"192.168.1.7:8000"));
        assert!(!hosts.include(b"evil.example"));
        let any = Hosts::read(&Source::of([(HOSTS, "*")]), IpAddr::from([0, 0, 0, 0])).unwrap();
        assert!(any.include(b"evil.example"));
    }
}
