//! One replica of a service: how busy it is, and whether it is left out for a while.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use http::HeaderValue;

/// Shortest and longest time for which a replica that refuses connections is left out; doubled each time in a row.
const REFUSED_REST: (Duration, Duration) = (Duration::from_secs(2), Duration::from_secs(16));
/// How long a replica that fails too often is left out (reliability §5.12: 50 % of 20 requests within 5 s).
const BROKEN_REST: Duration = Duration::from_secs(5);
const WINDOW: Duration = Duration::from_secs(5);
const WINDOW_REQUESTS: u32 = 20;
/// How long the one request may take that tries whether a rested replica is well again.
const TRIAL: Duration = Duration::from_secs(1);

/// A replica. Shared by all threads, so that they learn from each other's failures.
#[derive(Debug)]
pub struct Replica {
    /// Where it is.
    pub address: SocketAddr,
    /// What it is called in `Host`.
    pub host: HeaderValue,
    in_flight: AtomicU32,
    is_unready: AtomicBool,
    /// Until when it is left out, in milliseconds since `born`; 0 = it is not.
    rests_until: AtomicU64,
    is_broken: AtomicBool,
    record: Mutex<Record>,
    born: Instant,
}

#[derive(Debug, Default)]
struct Record {
    window: Option<Instant>,
    requests: u32,
    failures: u32,
    refusals_in_a_row: u32,
}

/// Whether a replica may be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fitness {
    /// Yes.
    Fit,
    /// Not if there is another: it refused a connection, or says itself that it is not ready.
    Doubtful,
    /// No: it fails too often, and asking it costs everybody time.
    Broken,
}

/// A request that a replica works on; over when dropped.
#[derive(Debug)]
pub struct Lease(Arc<Replica>);

impl Replica {
    /// One that nothing is known of yet.
    pub fn new(address: SocketAddr, host: HeaderValue) -> Self {
        Self {
            address,
            host,
            in_flight: AtomicU32::new(0),
            is_unready: AtomicBool::new(false),
            rests_until: AtomicU64::new(0),
            is_broken: AtomicBool::new(false),
            record: Mutex::default(),
            born: Instant::now(),
        }
    }

    /// How many requests it works on.
    pub fn in_flight(&self) -> u32 {
        self.in_flight.load(Ordering::Relaxed)
    }

    /// Gives it a request.
    pub fn lease(self: &Arc<Self>) -> Lease {
        self.in_flight.fetch_add(1, Ordering::Relaxed);
        Lease(self.clone())
    }

    /// Whether it may be asked.
    pub fn fitness(&self) -> Fitness {
        let until = self.rests_until.load(Ordering::Relaxed);
        if until > 0 {
            let now = self.now();
            if now < until {
                return if self.is_broken.load(Ordering::Relaxed) {
                    Fitness::Broken
                } else {
                    Fitness::Doubtful
                };
            }
            // Of all who see that it has rested one tries it; the others see it rest on meanwhile.
            let trial = now + millis(TRIAL);
            let tries = self
                .rests_until
                .compare_exchange(until, trial, Ordering::Relaxed, Ordering::Relaxed);
            if tries.is_err() {
                return Fitness::Doubtful;
            }
        }
        if self.is_unready.load(Ordering::Relaxed) {
            Fitness::Doubtful
        } else {
            Fitness::Fit
        }
    }

    /// It says whether it is ready.
    pub fn note_ready(&self, is_ready: bool) {
        self.is_unready.store(!is_ready, Ordering::Relaxed);
    }

    /// It accepted no connection.
    pub fn note_refusal(&self) {
        let mut record = self.record();
        let rest = REFUSED_REST.0 * 2u32.saturating_pow(record.refusals_in_a_row.min(8));
        record.refusals_in_a_row += 1;
        self.is_broken.store(false, Ordering::Relaxed);
        self.rest(rest.min(REFUSED_REST.1));
    }

    /// It answered.
    pub fn note_answer(&self) {
        self.rests_until.store(0, Ordering::Relaxed);
        let mut record = self.record();
        record.refusals_in_a_row = 0;
        record.count(0);
    }

    /// It broke off, or did not answer in time.
    pub fn note_failure(&self) {
        let failed_trial =
            self.is_broken.load(Ordering::Relaxed) && self.rests_until.load(Ordering::Relaxed) > 0;
        if self.record().count(1) || failed_trial {
            tracing::warn!("{} fails too often: left out for a while", self.address);
            self.is_broken.store(true, Ordering::Relaxed);
            self.rest(BROKEN_REST);
        }
    }

    fn rest(&self, rest: Duration) {
        self.rests_until
            .store(self.now() + millis(rest), Ordering::Relaxed);
    }

    fn record(&self) -> std::sync::MutexGuard<'_, Record> {
        self.record.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> u64 {
        millis(self.born.elapsed())
    }
}

impl Record {
    /// Counts a request; true when too many of the window's failed.
    fn count(&mut self, failures: u32) -> bool {
        let begins = self.window.get_or_insert_with(Instant::now);
        if begins.elapsed() > WINDOW {
            (self.window, self.requests, self.failures) = (Some(Instant::now()), 0, 0);
        }
        self.requests += 1;
        self.failures += failures;
        let is_too_many = self.requests >= WINDOW_REQUESTS && self.failures * 2 >= self.requests;
        if is_too_many {
            (self.requests, self.failures) = (0, 0);
        }
        is_too_many
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.0.in_flight.fetch_sub(1, Ordering::Relaxed);
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replica() -> Arc<Replica> {
        let address = SocketAddr::from(([127, 0, 0, 1], 1));
        Arc::new(Replica::new(address, HeaderValue::from_static("a:1")))
    }

    #[test]
    fn a_refusal_is_remembered_until_an_answer() {
        let replica = replica();
        assert_eq!(replica.fitness(), Fitness::Fit);
        replica.note_refusal();
        assert_eq!(replica.fitness(), Fitness::Doubtful);
        replica.note_answer();
        assert_eq!(replica.fitness(), Fitness::Fit);
    }

    #[test]
    fn half_of_twenty_failures_break_it_and_fewer_do_not() {
        let replica = replica();
        for _ in 0..11 {
            replica.note_answer();
        }
        for _ in 0..10 {
            replica.note_failure();
        }
        assert_eq!(replica.fitness(), Fitness::Fit);
        replica.note_failure();
        assert_eq!(replica.fitness(), Fitness::Broken);
    }

    #[test]
    fn one_that_says_it_is_not_ready_is_doubtful() {
        let replica = replica();
        replica.note_ready(false);
        assert_eq!(replica.fitness(), Fitness::Doubtful);
        replica.note_ready(true);
        assert_eq!(replica.fitness(), Fitness::Fit);
    }

    #[test]
    fn of_those_who_find_it_rested_one_tries_it() {
        let replica = replica();
        replica.note_refusal();
        replica.rests_until.store(1, Ordering::Relaxed);
        while replica.now() < 2 {
            std::hint::spin_loop();
        }
        assert_eq!(replica.fitness(), Fitness::Fit);
        assert_eq!(replica.fitness(), Fitness::Doubtful);
    }

    #[test]
    fn a_lease_counts_while_it_is_held() {
        let replica = replica();
        let lease = replica.lease();
        assert_eq!(replica.in_flight(), 1);
        drop(lease);
        assert_eq!(replica.in_flight(), 0);
    }
}
