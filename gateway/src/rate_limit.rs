//! How much one address and one user may ask; counted here, and shared with the other replicas by the key-value store.
//!
//! The general rules are counted in this process alone until somebody has used up a quarter of his bucket; from then
//! on what he asks is reported to the store a few times a second, which tells whether the replicas together gave too
//! much. The rules of what costs us dearly (log-in, SMS, search, order) ask the store each time. When it does not
//! answer, each replica goes by its own count.

use std::collections::HashMap;
use std::convert::Infallible;
use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use common::kv::{Bucket, Kv, Taken};
use common::settings::{LIMITS, Limits, Setting, SettingsError, Source, invalid};
use common::task::{Heartbeat, pause_unless_stopped};
use tokio::runtime::Handle;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::client_address::network;
use crate::kv_keys;
use crate::settings::{RATE_PER_ADDRESS, RATE_PER_USER};

/// How often what was counted is reported.
const REPORT_INTERVAL: Duration = Duration::from_millis(250);
/// Buckets that are reported in one round: the rest waits for the next.
const REPORTED_AT_ONCE: usize = 200;
/// How long the store may take to answer within a request.
const STORE_LIMIT: Duration = Duration::from_millis(200);
/// Locks among which the buckets are spread.
const SHARDS: usize = 16;

/// What is limited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rule {
    /// Everything from one address.
    Address,
    /// Everything of one user.
    User,
    /// Logging in, registering, resetting a password, activating: per address.
    Login,
    /// Sending codes: per address. users-svc limits them per phone.
    Sms,
    /// Searching: per address.
    Search,
    /// Placing orders: per user.
    Order,
}

/// Whose bucket it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    /// An address, or an IPv6 customer's network.
    Address(IpAddr),
    /// A user, by id.
    User(i64),
}

/// All buckets of this process.
pub struct RateLimiter {
    limits: Limits,
    per_address: Bucket,
    per_user: Bucket,
    kv: Kv,
    /// The threads that answer come and go; the store's connection lives here.
    store_runtime: Handle,
    born: Instant,
    hasher: RandomState,
    shards: Vec<Mutex<HashMap<(Rule, Subject), Count>>>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Count {
    full_at: i64,
    unreported: u32,
    blocked_until: i64,
}

impl Rule {
    /// Its word in keys.
    pub fn name(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::User => "user",
            Self::Login => "login",
            Self::Sms => "sms",
            Self::Search => "search",
            Self::Order => "order",
        }
    }
}

impl Subject {
    /// The bucket that this address shares with its likes.
    pub fn address(address: IpAddr) -> Self {
        Self::Address(network(address))
    }
}

impl RateLimiter {
    /// Full buckets, as large as the settings say. To be made where `kv` may be used for as long as this lives.
    ///
    /// # Errors
    /// Names the setting that is no `rate/burst`.
    pub fn read(source: &Source, kv: Kv) -> Result<Self, SettingsError> {
        let limits = source.parsed(LIMITS)?;
        if limits == Limits::Off {
            tracing::warn!("rate limits are off: anybody may ask as much as they like");
        }
        Ok(Self {
            limits,
            per_address: bucket(source, RATE_PER_ADDRESS)?,
            per_user: bucket(source, RATE_PER_USER)?,
            kv,
            store_runtime: Handle::current(),
            born: Instant::now(),
            hasher: RandomState::new(),
            shards: (0..SHARDS).map(|_| Mutex::default()).collect(),
        })
    }

    /// Whether limits hold.
    pub fn is_on(&self) -> bool {
        self.limits == Limits::On
    }

    fn bucket(&self, rule: Rule) -> Bucket {
        let per_minute = |count: u32, capacity| Bucket {
            capacity,
            interval: Duration::from_secs(60) / count,
        };
        match rule {
            Rule::Address => self.per_address,
            Rule::User => self.per_user,
            Rule::Login => per_minute(20, 30),
            Rule::Sms => Bucket {
                capacity: 10,
                interval: Duration::from_secs(3600) / 10,
            },
            Rule::Search => per_minute(300, 30),
            Rule::Order => per_minute(30, 10),
        }
    }

    /// Counts one request by what this process knows. `Err` says when there is room again.
    pub fn count(&self, rule: Rule, subject: Subject) -> Result<(), Duration> {
        if !self.is_on() {
            return Ok(());
        }
        let (now, bucket) = (self.now(), self.bucket(rule));
        let mut shard = self.shard(rule, subject);
        let count = shard.entry((rule, subject)).or_default();
        if count.blocked_until > now {
            return Err(Duration::from_micros(count.blocked_until.abs_diff(now)));
        }
        count.full_at = bucket.take(count.full_at, now, 1)?;
        count.unreported += 1;
        Ok(())
    }

    /// Counts one request of those that are dear: here first, so that the store is not asked by who asks too much.
    pub async fn count_with_all(self: &Arc<Self>, rule: Rule, subject: Subject) -> Result<(), Duration> {
        self.count(rule, subject)?;
        if !self.is_on() {
            return Ok(());
        }
        let limiter = self.clone();
        let asking = self.store_runtime.spawn(async move {
            let bucket = limiter.bucket(rule);
            kv_keys::take(&limiter.kv, rule, subject, 1, bucket).await
        });
        match timeout(STORE_LIMIT, asking).await {
            Ok(Ok(Ok(Taken::Refused { wait }))) => Err(wait),
            Ok(Ok(Ok(Taken::Allowed))) => Ok(()),
            Ok(Ok(Err(error))) => {
                tracing::warn!(?error, "limits go by each replica's own count: {error}");
                Ok(())
            }
            Ok(Err(_)) | Err(_) => Ok(()),
        }
    }

    /// Reports until stopped what was counted under the general rules, and forgets who asks nothing.
    pub async fn keep_reporting(
        self: Arc<Self>,
        stop: CancellationToken,
        beat: Heartbeat,
    ) -> Result<(), Infallible> {
        while !stop.is_cancelled() {
            beat.beat();
            for ((rule, subject), cost) in self.due() {
                let bucket = self.bucket(rule);
                match kv_keys::take(&self.kv, rule, subject, cost, bucket).await {
                    Ok(Taken::Allowed) => {}
                    Ok(Taken::Refused { wait }) => self.block(rule, subject, wait),
                    Err(error) => {
                        tracing::warn!(?error, "limits go by each replica's own count: {error}");
                        break;
                    }
                }
            }
            pause_unless_stopped(&stop, REPORT_INTERVAL).await;
        }
        Ok(())
    }

    /// What is to be reported: who has used up a quarter of his bucket.
    fn due(&self) -> Vec<((Rule, Subject), u32)> {
        let now = self.now();
        let mut due = Vec::new();
        for shard in &self.shards {
            let mut shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
            shard.retain(|_, count| count.full_at > now || count.blocked_until > now);
            for ((rule, subject), count) in shard.iter_mut() {
                let is_general = matches!(rule, Rule::Address | Rule::User);
                let bucket = self.bucket(*rule);
                if is_general
                    && count.unreported >= (bucket.capacity / 4).max(1)
                    && due.len() < REPORTED_AT_ONCE
                {
                    let cost = std::mem::take(&mut count.unreported).min(bucket.capacity);
                    due.push(((*rule, *subject), cost));
                }
            }
        }
        due
    }

    fn block(&self, rule: Rule, subject: Subject, wait: Duration) {
        let until = self.now() + micros(wait);
        let mut shard = self.shard(rule, subject);
        shard.entry((rule, subject)).or_default().blocked_until = until;
    }

    fn shard(
        &self,
        rule: Rule,
        subject: Subject,
    ) -> std::sync::MutexGuard<'_, HashMap<(Rule, Subject), Count>> {
        let hash = usize::try_from(self.hasher.hash_one((rule, subject)) % 1024).unwrap_or_default();
        self.shards[hash % SHARDS]
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> i64 {
        micros(self.born.elapsed())
    }
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

/// `rate/burst`: so many a second, and so many at once.
fn bucket(source: &Source, setting: Setting) -> Result<Bucket, SettingsError> {
    let text = source.text(setting)?;
    let numbers = text.split_once('/').and_then(|(rate, burst)| {
        let rate: u32 = rate.trim().parse().ok()?;
        let burst: u32 = burst.trim().parse().ok()?;
        (rate > 0 && burst > 0).then_some((rate, burst))
    });
    let (rate, capacity) =
        numbers.ok_or_else(|| invalid(setting, format!("{text:?} is no rate/burst, as 50/100")))?;
    Ok(Bucket {
        capacity,
        interval: Duration::from_secs(1) / rate,
    })
}
