//! The cache: one value made for all who ask, and none that is older than its eviction.

use std::convert::Infallible;
use std::io::Error;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use bytes::Bytes;
use common::cache::{Cache, CacheError, Family, Key};
use common::kv::Kv;
use common::task::Tasks;
use futures_util::future::join_all;
use metrics_exporter_prometheus::PrometheusBuilder;
use tempfile::TempDir;
use tokio::sync::Notify;

use crate::stand::unique;

const THING: Family = Family {
    name: "thing",
    prefix: "gt",
};
const OTHER: Family = Family {
    name: "other",
    prefix: "go",
};

/// Two replicas over one store.
struct Replicas {
    one: Cache,
    two: Cache,
    kv: Kv,
    _directory: TempDir,
}

impl Replicas {
    async fn over(url: &str) -> Self {
        let (directory, namespace) = (tempfile::tempdir().unwrap(), unique("cache"));
        let open = || Kv::open_cache(url, &namespace, directory.path());
        let (one, two, kv) = (
            open().await.unwrap(),
            open().await.unwrap(),
            open().await.unwrap(),
        );
        let tasks = Tasks::default();
        Self {
            one: Cache::new(one, &tasks),
            two: Cache::new(two, &tasks),
            kv,
            _directory: directory,
        }
    }
}

macro_rules! on_both_stores {
    ($($name:ident)*) => {
        mod embedded {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$name(super::Replicas::over("embedded:").await).await;
            })*
        }
        mod redis {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                if crate::stand::is_there("Redis", "127.0.0.1:6379").await {
                    super::$name(super::Replicas::over("redis://127.0.0.1:6379").await).await;
                }
            })*
        }
    };
}

on_both_stores! {
    a_thousand_cold_readers_of_two_replicas_cost_one_build
    a_slow_reader_does_not_bring_back_what_was_evicted
    an_eviction_reaches_exactly_its_keys
    an_absence_is_remembered_for_seconds_and_a_failure_not_at_all
    values_live_thirty_to_sixty_seconds_and_are_stored_compressed
}

fn key(n: u32) -> Key {
    Key::new(THING, n)
}

/// Reads a value that is made at once.
async fn read(cache: &Cache, key: &Key, value: &'static str) -> Bytes {
    let build = || async move { Ok::<_, Infallible>(Some(Bytes::from_static(value.as_bytes()))) };
    cache.read(key, build).await.unwrap().unwrap()
}

async fn a_thousand_cold_readers_of_two_replicas_cost_one_build(replicas: Replicas) {
    let builds = Arc::new(AtomicU32::new(0));
    let readers = (0..1000).map(|n| {
        let cache = if n % 2 == 0 { &replicas.one } else { &replicas.two };
        let builds = builds.clone();
        async move {
            let build = || async move {
                builds.fetch_add(1, Ordering::SeqCst);
                tokio::time::sleep(Duration::from_millis(50)).await;
                Ok::<_, Infallible>(Some(Bytes::from_static(b"made")))
            };
            cache.read(&key(1), build).await.unwrap().unwrap()
        }
    });
    let values = join_all(readers).await;
    assert!(values.iter().all(|value| value == "made"));
    assert_eq!(builds.load(Ordering::SeqCst), 1);
    // Both levels have it now.
    assert_eq!(read(&replicas.two, &key(1), "again").await, "made");
    replicas.two.forget();
    assert_eq!(read(&replicas.two, &key(1), "again").await, "made");
}

async fn a_slow_reader_does_not_bring_back_what_was_evicted(replicas: Replicas) {
    let (has_read, may_go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let slow = {
        let (has_read, may_go_on) = (has_read.clone(), may_go_on.clone());
        async {
            let build = || async move {
                has_read.notify_one();
                may_go_on.notified().await;
                Ok::<_, Infallible>(Some(Bytes::from_static(b"old")))
            };
            replicas.one.read(&key(1), build).await.unwrap().unwrap()
        }
    };
    let change = async {
        has_read.notified().await;
        // The other replica committed a change.
        replicas.two.evict(&[key(1)]).await;
        may_go_on.notify_one();
    };
    let (seen, ()) = tokio::join!(slow, change);
    assert_eq!(seen, "old"); // it asked before the change
    assert_eq!(read(&replicas.two, &key(1), "new").await, "new");
    assert_eq!(read(&replicas.one, &key(1), "newer").await, "new");
}

async fn an_eviction_reaches_exactly_its_keys(replicas: Replicas) {
    for n in [1, 2] {
        read(&replicas.one, &key(n), "old").await;
        read(&replicas.two, &key(n), "old").await;
    }
    read(&replicas.one, &Key::new(OTHER, ""), "old").await;
    replicas.one.evict(&[key(1)]).await;
    assert_eq!(read(&replicas.one, &key(1), "new").await, "new");
    assert_eq!(read(&replicas.one, &key(2), "new").await, "old");
    // The other replica learns of it by an event, or when its own copy ends.
    assert_eq!(read(&replicas.two, &key(1), "newer").await, "old");
    replicas.two.evict(&[key(1)]).await;
    assert_eq!(read(&replicas.two, &key(1), "newer").await, "newer");

    assert_eq!(replicas.one.clear(THING).await.unwrap(), 2);
    assert_eq!(replicas.one.entries(THING, 9).await.unwrap(), []);
    assert_eq!(read(&replicas.one, &key(2), "new").await, "new");
    assert_eq!(read(&replicas.one, &Key::new(OTHER, ""), "new").await, "old");
}

async fn an_absence_is_remembered_for_seconds_and_a_failure_not_at_all(replicas: Replicas) {
    let cache = &replicas.one;
    let failing = || async { Err::<Option<Bytes>, _>(Error::other("no database")) };
    let failed = cache.read(&key(1), failing).await;
    assert!(matches!(failed, Err(CacheError::Build(cause)) if cause.to_string() == "no database"));
    let panicking = || async { Err::<Option<Bytes>, Error>(broken()) };
    let failed = cache.read(&key(1), panicking).await;
    assert!(matches!(failed, Err(CacheError::BrokenOff(_))));

    replicas.kv.delete("gt1").await.unwrap(); // the lease of the one that panicked, which would be waited for
    let absent = || async { Ok::<Option<Bytes>, Infallible>(None) };
    assert_eq!(cache.read(&key(1), absent).await.unwrap(), None);
    let present = || async { Ok::<_, Infallible>(Some(Bytes::from_static(b"there"))) };
    assert_eq!(cache.read(&key(1), present).await.unwrap(), None);
    let lifetime = replicas.kv.remaining_lifetime("gt1").await.unwrap().unwrap();
    assert!(lifetime <= Duration::from_secs(5), "{lifetime:?}");
}

fn broken() -> Error {
    panic!("on purpose")
}

async fn values_live_thirty_to_sixty_seconds_and_are_stored_compressed(replicas: Replicas) {
    let text: &'static str = String::leak("远行双肩包 30L ".repeat(100));
    for n in 1..=8 {
        read(&replicas.one, &key(n), text).await;
    }
    let entries = replicas.two.entries(THING, 100).await.unwrap();
    assert_eq!(entries.len(), 8);
    for entry in entries {
        assert_eq!(entry.value_bytes, Some(text.len()), "{entry:?}");
        assert!(entry.stored_bytes < text.len() / 4, "{entry:?}");
        let seconds = entry.lifetime.as_secs();
        assert!((25..=60).contains(&seconds), "{entry:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_that_is_down_is_done_without() {
    let kv = Kv::open_cache("redis://127.0.0.1:1", "test", Path::new(""))
        .await
        .unwrap();
    let cache = Cache::new(kv, &Tasks::default());
    assert_eq!(read(&cache, &key(1), "made").await, "made");
    assert_eq!(read(&cache, &key(1), "again").await, "made");
    cache.evict(&[key(1)]).await;
    assert_eq!(read(&cache, &key(1), "again").await, "again");
}

/// On one thread, so that nobody else counts along.
#[tokio::test]
async fn hits_misses_and_evictions_are_counted() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let figures = recorder.handle();
    let _here = metrics::set_default_local_recorder(&recorder);
    let replicas = Replicas::over("embedded:").await;
    for _ in 0..3 {
        read(&replicas.one, &key(1), "made").await;
    }
    read(&replicas.two, &key(1), "made").await;
    replicas.one.evict(&[key(1)]).await;
    let page = figures.render();
    for line in [
        "cache_misses_total{cache=\"thing\"} 1",
        "cache_hits_total{cache=\"thing\",level=\"local\"} 2",
        "cache_hits_total{cache=\"thing\",level=\"shared\"} 1",
        "cache_evictions_total{cache=\"thing\"} 1",
    ] {
        assert!(page.contains(line), "{line}: {page}");
    }
}
