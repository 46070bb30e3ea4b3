//! What a rate limit is to the stores: a bucket that fills by itself (GCRA: one time stamp says how full it is).

use std::time::Duration;

/// A bucket: full at first, it gains one each interval up to its capacity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bucket {
    /// How much it holds at most.
    pub capacity: u32,
    /// How long it takes to gain one.
    pub interval: Duration,
}

/// What became of an attempt to take something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It was there, and is taken.
    Allowed,
    /// There is too little, and nothing was taken.
    Refused {
        /// How long until there will be enough.
        wait: Duration,
    },
}

impl Bucket {
    /// `full_at` is when the bucket will be full again (microseconds, any epoch), `now` the present. Gives back when
    /// it will be full once `cost` is taken, or how much too late that is.
    pub fn take(self, full_at: i64, now: i64, cost: u32) -> Result<i64, Duration> {
        let interval = self.interval_micros();
        let next = full_at
            .max(now)
            .saturating_add(interval.saturating_mul(i64::from(cost)));
        let latest = now.saturating_add(interval.saturating_mul(i64::from(self.capacity)));
        if next <= latest {
            Ok(next)
        } else {
            Err(Duration::from_micros(next.abs_diff(latest)))
        }
    }

    /// The interval in microseconds, at least one.
    pub(super) fn interval_micros(self) -> i64 {
        i64::try_from(self.interval.as_micros())
            .unwrap_or(i64::MAX)
            .max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BUCKET: Bucket = Bucket {
        capacity: 3,
        interval: Duration::from_millis(1),
    };

    #[test]
    fn a_full_bucket_gives_its_capacity_and_then_one_an_interval() {
        let mut full_at = 0;
        for _ in 0..3 {
            full_at = BUCKET.take(full_at, 10_000, 1).unwrap();
        }
        assert_eq!(BUCKET.take(full_at, 10_000, 1), Err(Duration::from_millis(1)));
        assert!(BUCKET.take(full_at, 10_999, 1).is_err());
        assert_eq!(BUCKET.take(full_at, 11_000, 1), Ok(14_000));
    }

    #[test]
    fn what_is_refused_takes_nothing_and_rest_fills_no_more_than_the_bucket() {
        assert!(BUCKET.take(0, 10_000, 4).is_err());
        let full_at = BUCKET.take(0, 1_000_000, 3).unwrap();
        assert_eq!(full_at, 1_003_000);
        assert!(BUCKET.take(full_at, 1_000_000, 1).is_err());
    }
}
