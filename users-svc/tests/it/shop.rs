//! users-svc started for one test, with stores of its own and providers played by the test.

use std::sync::Arc;
use std::time::{Duration, Instant};

use common::app::Keys;
use common::backends::Backends;
use common::bus::{Bus, RetryLadder};
use common::clock::Clock;
use common::contracts::events::ROUTES;
use common::contracts::internal_apis::carts;
use common::http_client::outside_client;
use common::kv::Kv;
use common::process::Process;
use common::settings::{self, Setting, Source};
use common::task::Tasks;
use common::telemetry::Metrics;
use common::token::{ServiceTokens, UserTokens};
use reqwest::Method;
use secrecy::SecretString;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use users_svc::{Application, settings as users};

use crate::providers::{Carts, SmsProvider, SmtpServer, WEIBO_ID, WEIBO_SECRET, Weibo};
use crate::servers::{self, Servers};

/// How long a step may take on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(30);
const SECRET: &str = "0123456789-for-tests-of-users-svc-only";

/// Which stores a test runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stores {
    /// SQLite, and the embedded key-value store and bus.
    Embedded,
    /// MariaDB, Redis and RabbitMQ.
    Servers,
}

/// What a test wants; the default is the embedded shop with everything at work.
pub struct Setup {
    pub stores: Stores,
    pub settings: Vec<(Setting, String)>,
    pub sms: SmsProvider,
    pub carts: Carts,
    pub weibo: Weibo,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            stores: Stores::Embedded,
            settings: Vec::new(),
            sms: SmsProvider::start(),
            carts: Carts::start(),
            weibo: Weibo::start(),
        }
    }
}

impl Setup {
    /// On these stores.
    pub fn on(stores: Stores) -> Self {
        Self {
            stores,
            ..Self::default()
        }
    }

    /// With another setting.
    pub fn with(mut self, setting: Setting, value: impl Into<String>) -> Self {
        self.settings.push((setting, value.into()));
        self
    }

    /// Where registration asks for no SMS code.
    pub fn without_sms_codes(self) -> Self {
        self.with(users::REQUIRE_SMS, "false")
    }

    /// Starts it; `None` when servers are needed and absent.
    pub async fn start(self) -> Option<Shop> {
        let servers = match self.stores {
            Stores::Embedded => None,
            Stores::Servers => Some(Servers::open().await?),
        };
        Some(Shop::start(self, servers).await)
    }
}

/// The service at work.
pub struct Shop {
    pub kv: Kv,
    pub bus: Bus,
    pub keys: Keys,
    pub sms: SmsProvider,
    pub mail: SmtpServer,
    pub carts: Carts,
    pub database_url: String,
    base_url: String,
    http: reqwest::Client,
    stop: CancellationToken,
    tasks: Tasks,
    servers: Option<Servers>,
    _data_dir: TempDir,
}

impl Shop {
    /// The embedded one with everything at work.
    pub async fn open() -> Self {
        Setup::default().start().await.unwrap()
    }

    async fn start(setup: Setup, servers: Option<Servers>) -> Self {
        let data_dir = tempfile::tempdir().unwrap();
        let mail = SmtpServer::start().await;
        let clock = Clock::System;
        let database_url = match &servers {
            None => format!("sqlite:{}/users.db", data_dir.path().display()),
            Some(servers) => servers.database_url(),
        };
        let mut source = Source::default();
        for (setting, value) in [
            (users::ADDR, "127.0.0.1:0".to_owned()),
            (users::DATABASE_URL, database_url.clone()),
            (users::SMS_URL, setup.sms.url.clone()),
            (users::SMS_ACCOUNT_SID, setup.sms.sid.to_owned()),
            (users::SMS_AUTH_TOKEN, setup.sms.token.to_owned()),
            (users::SMS_APP_ID, "app".to_owned()),
            (users::MAIL_SMTP_URL, mail.url.clone()),
            (carts::URLS, setup.carts.url.clone()),
            (users::WEIBO_CLIENT_ID, WEIBO_ID.to_owned()),
            (users::WEIBO_CLIENT_SECRET, WEIBO_SECRET.to_owned()),
            (users::WEIBO_TOKEN_URL, setup.weibo.token_url.clone()),
            (settings::PUBLIC_WEB_URL, "http://shop.example".to_owned()),
            (settings::DATA_DIR, data_dir.path().display().to_string()),
            (settings::WORKERS, "2".to_owned()),
        ] {
            source.supply(setting, value);
        }
        for (setting, value) in setup.settings {
            source.supply(setting, value);
        }
        let backends = backends(servers.as_ref(), &data_dir).await;
        let keys = keys(&clock);
        let process = Process {
            source,
            backends: backends.clone(),
            clock,
            keys: keys.clone(),
            metrics: Metrics::detached(),
        };
        let application = Application::build(&process).await.unwrap();
        let base_url = format!("http://{}", application.address());
        let (tasks, stop) = (Tasks::default(), CancellationToken::new());
        tasks.detach(application.run_until_stopped(stop.clone()));
        Self {
            kv: backends.kv,
            bus: backends.bus,
            keys,
            sms: setup.sms,
            mail,
            carts: setup.carts,
            database_url,
            base_url,
            http: outside_client(Duration::from_secs(30)).unwrap(),
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

    /// The answer's body; HTTP 200 and JSON, or the test fails.
    pub async fn call(&self, method: Method, path: &str, token: Option<&str>, body: Value) -> Value {
        self.send(method, path, token, body.to_string()).await
    }

    /// [`Shop::call`] with a raw body.
    pub async fn send(&self, method: Method, path: &str, token: Option<&str>, body: String) -> Value {
        let mut request = self
            .http
            .request(method, format!("{}{path}", self.base_url))
            .header("content-type", "application/x-www-form-urlencoded; charset=UTF-8")
            .header("authorization", token.unwrap_or("null"));
        if !body.is_empty() {
            request = request.body(body);
        }
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        assert_eq!(answer.headers()["content-type"], "application/json", "{path}");
        answer.json().await.unwrap()
    }

    pub async fn get(&self, path: &str, token: Option<&str>) -> Value {
        self.send(Method::GET, path, token, String::new()).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Value {
        self.call(Method::POST, path, None, body).await
    }

    /// Where the service is.
    pub fn base_url(&self) -> String {
        self.base_url.clone()
    }

    /// An HTTP request to the service, unsent.
    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.http.request(method, format!("{}{path}", self.base_url))
    }

    /// Asks for a code and reads it from the message.
    pub async fn sms_code(&self, phone: &str) -> String {
        let answer = self.post("/v1/users/sms/code", json!({ "phone": phone })).await;
        assert_eq!(answer["code"], 200, "{answer}");
        eventually("the message arrives", || self.sms.code_for(phone)).await
    }

    /// Waits until every message of `queue` is worked off.
    pub async fn queue_is_empty(&self, queue: &str) {
        let deadline = Instant::now() + PATIENCE;
        while self.bus.depth(queue).await.unwrap() > 0 {
            assert!(Instant::now() < deadline, "not in time: {queue} worked off");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Registers a user, where no code is asked for.
    pub async fn user(&self, name: &str, phone: &str) -> User {
        let answer = self.post("/v1/users/register", registration(name, phone)).await;
        assert_eq!(answer["code"], 200, "{answer}");
        User {
            name: name.to_owned(),
            token: answer["token"].as_str().unwrap().to_owned(),
        }
    }
}

/// A user who is logged in.
pub struct User {
    pub name: String,
    pub token: String,
}

/// What the page sends, without a code.
pub fn registration(name: &str, phone: &str) -> Value {
    json!({
        "uname": name, "password": "123456", "phone": phone, "email": "dada@tedu.cn", "carts": null,
    })
}

/// Polls until `probe` gives a value.
pub async fn eventually<T>(what: &str, mut probe: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(value) = probe() {
            return value;
        }
        assert!(Instant::now() < deadline, "not in time: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

fn keys(clock: &Clock) -> Keys {
    let secret = SecretString::from(SECRET);
    Keys {
        users: Arc::new(UserTokens::new(&secret, None, clock.clone()).unwrap()),
        services: Arc::new(ServiceTokens::new(&secret, "users", clock.clone()).unwrap()),
    }
}

async fn backends(servers: Option<&Servers>, data_dir: &TempDir) -> Backends {
    let (kv_url, bus_url, namespace) = match servers {
        None => ("embedded:", "embedded:", "test"),
        Some(servers) => (servers::REDIS_URL, servers::RABBIT_URL, servers.name.as_str()),
    };
    let ladder = RetryLadder {
        waits: [100; 3].map(Duration::from_millis),
        attempts: 8,
    };
    Backends {
        kv: Kv::open(kv_url, namespace, data_dir.path()).await.unwrap(),
        bus: Bus::open_with(bus_url, namespace, data_dir.path(), ROUTES, ladder)
            .await
            .unwrap(),
    }
}
