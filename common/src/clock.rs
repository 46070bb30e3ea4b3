//! The time: injected, so that tests never wait for a deadline.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use chrono::{DateTime, Duration, FixedOffset, SubsecRound, Utc};

/// Where a service reads the time. Cheap to clone; clones of a fixed clock turn together.
#[derive(Clone, Debug, Default)]
pub enum Clock {
    /// The machine's clock.
    #[default]
    System,
    /// A clock that stands still until it is told to move.
    Fixed(Arc<Mutex<DateTime<Utc>>>),
    /// Counts on from what the database said last. Replicas whose machines disagree agree on deadlines (fault F20).
    Following(Arc<Mutex<(DateTime<Utc>, Instant)>>),
}

impl Clock {
    /// A clock that stands at `at`.
    pub fn fixed(at: DateTime<Utc>) -> Self {
        Self::Fixed(Arc::new(Mutex::new(at)))
    }

    /// The present in UTC, cut to microseconds: what a `datetime(6)` column gives back equals what was stored.
    pub fn now(&self) -> DateTime<Utc> {
        match self {
            Self::System => Utc::now(),
            Self::Fixed(at) => *at.lock().unwrap_or_else(PoisonError::into_inner),
            Self::Following(told) => {
                let (time, at) = *told.lock().unwrap_or_else(PoisonError::into_inner);
                time + at.elapsed()
            }
        }
        .trunc_subsecs(6)
    }

    /// A clock that counts on from `time`, which the database just said. A fixed clock stays itself.
    pub fn following(&self, time: DateTime<Utc>) -> Self {
        match self {
            Self::Fixed(at) => Self::Fixed(at.clone()),
            Self::System | Self::Following(_) => {
                Self::Following(Arc::new(Mutex::new((time, Instant::now()))))
            }
        }
    }

    /// Tells a following clock what the database says now; other clocks do not listen.
    pub fn follow(&self, time: DateTime<Utc>) {
        if let Self::Following(told) = self {
            *told.lock().unwrap_or_else(PoisonError::into_inner) = (time, Instant::now());
        }
    }

    /// Moves a fixed clock forward; other clocks stay as they are.
    pub fn advance(&self, by: Duration) {
        if let Self::Fixed(at) = self {
            *at.lock().unwrap_or_else(PoisonError::into_inner) += by;
        }
    }
}

/// Seconds that the shop's wall clock is ahead of UTC: Asia/Shanghai, which has had no summer time since 1991.
const SHOP_OFFSET_SECONDS: i32 = 8 * 3600;

/// The same instant on the shop's wall clock (Asia/Shanghai), for people and for order ids.
pub fn shop_time(at: DateTime<Utc>) -> DateTime<FixedOffset> {
    match FixedOffset::east_opt(SHOP_OFFSET_SECONDS) {
        Some(offset) => at.with_timezone(&offset),
        None => at.fixed_offset(),
    }
}

/// `2026-11-21 19:30:45` on the shop's wall clock: how the contract shows times (contract O3).
pub fn shop_text(at: DateTime<Utc>) -> String {
    shop_time(at).format("%Y-%m-%d %H:%M:%S").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone;

    #[test]
    fn shop_text_is_eight_hours_ahead_of_utc() {
        let at = Utc.with_ymd_and_hms(2026, 11, 21, 20, 30, 45).unwrap();
        assert_eq!(shop_text(at), "2026-11-22 04:30:45");
    }

    #[test]
    fn a_following_clock_goes_by_what_it_was_told() {
        let told = Utc.with_ymd_and_hms(2030, 1, 1, 0, 0, 0).unwrap();
        let clock = Clock::System.following(told);
        assert!((clock.now() - told).num_seconds() < 60);
        clock.follow(told - Duration::days(1));
        assert!(clock.now() < told);
    }

    #[test]
    fn a_fixed_clock_moves_only_when_told() {
        let clock = Clock::fixed(Utc.with_ymd_and_hms(2026, 1, 1, 0, 0, 0).unwrap());
        let before = clock.now();
        assert_eq!(clock.now(), before);
        clock.advance(Duration::seconds(61));
        assert_eq!(clock.now() - before, Duration::seconds(61));
    }
}
