//! kill -9 at every named place of this service: what follows heals.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use common::http_client::outside_client;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::providers::{Carts, SmsProvider, SmtpServer};
use crate::shop::{PATIENCE, eventually, registration};

const SECRET: &str = "0123456789-for-tests-of-users-svc-only";
const PHONE: &str = "13800001111";
const MAIL: &str = "dada@tedu.cn";

/// What outlives a process: its data, and those it calls.
struct World {
    data_dir: TempDir,
    sms: SmsProvider,
    mail: SmtpServer,
    carts: Carts,
}

/// One life of the process.
struct Life {
    child: Child,
    address: String,
}

impl World {
    async fn new() -> Self {
        Self {
            data_dir: tempfile::tempdir().unwrap(),
            sms: SmsProvider::start(),
            mail: SmtpServer::start().await,
            carts: Carts::start(),
        }
    }

    /// Starts the process, which dies at `crash_point` if there is one.
    async fn start(&self, crash_point: Option<&str>) -> Life {
        let mut command = Command::new(env!("CARGO_BIN_EXE_users-svc"));
        command
            .env("DADASHOP_MODE", "development")
            .env("DADASHOP_DATA_DIR", self.data_dir.path())
            .env("DADASHOP_USERS_ADDR", "127.0.0.1:0")
            .env("DADASHOP_CARTS_URLS", &self.carts.url)
            .env("DADASHOP_SMS_URL", &self.sms.url)
            .env("DADASHOP_SMS_ACCOUNT_SID", self.sms.sid)
            .env("DADASHOP_SMS_AUTH_TOKEN", self.sms.token)
            .env("DADASHOP_SMS_APP_ID", "app")
            .env("DADASHOP_MAIL_SMTP_URL", &self.mail.url)
            .env("DADASHOP_JWT_SECRET", SECRET)
            .env("DADASHOP_INTERNAL_SECRET", SECRET)
            .env("DADASHOP_WORKERS", "1")
            .env("DADASHOP_LOG_FORMAT", "pretty")
            .current_dir(self.data_dir.path())
            .stderr(Stdio::piped());
        if let Some(name) = crash_point {
            command.env("DADASHOP_CRASH", name);
        }
        tokio::task::spawn_blocking(move || Life::begin(command))
            .await
            .unwrap()
    }
}

impl Life {
    fn begin(mut command: Command) -> Self {
        let mut child = command.spawn().unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        let address = loop {
            line.clear();
            assert_ne!(
                log.read_line(&mut line).unwrap(),
                0,
                "the service ended at its start"
            );
            if let Some((_, address)) = line.trim_end().split_once("users listens on ") {
                break address.split_whitespace().next().unwrap().to_owned();
            }
        };
        // Somebody must read on, or the service would wait for its log to be taken.
        std::thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
        Self { child, address }
    }

    async fn post(&self, path: &str, body: Value) -> reqwest::Result<Value> {
        let browser = outside_client(PATIENCE).unwrap();
        let request = browser.post(format!("http://{}{path}", self.address));
        request.json(&body).send().await?.json().await
    }

    async fn has_died(&mut self) {
        eventually("the process dies", || self.child.try_wait().unwrap()).await;
    }
}

impl Drop for Life {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_code_that_was_sent_before_the_worker_died_stays_good_and_is_no_other() {
    let world = World::new().await;
    let mut life = world.start(Some("sms_after_send")).await;
    // Whether the answer comes before the end is a race; the request is stored in any case.
    drop(life.post("/v1/users/sms/code", json!({ "phone": PHONE })).await);
    life.has_died().await;

    let life = world.start(None).await;

    eventually("it is sent again, as nobody knows", || {
        (world.sms.messages().len() >= 2).then_some(())
    })
    .await;
    let messages = world.sms.messages();
    assert!(
        messages.iter().all(|message| message.code == messages[0].code),
        "{messages:?}"
    );
    let mut form = registration("meixia01", PHONE);
    form["verify"] = json!(messages[0].code);
    let answer = life.post("/v1/users/register", form).await.unwrap();
    assert_eq!(answer["code"], 200, "{answer}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_whose_maker_died_after_the_commit_is_there_with_its_mail() {
    let world = World::new().await;
    let mut life = world.start(Some("register_after_commit")).await;
    let asked = life.post("/v1/users/sms/code", json!({ "phone": PHONE })).await;
    assert_eq!(asked.unwrap()["code"], 200);
    let code = eventually("the code arrives", || world.sms.code_for(PHONE)).await;
    let mut form = registration("meixia01", PHONE);
    form["verify"] = json!(code);
    assert!(life.post("/v1/users/register", form.clone()).await.is_err());
    life.has_died().await;

    let life = world.start(None).await;

    assert_eq!(
        life.post("/v1/users/register", form).await.unwrap()["code"],
        10100
    );
    let login = json!({"username": "meixia01", "password": "123456"});
    assert_eq!(life.post("/v1/users/login", login).await.unwrap()["code"], 200);
    eventually("the mail arrives", || world.mail.codes(MAIL).pop()).await;
}
