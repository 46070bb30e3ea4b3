//! The level that replicas share: values in the key-value store, each filled by whoever holds its lease.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::future::join_all;

use super::{Family, Key};
use crate::kv::{Kv, KvError};

/// How long a value lives, in milliseconds, drawn anew for each, so that values made together do not end together.
const LIFETIME_MILLIS: std::ops::Range<u64> = 30_000..60_000;
/// How long the knowledge lives that there is no value.
const ABSENT_LIFETIME: Duration = Duration::from_secs(5);
/// How long whoever makes a value is waited for before another may; and how often, how long a replica looks for it.
const LEASE: Duration = Duration::from_secs(3);
const WAIT: Duration = Duration::from_millis(10);
const LOOKS: u32 = 40;
/// A store that did not answer is left alone for so long: each try may cost a second.
const REST: Duration = Duration::from_secs(1);

/// Values of at least so many bytes are stored compressed.
const COMPRESS_FROM: usize = 512;
/// What claims to be longer than this was not written by us.
const MAX_BYTES: usize = 16 * 1024 * 1024;

/// First byte of what is stored.
const LEASED: u8 = b'L';
const ABSENT: u8 = b'N';
const PLAIN: u8 = b'P';
const COMPRESSED: u8 = b'Z';

/// See the module.
pub(super) struct Shared {
    kv: Kv,
    rests_until: Mutex<Option<Instant>>,
}

/// What the store says of a key.
pub(super) enum Claim {
    /// There is a value, or the knowledge that there is none.
    Found(Option<Bytes>),
    /// There is nothing, and we are to make it, under this lease.
    Ours(Vec<u8>),
    /// Another replica has been making it for long.
    Theirs,
    /// The store does not answer.
    Down,
}

/// A stored value, as operators see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its key.
    pub key: String,
    /// Bytes in the store.
    pub stored_bytes: usize,
    /// Bytes of the value; `None` of what is known to be absent, and of what is just being made.
    pub value_bytes: Option<usize>,
    /// How long it will live on.
    pub lifetime: Duration,
}

/// What stands under a key.
#[derive(Debug, PartialEq, Eq)]
enum Stored {
    Leased,
    Value(Option<Bytes>),
    /// Of another version of ours, or spoilt.
    Unreadable,
}

impl Shared {
    pub(super) fn new(kv: Kv) -> Self {
        Self {
            kv,
            rests_until: Mutex::default(),
        }
    }

    /// The value, or the right to make it.
    pub(super) async fn claim(&self, key: &Key) -> Claim {
        if self.rests() {
            return Claim::Down;
        }
        match self.try_claim(key).await {
            Ok(claim) => claim,
            Err(error) => {
                self.rest(&error);
                Claim::Down
            }
        }
    }

    async fn try_claim(&self, key: &Key) -> Result<Claim, KvError> {
        for _ in 0..LOOKS {
            match self.kv.get(key.as_str()).await?.as_deref().map(decode) {
                None => {
                    let lease = fresh_lease();
                    if self.kv.set_if_absent(key.as_str(), &lease, LEASE).await? {
                        return Ok(Claim::Ours(lease));
                    }
                }
                Some(Stored::Value(value)) => return Ok(Claim::Found(value)),
                Some(Stored::Leased) => tokio::time::sleep(WAIT).await,
                Some(Stored::Unreadable) => drop(self.kv.delete(key.as_str()).await?),
            }
        }
        Ok(Claim::Theirs)
    }

    /// Stores what was made under `lease`. False when the lease is gone: the value may be old by now.
    pub(super) async fn fill(&self, key: &Key, lease: &[u8], value: Option<&Bytes>) -> bool {
        let lifetime = match value {
            Some(_) => Duration::from_millis(rand::random_range(LIFETIME_MILLIS)),
            None => ABSENT_LIFETIME,
        };
        let filled = self
            .kv
            .replace(key.as_str(), lease, &encode(value), lifetime)
            .await;
        match filled {
            Ok(is_ours) => is_ours,
            Err(error) => {
                self.rest(&error);
                false
            }
        }
    }

    /// Deletes the values; answers those that could not be deleted.
    pub(super) async fn evict(&self, keys: &[Key]) -> Vec<Key> {
        let deleted = join_all(keys.iter().map(|key| self.kv.delete(key.as_str()))).await;
        let mut failed = Vec::new();
        for (key, outcome) in keys.iter().zip(deleted) {
            if let Err(error) = outcome {
                self.rest(&error);
                failed.push(key.clone());
            }
        }
        failed
    }

    /// Deletes every value of a family; answers how many there were.
    pub(super) async fn clear(&self, family: Family) -> Result<usize, KvError> {
        let keys = self.kv.list(family.prefix, usize::MAX).await?;
        for key in &keys {
            self.kv.delete(key).await?;
        }
        Ok(keys.len())
    }

    pub(super) async fn entries(&self, family: Family, limit: usize) -> Result<Vec<Entry>, KvError> {
        let mut entries = Vec::new();
        for key in self.kv.list(family.prefix, limit).await? {
            // Between the two looks it may have ended.
            let (Some(stored), Some(lifetime)) =
                (self.kv.get(&key).await?, self.kv.remaining_lifetime(&key).await?)
            else {
                continue;
            };
            let value_bytes = match decode(&stored) {
                Stored::Value(Some(value)) => Some(value.len()),
                Stored::Value(None) | Stored::Leased | Stored::Unreadable => None,
            };
            entries.push(Entry {
                key,
                stored_bytes: stored.len(),
                value_bytes,
                lifetime,
            });
        }
        Ok(entries)
    }

    fn rests(&self) -> bool {
        let until = *self.rests_until.lock().unwrap_or_else(PoisonError::into_inner);
        until.is_some_and(|until| until > Instant::now())
    }

    fn rest(&self, error: &KvError) {
        tracing::warn!(?error, "cache does without its store for a moment");
        metrics::counter!("cache_store_failures_total").increment(1);
        *self.rests_until.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now() + REST);
    }
}

fn fresh_lease() -> Vec<u8> {
    let mut lease = vec![LEASED];
    lease.extend(rand::random::<[u8; 12]>());
    lease
}

fn encode(value: Option<&Bytes>) -> Vec<u8> {
    let Some(value) = value else {
        return vec![ABSENT];
    };
    let is_long = value.len() >= COMPRESS_FROM;
    let compressed = is_long.then(|| lz4_flex::block::compress_prepend_size(value));
    let (tag, content) = match &compressed {
        Some(compressed) if compressed.len() < value.len() => (COMPRESSED, compressed.as_slice()),
        Some(_) | None => (PLAIN, value.as_ref()),
    };
    let mut stored = Vec::with_capacity(1 + content.len());
    stored.push(tag);
    stored.extend_from_slice(content);
    stored
}

fn decode(stored: &[u8]) -> Stored {
    match stored.split_first() {
        Some((&LEASED, _)) => Stored::Leased,
        Some((&ABSENT, [])) => Stored::Value(None),
        Some((&PLAIN, content)) => Stored::Value(Some(Bytes::copy_from_slice(content))),
        Some((&COMPRESSED, content)) => decompress(content),
        Some(_) | None => Stored::Unreadable,
    }
}

/// The length that stands in front is believed only within reason: so much memory is taken at once.
fn decompress(content: &[u8]) -> Stored {
    let told = content.first_chunk().map(|length| u32::from_le_bytes(*length));
    match told.map(usize::try_from) {
        Some(Ok(length)) if length <= MAX_BYTES => {}
        Some(_) | None => return Stored::Unreadable,
    }
    match lz4_flex::block::decompress_size_prepended(content) {
        Ok(value) => Stored::Value(Some(value.into())),
        Err(error) => {
            tracing::warn!(%error, "cached value is spoilt, made anew");
            Stored::Unreadable
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_back_as_they_were_and_long_ones_are_stored_shorter() {
        let long = "轻便防泼水 ".repeat(200);
        for text in ["", "{}", long.as_str()] {
            let value = Bytes::copy_from_slice(text.as_bytes());
            let stored = encode(Some(&value));
            assert_eq!(decode(&stored), Stored::Value(Some(value)));
            assert!(stored.len() <= text.len() + 1);
        }
        assert!(encode(Some(&Bytes::from(long.clone()))).len() < long.len() / 4);
        assert_eq!(decode(&encode(None)), Stored::Value(None));
    }

    #[test]
    fn what_does_not_shrink_is_stored_as_it_is() {
        let noise: Vec<u8> = (0..4096).map(|_| rand::random()).collect();
        let value = Bytes::from(noise);
        let stored = encode(Some(&value));
        assert_eq!((stored[0], stored.len()), (PLAIN, value.len() + 1));
        assert_eq!(decode(&stored), Stored::Value(Some(value)));
    }

    #[test]
    fn what_is_not_ours_is_unreadable_not_a_panic_and_not_a_gigabyte() {
        for stored in [
            &b""[..],
            b"X",
            b"Nn",
            b"Z",
            b"Z\x01",
            b"Z\xff\xff\xff\xff\x00",
            b"Z\x08\x00\x00\x00\xf0",
        ] {
            assert_eq!(decode(stored), Stored::Unreadable, "{stored:?}");
        }
        assert_eq!(decode(&fresh_lease()), Stored::Leased);
    }
}
