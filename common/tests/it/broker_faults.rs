//! The broker fails in its own ways: services heal by themselves, and nothing confirmed is lost (faults F8 to F10).

use std::time::Duration;

use common::bus::{Bus, BusError, Message};
use common::task::Tasks;
use tempfile::TempDir;
use tokio::time::Instant;

use crate::bus::message;
use crate::outbox::{Migrator, scalar, sell, start, wait_for_sales};
use crate::private_broker::PrivateBroker;
use crate::proxy::Proxy;
use crate::stand::{DbKind, DbStand, RABBIT_ADDRESS, ROUTES, eventually, is_there, short_ladder, unique};

/// A node needs this long to boot when other tests run beside it.
const BOOT: Duration = Duration::from_secs(90);

/// A bus at `broker`, which may be booting still: opening must not mind.
async fn open(broker: &PrivateBroker) -> (Bus, TempDir) {
    let data_dir = tempfile::tempdir().unwrap();
    let bus = Bus::open_with(&broker.url(), "test", data_dir.path(), ROUTES, short_ladder())
        .await
        .unwrap();
    (bus, data_dir)
}

async fn wait_until_up(bus: &Bus) {
    eventually("broker up", BOOT, async || bus.ping().await.is_ok()).await;
}

async fn publish_one(bus: &Bus, message: &Message) -> Result<(), BusError> {
    bus.publish(std::slice::from_ref(message)).await.remove(0)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_broker_loses_no_event_and_consumers_come_back_by_themselves() {
    let Some(mut broker) = PrivateBroker::start() else {
        return;
    };
    let store = DbStand::open(DbKind::Sqlite).await.unwrap();
    store.db.migrate::<Migrator>().await.unwrap();
    let (bus, _data_dir) = open(&broker).await;
    let tasks = Tasks::default();
    start(&tasks, &store.db, &bus);
    for thing in 0..200 {
        sell(&store.db, thing).await;
    }
    eventually("first sales", BOOT, async || {
        scalar(&store.db, "SELECT COUNT(*) FROM sale").await > 50
    })
    .await;

    for thing in 200..300 {
        sell(&store.db, thing).await;
    }
    broker.kill();
    for thing in 300..400 {
        sell(&store.db, thing).await;
    }
    broker.start_again();
    for thing in 400..500 {
        sell(&store.db, thing).await;
    }

    wait_for_sales(&store.db, 500, BOOT).await;
    assert!(tasks.stop_and_wait(Duration::from_secs(20)).await);
    store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broker_that_forgot_everything_gets_its_queues_back() {
    let Some(broker) = PrivateBroker::start() else {
        return;
    };
    let store = DbStand::open(DbKind::Sqlite).await.unwrap();
    store.db.migrate::<Migrator>().await.unwrap();
    let (bus, _data_dir) = open(&broker).await;
    wait_until_up(&bus).await;
    let tasks = Tasks::default();
    start(&tasks, &store.db, &bus);
    sell(&store.db, 1).await;
    wait_for_sales(&store.db, 1, BOOT).await;

    for command in ["stop_app", "reset", "start_app"] {
        broker.control(&[command]);
    }
    sell(&store.db, 2).await;

    wait_for_sales(&store.db, 2, BOOT).await;
    assert!(tasks.stop_and_wait(Duration::from_secs(20)).await);
    store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_whose_queue_was_deleted_is_refused_once_and_taken_the_next_time() {
    let Some(broker) = PrivateBroker::start() else {
        return;
    };
    let (bus, _data_dir) = open(&broker).await;
    wait_until_up(&bus).await;
    broker.control(&["delete_queue", "test.q.sales"]);
    let (lost, kept) = (message("thing.sold"), message("thing.made"));
    let outcomes = bus.publish(&[kept, lost.clone()]).await;
    assert!(
        matches!(outcomes[..], [Ok(()), Err(BusError::Refused(_))]),
        "{outcomes:?}"
    );
    publish_one(&bus, &lost).await.unwrap();
    assert_eq!(bus.depth("sales").await.unwrap(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broker_in_alarm_makes_publishers_fail_fast_and_is_used_again_afterwards() {
    let Some(broker) = PrivateBroker::start() else {
        return;
    };
    let (bus, _data_dir) = open(&broker).await;
    wait_until_up(&bus).await;
    let before = message("thing.sold");
    publish_one(&bus, &before).await.unwrap();

    broker.control(&["set_disk_free_limit", "9000GB"]);
    let first = publish_one(&bus, &message("thing.sold")).await;
    assert!(matches!(first, Err(BusError::Timeout(_))), "{first:?}");
    let asked = Instant::now();
    let second = publish_one(&bus, &message("thing.sold")).await;
    assert!(matches!(second, Err(BusError::Blocked)), "{second:?}");
    assert!(asked.elapsed() < Duration::from_secs(1));

    broker.control(&["set_disk_free_limit", "50MB"]);
    eventually("publishing again", BOOT, async || {
        publish_one(&bus, &before).await.is_ok()
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broker_that_falls_silent_is_noticed_by_its_missing_heartbeats() {
    if !is_there("RabbitMQ", RABBIT_ADDRESS).await {
        return;
    }
    let store = DbStand::open(DbKind::Sqlite).await.unwrap();
    store.db.migrate::<Migrator>().await.unwrap();
    let proxy = Proxy::start(RABBIT_ADDRESS.to_owned()).await;
    let url = format!("amqp://guest:guest@{}/%2f?heartbeat=2", proxy.address());
    let data_dir = tempfile::tempdir().unwrap();
    let bus = Bus::open_with(&url, &unique("silent"), data_dir.path(), ROUTES, short_ladder())
        .await
        .unwrap();
    let tasks = Tasks::default();
    start(&tasks, &store.db, &bus);
    sell(&store.db, 1).await;
    wait_for_sales(&store.db, 1, BOOT).await;

    let connections = proxy.accepted();
    proxy.stall();
    sell(&store.db, 2).await;
    eventually("another try to connect", BOOT, async || {
        proxy.accepted() > connections
    })
    .await;
    proxy.resume();

    wait_for_sales(&store.db, 2, BOOT).await;
    assert!(tasks.stop_and_wait(Duration::from_secs(20)).await);
    bus.delete_topology().await.unwrap();
    store.close().await;
}
