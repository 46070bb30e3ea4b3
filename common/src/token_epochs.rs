//! Revoked tokens: the epoch of each user, in the key-value store for every process, with a short memory in each.
//!
//! A token carries the epoch it was issued in. Whoever keeps the accounts raises a user's epoch, and every earlier
//! token of theirs is refused wherever that is known: at once there, within [`MEMORY`] elsewhere. The key-value
//! store holds a copy for as long as tokens live; the accounts' database decides, and its owner writes the copies
//! again when they are lost. So a user without a key has no revoked token.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::contracts::ids::UserId;
use crate::contracts::internal_apis::users::UsersClient;
use crate::http_client::CallError;
use crate::kv::{Kv, KvError};
use crate::token::USER_TOKEN_SECONDS;

/// How long a process goes by what it read: a revoked token is refused everywhere after this time at the latest.
const MEMORY: Duration = Duration::from_secs(3);
/// How long a silent store is left alone, so that not every request waits for it.
const REST: Duration = Duration::from_secs(1);
/// Users that are remembered at a time.
const CAPACITY: usize = 100_000;
/// How long a copy is kept: longer than any token lives.
const COPY_LIFETIME: Duration = Duration::from_secs(USER_TOKEN_SECONDS.unsigned_abs() + 3600);
/// The field of the hash that a copy is: a hash, because that can be raised in one step and never falls.
const EPOCH: &str = "epoch";

/// The epochs of users, as one process knows them. Cheap to clone; clones share their memory.
#[derive(Clone)]
pub struct TokenEpochs(Arc<Inner>);

struct Inner {
    kv: Kv,
    /// Whoever keeps the accounts, asked when the store is silent.
    keeper: Option<UsersClient>,
    memory: Mutex<Memory>,
}

#[derive(Default)]
struct Memory {
    epochs: HashMap<UserId, Known>,
    rests_until: Option<Instant>,
}

#[derive(Clone, Copy)]
struct Known {
    epoch: i64,
    read_at: Instant,
}

/// Nobody says whether a token was revoked.
#[derive(Debug, thiserror::Error)]
pub enum EpochUnknown {
    /// The store is silent, or was a moment ago.
    #[error("key-value store does not tell epochs")]
    Store(#[source] Option<KvError>),
    /// So is the keeper of the accounts.
    #[error("keeper of the accounts does not tell epochs")]
    Keeper(#[from] CallError),
}

impl TokenEpochs {
    /// Reads from `kv` alone.
    pub fn new(kv: Kv) -> Self {
        Self(Arc::new(Inner {
            kv,
            keeper: None,
            memory: Mutex::default(),
        }))
    }

    /// Asks `keeper` when the store is silent, and lets nobody pass while both are: for services where a stolen token
    /// costs more than an hour of closed doors (reliability §5.11).
    pub fn or_ask(self, keeper: UsersClient) -> Self {
        Self(Arc::new(Inner {
            kv: self.0.kv.clone(),
            keeper: Some(keeper),
            memory: Mutex::default(),
        }))
    }

    /// Whether users must be let in although nobody says if their token was revoked.
    pub(crate) fn trusts_when_silent(&self) -> bool {
        self.0.keeper.is_none()
    }

    /// The epoch of a user, if it was read just now. Takes well under a microsecond.
    pub fn remembered(&self, user: UserId) -> Option<i64> {
        let memory = self.memory();
        let known = memory.epochs.get(&user)?;
        (known.read_at.elapsed() < MEMORY).then_some(known.epoch)
    }

    /// The epoch of a user: what is remembered, else what the store says, else what the keeper of the accounts says.
    ///
    /// # Errors
    /// When nobody tells.
    pub async fn of(&self, user: UserId) -> Result<i64, EpochUnknown> {
        let silent = match self.read(user).await {
            Ok(epoch) => {
                self.remember(user, epoch);
                return Ok(epoch);
            }
            Err(error) => EpochUnknown::Store(error),
        };
        let Some(keeper) = &self.0.keeper else {
            return Err(silent);
        };
        tracing::debug!(error = ?silent, "asking the keeper of the accounts for an epoch");
        let epoch = keeper.token_epoch(user).await?;
        self.remember(user, epoch);
        Ok(epoch)
    }

    /// Tells every process that earlier tokens of the user are refused. An epoch never falls: of two that arrive in
    /// the wrong order the higher one stays.
    pub async fn raise(&self, user: UserId, epoch: i64) -> Result<(), KvError> {
        self.remember(user, epoch);
        let key = key(user);
        let raised = self.0.kv.update_hash(&key, Some(COPY_LIFETIME), |fields| {
            let stored = epoch_in(fields.get(EPOCH)).max(epoch);
            fields.insert(EPOCH.to_owned(), stored.to_string());
        });
        raised.await
    }

    async fn read(&self, user: UserId) -> Result<i64, Option<KvError>> {
        if self
            .memory()
            .rests_until
            .is_some_and(|until| Instant::now() < until)
        {
            return Err(None);
        }
        match self.0.kv.read_hash(&key(user)).await {
            Ok(fields) => Ok(epoch_in(fields.get(EPOCH))),
            Err(error) => {
                self.memory().rests_until = Some(Instant::now() + REST);
                Err(Some(error))
            }
        }
    }

    fn remember(&self, user: UserId, epoch: i64) {
        let mut memory = self.memory();
        if memory.epochs.len() >= CAPACITY {
            memory.epochs.retain(|_, known| known.read_at.elapsed() < MEMORY);
            if memory.epochs.len() >= CAPACITY {
                memory.epochs.clear();
            }
        }
        let read_at = Instant::now();
        let known = memory.epochs.entry(user).or_insert(Known { epoch, read_at });
        *known = Known {
            epoch: known.epoch.max(epoch),
            read_at,
        };
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.0.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `token_epoch_<user id>`, a little longer than tokens live: the user's epoch as a decimal number.
fn key(user: UserId) -> String {
    format!("token_epoch_{user}")
}

fn epoch_in(field: Option<&String>) -> i64 {
    field.and_then(|text| text.parse().ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn kv(directory: &tempfile::TempDir) -> Kv {
        Kv::open("embedded:", "test", directory.path()).await.unwrap()
    }

    #[tokio::test]
    async fn an_epoch_is_known_to_others_and_never_falls() {
        let directory = tempfile::tempdir().unwrap();
        let kv = kv(&directory).await;
        let (writer, reader) = (TokenEpochs::new(kv.clone()), TokenEpochs::new(kv));
        writer.raise(UserId(7), 3).await.unwrap();
        writer.raise(UserId(7), 2).await.unwrap();
        assert_eq!(reader.remembered(UserId(7)), None);
        assert_eq!(reader.of(UserId(7)).await.unwrap(), 3);
        assert_eq!(reader.remembered(UserId(7)), Some(3));
        assert_eq!(reader.of(UserId(8)).await.unwrap(), 0);
    }

    #[tokio::test]
    async fn more_users_than_it_holds_do_not_make_the_memory_grow() {
        let directory = tempfile::tempdir().unwrap();
        let epochs = TokenEpochs::new(kv(&directory).await);
        for user in 0..=CAPACITY {
            epochs.remember(UserId(i64::try_from(user).unwrap()), 1);
        }
        assert!(epochs.memory().epochs.len() <= CAPACITY);
    }
}
