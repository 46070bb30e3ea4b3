//! A cache of two levels for what anybody may see: in this process, over the key-value store that replicas share.
//!
//! A value is made once, however many ask for it at the same time: in one process they wait for one flight, and of
//! several replicas one holds the lease under which the value is stored. Whoever makes a value without holding the
//! lease any more, because the key was evicted meanwhile, cannot store it: a slow reader never brings old data back.
//! A store that does not answer is done without (reliability I17).

mod local;
mod shared;

use std::error::Error;
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use crate::kv::{Kv, KvError};
use crate::task::Tasks;
use local::{Found, Local};
use shared::{Claim, Shared};

pub use shared::Entry;

/// How long this process goes by its own copy. Short, because it is what bounds the age of an answer when the
/// broadcast of an eviction is lost (reliability I18).
const LOCAL_LIFETIME: Duration = Duration::from_secs(2);

/// Pause between two tries to evict from a store that does not answer, and how many of them outlive any value.
const EVICT_PAUSE: Duration = Duration::from_secs(1);
const EVICT_TRIES: u32 = 75;

/// One kind of cached values; what `cache show` and the metrics call it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Family {
    /// As `detail`.
    pub name: &'static str,
    /// What its keys begin with, and no other family's.
    pub prefix: &'static str,
}

/// The name of one cached value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    family: Family,
    text: Arc<str>,
}

impl Key {
    /// The key that ends in `rest`, which may be empty.
    pub fn new(family: Family, rest: impl std::fmt::Display) -> Self {
        let text = format!("{}{rest}", family.prefix).into();
        Self { family, text }
    }

    /// As the store has it, without its namespace.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

/// A value, or the knowledge that there is none, or why neither could be found out: shared by all that waited.
type Outcome = Result<Option<Bytes>, CacheError>;

/// Why a value could not be had. Clones share the cause.
#[derive(Clone, Debug, thiserror::Error)]
pub enum CacheError {
    /// Whoever makes the value failed.
    #[error("value could not be made")]
    Build(#[source] Arc<dyn Error + Send + Sync>),
    /// Whoever makes the value panicked.
    #[error("making the value broke off")]
    BrokenOff(#[source] Arc<dyn Error + Send + Sync>),
}

/// The cache of one service in one process. Cheap to clone.
#[derive(Clone)]
pub struct Cache(Arc<Inner>);

struct Inner {
    local: Mutex<Local>,
    shared: Shared,
    tasks: Tasks,
}

/// What makes a value.
type Build = BoxFuture<'static, Result<Option<Bytes>, Arc<dyn Error + Send + Sync>>>;

impl Cache {
    /// An empty one over `kv`; values are made and evicted in the background work of `tasks`.
    pub fn new(kv: Kv, tasks: &Tasks) -> Self {
        Self(Arc::new(Inner {
            local: Mutex::default(),
            shared: Shared::new(kv),
            tasks: tasks.clone(),
        }))
    }

    /// The value of `key`; `None` when there is none. `build` makes it when nobody has it, in a task of its own that
    /// runs to its end whatever becomes of those who wait.
    pub async fn read<F, Fut, E>(&self, key: &Key, build: F) -> Outcome
    where
        F: FnOnce() -> Fut,
        Fut: Future<Output = Result<Option<Bytes>, E>> + Send + 'static,
        E: Error + Send + Sync + 'static,
    {
        let flight = {
            let mut local = self.local();
            match local.find(key.as_str(), Instant::now()) {
                Found::Value(value) => {
                    drop(local);
                    hit(key.family, "local");
                    return Ok(value);
                }
                Found::Flight(flight) => flight,
                Found::Nothing => {
                    let build = build().map(|made| made.map_err(|error| Arc::new(error) as _));
                    let flight = local.next_flight();
                    let landed = self.start(key, flight, build.boxed()).shared();
                    local.take_off(key.text.clone(), flight, landed.clone());
                    landed
                }
            }
        };
        flight.await
    }

    /// Forgets `keys`, here and in the shared store. To be called once the change is committed: who asks afterwards
    /// gets what is true then. Replicas forget their own copies by the event of the change.
    pub async fn evict(&self, keys: &[Key]) {
        // The shared level first: a reader between the two steps would bring its old value back into this process.
        let failed = self.0.shared.evict(keys).await;
        let mut local = self.local();
        for key in keys {
            local.remove(key.as_str());
            metrics::counter!("cache_evictions_total", "cache" => key.family.name).increment(1);
        }
        drop(local);
        if !failed.is_empty() {
            self.0.tasks.detach(self.clone().evict_patiently(failed));
        }
    }

    /// Forgets every value of a family, here and in the shared store.
    ///
    /// # Errors
    /// When the store does not answer; then only this process has forgotten.
    pub async fn clear(&self, family: Family) -> Result<usize, KvError> {
        let cleared = self.0.shared.clear(family).await;
        self.local().remove_all(family.prefix);
        metrics::counter!("cache_evictions_total", "cache" => family.name).increment(1);
        cleared
    }

    /// Forgets what this process holds: evictions may have been missed. The shared store keeps its values.
    pub fn forget(&self) {
        self.local().remove_all("");
    }

    /// What the shared store holds of a family, at most `limit` values, in the order of their keys.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn entries(&self, family: Family, limit: usize) -> Result<Vec<Entry>, KvError> {
        self.0.shared.entries(family, limit).await
    }

    fn local(&self) -> MutexGuard<'_, Local> {
        self.0.local.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sets off to get the value.
    fn start(&self, key: &Key, flight: u64, build: Build) -> BoxFuture<'static, Outcome> {
        let working = self.0.tasks.detach(self.clone().fly(key.clone(), flight, build));
        let (cache, key) = (self.clone(), key.clone());
        async move {
            match working.await {
                Ok(outcome) => outcome,
                Err(panic) => {
                    let outcome = Err(CacheError::BrokenOff(Arc::new(panic)));
                    cache.local().land(&key.text, flight, &outcome, None);
                    outcome
                }
            }
        }
        .boxed()
    }

    /// Finds or makes the value, and keeps it here unless it was evicted on the way.
    async fn fly(self, key: Key, flight: u64, build: Build) -> Outcome {
        let began = Instant::now();
        let (outcome, may_keep) = self.find_or_make(&key, build).await;
        let expires = may_keep.then_some(began + LOCAL_LIFETIME);
        self.local().land(&key.text, flight, &outcome, expires);
        outcome
    }

    /// The value, and whether it may be kept.
    async fn find_or_make(&self, key: &Key, build: Build) -> (Outcome, bool) {
        let claim = self.0.shared.claim(key).await;
        if let Claim::Found(value) = claim {
            hit(key.family, "shared");
            return (Ok(value), true);
        }
        metrics::counter!("cache_misses_total", "cache" => key.family.name).increment(1);
        let outcome = build.await.map_err(CacheError::Build);
        let may_keep = match (&outcome, claim) {
            (Ok(value), Claim::Ours(lease)) => self.0.shared.fill(key, &lease, value.as_ref()).await,
            (Err(_), Claim::Ours(_)) => {
                self.0.shared.evict(std::slice::from_ref(key)).await;
                false
            }
            (Ok(_), Claim::Down) => true,
            // Another replica holds the lease: what it stores is told to have been true, what we made is not.
            (_, Claim::Theirs | Claim::Down | Claim::Found(_)) => false,
        };
        (outcome, may_keep)
    }

    async fn evict_patiently(self, mut keys: Vec<Key>) {
        for _ in 0..EVICT_TRIES {
            tokio::time::sleep(EVICT_PAUSE).await;
            keys = self.0.shared.evict(&keys).await;
            if keys.is_empty() || self.0.tasks.stop_signal().is_cancelled() {
                return;
            }
        }
        tracing::warn!(
            "{} cached values not evicted: the store does not answer",
            keys.len()
        );
    }
}

fn hit(family: Family, level: &'static str) {
    metrics::counter!("cache_hits_total", "cache" => family.name, "level" => level).increment(1);
}
