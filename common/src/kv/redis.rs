//! The key-value store in Redis: a command for each operation, or a script where one command is not enough.

mod link;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use deadpool_redis::redis::{Cmd, Script, cmd};

use super::changes::Changes;
use super::{Bucket, KvError, Namespace, Persistence, Redeem, Taken, millis};
use link::{Link, Repeat};

pub use link::RedisFailure;

/// Tries of one hash update before its caller is told that too many write at once.
const HASH_TRIES: u64 = 50;

/// Longest pause between two tries of a hash update.
const LONGEST_PAUSE_MILLIS: u64 = 30;

/// Keys that the server looks at before it answers a part of a list.
const LIST_STEP: u32 = 500;

/// The field that holds a hash's version: a random word, fresh with each update, so that a hash that was deleted and
/// made again in between is never taken for the old one.
const VERSION_FIELD: &str = "#version";

static COUNT: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("redis/scripts/count.lua")));
static TAKE: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("redis/scripts/take.lua")));
static SET_SECRET: LazyLock<Script> =
    LazyLock::new(|| Script::new(include_str!("redis/scripts/set_secret.lua")));
static REDEEM: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("redis/scripts/redeem.lua")));
static REPLACE: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("redis/scripts/replace.lua")));
static WRITE_HASH: LazyLock<Script> =
    LazyLock::new(|| Script::new(include_str!("redis/scripts/write_hash.lua")));

/// Redis as a key-value store. Cheap to clone; clones share the connection.
#[derive(Clone, Debug)]
pub struct RedisKv {
    link: Arc<Link>,
    namespace: Namespace,
}

impl RedisKv {
    pub(super) fn open(url: &str, namespace: Namespace) -> Result<Self, KvError> {
        Ok(Self {
            link: Arc::new(Link::new(url)?),
            namespace,
        })
    }

    pub(super) async fn ping(&self) -> Result<(), KvError> {
        self.link.ask(Repeat::Harmless, &cmd("PING")).await
    }

    pub(super) async fn persistence(&self) -> Result<Persistence, KvError> {
        let append_only = self.configured("appendonly").await?;
        let snapshots = self.configured("save").await?;
        let is_kept = append_only == "yes" || !snapshots.trim().is_empty();
        Ok(if is_kept {
            Persistence::OnDisk
        } else {
            Persistence::Nothing
        })
    }

    async fn configured(&self, name: &str) -> Result<String, KvError> {
        let mut command = cmd("CONFIG");
        command.arg("GET").arg(name);
        let mut values: BTreeMap<String, String> = self.link.ask(Repeat::Harmless, &command).await?;
        Ok(values.remove(name).unwrap_or_default())
    }

    pub(super) async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, KvError> {
        self.link.ask(Repeat::Harmless, &self.command("GET", key)).await
    }

    pub(super) async fn set(
        &self,
        key: &str,
        value: &[u8],
        lifetime: Option<Duration>,
    ) -> Result<(), KvError> {
        let mut set = self.command("SET", key);
        set.arg(value);
        if let Some(lifetime) = lifetime {
            set.arg("PX").arg(millis(lifetime));
        }
        self.link.ask(Repeat::Harmless, &set).await
    }

    pub(super) async fn set_if_absent(
        &self,
        key: &str,
        value: &[u8],
        lifetime: Duration,
    ) -> Result<bool, KvError> {
        let mut set = self.command("SET", key);
        set.arg(value).arg("NX").arg("PX").arg(millis(lifetime));
        let answer: Option<String> = self.link.ask(Repeat::Harmful, &set).await?;
        Ok(answer.is_some())
    }

    pub(super) async fn replace(
        &self,
        key: &str,
        expected: &[u8],
        value: &[u8],
        lifetime: Duration,
    ) -> Result<bool, KvError> {
        let mut replace = REPLACE.key(self.namespace.key(key));
        replace.arg(expected).arg(value).arg(millis(lifetime));
        self.link.ask(Repeat::Harmful, &replace).await
    }

    pub(super) async fn list(&self, prefix: &str, limit: usize) -> Result<Vec<String>, KvError> {
        let own = self.namespace.key("");
        let pattern = format!("{}*", escape_glob(&self.namespace.key(prefix)));
        let mut keys = BTreeSet::new();
        let mut cursor = 0_u64;
        loop {
            let mut scan = cmd("SCAN");
            scan.arg(cursor)
                .arg("MATCH")
                .arg(&pattern)
                .arg("COUNT")
                .arg(LIST_STEP);
            let (next, found): (u64, Vec<String>) = self.link.ask(Repeat::Harmless, &scan).await?;
            keys.extend(
                found
                    .into_iter()
                    .map(|key| key.strip_prefix(&own).unwrap_or(&key).to_owned()),
            );
            if next == 0 {
                return Ok(keys.into_iter().take(limit).collect());
            }
            cursor = next;
        }
    }

    pub(super) async fn delete(&self, key: &str) -> Result<bool, KvError> {
        self.link.ask(Repeat::Harmful, &self.command("DEL", key)).await
    }

    pub(super) async fn remaining_lifetime(&self, key: &str) -> Result<Option<Duration>, KvError> {
        // Negative: no such key, or one without an end.
        let left: i64 = self
            .link
            .ask(Repeat::Harmless, &self.command("PTTL", key))
            .await?;
        Ok(u64::try_from(left).ok().map(Duration::from_millis))
    }

    pub(super) async fn count(&self, key: &str, window: Duration) -> Result<u64, KvError> {
        let mut count = COUNT.key(self.namespace.key(key));
        count.arg(millis(window));
        self.link.ask(Repeat::Harmful, &count).await
    }

    pub(super) async fn take(&self, key: &str, cost: u32, bucket: Bucket) -> Result<Taken, KvError> {
        let mut take = TAKE.key(self.namespace.key(key));
        take.arg(cost).arg(bucket.interval_micros()).arg(bucket.capacity);
        let late: u64 = self.link.ask(Repeat::Harmful, &take).await?;
        Ok(match late {
            0 => Taken::Allowed,
            micros => Taken::Refused {
                wait: Duration::from_micros(micros),
            },
        })
    }

    pub(super) async fn set_secret(
        &self,
        key: &str,
        digest: &str,
        lifetime: Duration,
        max_tries: u32,
    ) -> Result<(), KvError> {
        let mut set = SET_SECRET.key(self.namespace.key(key));
        set.arg(digest).arg(max_tries).arg(millis(lifetime));
        self.link.ask(Repeat::Harmless, &set).await
    }

    pub(super) async fn redeem(&self, key: &str, digest: &str) -> Result<Redeem, KvError> {
        let mut redeem = REDEEM.key(self.namespace.key(key));
        redeem.arg(digest);
        let answer: i64 = self.link.ask(Repeat::Harmful, &redeem).await?;
        Ok(match answer {
            1 => Redeem::Accepted,
            0 => Redeem::Wrong,
            _ => Redeem::Missing,
        })
    }

    pub(super) async fn read_hash(&self, key: &str) -> Result<BTreeMap<String, String>, KvError> {
        Ok(self.read_versioned(key).await?.1)
    }

    pub(super) async fn update_hash<R>(
        &self,
        key: &str,
        lifetime: Option<Duration>,
        mut change: impl FnMut(&mut BTreeMap<String, String>) -> R,
    ) -> Result<R, KvError> {
        for tried in 0..HASH_TRIES {
            let (version, before) = self.read_versioned(key).await?;
            let mut after = before.clone();
            let outcome = change(&mut after);
            let changes = Changes::between(&before, &after);
            let nothing_to_write = changes.is_empty() && (lifetime.is_none() || after.is_empty());
            if nothing_to_write || self.write_hash(key, &version, &changes, lifetime).await? {
                return Ok(outcome);
            }
            let longest = (2 * (tried + 1)).min(LONGEST_PAUSE_MILLIS);
            tokio::time::sleep(Duration::from_millis(rand::random_range(0..=longest))).await;
        }
        Err(KvError::Contended { key: key.to_owned() })
    }

    /// The version ('' = none) and the fields of a hash, as of one instant.
    async fn read_versioned(&self, key: &str) -> Result<(String, BTreeMap<String, String>), KvError> {
        let mut fields: BTreeMap<String, String> = self
            .link
            .ask(Repeat::Harmless, &self.command("HGETALL", key))
            .await?;
        let version = fields.remove(VERSION_FIELD).unwrap_or_default();
        Ok((version, fields))
    }

    /// False when the hash is no longer what `version` said.
    async fn write_hash(
        &self,
        key: &str,
        version: &str,
        changes: &Changes,
        lifetime: Option<Duration>,
    ) -> Result<bool, KvError> {
        let mut write = WRITE_HASH.key(self.namespace.key(key));
        let fresh_version = format!("{:016x}", rand::random::<u64>());
        let lifetime = lifetime.map(|lifetime| millis(lifetime).to_string());
        write.arg(VERSION_FIELD).arg(version).arg(fresh_version);
        write.arg(lifetime.unwrap_or_default());
        write.arg(changes.removed.len()).arg(&changes.removed);
        for (field, value) in &changes.written {
            write.arg(field).arg(value);
        }
        self.link.ask(Repeat::Harmful, &write).await
    }

    fn command(&self, name: &str, key: &str) -> Cmd {
        let mut command = cmd(name);
        command.arg(self.namespace.key(key));
        command
    }
}

/// The text as a pattern that only it fits.
fn escape_glob(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len());
    for c in text.chars() {
        if "*?[]^\\".contains(c) {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern
}
