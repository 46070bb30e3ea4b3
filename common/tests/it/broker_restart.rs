//! The broker is killed and started again: services heal by themselves and nothing confirmed is lost (fault F8).

use std::time::Duration;

use common::bus::Bus;
use common::task::Tasks;

use crate::outbox::{Migrator, scalar, sell, start, wait_for_sales};
use crate::private_broker::PrivateBroker;
use crate::stand::{DbKind, DbStand, ROUTES, eventually, short_ladder, unique};

/// A node needs this long to boot when other tests run beside it.
const BOOT: Duration = Duration::from_secs(90);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_broker_loses_no_event_and_consumers_come_back_by_themselves() {
    let Some(mut broker) = PrivateBroker::start() else {
        return;
    };
    let store = DbStand::open(DbKind::Sqlite).await.unwrap();
    store.db.migrate::<Migrator>().await.unwrap();
    let data_dir = tempfile::tempdir().unwrap();
    // The node is still booting: opening must not mind.
    let bus = Bus::open_with(
        &broker.url(),
        &unique("restart"),
        data_dir.path(),
        ROUTES,
        short_ladder(),
    )
    .await
    .unwrap();
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
