//! When the provider is asked about a payment of which no notify came.

use chrono::{DateTime, TimeDelta, Utc};

/// After registration (reliability: the buyer is at the cashier).
const AFTER_REGISTRATION: [TimeDelta; 4] = [
    TimeDelta::minutes(1),
    TimeDelta::minutes(3),
    TimeDelta::minutes(10),
    TimeDelta::minutes(25),
];

/// After the cashier stopped accepting: money that was on its way.
const AFTER_DEADLINE: [TimeDelta; 4] = [
    TimeDelta::zero(),
    TimeDelta::hours(1),
    TimeDelta::hours(6),
    TimeDelta::hours(24),
];

/// A question without a usable answer is put again after this long, doubled each time up to [`LONGEST_RETRY`].
const FIRST_RETRY: TimeDelta = TimeDelta::seconds(15);
const LONGEST_RETRY: TimeDelta = TimeDelta::minutes(4);

/// The questions of a payment end after this many failures in a row: a day and a half at the longest pause.
const MAX_FAILED_QUERIES: u32 = 540;

/// From this many failures in a row on someone must look.
pub(crate) const ALERT_AFTER_FAILURES: u32 = 5;

/// The first planned time after `now`; `None` when the last one has passed.
pub(crate) fn next_query(
    created_at: DateTime<Utc>,
    expire_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    let early = AFTER_REGISTRATION.map(|pause| created_at + pause);
    let late = AFTER_DEADLINE.map(|pause| expire_at + pause);
    let before_deadline = early.into_iter().filter(|at| *at < expire_at);
    before_deadline.chain(late).filter(|at| *at > now).min()
}

/// When to ask again after `failures` questions in a row without a usable answer; `None` when it is enough.
pub(crate) fn next_try(failures: u32, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let doubled = FIRST_RETRY * (1 << failures.saturating_sub(1).min(10));
    (failures < MAX_FAILED_QUERIES).then(|| now + doubled.min(LONGEST_RETRY))
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone;

    fn minutes_of_all_queries(deadline_minutes: i64) -> Vec<i64> {
        let created_at = Utc.with_ymd_and_hms(2026, 11, 21, 0, 0, 0).unwrap();
        let expire_at = created_at + TimeDelta::minutes(deadline_minutes);
        let mut now = created_at;
        let mut asked = Vec::new();
        while let Some(at) = next_query(created_at, expire_at, now) {
            asked.push((at - created_at).num_minutes());
            now = at;
        }
        asked
    }

    #[test]
    fn a_payment_is_asked_about_until_a_day_after_its_deadline() {
        assert_eq!(minutes_of_all_queries(30), [1, 3, 10, 25, 30, 90, 390, 1470]);
    }

    #[test]
    fn a_short_deadline_leaves_out_what_lies_behind_it() {
        assert_eq!(minutes_of_all_queries(5), [1, 3, 5, 65, 365, 1445]);
    }

    #[test]
    fn failed_questions_are_put_again_ever_more_slowly_and_not_for_ever() {
        let now = Utc.with_ymd_and_hms(2026, 11, 21, 0, 0, 0).unwrap();
        let pause = |failures| next_try(failures, now).map(|at| (at - now).num_seconds());
        assert_eq!(pause(1), Some(15));
        assert_eq!(pause(3), Some(60));
        assert_eq!(pause(50), Some(240));
        assert_eq!(pause(540), None);
    }
}
