//! The service as a process of its own, which can be killed, and whose log can be read.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use chrono::{TimeDelta, Utc};
use common::backends::Backends;
use common::bus::Message;
use common::clock::Clock;
use common::contracts::internal_apis::pays::{PaysClient, RegisterPayment};
use common::http_client::InternalClient;
use common::outbox::Event;
use common::settings::{self, Source};
use common::token::ServiceTokens;
use sea_orm::{ConnectionTrait, Database, DbBackend, Statement};
use secrecy::SecretString;
use tempfile::TempDir;

use crate::alipay::{FakeAlipay, Pairs};
use crate::shop::{APP_ID, SELLER_ID, keys, request};

const SECRET: &str = "0123456789-for-tests-of-pays-only";

/// Data that outlives the process, and Alipay.
pub struct Home {
    pub alipay: FakeAlipay,
    data_dir: TempDir,
}

/// One life of the process.
pub struct Life {
    child: Child,
    pub address: String,
    pub pays: PaysClient,
    log: Arc<Mutex<Vec<String>>>,
}

impl Home {
    pub async fn new() -> Self {
        Self {
            alipay: FakeAlipay::start(keys()).await,
            data_dir: tempfile::tempdir().unwrap(),
        }
    }

    /// Starts the process, which dies at `crash_point` if there is one.
    pub async fn start(&self, crash_point: Option<&str>) -> Life {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pays-svc"));
        command
            .env("DADASHOP_DATA_DIR", self.data_dir.path())
            .env("DADASHOP_PAYS_DATABASE_URL", self.url())
            .env("DADASHOP_KV_URL", "embedded:")
            .env("DADASHOP_BUS_URL", "embedded:")
            .env("DADASHOP_PAYS_ADDR", "127.0.0.1:0")
            .env("DADASHOP_JWT_SECRET", SECRET)
            .env("DADASHOP_INTERNAL_SECRET", SECRET)
            .env("DADASHOP_WORKERS", "1")
            .env("DADASHOP_LOG", "info,pays_svc=debug")
            .env("DADASHOP_LOG_FORMAT", "json")
            .env("DADASHOP_ALIPAY_APP_ID", APP_ID)
            .env("DADASHOP_ALIPAY_SELLER_ID", SELLER_ID)
            .env("DADASHOP_ALIPAY_PRIVATE_KEY_FILE", keys().join("app_private.pem"))
            .env(
                "DADASHOP_ALIPAY_PUBLIC_KEY_FILE",
                keys().join("alipay_public.pem"),
            )
            .env("DADASHOP_ALIPAY_GATEWAY_URL", &self.alipay.gateway_url)
            .current_dir(self.data_dir.path())
            .stderr(Stdio::piped());
        if let Some(name) = crash_point {
            command.env("DADASHOP_CRASH", name);
        }
        tokio::task::spawn_blocking(move || Life::begin(command))
            .await
            .unwrap()
    }

    /// Puts an event into the queue of the service, which must not be running.
    pub async fn tell<E: Event>(&self, event: &E) {
        let mut source = Source::default();
        source.supply(settings::DATA_DIR, self.data_dir.path().to_str().unwrap());
        let backends = Box::pin(Backends::open(&source)).await.unwrap();
        let message = Message {
            id: common::ids::fresh(),
            topic: E::TOPIC.to_owned(),
            version: E::VERSION,
            key: event.key(),
            occurred_at: Utc::now(),
            trace: None,
            data: serde_json::to_value(event).unwrap(),
        };
        for outcome in backends.bus.publish(&[message]).await {
            outcome.unwrap();
        }
    }

    fn url(&self) -> String {
        format!("sqlite:{}", self.data_dir.path().join("pays.db").display())
    }

    pub async fn run(&self, sql: &str) {
        let db = Database::connect(self.url()).await.unwrap();
        db.execute_unprepared(sql).await.unwrap();
        db.close().await.unwrap();
    }

    pub async fn number(&self, sql: &str) -> i64 {
        let db = Database::connect(self.url()).await.unwrap();
        let statement = Statement::from_string(DbBackend::Sqlite, sql);
        let row = db.query_one_raw(statement).await.unwrap().unwrap();
        let number = row.try_get_by_index(0).unwrap();
        db.close().await.unwrap();
        number
    }
}

/// What the usual order asks for, payable from now.
pub fn request_now() -> RegisterPayment {
    RegisterPayment {
        expire_at: Utc::now() + TimeDelta::minutes(30),
        ..request()
    }
}

impl Life {
    fn begin(mut command: Command) -> Self {
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let log = Arc::<Mutex<Vec<String>>>::default();
        // Background work may be faster than the server: its lines count, and at a crash point it may be all there is.
        let mut address = "127.0.0.1:9".to_owned();
        for line in lines.by_ref().map_while(Result::ok) {
            let listens = line.split_once("pays listens on ");
            let found = listens.map(|(_, rest)| rest.split('"').next().unwrap().to_owned());
            log.lock().unwrap().push(line);
            if let Some(found) = found {
                address = found;
                break;
            }
        }
        let kept = log.clone();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                kept.lock().unwrap().push(line);
            }
        });
        let secret = SecretString::from(SECRET);
        let tokens = ServiceTokens::new(&secret, "orders", Clock::System).unwrap();
        let url = format!("http://{address}");
        let client = InternalClient::new("pays", vec![url], Arc::new(tokens)).unwrap();
        Self {
            child,
            address,
            pays: PaysClient(client),
            log,
        }
    }

    /// The answer's body, if there was one.
    pub async fn notify(&self, pairs: &Pairs) -> Option<String> {
        let client = common::http_client::outside_client(Duration::from_secs(10)).unwrap();
        let body = serde_urlencoded::to_string(pairs).unwrap();
        let url = format!("http://{}/v1/pays/notify_url", self.address);
        let answer = client.post(url).body(body).send().await.ok()?;
        answer.text().await.ok()
    }

    pub async fn has_died(&mut self) {
        let deadline = Instant::now() + Duration::from_secs(15);
        while self.child.try_wait().unwrap().is_none() {
            assert!(Instant::now() < deadline, "it lives");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Waits for a log line with this code.
    pub async fn logs(&self, code: u32) {
        let wanted = format!("\"code\":{code}");
        let deadline = Instant::now() + Duration::from_secs(10);
        while !self.log.lock().unwrap().iter().any(|line| line.contains(&wanted)) {
            assert!(Instant::now() < deadline, "no line with {wanted}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    pub fn log(&self) -> String {
        self.log.lock().unwrap().join("\n")
    }
}

impl Drop for Life {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
