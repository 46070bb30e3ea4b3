//! Who sends too many notifies that Alipay never signed is no longer listened to for a while.
//!
//! Only failures count: Alipay itself may send as many as it likes. Forgetting is by whole minutes, and per process:
//! a bound on wasted work, not an account.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use actix_web::HttpRequest;
use chrono::{DateTime, Utc};

/// Addresses that are remembered at once; beyond, all are forgotten, which only lets more in.
const MOST_ADDRESSES: usize = 10_000;
/// Where the gateway writes the address of its caller; it takes out what its caller wrote there.
const FORWARDED_FOR: &str = "x-forwarded-for";

/// Counts failures by address.
#[derive(Debug)]
pub(crate) struct NotifyGuard {
    /// Failures of one address in one minute; `None` when limits are off.
    most: Option<u32>,
    minute: Mutex<Minute>,
}

#[derive(Debug, Default)]
struct Minute {
    number: i64,
    failures: HashMap<IpAddr, u32>,
}

impl NotifyGuard {
    /// One that allows `most` failures a minute; any number when `None`.
    pub(crate) fn new(most: Option<u32>) -> Self {
        Self {
            most,
            minute: Mutex::default(),
        }
    }

    /// Whether what comes from `address` is to be looked at.
    pub(super) fn admits(&self, address: Option<IpAddr>, now: DateTime<Utc>) -> bool {
        let (Some(most), Some(address)) = (self.most, address) else {
            return true;
        };
        let minute = self.minute.lock().unwrap_or_else(PoisonError::into_inner);
        let is_over = |failures: &u32| *failures >= most;
        minute.number != number(now) || !minute.failures.get(&address).is_some_and(is_over)
    }

    /// What came from `address` was not Alipay's.
    pub(super) fn count_failure(&self, address: Option<IpAddr>, now: DateTime<Utc>) {
        let (Some(_), Some(address)) = (self.most, address) else {
            return;
        };
        let mut minute = self.minute.lock().unwrap_or_else(PoisonError::into_inner);
        if minute.number != number(now) || minute.failures.len() >= MOST_ADDRESSES {
            *minute = Minute {
                number: number(now),
                failures: HashMap::new(),
            };
        }
        *minute.failures.entry(address).or_default() += 1;
    }
}

fn number(now: DateTime<Utc>) -> i64 {
    now.timestamp().div_euclid(60)
}

/// Who sent the request: whom the gateway names, else who is connected.
pub(super) fn sender(request: &HttpRequest) -> Option<IpAddr> {
    let named = request
        .headers()
        .get(FORWARDED_FOR)
        .and_then(|value| value.to_str().ok());
    let named = named.and_then(|text| text.rsplit(',').next()?.trim().parse().ok());
    named.or_else(|| request.peer_addr().map(|peer| peer.ip()))
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn only_who_fails_too_often_is_shut_out_and_only_for_the_minute() {
        let now = DateTime::UNIX_EPOCH + TimeDelta::days(20_000);
        let [bad, good] = [1, 2].map(|last| Some(IpAddr::from([10, 0, 0, last])));
        let guard = NotifyGuard::new(Some(2));
        guard.count_failure(bad, now);
        assert!(guard.admits(bad, now));
        guard.count_failure(bad, now);
        assert!(!guard.admits(bad, now) && guard.admits(good, now));
        assert!(guard.admits(bad, now + TimeDelta::minutes(1)));
    }

    #[test]
    fn without_limits_everyone_is_listened_to() {
        let (guard, address) = (NotifyGuard::new(None), Some(IpAddr::from([10, 0, 0, 1])));
        (0..1000).for_each(|_| guard.count_failure(address, DateTime::UNIX_EPOCH));
        assert!(guard.admits(address, DateTime::UNIX_EPOCH));
    }
}
