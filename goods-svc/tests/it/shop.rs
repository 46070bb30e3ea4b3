//! goods-svc started for one test, with stores of its own.

use std::panic::{AssertUnwindSafe, resume_unwind};
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;
use std::time::{Duration, Instant};

use common::app::Keys;
use common::backends::Backends;
use common::bus::{Bus, RetryLadder};
use common::clock::Clock;
use common::contracts::events::ROUTES;
use common::contracts::ids::OrderId;
use common::contracts::internal_apis::goods::{GoodsClient, ReserveOutcome};
use common::contracts::internal_apis::orders;
use common::http_client::outside_client;
use common::kv::Kv;
use common::process::Process;
use common::settings::{self, Setting, Source};
use common::task::Tasks;
use common::telemetry::Metrics;
use common::token::{Role, UserTokens};
use futures_util::FutureExt;
use goods_svc::{Application, settings as goods};
use reqwest::Method;
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, Statement};
use secrecy::SecretString;
use serde_json::Value;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

use crate::callers::{self, goods_client, reserve_request, service_token, service_tokens};
use crate::servers::{self, Servers};

/// Which stores a test runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stores {
    /// SQLite and the embedded bus.
    Embedded,
    /// MariaDB and RabbitMQ.
    Servers,
}

/// Makes tests of functions that take a shop without goods: each runs on both stores, and leaves nothing behind at
/// the servers even when it fails.
macro_rules! on_both_stores {
    ($($name:ident),+ $(,)?) => {
        mod embedded {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                crate::shop::run(crate::shop::Stores::Embedded, super::$name).await;
            })+
        }
        mod servers {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                crate::shop::run(crate::shop::Stores::Servers, super::$name).await;
            })+
        }
    };
}
pub(crate) use on_both_stores;

/// Runs a test on these stores, unless servers are needed and absent.
pub async fn run(stores: Stores, test: impl AsyncFnOnce(&Shop)) {
    run_with(stores, &[], test).await;
}

/// [`run`] with settings of its own.
pub async fn run_with(stores: Stores, settings: &[(Setting, &str)], test: impl AsyncFnOnce(&Shop)) {
    let Some(shop) = Shop::set(stores, settings).await else {
        return;
    };
    let outcome = AssertUnwindSafe(test(&shop)).catch_unwind().await;
    shop.close().await;
    if let Err(panic) = outcome {
        resume_unwind(panic);
    }
}

/// The service at work.
pub struct Shop {
    pub process: Process,
    pub goods: GoodsClient,
    pub bus: Bus,
    pub db: DatabaseConnection,
    pub data_dir: TempDir,
    pub base_url: String,
    database_url: String,
    http: reqwest::Client,
    stop: CancellationToken,
    tasks: Tasks,
    servers: Option<Servers>,
}

impl Shop {
    /// An embedded one with this fixture.
    pub async fn with(fixture: &Value) -> Self {
        let shop = Self::on(Stores::Embedded).await.unwrap();
        shop.load(fixture);
        shop
    }

    /// An embedded one that sells the demo catalogue.
    pub async fn with_demo() -> Self {
        let shop = Self::on(Stores::Embedded).await.unwrap();
        let output = shop.run(&["demo"]);
        assert!(output.status.success(), "{output:?}");
        shop
    }

    /// One without goods; `None` when servers are needed and absent.
    pub async fn on(stores: Stores) -> Option<Self> {
        Self::set(stores, &[]).await
    }

    /// [`Shop::on`] with settings of its own.
    pub async fn set(stores: Stores, settings: &[(Setting, &str)]) -> Option<Self> {
        let servers = match stores {
            Stores::Embedded => None,
            Stores::Servers => Some(Servers::open().await?),
        };
        let data_dir = tempfile::tempdir().unwrap();
        let database_url = match &servers {
            None => format!("sqlite:{}/goods.db", data_dir.path().display()),
            Some(servers) => servers.database_url(),
        };
        let mut source = Source::default();
        for (setting, value) in [
            (goods::ADDR, "127.0.0.1:0".to_owned()),
            (goods::DATABASE_URL, database_url.clone()),
            (settings::DATA_DIR, data_dir.path().display().to_string()),
            (settings::WORKERS, "2".to_owned()),
        ] {
            source.supply(setting, value);
        }
        if let Some(servers) = &servers {
            source.supply(settings::CACHE_URL, servers::REDIS_URL);
            source.supply(settings::NAMESPACE, servers.name.clone());
        }
        for (setting, value) in settings {
            source.supply(*setting, *value);
        }
        let backends = backends(servers.as_ref(), data_dir.path()).await;
        let process = Process {
            source,
            backends: backends.clone(),
            clock: Clock::System,
            keys: Keys {
                users: Arc::new(
                    UserTokens::new(&SecretString::from(callers::SECRET), None, Clock::System).unwrap(),
                ),
                services: service_tokens("goods"),
            },
            metrics: Metrics::detached(),
        };
        let application = Application::build(&process).await.unwrap();
        if settings.iter().any(|(setting, _)| *setting == orders::URLS) {
            application.start_sweeper(&process).unwrap();
        }
        let base_url = format!("http://{}", application.address());
        let (tasks, stop) = (Tasks::default(), CancellationToken::new());
        tasks.detach(application.run_until_stopped(stop.clone()));
        Some(Self {
            process,
            goods: goods_client(&base_url),
            bus: backends.bus,
            db: Database::connect(&database_url).await.unwrap(),
            data_dir,
            base_url,
            database_url,
            http: outside_client(Duration::from_secs(30)).unwrap(),
            stop,
            tasks,
            servers,
        })
    }

    /// Stops the service; the stores stay.
    pub async fn stop(&self) {
        self.stop.cancel();
        assert!(self.tasks.stop_and_wait(Duration::from_secs(15)).await);
    }

    /// Stops it and leaves nothing behind at the servers.
    pub async fn close(self) {
        self.stop().await;
        self.db.close().await.unwrap();
        if let Some(servers) = self.servers {
            self.bus.delete_topology().await.unwrap();
            servers.close().await;
        }
    }

    /// Runs the binary with `arguments` on the same database.
    pub fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_goods-svc"));
        if let Some(servers) = &self.servers {
            command
                .env("DADASHOP_CACHE_URL", servers::REDIS_URL)
                .env("DADASHOP_NAMESPACE", &servers.name);
        }
        command
            .args(arguments)
            .env("DADASHOP_DATA_DIR", self.data_dir.path())
            .env("DADASHOP_GOODS_DATABASE_URL", &self.database_url)
            .current_dir(self.data_dir.path())
            .output()
            .unwrap()
    }

    /// Runs `loaddata` with a file of this text.
    pub fn run_loaddata(&self, text: &str) -> Output {
        let file = self.data_dir.path().join("fixture.json");
        std::fs::write(&file, text).unwrap();
        self.run(&["loaddata", file.to_str().unwrap()])
    }

    /// Loads a fixture that must be right.
    pub fn load(&self, fixture: &Value) {
        let output = self.run_loaddata(&fixture.to_string());
        assert!(output.status.success(), "{output:?}");
    }

    /// The body of an answer; HTTP 200 and JSON, or the test fails. Like the page, it sends a token of nobody.
    pub async fn get(&self, path: &str) -> Value {
        self.read(self.request(Method::GET, path).header("authorization", "null"))
            .await
    }

    /// [`Shop::get`] of a POST with a raw body under the label that old pages use.
    pub async fn post(&self, path: &str, body: impl Into<String>) -> Value {
        let label = "application/x-www-form-urlencoded; charset=UTF-8";
        self.read(
            self.request(Method::POST, path)
                .header("content-type", label)
                .body(body.into()),
        )
        .await
    }

    /// What a member of staff is answered; `path` below `/v1/staff/goods`.
    pub async fn staff(&self, method: Method, path: &str, body: Value) -> Value {
        let request = self
            .request(method, &format!("/v1/staff/goods{path}"))
            .header("authorization", callers::user_token(Role::Staff));
        let request = match body {
            Value::Null => request,
            body => request.json(&body),
        };
        self.read(request).await
    }

    async fn read(&self, request: reqwest::RequestBuilder) -> Value {
        let answer = request.send().await.unwrap();
        let url = answer.url().clone();
        assert_eq!(answer.status(), 200, "{url}");
        assert_eq!(answer.headers()["content-type"], "application/json", "{url}");
        assert_eq!(answer.headers()["cache-control"], "no-store", "{url}");
        answer.json().await.unwrap()
    }

    /// An HTTP request to the service, unsent.
    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.http.request(method, format!("{}{path}", self.base_url))
    }

    /// Asks once, and gets an answer: no deadlock, no full pool and no lost lock shows itself to the caller.
    pub async fn reserve(&self, order_id: &OrderId, lines: &[(i64, i64)]) -> ReserveOutcome {
        let request = self.request(Method::PUT, &format!("/internal/reservations/{order_id}"));
        let request = request
            .header("authorization", service_token())
            .json(&reserve_request(lines));
        let answer = request.send().await.unwrap().text().await.unwrap();
        serde_json::from_str(&answer).unwrap_or_else(|_| panic!("{answer}"))
    }

    /// Stock and sales of a SKU.
    pub async fn stock(&self, sku_id: i64) -> (i64, i64) {
        let row = self
            .row(&format!("SELECT stock, sales FROM goods_sku WHERE id = {sku_id}"))
            .await;
        (
            row.try_get("", "stock").unwrap(),
            row.try_get("", "sales").unwrap(),
        )
    }

    /// The one number that a query answers; sums are decimals on MariaDB until they are told not to be.
    pub async fn number(&self, sql: &str) -> i64 {
        self.row(&format!("SELECT CAST(({sql}) AS SIGNED)"))
            .await
            .try_get_by_index(0)
            .unwrap()
    }

    /// Changes the database behind the service's back.
    pub async fn execute(&self, sql: &str) {
        self.db.execute_unprepared(sql).await.unwrap();
    }

    async fn row(&self, sql: &str) -> sea_orm::QueryResult {
        let statement = Statement::from_string(self.db.get_database_backend(), sql);
        self.db.query_one_raw(statement).await.unwrap().unwrap()
    }
}

/// Polls until `probe` gives a value.
pub async fn eventually<T>(what: &str, mut probe: impl AsyncFnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        if let Some(value) = probe().await {
            return value;
        }
        assert!(Instant::now() < deadline, "not in time: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

async fn backends(servers: Option<&Servers>, data_dir: &Path) -> Backends {
    let (bus_url, namespace) = match servers {
        None => ("embedded:", "test"),
        Some(servers) => (servers::RABBIT_URL, servers.name.as_str()),
    };
    let ladder = RetryLadder {
        waits: [100; 3].map(Duration::from_millis),
        attempts: 8,
    };
    Backends {
        kv: Kv::open("embedded:", namespace, data_dir).await.unwrap(),
        bus: Bus::open_with(bus_url, namespace, data_dir, ROUTES, ladder)
            .await
            .unwrap(),
    }
}
