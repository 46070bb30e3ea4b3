//! Outbox, relay and inbox together: each event is applied exactly once.

use std::time::Duration;

use chrono::{TimeDelta, Utc};
use common::bus::{Bus, HandleError, Message};
use common::clock::Clock;
use common::db::{Db, begin_write};
use common::outbox::{self, Event};
use common::task::Tasks;
use common::{inbox, trace};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement};
use sea_orm_migration::{MigrationTrait, MigratorTrait, SchemaManager};
use serde::{Deserialize, Serialize};

use crate::stand::{BusKind, BusStand, DbKind, DbStand, eventually};

const SOON: Duration = Duration::from_secs(30);

#[derive(Debug, Serialize, Deserialize, PartialEq)]
pub struct ThingSold {
    pub thing: i64,
}

impl Event for ThingSold {
    const TOPIC: &'static str = "thing.sold";

    fn key(&self) -> String {
        self.thing.to_string()
    }
}

struct Tables;

impl sea_orm_migration::MigrationName for Tables {
    fn name(&self) -> &str {
        "tables"
    }
}

#[sea_orm_migration::async_trait::async_trait]
impl MigrationTrait for Tables {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        outbox::create_tables(manager).await?;
        let sql = "CREATE TABLE sale (thing BIGINT PRIMARY KEY, times INT NOT NULL)";
        manager.get_connection().execute_unprepared(sql).await.map(|_| ())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        outbox::drop_tables(manager).await
    }
}

pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(Tables)]
    }
}

/// Counts the event's application in the database.
pub async fn apply(db: &Db, message: &Message) -> Result<(), HandleError> {
    let sold: ThingSold = message.read()?;
    let txn = begin_write(db).await?;
    if inbox::first_time(&txn, "test", message.id, Utc::now()).await? {
        let sql = match txn.get_database_backend() {
            DbBackend::MySql => "INSERT INTO sale VALUES (?, 1) ON DUPLICATE KEY UPDATE times = times + 1",
            _ => "INSERT INTO sale VALUES (?, 1) ON CONFLICT DO UPDATE SET times = times + 1",
        };
        let insert = Statement::from_sql_and_values(txn.get_database_backend(), sql, [sold.thing.into()]);
        txn.execute_raw(insert).await?;
    }
    txn.commit().await?;
    Ok(())
}

/// Starts a relay and a consumer, as a service does.
pub fn start(tasks: &Tasks, db: &Db, bus: &Bus) {
    let (sender, sender_db) = (bus.clone(), db.clone());
    tasks.supervise("test relay", move |stop, heartbeat| {
        outbox::relay(sender_db.clone(), sender.clone(), stop, heartbeat)
    });
    let (bus, db) = (bus.clone(), db.clone());
    tasks.supervise("test consumer", move |stop, heartbeat| {
        let (bus, db) = (bus.clone(), db.clone());
        async move {
            let handle = move |message: Message| {
                let db = db.clone();
                async move { apply(&db, &message).await }
            };
            bus.consume("sales", 4, stop, heartbeat, handle).await
        }
    });
}

pub async fn sell(db: &Db, thing: i64) {
    let txn = begin_write(db).await.unwrap();
    outbox::add(&txn, Clock::System.now(), &ThingSold { thing })
        .await
        .unwrap();
    txn.commit().await.unwrap();
}

pub async fn scalar(db: &Db, sql: &str) -> i64 {
    let backend = db.reader().get_database_backend();
    let row = db
        .reader()
        .query_one_raw(Statement::from_string(backend, sql))
        .await
        .unwrap();
    row.unwrap().try_get_by_index(0).unwrap()
}

pub async fn wait_for_sales(db: &Db, count: i64, limit: Duration) {
    eventually("all sales applied", limit, async || {
        scalar(db, "SELECT COUNT(*) FROM sale").await == count
    })
    .await;
    eventually("outbox empty", limit, async || {
        outbox::unsent(db).await.unwrap() == 0
    })
    .await;
    assert_eq!(scalar(db, "SELECT COUNT(*) FROM sale WHERE times <> 1").await, 0);
}

async fn each_event_is_applied_once_though_two_relays_run(db_kind: DbKind, bus_kind: BusKind) {
    let Some(stand) = BusStand::open(bus_kind).await else {
        return;
    };
    let Some(store) = DbStand::open(db_kind).await else {
        return;
    };
    store.db.migrate::<Migrator>().await.unwrap();
    for _ in 0..2 {
        start(&stand.tasks, &store.db, &stand.bus);
    }
    for thing in 0..300 {
        sell(&store.db, thing).await;
    }
    wait_for_sales(&store.db, 300, SOON).await;
    stand.close().await;
    store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_event_is_applied_once_on_sqlite_and_the_embedded_bus() {
    each_event_is_applied_once_though_two_relays_run(DbKind::Sqlite, BusKind::Embedded).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_event_is_applied_once_on_mariadb_and_rabbitmq() {
    each_event_is_applied_once_though_two_relays_run(DbKind::MariaDb, BusKind::Rabbit).await;
}

#[tokio::test]
async fn a_change_that_is_rolled_back_tells_nobody() {
    let store = DbStand::open(DbKind::Sqlite).await.unwrap();
    store.db.migrate::<Migrator>().await.unwrap();
    let txn = begin_write(&store.db).await.unwrap();
    outbox::add(&txn, Utc::now(), &ThingSold { thing: 1 })
        .await
        .unwrap();
    txn.rollback().await.unwrap();
    assert_eq!(outbox::unsent(&store.db).await.unwrap(), 0);
    store.close().await;
}

#[tokio::test]
async fn events_keep_their_trace_and_several_are_added_at_once() {
    let store = DbStand::open(DbKind::Sqlite).await.unwrap();
    store.db.migrate::<Migrator>().await.unwrap();
    let parent = trace::fresh();
    trace::scope(parent.clone(), async {
        let txn = begin_write(&store.db).await.unwrap();
        let events = [1, 2, 3].map(|thing| ThingSold { thing });
        outbox::add_all(&txn, Utc::now(), &events).await.unwrap();
        txn.commit().await.unwrap();
    })
    .await;
    assert_eq!(outbox::unsent(&store.db).await.unwrap(), 3);
    let traced = format!("SELECT COUNT(*) FROM outbox WHERE trace = '{parent}'");
    assert_eq!(scalar(&store.db, &traced).await, 3);
    store.close().await;
}

/// The lease of a replica that died holds until it ends, and no longer.
async fn rows_of_a_dead_replica_are_published_when_its_lease_ends(db_kind: DbKind) {
    let Some(store) = DbStand::open(db_kind).await else {
        return;
    };
    let stand = BusStand::open(BusKind::Embedded).await.unwrap();
    store.db.migrate::<Migrator>().await.unwrap();
    for thing in 0..2 {
        sell(&store.db, thing).await;
    }
    for (key, lease_until) in [
        ("0", Utc::now() - TimeDelta::seconds(1)),
        ("1", Utc::now() + TimeDelta::seconds(60)),
    ] {
        let sql = "UPDATE outbox SET lease_owner = 'dead', lease_until = ? WHERE event_key = ?";
        let backend = store.db.writer().get_database_backend();
        let lease = Statement::from_sql_and_values(backend, sql, [lease_until.into(), key.into()]);
        store.db.writer().execute_raw(lease).await.unwrap();
    }
    start(&stand.tasks, &store.db, &stand.bus);
    eventually("first sale", SOON, async || {
        scalar(&store.db, "SELECT COUNT(*) FROM sale").await == 1
    })
    .await;
    assert_eq!(outbox::unsent(&store.db).await.unwrap(), 1);
    assert_eq!(scalar(&store.db, "SELECT thing FROM sale").await, 0);
    stand.close().await;
    store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_of_a_dead_replica_are_published_when_its_lease_ends_on_sqlite() {
    rows_of_a_dead_replica_are_published_when_its_lease_ends(DbKind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_of_a_dead_replica_are_published_when_its_lease_ends_on_mariadb() {
    rows_of_a_dead_replica_are_published_when_its_lease_ends(DbKind::MariaDb).await;
}
