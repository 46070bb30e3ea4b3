//! What both kinds of key-value store promise.

use std::time::Duration;

use common::kv::{Bucket, Kv, Redeem, Taken};
use futures_util::future::join_all;
use tokio::time::Instant;

/// Longer than any test takes, short enough that a failed one leaves nothing behind for long.
pub const LONG: Duration = Duration::from_secs(60);
const SHORT: Duration = Duration::from_millis(150);

/// Keys that the cases leave behind.
const LEFT_BEHIND: [&str; 8] = [
    "bucket", "value", "eternal", "taken", "count", "hash", "counted", "cut",
];

/// `one` and `same` are opened separately on one namespace, `other` is on another one.
pub async fn keeps_the_promises(one: &Kv, same: &Kv, other: &Kv) {
    one.ping().await.unwrap();
    values_are_kept_replaced_and_deleted(one, same).await;
    lifetimes_end(one).await;
    a_value_is_replaced_only_where_the_expected_one_is(one, same).await;
    keys_are_listed_by_what_they_begin_with(one, other).await;
    one_of_many_wins_an_absent_key(one, same).await;
    counting_starts_again_after_the_window(one, same).await;
    a_bucket_gives_no_more_than_it_holds(one, same).await;
    a_secret_is_accepted_once(one, same).await;
    a_secret_is_gone_after_too_many_wrong_tries(one).await;
    hashes_are_updated_as_a_whole(one).await;
    an_expired_hash_does_not_come_back(one).await;
    parallel_updates_of_a_hash_lose_nothing(one, same).await;
    namespaces_do_not_see_each_other(one, other).await;
    for key in LEFT_BEHIND {
        one.delete(key).await.unwrap();
        other.delete(key).await.unwrap();
    }
}

async fn values_are_kept_replaced_and_deleted(one: &Kv, same: &Kv) {
    assert_eq!(one.get("value").await.unwrap(), None);
    one.set("value", b"\x00\xff first", None).await.unwrap();
    assert_eq!(
        same.get("value").await.unwrap().as_deref(),
        Some(&b"\x00\xff first"[..])
    );
    assert_eq!(one.remaining_lifetime("value").await.unwrap(), None);
    one.set("value", b"", Some(LONG)).await.unwrap();
    assert_eq!(same.get("value").await.unwrap().as_deref(), Some(&b""[..]));
    let left = one.remaining_lifetime("value").await.unwrap().unwrap();
    assert!(left <= LONG && left > LONG / 2, "{left:?}");
    assert!(same.delete("value").await.unwrap());
    assert!(!one.delete("value").await.unwrap());
    assert_eq!(one.get("value").await.unwrap(), None);
}

async fn a_value_is_replaced_only_where_the_expected_one_is(one: &Kv, same: &Kv) {
    assert!(!one.replace("value", b"", b"new", LONG).await.unwrap());
    one.set("value", b"\x00\xffold", Some(LONG)).await.unwrap();
    assert!(!same.replace("value", b"other", b"new", LONG).await.unwrap());
    assert!(
        same.replace("value", b"\x00\xffold", b"new", SHORT)
            .await
            .unwrap()
    );
    assert!(
        !one.replace("value", b"\x00\xffold", b"newer", LONG)
            .await
            .unwrap()
    );
    assert_eq!(one.get("value").await.unwrap().as_deref(), Some(&b"new"[..]));
    until(async || one.get("value").await.unwrap().is_none()).await;
    assert!(!one.replace("value", b"new", b"newer", LONG).await.unwrap());
}

async fn keys_are_listed_by_what_they_begin_with(one: &Kv, other: &Kv) {
    let mut keys: Vec<String> = (0..700).map(|n| format!("list[a]{n:04}")).collect();
    for key in &keys {
        one.set(key, b"1", Some(LONG)).await.unwrap();
    }
    one.set("lista0", b"1", Some(LONG)).await.unwrap();
    other.set("list[a]9999", b"1", Some(LONG)).await.unwrap();
    assert_eq!(one.list("list[a]", usize::MAX).await.unwrap(), keys);
    assert_eq!(one.list("list[a]", 2).await.unwrap(), keys[..2]);
    keys.push("lista0".to_owned());
    for key in keys {
        one.delete(&key).await.unwrap();
    }
    other.delete("list[a]9999").await.unwrap();
    assert_eq!(one.list("list", 5).await.unwrap(), [""; 0]);
}

async fn lifetimes_end(one: &Kv) {
    one.set("eternal", b"1", None).await.unwrap();
    one.set("value", b"1", Some(SHORT)).await.unwrap();
    until(async || one.get("value").await.unwrap().is_none()).await;
    assert_eq!(one.remaining_lifetime("value").await.unwrap(), None);
    assert!(!one.delete("value").await.unwrap());
    assert!(one.get("eternal").await.unwrap().is_some());
}

async fn one_of_many_wins_an_absent_key(one: &Kv, same: &Kv) {
    let tries = (0..50).map(|n| {
        let (kv, value) = (if n % 2 == 0 { one } else { same }, format!("{n}"));
        async move {
            let won = kv.set_if_absent("taken", value.as_bytes(), LONG).await.unwrap();
            won.then_some(value)
        }
    });
    let winners: Vec<String> = join_all(tries).await.into_iter().flatten().collect();
    assert_eq!(winners.len(), 1, "{winners:?}");
    let kept = one.get("taken").await.unwrap().unwrap();
    assert_eq!(kept, winners[0].as_bytes());

    one.delete("taken").await.unwrap();
    assert!(one.set_if_absent("taken", b"a", SHORT).await.unwrap());
    assert!(!one.set_if_absent("taken", b"b", SHORT).await.unwrap());
    until(async || one.set_if_absent("taken", b"c", LONG).await.unwrap()).await;
    assert_eq!(one.get("taken").await.unwrap().as_deref(), Some(&b"c"[..]));
}

async fn counting_starts_again_after_the_window(one: &Kv, same: &Kv) {
    let counts = (0..20).map(|n| async move {
        if n % 2 == 0 { one } else { same }
            .count("count", LONG)
            .await
            .unwrap()
    });
    let mut counts = join_all(counts).await;
    counts.sort_unstable();
    assert_eq!(counts, (1..=20).collect::<Vec<u64>>());
    assert_eq!(one.get("count").await.unwrap().as_deref(), Some(&b"20"[..]));

    one.delete("count").await.unwrap();
    assert_eq!(one.count("count", SHORT).await.unwrap(), 1);
    until(async || one.get("count").await.unwrap().is_none()).await;
    assert_eq!(one.count("count", LONG).await.unwrap(), 1);
    assert!(one.remaining_lifetime("count").await.unwrap().unwrap() > SHORT);
}

/// Fills so slowly that nothing is gained within the test.
pub const BUCKET: Bucket = Bucket {
    capacity: 10,
    interval: LONG,
};

async fn a_bucket_gives_no_more_than_it_holds(one: &Kv, same: &Kv) {
    let attempts = (0..30).map(|n| if n % 2 == 0 { one } else { same }.take("bucket", 1, BUCKET));
    let taken: Vec<Taken> = join_all(attempts).await.into_iter().map(Result::unwrap).collect();
    let allowed = taken.iter().filter(|taken| **taken == Taken::Allowed).count();
    assert_eq!(allowed, 10);
    for taken in taken {
        if let Taken::Refused { wait } = taken {
            assert!(wait <= LONG && wait > LONG / 2, "{wait:?}");
        }
    }
    one.delete("bucket").await.unwrap();
    assert_eq!(same.take("bucket", 10, BUCKET).await.unwrap(), Taken::Allowed);
    assert!(matches!(
        one.take("bucket", 1, BUCKET).await.unwrap(),
        Taken::Refused { .. }
    ));
    let quick = Bucket {
        capacity: 1,
        interval: SHORT,
    };
    one.delete("bucket").await.unwrap();
    assert_eq!(one.take("bucket", 1, quick).await.unwrap(), Taken::Allowed);
    until(async || one.take("bucket", 1, quick).await.unwrap() == Taken::Allowed).await;
}

async fn a_secret_is_accepted_once(one: &Kv, same: &Kv) {
    assert_eq!(one.redeem("secret", b"123456").await.unwrap(), Redeem::Missing);
    one.set_secret("secret", b"123456", LONG, 5).await.unwrap();
    assert_eq!(one.redeem("secret", b"123457").await.unwrap(), Redeem::Wrong);
    let left = one.remaining_lifetime("secret").await.unwrap().unwrap();
    assert!(left <= LONG && left > LONG / 2, "{left:?}");
    let (first, second) = tokio::join!(one.redeem("secret", b"123456"), same.redeem("secret", b"123456"));
    let mut both = [first.unwrap(), second.unwrap()];
    both.sort_unstable_by_key(|outcome| *outcome != Redeem::Accepted);
    assert_eq!(both, [Redeem::Accepted, Redeem::Missing]);

    one.set_secret("secret", b"short", SHORT, 5).await.unwrap();
    until(async || one.remaining_lifetime("secret").await.unwrap().is_none()).await;
    assert_eq!(one.redeem("secret", b"short").await.unwrap(), Redeem::Missing);
}

async fn a_secret_is_gone_after_too_many_wrong_tries(one: &Kv) {
    one.set_secret("secret", b"old", LONG, 1).await.unwrap();
    one.set_secret("secret", b"right", LONG, 5).await.unwrap();
    assert_eq!(one.redeem("secret", b"old").await.unwrap(), Redeem::Wrong);
    for _ in 0..4 {
        assert_eq!(one.redeem("secret", b"wrong").await.unwrap(), Redeem::Wrong);
    }
    assert_eq!(one.redeem("secret", b"right").await.unwrap(), Redeem::Missing);
    assert_eq!(one.remaining_lifetime("secret").await.unwrap(), None);
}

async fn hashes_are_updated_as_a_whole(one: &Kv) {
    assert!(one.read_hash("hash").await.unwrap().is_empty());
    let size = one
        .update_hash("hash", Some(LONG), |fields| {
            fields.insert("42".into(), "3|1".into());
            fields.insert("名".into(), "值".into());
            fields.len()
        })
        .await
        .unwrap();
    assert_eq!(size, 2);
    assert!(one.remaining_lifetime("hash").await.unwrap().unwrap() > LONG / 2);
    one.update_hash("hash", None, |fields| fields.remove("42"))
        .await
        .unwrap();
    let fields = one.read_hash("hash").await.unwrap();
    assert_eq!(
        fields.into_iter().collect::<Vec<_>>(),
        [("名".into(), "值".into())]
    );
    assert!(one.remaining_lifetime("hash").await.unwrap().is_some());

    one.update_hash("hash", Some(LONG), |fields| fields.clear())
        .await
        .unwrap();
    assert!(one.read_hash("hash").await.unwrap().is_empty());
    assert!(!one.delete("hash").await.unwrap());
}

async fn an_expired_hash_does_not_come_back(one: &Kv) {
    one.update_hash("hash", Some(SHORT), |fields| {
        fields.insert("old".into(), "1".into())
    })
    .await
    .unwrap();
    until(async || one.read_hash("hash").await.unwrap().is_empty()).await;
    one.update_hash("hash", None, |fields| fields.insert("new".into(), "1".into()))
        .await
        .unwrap();
    let fields = one.read_hash("hash").await.unwrap();
    assert_eq!(fields.into_keys().collect::<Vec<_>>(), ["new"]);
    assert_eq!(one.remaining_lifetime("hash").await.unwrap(), None);
    assert!(one.delete("hash").await.unwrap());
}

async fn parallel_updates_of_a_hash_lose_nothing(one: &Kv, same: &Kv) {
    let additions = (0..50).map(|n| {
        let kv = if n % 2 == 0 { one } else { same };
        kv.update_hash("counted", Some(LONG), |fields| {
            let count = fields.get("count").map_or(0, |count| count.parse().unwrap());
            fields.insert("count".into(), (count + 1).to_string());
            count
        })
    });
    let mut seen: Vec<i32> = join_all(additions)
        .await
        .into_iter()
        .map(Result::unwrap)
        .collect();
    seen.sort_unstable();
    assert_eq!(seen, (0..50).collect::<Vec<_>>());
    assert_eq!(one.read_hash("counted").await.unwrap()["count"], "50");
}

async fn namespaces_do_not_see_each_other(one: &Kv, other: &Kv) {
    one.set("value", b"ours", Some(LONG)).await.unwrap();
    assert_eq!(other.get("value").await.unwrap(), None);
    assert!(other.set_if_absent("value", b"theirs", LONG).await.unwrap());
    assert!(other.delete("value").await.unwrap());
    assert_eq!(one.get("value").await.unwrap().as_deref(), Some(&b"ours"[..]));
}

/// Asks again and again; the deadline is for a broken store only.
pub async fn until(is_so: impl AsyncFn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(10);
    while !is_so().await {
        assert!(Instant::now() < deadline, "still not so after ten seconds");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
