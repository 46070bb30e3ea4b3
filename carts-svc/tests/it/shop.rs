//! carts-svc started for one test, with a store of its own and goods-svc played by the test.

use std::sync::Arc;
use std::time::{Duration, Instant};

use carts_svc::{Application, settings::ADDR};
use common::app::Keys;
use common::backends::Backends;
use common::bus::{Bus, Message};
use common::clock::Clock;
use common::contracts::events::ROUTES;
use common::contracts::ids::UserId;
use common::contracts::internal_apis::carts::CartsClient;
use common::contracts::internal_apis::goods;
use common::http_client::{InternalClient, outside_client};
use common::kv::Kv;
use common::outbox::Event;
use common::process::Process;
use common::settings::{self, Source};
use common::task::Tasks;
use common::telemetry::Metrics;
use common::token::{Role, ServiceTokens, UserTokens};
use reqwest::Method;
use secrecy::SecretString;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

use crate::goods::Goods;
use crate::servers::{self, Servers};

/// Who owns the cart of most tests.
pub const USER: UserId = UserId(7);
pub const CART: &str = "/v1/carts/meixia01";

const SECRET: &str = "0123456789-for-tests-of-carts-svc-only";
const PATIENCE: Duration = Duration::from_secs(30);

/// Which stores a test runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stores {
    /// The embedded key-value store and bus.
    Embedded,
    /// Redis and RabbitMQ.
    Servers,
}

/// The service at work.
pub struct Shop {
    pub kv: Kv,
    pub bus: Bus,
    pub goods: Goods,
    pub keys: Keys,
    pub base_url: String,
    /// Of the owner of [`CART`].
    pub token: String,
    http: reqwest::Client,
    stop: CancellationToken,
    tasks: Tasks,
    servers: Option<Servers>,
    _data_dir: TempDir,
}

impl Shop {
    /// With embedded stores.
    pub async fn open() -> Self {
        Self::on(Stores::Embedded).await.unwrap()
    }

    /// `None` when servers are needed and absent.
    pub async fn on(stores: Stores) -> Option<Self> {
        let servers = match stores {
            Stores::Embedded => None,
            Stores::Servers => Some(Servers::open().await?),
        };
        let (kv_url, namespace) = match &servers {
            None => ("embedded:", "test"),
            Some(servers) => (servers::REDIS_URL, servers.namespace.as_str()),
        };
        let data_dir = tempfile::tempdir().unwrap();
        let kv = Kv::open(kv_url, namespace, data_dir.path()).await.unwrap();
        Some(Self::start(kv, Goods::start(), servers, data_dir).await)
    }

    /// Where goods-svc, or the store, is as the test wants it.
    pub async fn with(kv: Option<Kv>, goods: Goods) -> Self {
        let data_dir = tempfile::tempdir().unwrap();
        let kv = match kv {
            Some(kv) => kv,
            None => Kv::open("embedded:", "test", data_dir.path()).await.unwrap(),
        };
        Self::start(kv, goods, None, data_dir).await
    }

    async fn start(kv: Kv, goods: Goods, servers: Option<Servers>, data_dir: TempDir) -> Self {
        let (bus_url, namespace) = match &servers {
            None => ("embedded:", "test"),
            Some(servers) => (servers::RABBIT_URL, servers.namespace.as_str()),
        };
        let bus = Bus::open(bus_url, namespace, data_dir.path(), ROUTES)
            .await
            .unwrap();
        let keys = keys();
        let mut source = Source::default();
        source.supply(ADDR, "127.0.0.1:0");
        source.supply(goods::URLS, goods.url.as_str());
        source.supply(settings::DATA_DIR, data_dir.path().display().to_string());
        source.supply(settings::WORKERS, "2");
        let process = Process {
            source,
            backends: Backends {
                kv: kv.clone(),
                bus: bus.clone(),
            },
            clock: Clock::System,
            keys: keys.clone(),
            metrics: Metrics::detached(),
        };
        let application = Application::build(&process).await.unwrap();
        let base_url = format!("http://{}", application.address());
        let (tasks, stop) = (Tasks::default(), CancellationToken::new());
        tasks.detach(application.run_until_stopped(stop.clone()));
        let token = keys.users.issue(USER, "meixia01", Role::User, 3600).unwrap();
        let http = outside_client(Duration::from_secs(30)).unwrap();
        Self {
            kv,
            bus,
            goods,
            keys,
            base_url,
            token,
            http,
            stop,
            tasks,
            servers,
            _data_dir: data_dir,
        }
    }

    /// Stops it and leaves nothing behind at the servers.
    pub async fn close(self) {
        self.stop.cancel();
        assert!(self.tasks.stop_and_wait(Duration::from_secs(15)).await);
        if let Some(servers) = self.servers {
            self.bus.delete_topology().await.unwrap();
            servers.close().await;
        }
    }

    /// The answer to a call of anybody; HTTP 200 and JSON, or the test fails. The label says form, as some pages do.
    pub async fn call_as(&self, token: &str, method: Method, path: &str, body: Value) -> Value {
        let mut request = self
            .request(method, path)
            .header("content-type", "application/x-www-form-urlencoded; charset=UTF-8")
            .header("authorization", token);
        if !body.is_null() {
            request = request.body(body.to_string());
        }
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        assert_eq!(answer.headers()["content-type"], "application/json", "{path}");
        answer.json().await.unwrap()
    }

    /// The answer to a call of the cart's owner.
    pub async fn call(&self, method: Method, body: Value) -> Value {
        self.call_as(&self.token, method, CART, body).await
    }

    /// An HTTP request to the service, unsent.
    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.http.request(method, format!("{}{path}", self.base_url))
    }

    /// Adds to the cart, successfully.
    pub async fn add(&self, sku: i64, count: i64) {
        let answer = self
            .call(Method::POST, json!({"sku_id": sku, "count": count}))
            .await;
        assert_eq!(answer["code"], 200, "{answer}");
    }

    /// The cart as `(sku, count, selected)`.
    pub async fn lines(&self) -> Vec<(i64, i64, i64)> {
        let answer = self.call(Method::GET, Value::Null).await;
        assert_eq!(answer["code"], 200, "{answer}");
        lines(&answer)
    }

    /// How other services call it.
    pub fn client(&self) -> CartsClient {
        let tokens = self.keys.services.clone();
        CartsClient(InternalClient::new("carts", vec![self.base_url.clone()], tokens).unwrap())
    }

    /// Publishes an event as orders-svc does.
    pub async fn publish<E: Event>(&self, event: &E) {
        let message = Message {
            id: common::ids::fresh(),
            topic: E::TOPIC.to_owned(),
            version: E::VERSION,
            key: event.key(),
            occurred_at: Clock::System.now(),
            trace: None,
            data: serde_json::to_value(event).unwrap(),
        };
        for outcome in self.bus.publish(&[message]).await {
            outcome.unwrap();
        }
    }

    /// Waits until every message is worked off.
    pub async fn queue_is_empty(&self) {
        let deadline = Instant::now() + PATIENCE;
        while self.bus.depth("carts").await.unwrap() > 0 {
            assert!(Instant::now() < deadline, "not in time: carts worked off");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

/// The lines of an answer as `(sku, count, selected)`.
pub fn lines(answer: &Value) -> Vec<(i64, i64, i64)> {
    let number = |line: &Value, field: &str| line[field].as_i64().unwrap();
    let line = |line: &Value| {
        (
            number(line, "id"),
            number(line, "count"),
            number(line, "selected"),
        )
    };
    answer["data"].as_array().unwrap().iter().map(line).collect()
}

fn keys() -> Keys {
    let secret = SecretString::from(SECRET);
    Keys {
        users: Arc::new(UserTokens::new(&secret, None, Clock::System).unwrap()),
        services: Arc::new(ServiceTokens::new(&secret, "orders", Clock::System).unwrap()),
    }
}
