//! A pays-svc of one test's own: keys, database, bus, and the stand-in of Alipay that it calls.

use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, TimeZone, Utc};
use common::app::Keys;
use common::backends::Backends;
use common::bus::Message;
use common::clock::Clock;
use common::contracts::ids::{OrderId, UserId};
use common::contracts::internal_apis::pays::{Cashier, PaysClient, RegisterPayment};
use common::http_client::InternalClient;
use common::money::Fen;
use common::outbox::Event;
use common::process::Process;
use common::settings::{self, Setting, Source};
use common::task::Tasks;
use common::telemetry::Metrics;
use common::token::{ServiceTokens, UserTokens};
use pays_svc::{Application, settings as own};
use reqwest::StatusCode;
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, Statement};
use secrecy::SecretString;
use serde::de::DeserializeOwned;
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::alipay::{FakeAlipay, Pairs};

pub const APP_ID: &str = "9021000100000001";
pub const SELLER_ID: &str = "2088000100000001";
pub const ORDER: &str = "202611211930457";
const MARIADB: &str = "mysql://root@127.0.0.1:3306";

/// Which database a test runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    MariaDb,
}

pub struct Shop {
    pub url: String,
    pub pays: PaysClient,
    pub clock: Clock,
    pub alipay: FakeAlipay,
    pub db: DatabaseConnection,
    pub process: Process,
    pub http: reqwest::Client,
    heard: Arc<Mutex<Vec<Message>>>,
    database: Option<String>,
    listener: Tasks,
    stop: CancellationToken,
    running: JoinHandle<std::io::Result<()>>,
    _dir: TempDir,
}

/// When every test begins.
pub fn start_time() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 21, 11, 30, 45).unwrap()
}

/// What the usual order asks for.
pub fn request() -> RegisterPayment {
    RegisterPayment {
        user_id: UserId(7),
        amount: Fen(52_800),
        expire_at: start_time() + TimeDelta::minutes(30),
        pay_method: None,
        cashier: Cashier::Page,
    }
}

pub fn order() -> OrderId {
    ORDER.parse().unwrap()
}

impl Shop {
    /// Embedded, against the stand-in of Alipay.
    pub async fn start() -> Self {
        Self::start_on(Engine::Sqlite).await.unwrap()
    }

    /// `None` when there is no MariaDB here.
    pub async fn start_on(engine: Engine) -> Option<Self> {
        let database = match engine {
            Engine::Sqlite => None,
            Engine::MariaDb => Some(new_database().await?),
        };
        let alipay = FakeAlipay::start(keys()).await;
        let source = source(keys(), &alipay.gateway_url);
        let clock = Clock::fixed(start_time());
        Some(Self::start_with(alipay, source, clock, database).await)
    }

    /// With settings and a clock of the test's own.
    pub async fn start_with(
        alipay: FakeAlipay,
        mut source: Source,
        clock: Clock,
        database: Option<String>,
    ) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let url = match &database {
            Some(name) => format!("{MARIADB}/{name}"),
            None => format!("sqlite:{}", dir.path().join("pays.db").display()),
        };
        source.supply(settings::DATA_DIR, dir.path().to_str().unwrap());
        source.supply(own::DATABASE_URL, url.clone());
        let process = process(source, clock.clone()).await;
        let application = Application::build(&process).await.unwrap();
        let url_of_service = format!("http://{}", application.address());
        let stop = CancellationToken::new();
        let listener = Tasks::default();
        let running = listener.detach(application.run_until_stopped(stop.clone()));
        let client = InternalClient::new(
            "pays",
            vec![url_of_service.clone()],
            process.keys.services.clone(),
        );
        let shop = Self {
            url: url_of_service,
            pays: PaysClient(client.unwrap()),
            clock,
            alipay,
            db: Database::connect(url).await.unwrap(),
            process,
            http: reqwest::Client::builder()
                .redirect(reqwest::redirect::Policy::none())
                .no_proxy()
                .build()
                .unwrap(),
            heard: Arc::default(),
            database,
            listener,
            stop,
            running,
            _dir: dir,
        };
        shop.listen();
        shop
    }

    /// Collects what is published to orders-svc.
    fn listen(&self) {
        let (bus, heard) = (self.process.backends.bus.clone(), self.heard.clone());
        self.listener.supervise("test listener", move |stop, beat| {
            let (bus, heard) = (bus.clone(), heard.clone());
            async move {
                bus.consume("orders", 1, stop, beat, move |message| {
                    heard.lock().unwrap().push(message);
                    async { Ok(()) }
                })
                .await
            }
        });
    }

    /// Stops the service and drops what it leaves behind.
    pub async fn stop(self) {
        self.stop.cancel();
        self.running.await.unwrap().unwrap();
        self.listener.stop_and_wait(Duration::from_secs(5)).await;
        self.db.close().await.unwrap();
        if let Some(name) = self.database {
            run_at_mariadb(&format!("DROP DATABASE {name}")).await;
        }
    }

    /// Sends a notify; answers status and body.
    pub async fn notify(&self, pairs: &Pairs) -> (StatusCode, String) {
        self.notify_raw(serde_urlencoded::to_string(pairs).unwrap().into_bytes())
            .await
    }

    pub async fn notify_raw(&self, body: Vec<u8>) -> (StatusCode, String) {
        let request = self
            .http
            .post(format!("{}/v1/pays/notify_url", self.url))
            .header("content-type", "application/x-www-form-urlencoded; charset=utf-8")
            .body(body);
        let response = request.send().await.unwrap();
        (response.status(), response.text().await.unwrap())
    }

    /// Publishes an event to pays-svc, as the outbox of orders-svc would.
    pub async fn tell<E: Event>(&self, event: &E) {
        self.tell_as(common::ids::fresh(), event).await;
    }

    /// The same with the event's id given.
    pub async fn tell_as<E: Event>(&self, id: uuid::Uuid, event: &E) {
        let message = Message {
            id,
            topic: E::TOPIC.to_owned(),
            version: E::VERSION,
            key: event.key(),
            occurred_at: Utc::now(),
            trace: None,
            data: serde_json::to_value(event).unwrap(),
        };
        for outcome in self.process.backends.bus.publish(&[message]).await {
            outcome.unwrap();
        }
    }

    /// The events of one kind that orders-svc has heard.
    pub fn heard<E: Event + DeserializeOwned>(&self) -> Vec<E> {
        let heard = self.heard.lock().unwrap();
        let of_this_kind = heard.iter().filter(|message| message.topic == E::TOPIC);
        of_this_kind.map(|message| message.read().unwrap()).collect()
    }

    /// One number from the database.
    pub async fn number(&self, sql: &str) -> i64 {
        let statement = Statement::from_string(self.db.get_database_backend(), sql);
        let row = self.db.query_one_raw(statement).await.unwrap().unwrap();
        row.try_get_by_index::<i64>(0).unwrap()
    }

    /// One text from the database; empty when there is no row.
    pub async fn text(&self, sql: &str) -> String {
        let statement = Statement::from_string(self.db.get_database_backend(), sql);
        let row = self.db.query_one_raw(statement).await.unwrap();
        row.map(|row| row.try_get_by_index(0).unwrap())
            .unwrap_or_default()
    }

    pub async fn run(&self, sql: &str) {
        self.try_run(sql).await.unwrap();
    }

    pub async fn try_run(&self, sql: &str) -> Result<(), sea_orm::DbErr> {
        self.db.execute_unprepared(sql).await.map(drop)
    }

    /// The status of the usual order's payment.
    pub async fn payment_status(&self) -> String {
        self.text(&format!(
            "SELECT status FROM pays_payment WHERE order_id = '{ORDER}'"
        ))
        .await
    }

    /// Waits until `sql` gives `expected`, ten seconds at most.
    pub async fn until_text(&self, sql: &str, expected: &str) {
        let deadline = Instant::now() + Duration::from_secs(10);
        loop {
            let text = self.text(sql).await;
            if text == expected {
                return;
            }
            assert!(
                Instant::now() < deadline,
                "{sql} gives {text:?}, not {expected:?}"
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// Waits until `is_so` holds, ten seconds at most.
pub async fn until(what: &str, is_so: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(10);
    while !is_so() {
        assert!(Instant::now() < deadline, "waited in vain for: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Settings of a service with the key files of `keys`.
pub fn source(keys: &Path, gateway_url: &str) -> Source {
    let mut source = Source::default();
    let file = |name| keys.join(name).to_str().unwrap().to_owned();
    let values: [(Setting, String); 8] = [
        (own::ADDR, "127.0.0.1:0".into()),
        (own::ALIPAY_APP_ID, APP_ID.into()),
        (own::ALIPAY_SELLER_ID, SELLER_ID.into()),
        (own::ALIPAY_PRIVATE_KEY_FILE, file("app_private.pem")),
        (own::ALIPAY_PUBLIC_KEY_FILE, file("alipay_public.pem")),
        (own::ALIPAY_GATEWAY_URL, gateway_url.into()),
        (settings::WORKERS, "2".into()),
        (settings::LIMITS, "off".into()),
    ];
    for (setting, value) in values {
        source.supply(setting, value);
    }
    source
}

/// A process around `source`, as `Process::start` makes it but for logs.
pub async fn process(source: Source, clock: Clock) -> Process {
    let secret = |text: &str| SecretString::from(format!("{text}: no secret but for tests 0123456789"));
    // Tokens are checked against the machine's clock.
    let users = UserTokens::new(&secret("users"), None, Clock::System).unwrap();
    let services = ServiceTokens::new(&secret("services"), "orders", Clock::System).unwrap();
    Process {
        backends: Box::pin(Backends::open(&source)).await.unwrap(),
        source,
        clock,
        keys: Keys {
            users: Arc::new(users),
            services: Arc::new(services),
        },
        metrics: Metrics::detached(),
    }
}

/// Key pairs for all tests, as making them takes longer than any test.
pub fn keys() -> &'static Path {
    static DIR: LazyLock<PathBuf> = LazyLock::new(|| {
        let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pays-keys");
        ::sandbox::ensure_keys(&dir).unwrap();
        dir
    });
    &DIR
}

async fn new_database() -> Option<String> {
    if tokio::net::TcpStream::connect("127.0.0.1:3306").await.is_err() {
        let is_required = std::env::var_os("DADASHOP_REQUIRE_SERVICES").is_some_and(|value| value == "1");
        assert!(!is_required, "no MariaDB at 127.0.0.1:3306");
        println!("skipped: no MariaDB at 127.0.0.1:3306");
        return None;
    }
    let name = format!("test_pays_{}", common::ids::fresh().simple());
    run_at_mariadb(&format!("CREATE DATABASE {name}")).await;
    Some(name)
}

async fn run_at_mariadb(sql: &str) {
    let server = Database::connect(MARIADB).await.unwrap();
    server.execute_unprepared(sql).await.unwrap();
    server.close().await.unwrap();
}
