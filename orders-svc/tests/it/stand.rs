//! What the tests stand on: orders-svc with a database of its own on either engine, its neighbours, and a browser.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use chrono::{SubsecRound, TimeDelta, Utc};
use common::app::Keys;
use common::backends::Backends;
use common::bus::Message;
use common::clock::Clock;
use common::contracts::ids::{AddressId, OrderId, SkuId, UserId};
use common::contracts::internal_apis::carts::CartLine;
use common::contracts::internal_apis::users::Address;
use common::contracts::internal_apis::{carts, goods, pays, users};
use common::db::Db;
use common::outbox::Event;
use common::process::Process;
use common::settings::{DATA_DIR, PUBLIC_WEB_URL, Setting, Source, WORKERS};
use common::task::Tasks;
use common::telemetry::Metrics;
use common::token::{Role, ServiceTokens, UserTokens};
use common::{http_client, ids};
use orders_svc::{Application, settings};
use sea_orm::{ConnectionTrait, Database, DbBackend, QueryResult, Statement, TryGetable};
use secrecy::SecretString;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::neighbours::Neighbours;

const MARIADB_URL: &str = "mysql://root@127.0.0.1:3306";

/// Things that come later come within this time.
pub const SOON: Duration = Duration::from_secs(20);

pub const BUYER: UserId = UserId(7);
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
    browser: reqwest::Client,
    replicas: Vec<SocketAddr>,
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
        let neighbours = Neighbours::start(&tasks);
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
        stand.furnish();
        Some(stand)
    }

    /// Starts the service, once more if it runs already.
    pub async fn start_replica(&mut self) {
        let application = Application::build(&self.process).await.unwrap();
        self.replicas.push(application.address());
        let stop = self.tasks.stop_signal();
        self.tasks.detach(application.run_until_stopped(stop));
    }

    fn furnish(&self) {
        self.neighbours.launch(BAG, 25_900, 100);
        self.neighbours.launch(PEN, 8_800, 10);
        let address = Address {
            id: ADDRESS,
            receiver: "周岚".into(),
            mobile: "13800001111".into(),
            address: "江苏省苏州市工业园区湖东路8号".into(),
            tag: "家".into(),
        };
        self.neighbours.shop().addresses.insert((BUYER, ADDRESS), address);
    }

    /// Selects these SKUs in the buyer's cart.
    pub fn select(&self, lines: &[(i64, i64)]) {
        let lines = lines.iter().map(|(sku, count)| CartLine {
            sku_id: SkuId(*sku),
            count: *count,
        });
        self.neighbours.shop().carts.insert(BUYER, lines.collect());
    }

    fn token(&self, user: UserId, name: &str) -> String {
        self.process
            .keys
            .users
            .issue(user, name, Role::Buyer, 86_400)
            .unwrap()
    }

    /// A request by the buyer to replica `replica`.
    pub fn request_to(&self, replica: usize, method: &str, path: &str) -> reqwest::RequestBuilder {
        self.request_with(replica, &self.token(BUYER, BUYER_NAME), method, path)
    }

    /// A request by the buyer.
    pub fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        self.request_to(0, method, path)
    }

    /// A request by someone else, below their own path.
    pub fn request_as(&self, user: UserId, method: &str, query: &str) -> reqwest::RequestBuilder {
        let name = format!("buyer{user}");
        self.request_with(
            0,
            &self.token(user, &name),
            method,
            &format!("/v1/orders/{name}{query}"),
        )
    }

    /// A request of a page at which nobody is logged in.
    pub fn anonymous(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        self.request_with(0, "null", method, path)
    }

    pub fn request_with(
        &self,
        replica: usize,
        token: &str,
        method: &str,
        path: &str,
    ) -> reqwest::RequestBuilder {
        let url = format!("http://{}{path}", self.replicas[replica]);
        let request = self.browser.request(method.parse().unwrap(), url);
        request.header("authorization", token)
    }

    pub async fn get(&self, path: &str) -> Value {
        answer(self.request("GET", path)).await
    }

    /// Posts the body as an order of the buyer.
    pub async fn post_order(&self, body: &Value) -> Value {
        answer(self.request("POST", "/v1/orders/meixia01").json(body)).await
    }

    /// Buys past the cart, and gives the id.
    pub async fn place_order(&self, sku: i64, count: i64) -> OrderId {
        let key = ids::fresh().to_string();
        let request = self
            .request("POST", "/v1/orders/meixia01")
            .header("idempotency-key", key);
        order_id(&answer(request.json(&buy_now(sku, count))).await)
    }

    pub async fn query(&self, sql: &str) -> Vec<QueryResult> {
        let backend = self.db.reader().get_database_backend();
        let statement = Statement::from_string(backend, sql.to_owned());
        self.db.reader().query_all_raw(statement).await.unwrap()
    }

    /// The first column of the first row.
    pub async fn scalar<T: TryGetable>(&self, sql: &str) -> T {
        let rows = self.query(sql).await;
        rows.first()
            .unwrap_or_else(|| panic!("no row for {sql}"))
            .try_get_by_index(0)
            .unwrap()
    }

    pub async fn execute(&self, sql: &str) {
        self.db.writer().execute_unprepared(sql).await.unwrap();
    }

    pub async fn status(&self, id: &OrderId) -> i16 {
        self.scalar(&format!(
            "SELECT status FROM orders_order_info WHERE order_id = '{id}'"
        ))
        .await
    }

    pub async fn wait_for_status(&self, id: &OrderId, status: i16) {
        eventually(&format!("order {id} in status {status}"), async || {
            self.status(id).await == status
        })
        .await;
    }

    /// How many orders there are in `status`.
    pub async fn count(&self, status: i16) -> i64 {
        self.scalar(&format!(
            "SELECT COUNT(*) FROM orders_order_info WHERE status = {status}"
        ))
        .await
    }

    /// What the service published of topic `topic`.
    pub async fn published(&self, topic: &str) -> Vec<Value> {
        let rows = self
            .query(&format!(
                "SELECT payload FROM outbox WHERE topic = '{topic}' ORDER BY id"
            ))
            .await;
        let read = |row: &QueryResult| {
            let text: String = row.try_get_by_index(0).unwrap();
            serde_json::from_str(&text).unwrap()
        };
        rows.iter().map(read).collect()
    }

    /// Publishes an event as another service would.
    pub async fn publish<E: Event>(&self, event: &E) -> Message {
        let message = Message {
            id: ids::fresh(),
            topic: E::TOPIC.to_owned(),
            version: E::VERSION,
            key: event.key(),
            occurred_at: self.clock.now(),
            trace: None,
            data: serde_json::to_value(event).unwrap(),
        };
        self.deliver(&message).await;
        message
    }

    pub async fn deliver(&self, message: &Message) {
        for outcome in self
            .process
            .backends
            .bus
            .publish(std::slice::from_ref(message))
            .await
        {
            outcome.unwrap();
        }
    }

    /// Waits until the service has handled all events.
    pub async fn wait_for_quiet(&self) {
        eventually("queue empty", async || {
            self.process.backends.bus.depth("orders").await.unwrap() == 0
        })
        .await;
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

fn source(url: &str, data_dir: &TempDir, neighbours: &Neighbours) -> Source {
    let mut source = Source::default();
    source.supply(DATA_DIR, data_dir.path().display().to_string());
    source.supply(WORKERS, "1");
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
pub async fn eventually<F, Fut>(what: &str, mut condition: F)
where
    F: FnMut() -> Fut,
    Fut: Future<Output = bool>,
{
    let deadline = tokio::time::Instant::now() + SOON;
    while !condition().await {
        assert!(tokio::time::Instant::now() < deadline, "still not: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Sends, and reads the envelope; every application outcome is HTTP 200.
pub async fn answer(request: reqwest::RequestBuilder) -> Value {
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["cache-control"], "no-store");
    response.json().await.unwrap()
}

/// A body that buys past the cart, as the pages send it: all texts.
pub fn buy_now(sku: i64, count: i64) -> Value {
    json!({
        "address_id": ADDRESS.to_string(), "settlement_type": "1",
        "buy_count": count.to_string(), "sku_id": sku.to_string(),
    })
}

/// A body that buys what is selected in the cart.
pub fn from_cart() -> Value {
    json!({"address_id": ADDRESS.to_string(), "settlement_type": "0"})
}

pub fn order_id(answer: &Value) -> OrderId {
    assert_eq!(answer["code"], 200, "{answer}");
    answer["data"]["order_id"].as_str().unwrap().parse().unwrap()
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
