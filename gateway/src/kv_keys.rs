//! Every key of the gateway in the key-value store: the buckets of rate limits, shared by all replicas.

use common::kv::{Bucket, Kv, KvError, Taken};

use crate::rate_limit::{Rule, Subject};

/// Takes `cost` from the bucket of `subject` under `rule`. It lives until it is full again.
pub async fn take(
    kv: &Kv,
    rule: Rule,
    subject: Subject,
    cost: u32,
    bucket: Bucket,
) -> Result<Taken, KvError> {
    let key = match subject {
        Subject::Address(address) => format!("gateway:{}:a:{address}", rule.name()),
        Subject::User(id) => format!("gateway:{}:u:{id}", rule.name()),
    };
    kv.take(&key, cost, bucket).await
}
