//! What the tests stand on: a bus of either kind, a database of either kind, and polling with a deadline.

use std::future::Future;
use std::time::Duration;

use common::bus::{Bus, RetryLadder, Route};
use common::db::Db;
use common::task::Tasks;
use sea_orm::{ConnectionTrait, Database};
use tempfile::TempDir;

pub const RABBIT_ADDRESS: &str = "127.0.0.1:5672";
pub const RABBIT_URL: &str = "amqp://guest:guest@127.0.0.1:5672/%2f";
const MARIADB_URL: &str = "mysql://root@127.0.0.1:3306";

/// Two queues of one topic, one of another, and nobody for the rest.
pub static ROUTES: &[Route] = &[
    Route {
        topic: "thing.made",
        queue: "things",
    },
    Route {
        topic: "thing.made",
        queue: "things.mail",
    },
    Route {
        topic: "thing.sold",
        queue: "sales",
    },
];

/// A ladder that a test can wait for: four attempts.
pub fn short_ladder() -> RetryLadder {
    RetryLadder {
        waits: [150, 200, 250].map(Duration::from_millis),
        attempts: 4,
    }
}

#[derive(Clone, Copy, Debug)]
pub enum BusKind {
    Embedded,
    Rabbit,
}

/// A bus of its own, and the tasks that use it.
pub struct BusStand {
    pub bus: Bus,
    pub tasks: Tasks,
    pub namespace: String,
    _data_dir: TempDir,
}

impl BusStand {
    /// `None` when the broker is absent and may be.
    pub async fn open(kind: BusKind) -> Option<Self> {
        let url = match kind {
            BusKind::Embedded => "embedded:",
            BusKind::Rabbit if is_there("RabbitMQ", RABBIT_ADDRESS).await => RABBIT_URL,
            BusKind::Rabbit => return None,
        };
        let data_dir = tempfile::tempdir().unwrap();
        let namespace = unique("bus");
        let bus = Bus::open_with(url, &namespace, data_dir.path(), ROUTES, short_ladder())
            .await
            .unwrap();
        Some(Self {
            bus,
            tasks: Tasks::default(),
            namespace,
            _data_dir: data_dir,
        })
    }

    pub async fn close(self) {
        assert!(self.tasks.stop_and_wait(Duration::from_secs(10)).await);
        self.bus.delete_topology().await.unwrap();
    }
}

#[derive(Clone, Copy, Debug)]
pub enum DbKind {
    Sqlite,
    MariaDb,
}

/// A database of its own.
pub struct DbStand {
    pub db: Db,
    database: Option<String>,
    _data_dir: TempDir,
}

impl DbStand {
    /// `None` when the server is absent and may be.
    pub async fn open(kind: DbKind) -> Option<Self> {
        let data_dir = tempfile::tempdir().unwrap();
        let (url, database) = match kind {
            DbKind::Sqlite => (format!("sqlite:{}/test.db", data_dir.path().display()), None),
            DbKind::MariaDb if is_there("MariaDB", "127.0.0.1:3306").await => {
                let database = unique("common");
                run_at_mariadb(&format!("CREATE DATABASE {database}")).await;
                (format!("{MARIADB_URL}/{database}"), Some(database))
            }
            DbKind::MariaDb => return None,
        };
        Some(Self {
            db: Db::open(&url, 8).await.unwrap(),
            database,
            _data_dir: data_dir,
        })
    }

    pub async fn close(self) {
        self.db.close().await.unwrap();
        if let Some(database) = self.database {
            run_at_mariadb(&format!("DROP DATABASE {database}")).await;
        }
    }
}

async fn run_at_mariadb(sql: &str) {
    let server = Database::connect(MARIADB_URL).await.unwrap();
    server.execute_unprepared(sql).await.unwrap();
    server.close().await.unwrap();
}

/// Whether a server listens; without it the test is skipped, unless servers are required.
pub async fn is_there(name: &str, address: &str) -> bool {
    let is_there = tokio::net::TcpStream::connect(address).await.is_ok();
    let is_required = std::env::var_os("DADASHOP_REQUIRE_SERVICES").is_some_and(|value| value == "1");
    assert!(is_there || !is_required, "no {name} at {address}");
    if !is_there {
        println!("skipped: no {name} at {address}");
    }
    is_there
}

/// A name that no other test run uses.
pub fn unique(prefix: &str) -> String {
    format!("test_{prefix}_{}", common::ids::fresh().simple())
}

/// Polls `condition` until it holds; fails the test after `limit`.
pub async fn eventually<F, Fut>(what: &str, limit: Duration, mut condition: F)
where
    F: FnMut() -> Fut,
    Fut: Future<Output = bool>,
{
    let deadline = tokio::time::Instant::now() + limit;
    while !condition().await {
        assert!(tokio::time::Instant::now() < deadline, "not in time: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
