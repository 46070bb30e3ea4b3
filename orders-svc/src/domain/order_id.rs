//! How order ids are made: shop time to the second, then the user id (contract §0.6).

use std::collections::HashMap;

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use common::clock::shop_time;
use common::contracts::ids::{NotAnOrderId, OrderId, UserId};

const SECOND_FORMAT: &str = "%Y%m%d%H%M%S";
/// Digits of an id that say the second.
const SECOND_DIGITS: usize = 14;

/// The second of the shop's wall clock that `at` lies in.
pub fn shop_second(at: DateTime<Utc>) -> NaiveDateTime {
    let local = shop_time(at).naive_local();
    local - TimeDelta::nanoseconds(i64::from(local.and_utc().timestamp_subsec_nanos()))
}

/// The id of the user's order of that second.
pub fn order_id(second: NaiveDateTime, user: UserId) -> Result<OrderId, NotAnOrderId> {
    format!("{}{user}", second.format(SECOND_FORMAT)).parse()
}

/// The second that an id says; `None` for digits that are no time.
pub fn second_of(id: &OrderId) -> Option<NaiveDateTime> {
    let digits = id.as_str().get(..SECOND_DIGITS)?;
    NaiveDateTime::parse_from_str(digits, SECOND_FORMAT).ok()
}

/// Below which text the ids of all orders before `at` lie: ids sort by time.
pub fn lower_bound(at: DateTime<Utc>) -> String {
    shop_second(at).format(SECOND_FORMAT).to_string()
}

/// The second of each buyer's last order as far as this process knows, so that a buyer of several orders a second
/// seldom tries an id that is taken. The primary key decides.
#[derive(Debug, Default)]
pub struct LastSeconds(HashMap<i64, NaiveDateTime>);

/// Above this many buyers those whose last second has passed are forgotten.
const REMEMBERED_BUYERS: usize = 10_000;

impl LastSeconds {
    /// The next free second of a buyer: the present one, or that after their last.
    pub fn next(&mut self, user: UserId, now: NaiveDateTime) -> NaiveDateTime {
        if self.0.len() >= REMEMBERED_BUYERS {
            self.0.retain(|_, last| *last >= now);
        }
        let next = match self.0.get(&user.0) {
            Some(last) if *last >= now => *last + TimeDelta::seconds(1),
            Some(_) | None => now,
        };
        self.0.insert(user.0, next);
        next
    }

    /// Forgets the buyer: the second handed out last was not used.
    pub fn forget(&mut self, user: UserId) {
        self.0.remove(&user.0);
    }

    /// Learns that the buyer has an order of that second.
    pub fn learn(&mut self, user: UserId, taken: NaiveDateTime) {
        let last = self.0.entry(user.0).or_insert(taken);
        *last = taken.max(*last);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone;

    #[test]
    fn an_id_is_shop_time_and_user_id() {
        let at = Utc.with_ymd_and_hms(2026, 12, 31, 16, 0, 7).unwrap() + TimeDelta::milliseconds(999);
        let id = order_id(shop_second(at), UserId(42)).unwrap();
        assert_eq!(id.as_str(), "2027010100000742");
        assert_eq!(second_of(&id), Some(shop_second(at)));
    }

    #[test]
    fn digits_that_are_no_time_say_no_second() {
        for id in ["999999999999999", "20261332000000007"] {
            assert_eq!(second_of(&id.parse().unwrap()), None, "{id}");
        }
    }

    #[test]
    fn orders_of_one_buyer_take_the_next_free_second() {
        let now = shop_second(Utc.with_ymd_and_hms(2026, 11, 21, 3, 4, 5).unwrap());
        let second = |more| now + TimeDelta::seconds(more);
        let mut seconds = LastSeconds::default();
        assert_eq!(seconds.next(UserId(7), now), now);
        assert_eq!(seconds.next(UserId(7), now), second(1));
        assert_eq!(seconds.next(UserId(8), now), now);
        seconds.learn(UserId(7), second(5));
        seconds.learn(UserId(7), second(3));
        assert_eq!(seconds.next(UserId(7), second(2)), second(6));
        assert_eq!(seconds.next(UserId(7), second(9)), second(9));
    }

    #[test]
    fn ids_sort_by_time_whatever_the_user_id() {
        let at = Utc.with_ymd_and_hms(2026, 11, 21, 3, 4, 5).unwrap();
        let earlier = order_id(shop_second(at), UserId(999_999_999)).unwrap();
        let later = order_id(shop_second(at + TimeDelta::seconds(1)), UserId(1)).unwrap();
        assert!(earlier.as_str() < lower_bound(at + TimeDelta::seconds(1)).as_str());
        assert!(lower_bound(at + TimeDelta::seconds(1)).as_str() <= later.as_str());
    }
}
