//! What the tests stand on: orders-svc with a database of its own on either engine, its neighbours, and a browser.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use chrono::{SubsecRound, TimeDelta, Utc};
use common::app::Keys;
use common::backends::Backends;
use common::clock::Clock;
use common::contracts::ids::{AddressId, UserId};
use common::contracts::internal_apis::users::Address;
use common::contracts::internal_apis::{carts, goods, pays, users};
use common::db::Db;
use common::process::Process;
use common::settings::{DATA_DIR, LIMITS, PUBLIC_WEB_URL, Setting, Source, WORKERS};
use common::task::Tasks;
use common::telemetry::Metrics;
use common::token::{ServiceTokens, UserTokens};
use common::{http_client, ids};
use orders_svc::{Application, settings};
use sea_orm::{ConnectionTrait, Database, DbBackend};
use secrecy::SecretString;
use tempfile::TempDir;

use crate::neighbours::Neighbours;

const MARIADB_URL: &str = "mysql://root@127.0.0.1:3306";

/// Things that come later come within this time.
pub const SOON: Duration = Duration::from_secs(20);

pub const BUYER: UserId = UserId(7);
pub const STAFF: UserId = UserId(3);
pub const BUYER_NAME: &str = "meixia01";
pub const ADDRESS: AddressId = AddressId(3);
/// A SKU of 259.00 yuan, 100 pieces of it.
pub const BAG: i64 = 11;
/// A SKU of 88.00 yuan, 10 pieces of it.
pub const PEN: i64 = 12;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    MariaDb,
}

/// The service and all it needs. Its clock stands still until it is told to move.
pub struct Stand {
    pub neighbours: Neighbours,
    pub process: Process,
    pub clock: Clock,
    /// The service's own database.
    pub db: Db,
    pub browser: reqwest::Client,
    pub replicas: Vec<SocketAddr>,
    tasks: Tasks,
    database: Option<String>,
    _data_dir: TempDir,
}

impl Stand {
    pub async fn sqlite() -> Self {
        Self::open(Engine::Sqlite, &[]).await.unwrap()
    }

    /// `None` when the server is absent and may be.
    pub async fn open(engine: Engine, more: &[(Setting, &str)]) -> Option<Self> {
        let data_dir = tempfile::tempdir().unwrap();
        let (url, database) = match engine {
            Engine::Sqlite => (format!("sqlite:{}/orders.db", data_dir.path().display()), None),
            Engine::MariaDb if is_there("MariaDB", "127.0.0.1:3306").await => {
                let database = format!("test_orders_{}", ids::fresh().simple());
                run_at_mariadb(&format!("CREATE DATABASE {database}")).await;
                (format!("{MARIADB_URL}/{database}"), Some(database))
            }
            Engine::MariaDb => return None,
        };
        let tasks = Tasks::default();
        let neighbours = furnished(&tasks);
        let clock = Clock::fixed(Utc::now().trunc_subsecs(0));
        let mut source = source(&url, &data_dir, &neighbours);
        for (setting, value) in more {
            source.supply(*setting, *value);
        }
        let process = process(source, &clock).await;
        let mut stand = Self {
            neighbours,
            process,
            clock,
            db: Db::open(&url, 2).await.unwrap(),
            browser: http_client::outside_client(Duration::from_secs(30)).unwrap(),
            replicas: Vec::new(),
            tasks,
            database,
            _data_dir: data_dir,
        };
        stand.start_replica().await;
        Some(stand)
    }

    /// Starts the service, once more if it runs already.
    pub async fn start_replica(&mut self) {
        let application = Application::build(&self.process).await.unwrap();
        self.replicas.push(application.address());
        let stop = self.tasks.stop_signal();
        self.tasks.detach(application.run_until_stopped(stop));
    }

    /// Selects these SKUs in the buyer's cart.
    pub fn select(&self, lines: &[(i64, i64)]) {
        self.neighbours.select(BUYER, lines);
    }

    pub fn advance(&self, by: TimeDelta) {
        self.clock.advance(by);
    }

    /// Checks what must hold at any time, and ends the stand.
    pub async fn close(self) {
        let versions: i64 = self
            .scalar("SELECT CAST(COALESCE(SUM(version), 0) AS SIGNED) FROM orders_order_info")
            .await;
        let events: i64 = self.scalar("SELECT COUNT(*) FROM orders_order_event").await;
        assert_eq!(versions, events, "every change of an order is in its history");
        assert!(
            self.tasks.stop_and_wait(Duration::from_secs(30)).await,
            "everything ends"
        );
        self.db.close().await.unwrap();
        if let Some(database) = self.database {
            run_at_mariadb(&format!("DROP DATABASE {database}")).await;
        }
    }
}

/// Neighbours with something to sell, and the buyer's address.
pub fn furnished(tasks: &Tasks) -> Neighbours {
    let neighbours = Neighbours::start(tasks);
    neighbours.launch(BAG, 25_900, 100);
    neighbours.launch(PEN, 8_800, 10);
    let address = Address {
        id: ADDRESS,
        receiver: "周岚".into(),
        mobile: "13800001111".into(),
        address: "江苏省苏州市工业园区湖东路8号".into(),
        tag: "家".into(),
    };
    neighbours.shop().addresses.insert((BUYER, ADDRESS), address);
    neighbours
}

fn source(url: &str, data_dir: &TempDir, neighbours: &Neighbours) -> Source {
    let mut source = Source::default();
    source.supply(DATA_DIR, data_dir.path().display().to_string());
    source.supply(WORKERS, "1");
    source.supply(LIMITS, "off");
    source.supply(PUBLIC_WEB_URL, "http://web/");
    source.supply(settings::ADDR, "127.0.0.1:0");
    source.supply(settings::DATABASE_URL, url);
    source.supply(settings::JOB_INTERVAL_SECONDS, "1");
    for urls in [users::URLS, goods::URLS, carts::URLS, pays::URLS] {
        source.supply(urls, format!("http://{}", neighbours.address));
    }
    source
}

async fn process(source: Source, clock: &Clock) -> Process {
    let secret = SecretString::from("0123456789-for-tests-of-orders-only");
    let users = UserTokens::new(&secret, None, clock.clone()).unwrap();
    let services = ServiceTokens::new(&secret, "orders", clock.clone()).unwrap();
    Process {
        backends: Backends::open(&source).await.unwrap(),
        source,
        clock: clock.clone(),
        keys: Keys {
            users: Arc::new(users),
            services: Arc::new(services),
        },
        metrics: Metrics::detached(),
    }
}

async fn run_at_mariadb(sql: &str) {
    let server = Database::connect(MARIADB_URL).await.unwrap();
    assert_eq!(server.get_database_backend(), DbBackend::MySql);
    server.execute_unprepared(sql).await.unwrap();
    server.close().await.unwrap();
}

/// Whether a server listens; without it the test is skipped, unless servers are required.
async fn is_there(name: &str, address: &str) -> bool {
    let is_there = tokio::net::TcpStream::connect(address).await.is_ok();
    let is_required = std::env::var_os("DADASHOP_REQUIRE_SERVICES").is_some_and(|value| value == "1");
    assert!(is_there || !is_required, "no {name} at {address}");
    if !is_there {
        println!("skipped: no {name} at {address}");
    }
    is_there
}

/// Polls `condition` until it holds.
pub async fn eventually(what: &str, mut condition: impl AsyncFnMut() -> bool) {
    let deadline = tokio::time::Instant::now() + SOON;
    while !condition().await {
        assert!(tokio::time::Instant::now() < deadline, "still not: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Runs each case on either engine; the test's name ends in the engine's.
#[macro_export]
macro_rules! on_both_engines {
    ($($name:ident)*) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                let stand = $crate::stand::Stand::open($crate::stand::Engine::Sqlite, &[]).await.unwrap();
                super::$name(stand).await;
            })*
        }
        mod mariadb {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                if let Some(stand) = $crate::stand::Stand::open($crate::stand::Engine::MariaDb, &[]).await {
                    super::$name(stand).await;
                }
            })*
        }
    };
}
