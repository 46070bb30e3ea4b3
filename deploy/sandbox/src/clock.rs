//! Time: Alipay's way of writing it, and the clock of the notify ladder, which can be turned forward.

use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{fs, io};

use chrono::{DateTime, FixedOffset, NaiveDateTime, TimeDelta, Utc};
use tokio::sync::watch;

use crate::files::write_atomically;

/// Every time on Alipay's wire is in GMT+8 (reference of `timestamp`, `time_expire`, `notify_time`).
const GMT8: FixedOffset = match FixedOffset::east_opt(8 * 3600) {
    Some(offset) => offset,
    None => panic!("eight hours are less than a day"),
};
const WIRE_FORMAT: &str = "%Y-%m-%d %H:%M:%S";

/// Ten years, far more than the longest ladder.
const MAX_ADVANCE_SECONDS: u64 = 315_360_000;

/// `2026-11-19 22:01:35` in GMT+8.
pub(crate) fn wire_time(at: DateTime<Utc>) -> String {
    gmt8(at, WIRE_FORMAT)
}

/// `at` in GMT+8 in a chrono format.
pub(crate) fn gmt8(at: DateTime<Utc>, format: &str) -> String {
    at.with_timezone(&GMT8).format(format).to_string()
}

/// The reverse of [`wire_time`]; `None` for anything that is not exactly of that form.
pub(crate) fn parse_wire_time(text: &str) -> Option<DateTime<Utc>> {
    parse_gmt8(text, WIRE_FORMAT, 19)
}

/// Reads a GMT+8 time of exactly `length` characters.
pub(crate) fn parse_gmt8(text: &str, format: &str, length: usize) -> Option<DateTime<Utc>> {
    if text.len() != length {
        return None;
    }
    let local = NaiveDateTime::parse_from_str(text, format).ok()?;
    local.and_local_timezone(GMT8).single().map(|at| at.to_utc())
}

/// The clock by which notifies are repeated: real time plus what it was turned forward, which survives a
/// restart. Nothing else follows it, so that turning it does not expire open trades.
pub(crate) struct LadderClock {
    advanced_seconds: watch::Sender<u64>,
    file: PathBuf,
}

impl LadderClock {
    pub(crate) fn open(data_dir: &Path) -> io::Result<LadderClock> {
        let file = data_dir.join("clock.json");
        let advanced: u64 = match fs::read(&file) {
            Ok(bytes) => serde_json::from_slice(&bytes)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => 0,
            Err(error) => return Err(error),
        };
        let advanced_seconds = watch::Sender::new(advanced.min(MAX_ADVANCE_SECONDS));
        Ok(LadderClock {
            advanced_seconds,
            file,
        })
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        Utc::now() + Duration::from_secs(self.advanced_seconds())
    }

    pub(crate) fn advanced_seconds(&self) -> u64 {
        *self.advanced_seconds.borrow()
    }

    /// Turns the clock forward and wakes whoever waits for it; it stops at ten years.
    pub(crate) fn advance(&self, seconds: u64) -> io::Result<()> {
        let mut result = Ok(());
        self.advanced_seconds.send_modify(|advanced| {
            *advanced = advanced.saturating_add(seconds).min(MAX_ADVANCE_SECONDS);
            result = write_atomically(&self.file, advanced.to_string().as_bytes());
        });
        result
    }

    /// Returns when the clock shows `due`, by waiting or by being turned.
    pub(crate) async fn wait_until(&self, due: DateTime<Utc>) {
        let mut turned = self.advanced_seconds.subscribe();
        loop {
            let Ok(left) = (due - self.now()).max(TimeDelta::zero()).to_std() else {
                return;
            };
            if left.is_zero() {
                return;
            }
            tokio::select! {
                () = tokio::time::sleep(left) => {}
                _ = turned.changed() => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{LadderClock, parse_wire_time, wire_time};

    #[test]
    fn wire_times_are_in_gmt8_and_strict() {
        let at = parse_wire_time("2026-11-20 06:01:35").unwrap();
        assert_eq!(at.to_rfc3339(), "2026-11-19T22:01:35+00:00");
        assert_eq!(wire_time(at), "2026-11-20 06:01:35");
        for text in [
            "2026-11-20T06:01:35",
            "2026-11-20 6:01:35",
            "2026-13-20 06:01:35",
            "",
            "1700000000",
        ] {
            assert!(parse_wire_time(text).is_none(), "{text}");
        }
    }

    #[tokio::test]
    async fn a_turned_clock_wakes_its_waiters_and_survives_a_restart() {
        let dir = tempfile::tempdir().unwrap();
        let clock = LadderClock::open(dir.path()).unwrap();
        let due = clock.now() + chrono::TimeDelta::hours(15);
        let (_, turned) = tokio::join!(clock.wait_until(due), async { clock.advance(15 * 3600) });
        turned.unwrap();
        assert!(LadderClock::open(dir.path()).unwrap().now() >= due);
    }
}
