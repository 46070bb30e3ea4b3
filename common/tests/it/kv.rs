//! The key-value store: both kinds keep the same promises, and the one in Redis outlives its connection.

mod promises;

use std::path::Path;
use std::time::Duration;

use common::db::Db;
use common::kv::{Kv, Redeem};
use futures_util::future::join_all;
use futures_util::poll;
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::Instant;

use crate::proxy::Proxy;
use promises::{LONG, keeps_the_promises, until};

#[tokio::test]
async fn the_embedded_store_keeps_the_promises() {
    let directory = tempfile::tempdir().unwrap();
    let one = open("embedded:", "one", directory.path()).await;
    let same = open("embedded:", "one", directory.path()).await;
    let other = open("embedded:", "two", directory.path()).await;
    keeps_the_promises(&one, &same, &other).await;
}

#[tokio::test]
async fn redis_keeps_the_promises() {
    let Some(server) = redis().await else { return };
    let (shop, shop_two) = (fresh_namespace(), fresh_namespace());
    let one = open(&server.url, &shop, Path::new("")).await;
    let same = open(&server.url, &shop, Path::new("")).await;
    let other = open(&server.url, &shop_two, Path::new("")).await;
    keeps_the_promises(&one, &same, &other).await;
    assert_eq!(server.ask(&format!("KEYS {shop}:*")).await, "*0\r\n");
    assert_eq!(server.ask(&format!("KEYS {shop_two}:*")).await, "*0\r\n");
}

#[tokio::test]
async fn the_embedded_store_remembers_when_opened_again() {
    let directory = tempfile::tempdir().unwrap();
    let data_dir = directory.path().join("not/there/yet");
    // Never closed: what is acknowledged must be in the file.
    let before = open("embedded:", "shop", &data_dir).await;
    before.set("value", b"kept", Some(LONG)).await.unwrap();
    before.set_secret("secret", b"kept", LONG, 5).await.unwrap();
    before
        .update_hash("hash", Some(LONG), |fields| {
            fields.insert("field".into(), "kept".into())
        })
        .await
        .unwrap();

    let after = open("embedded:", "shop", &data_dir).await;
    assert_eq!(after.get("value").await.unwrap().as_deref(), Some(&b"kept"[..]));
    assert_eq!(after.redeem("secret", b"kept").await.unwrap(), Redeem::Accepted);
    assert_eq!(after.read_hash("hash").await.unwrap()["field"], "kept");
}

#[tokio::test]
async fn a_new_embedded_store_may_be_opened_by_many_at_once() {
    let directory = tempfile::tempdir().unwrap();
    let opened = join_all((0..8).map(|_| open("embedded:", "shop", directory.path()))).await;
    let counts = join_all(opened.iter().map(|kv| kv.count("count", LONG))).await;
    assert_eq!(counts.into_iter().map(Result::unwrap).max(), Some(8));
}

/// A handler's future is dropped when its client resets the connection, wherever it then is.
#[tokio::test]
async fn a_writer_that_is_dropped_half_way_harms_no_later_one() {
    let directory = tempfile::tempdir().unwrap();
    let kv = open("embedded:", "shop", directory.path()).await;
    let another = open("embedded:", "shop", directory.path()).await;
    for polls in (0..25).cycle().take(200) {
        let mut dropped =
            Box::pin(kv.update_hash("hash", None, |fields| fields.insert("a".into(), "1".into())));
        for _ in 0..polls {
            if poll!(&mut dropped).is_ready() {
                break;
            }
            tokio::time::sleep(Duration::from_micros(100)).await;
        }
        drop(dropped);
        let count = kv.count("count", LONG).await.unwrap();
        let seen = another.get("count").await.unwrap().unwrap();
        assert_eq!(
            seen,
            count.to_string().as_bytes(),
            "acknowledged after {polls} polls"
        );
    }
    assert_eq!(another.count("count", LONG).await.unwrap(), 201);
}

#[tokio::test]
async fn the_embedded_store_sweeps_expired_keys_away() {
    let directory = tempfile::tempdir().unwrap();
    let kv = open("embedded:", "shop", directory.path()).await;
    kv.set("eternal", b"1", None).await.unwrap();
    kv.set_secret("secret", b"1", LONG, 5).await.unwrap();
    for n in 0..10 {
        let lifetime = Duration::from_millis(1);
        kv.set(&format!("value {n}"), b"1", Some(lifetime)).await.unwrap();
        kv.set_secret(&format!("secret {n}"), b"1", lifetime, 5)
            .await
            .unwrap();
    }
    until(async || {
        kv.count("busy", LONG).await.unwrap();
        keys_in_the_file(directory.path()).await == ["shop:busy", "shop:eternal", "shop:secret"]
    })
    .await;
}

async fn keys_in_the_file(directory: &Path) -> Vec<String> {
    let url = format!("sqlite:{}", directory.join("kv.db").display());
    let db = Db::open(&url, 1).await.unwrap();
    let keys = "SELECT key FROM kv_value UNION SELECT key FROM kv_hash UNION SELECT key FROM kv_hash_life ORDER BY key";
    let keys = Statement::from_string(DbBackend::Sqlite, keys);
    let rows = db.reader().query_all_raw(keys).await.unwrap();
    db.close().await.unwrap();
    rows.iter().map(|row| row.try_get("", "key").unwrap()).collect()
}

#[tokio::test]
async fn an_address_of_no_known_store_is_refused() {
    for url in ["", "memory:", "http://127.0.0.1", "redis://127.0.0.1:not-a-port"] {
        assert!(Kv::open(url, "shop", Path::new("")).await.is_err(), "{url}");
    }
}

#[tokio::test]
async fn redis_is_found_again_after_its_connection_was_cut() {
    let Some(server) = redis().await else { return };
    let proxy = Proxy::start(server.address.clone()).await;
    let kv = open(&through(&proxy), &fresh_namespace(), Path::new("")).await;
    assert_eq!(kv.count("cut", LONG).await.unwrap(), 1);

    proxy.cut().await;
    // May be repeated without harm, so the very first succeeds, noticed or not.
    assert_eq!(kv.get("cut").await.unwrap().as_deref(), Some(&b"1"[..]));

    for cut in 1..=10 {
        proxy.cut().await;
        // Must not be repeated: its outcome may be unknown once, but it is never counted twice.
        let count = match kv.count("cut", LONG).await {
            Ok(count) => count,
            Err(_) => kv.count("cut", LONG).await.unwrap(),
        };
        assert!(
            (1 + cut..=1 + 2 * cut).contains(&count),
            "{count} after {cut} cuts"
        );
    }
    kv.delete("cut").await.unwrap();
}

#[tokio::test]
async fn all_who_lost_a_connection_share_the_next_one() {
    let Some(server) = redis().await else { return };
    let proxy = Proxy::start(server.address.clone()).await;
    let kv = open(&through(&proxy), &fresh_namespace(), Path::new("")).await;
    kv.ping().await.unwrap();
    proxy.cut().await;
    let answers = join_all((0..50).map(|_| kv.get("value"))).await;
    assert!(answers.iter().all(Result::is_ok));
    assert!(proxy.accepted() <= 4, "{} connections", proxy.accepted());
}

#[tokio::test]
async fn a_redis_that_stops_answering_is_given_up_and_found_again() {
    let Some(server) = redis().await else { return };
    let proxy = Proxy::start(server.address.clone()).await;
    let kv = open(&through(&proxy), &fresh_namespace(), Path::new("")).await;
    kv.ping().await.unwrap();
    proxy.stall();
    let started = Instant::now();
    let answers = join_all((0..20).map(|_| kv.get("value"))).await;
    assert!(answers.iter().all(Result::is_err));
    assert!(
        started.elapsed() < Duration::from_secs(3),
        "{:?}",
        started.elapsed()
    );
    proxy.resume();
    until(async || kv.get("value").await.is_ok()).await;
}

#[tokio::test]
async fn a_redis_that_is_not_there_fails_the_ping_and_not_the_opening() {
    // Nobody listens on the port of a listener that is gone.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("redis://{}", listener.local_addr().unwrap());
    drop(listener);
    let kv = open(&url, "shop", Path::new("")).await;
    assert!(kv.ping().await.is_err());
}

#[test]
fn operations_may_run_on_any_thread() {
    fn is_send(_: impl Send) {}
    fn all(kv: &'static Kv) {
        is_send(Kv::open("embedded:", "shop", Path::new("")));
        is_send(kv.get("key"));
        is_send(kv.count("key", LONG));
        is_send(kv.take("key", 1, promises::BUCKET));
        is_send(kv.redeem("key", b""));
        is_send(kv.delete("key"));
        is_send(kv.update_hash("key", None, |fields| fields.len()));
    }
    let _ = all;
}

async fn open(url: &str, namespace: &str, data_dir: &Path) -> Kv {
    Kv::open(url, namespace, data_dir).await.unwrap()
}

/// The URL of the Redis behind `proxy`.
fn through(proxy: &Proxy) -> String {
    format!("redis://{}", proxy.address())
}

fn fresh_namespace() -> String {
    format!("test-{}", common::ids::fresh())
}

/// The Redis of this machine.
struct Server {
    url: String,
    address: String,
}

impl Server {
    /// One command by another way than the store's own; the raw answer.
    async fn ask(&self, command: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).await.unwrap();
        stream
            .write_all(format!("{command}\r\nQUIT\r\n").as_bytes())
            .await
            .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer.trim_end_matches("+OK\r\n").to_owned()
    }
}

/// None when there is no Redis here and none is required.
async fn redis() -> Option<Server> {
    let url = match std::env::var_os("DADASHOP_TEST_REDIS_URL") {
        Some(url) => url.into_string().unwrap(),
        None => "redis://127.0.0.1:6379".into(),
    };
    let address = url
        .trim_start_matches("redis://")
        .trim_end_matches('/')
        .to_owned();
    if TcpStream::connect(&address).await.is_ok() {
        return Some(Server { url, address });
    }
    let required = std::env::var_os("DADASHOP_REQUIRE_SERVICES").is_some_and(|value| value == "1");
    assert!(!required, "no Redis at {address}");
    println!("skipped: no Redis at {address}");
    None
}
