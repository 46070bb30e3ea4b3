//! A sandbox on free ports in a directory of its own, and how to talk to it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use reqwest::{Client, StatusCode};
use sandbox::{Sandbox, SandboxSettings};
use serde_json::Value;
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub const APP_ID: &str = "9021000100000001";
pub const SELLER_ID: &str = "2088000100000001";
pub const SMS_SID: &str = "8aaf0708";
pub const SMS_TOKEN: &str = "63c6e2e8";
pub const SMS_APP_ID: &str = "8a216da8";
pub const WEIBO_ID: &str = "2045436852";
pub const WEIBO_SECRET: &str = "a-secret-for-tests-only";

pub struct TestSandbox {
    pub url: String,
    pub smtp_addr: std::net::SocketAddr,
    pub dir: TempDir,
    pub client: Client,
    stop: CancellationToken,
    running: JoinHandle<()>,
}

impl TestSandbox {
    pub async fn start() -> TestSandbox {
        let dir = tempfile::tempdir().unwrap();
        for file in fs::read_dir(keys()).unwrap() {
            let file = file.unwrap();
            fs::copy(file.path(), dir.path().join(file.file_name())).unwrap();
        }
        TestSandbox::start_in(dir).await
    }

    pub async fn start_in(dir: TempDir) -> TestSandbox {
        let sandbox = Sandbox::start(settings(dir.path())).await.unwrap();
        let client = Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        let (url, smtp_addr) = (sandbox.url(), sandbox.smtp_addr());
        let stop = CancellationToken::new();
        let running = TaskTracker::new().spawn(sandbox.run_until_stopped(stop.clone()));
        TestSandbox {
            url,
            smtp_addr,
            dir,
            client,
            stop,
            running,
        }
    }

    /// Stops it and answers its directory, to start again in.
    pub async fn stop(self) -> TempDir {
        self.stop.cancel();
        self.running.await.unwrap();
        self.dir
    }

    pub async fn get(&self, path: &str) -> (StatusCode, Value) {
        json_of(self.client.get(format!("{}{path}", self.url))).await
    }

    pub async fn post(&self, path: &str) -> (StatusCode, Value) {
        json_of(self.client.post(format!("{}{path}", self.url))).await
    }

    pub async fn put(&self, path: &str, body: &str) -> (StatusCode, Value) {
        let request = self.client.put(format!("{}{path}", self.url));
        json_of(
            request
                .header("content-type", "application/json")
                .body(body.to_owned()),
        )
        .await
    }

    /// The trade once `is_ready` holds, within ten seconds.
    pub async fn trade_when(&self, out_trade_no: &str, is_ready: impl Fn(&Value) -> bool) -> Value {
        let deadline = Instant::now() + Duration::from_secs(10);
        loop {
            let (_, trade) = self.get(&format!("/api/alipay/trades/{out_trade_no}")).await;
            if is_ready(&trade) {
                return trade;
            }
            assert!(Instant::now() < deadline, "waited in vain, last seen: {trade}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

async fn json_of(request: reqwest::RequestBuilder) -> (StatusCode, Value) {
    let response = request.send().await.unwrap();
    let status = response.status();
    (status, response.json().await.unwrap())
}

fn settings(dir: &Path) -> SandboxSettings {
    SandboxSettings {
        addr: "127.0.0.1:0".parse().unwrap(),
        smtp_addr: "127.0.0.1:0".parse().unwrap(),
        data_dir: dir.to_path_buf(),
        app_id: APP_ID.to_owned(),
        seller_id: SELLER_ID.to_owned(),
        sms_account_sid: SMS_SID.to_owned(),
        sms_auth_token: SMS_TOKEN.to_owned(),
        sms_app_id: SMS_APP_ID.to_owned(),
        weibo_client_id: WEIBO_ID.to_owned(),
        weibo_client_secret: WEIBO_SECRET.to_owned(),
    }
}

/// Key pairs for all tests, as making them takes longer than any test.
fn keys() -> &'static Path {
    static DIR: LazyLock<PathBuf> = LazyLock::new(|| {
        let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sandbox-keys");
        sandbox::ensure_keys(&dir).unwrap();
        dir
    });
    &DIR
}
