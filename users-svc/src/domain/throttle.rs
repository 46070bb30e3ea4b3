//! How wrong tries slow down the next ones: some are free, then each closes the door for longer.

/// A rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Throttle {
    /// Tries before the door closes for the first time.
    pub free: u32,
    /// The longest that it closes for, in seconds.
    pub longest_seconds: i64,
    /// How long after the last try all is forgotten, in seconds.
    pub memory_seconds: u64,
}

/// What is remembered of tries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tries {
    /// How many there were.
    pub count: u32,
    /// Until when the door is closed, in seconds since 1970.
    pub closed_until: i64,
}

/// Seconds until another try is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait(pub i64);

impl Tries {
    /// How long the door is closed, if it is.
    pub fn wait(self, now: i64) -> Option<Wait> {
        (self.closed_until > now).then(|| Wait(self.closed_until - now))
    }
}

impl Throttle {
    /// One more try: 1, 2, 4, … seconds for those beyond the free ones.
    pub fn count(self, tries: Tries, now: i64) -> Tries {
        let count = tries.count.saturating_add(1);
        let closed_for = match count.checked_sub(self.free) {
            None | Some(0) => 0,
            Some(beyond) => 1_i64
                .checked_shl(beyond - 1)
                .filter(|seconds| *seconds > 0)
                .unwrap_or(i64::MAX)
                .min(self.longest_seconds),
        };
        Tries {
            count,
            closed_until: if closed_for == 0 { 0 } else { now + closed_for },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: Throttle = Throttle {
        free: 3,
        longest_seconds: 60,
        memory_seconds: 900,
    };

    #[test]
    fn free_tries_close_nothing_and_each_further_one_closes_for_longer() {
        let mut tries = Tries::default();
        let waits: Vec<i64> = (0..10)
            .map(|_| {
                tries = RULE.count(tries, 1000);
                tries.wait(1000).map_or(0, |wait| wait.0)
            })
            .collect();
        assert_eq!(waits, [0, 0, 0, 1, 2, 4, 8, 16, 32, 60]);
    }

    #[test]
    fn no_number_of_tries_overflows() {
        let many = Tries {
            count: u32::MAX,
            closed_until: 0,
        };
        assert_eq!(RULE.count(many, 0).wait(0), Some(Wait(60)));
    }
}
