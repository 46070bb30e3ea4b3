//! kill -9 at every named place of checkout, payment and cancelling: what follows heals.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use common::clock::Clock;
use common::contracts::internal_apis::pays::PaymentState;
use common::db::Db;
use common::http_client;
use common::money::Fen;
use common::task::Tasks;
use common::token::{Role, UserTokens};
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use secrecy::SecretString;
use serde_json::Value;
use tempfile::TempDir;

use crate::browser::{answer, from_cart, order_id};
use crate::neighbours::Neighbours;
use crate::stand::{BAG, BUYER, BUYER_NAME, PEN, eventually, furnished};

const SECRET: &str = "0123456789-for-tests-of-orders-only";

/// The service as a process of its own, its data and its neighbours.
struct Crashing {
    neighbours: Neighbours,
    tasks: Tasks,
    data_dir: TempDir,
    pay_timeout_seconds: &'static str,
}

/// One life of that process.
struct Life {
    child: Child,
    address: String,
}

impl Crashing {
    fn new(pay_timeout_seconds: &'static str) -> Self {
        let tasks = Tasks::default();
        Self {
            neighbours: furnished(&tasks),
            tasks,
            data_dir: tempfile::tempdir().unwrap(),
            pay_timeout_seconds,
        }
    }

    /// Starts the process, which dies at `crash_point` if there is one.
    async fn start(&self, crash_point: Option<&str>) -> Life {
        let neighbours = format!("http://{}", self.neighbours.address);
        let mut command = Command::new(env!("CARGO_BIN_EXE_orders-svc"));
        for service in ["USERS", "GOODS", "CARTS", "PAYS"] {
            command.env(format!("DADASHOP_{service}_URLS"), &neighbours);
        }
        command
            .env("DADASHOP_DATA_DIR", self.data_dir.path())
            .env("DADASHOP_ORDERS_ADDR", "127.0.0.1:0")
            .env("DADASHOP_JWT_SECRET", SECRET)
            .env("DADASHOP_INTERNAL_SECRET", SECRET)
            .env("DADASHOP_WORKERS", "1")
            .env("DADASHOP_LIMITS", "off")
            .env("DADASHOP_MODE", "development")
            .env("DADASHOP_LOG_FORMAT", "pretty")
            .env("DADASHOP_ORDERS_PAY_TIMEOUT_SECONDS", self.pay_timeout_seconds)
            .env("DADASHOP_ORDERS_CHECKOUT_TIMEOUT_SECONDS", "2")
            .env("DADASHOP_ORDERS_JOB_INTERVAL_SECONDS", "1")
            .current_dir(self.data_dir.path())
            .stderr(Stdio::piped());
        if let Some(name) = crash_point {
            command.env("DADASHOP_CRASH", name);
        }
        tokio::task::spawn_blocking(move || Life::begin(command))
            .await
            .unwrap()
    }

    async fn rows(&self, sql: &str) -> i64 {
        let db = Db::open(&format!("sqlite:{}/orders.db", self.data_dir.path().display()), 1)
            .await
            .unwrap();
        let statement = Statement::from_string(DbBackend::Sqlite, sql.to_owned());
        let row = db.reader().query_one_raw(statement).await.unwrap().unwrap();
        let number = row.try_get_by_index(0).unwrap();
        db.close().await.unwrap();
        number
    }

    async fn orders(&self, status: i16) -> i64 {
        self.rows(&format!(
            "SELECT COUNT(*) FROM orders_order_info WHERE status = {status}"
        ))
        .await
    }

    async fn events(&self, topic: &str) -> i64 {
        self.rows(&format!("SELECT COUNT(*) FROM outbox WHERE topic = '{topic}'"))
            .await
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
            if let Some((_, address)) = line.trim_end().split_once("orders listens on ") {
                break address.split_whitespace().next().unwrap().to_owned();
            }
        };
        // Somebody must read on, or the service would wait for its log to be taken.
        std::thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
        Self { child, address }
    }

    fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        let tokens = UserTokens::new(&SecretString::from(SECRET), None, Clock::System).unwrap();
        let token = tokens.issue(BUYER, BUYER_NAME, Role::User, 3600).unwrap();
        let browser = http_client::outside_client(Duration::from_secs(20)).unwrap();
        let url = format!("http://{}{path}", self.address);
        browser
            .request(method.parse().unwrap(), url)
            .header("authorization", token)
    }

    async fn post_order(&self) -> reqwest::Result<reqwest::Response> {
        let request = self
            .request("POST", "/v1/orders/meixia01")
            .header("idempotency-key", "k");
        request.json(&from_cart()).send().await
    }

    async fn has_died(&mut self) {
        eventually("the process dies", async || {
            self.child.try_wait().unwrap().is_some()
        })
        .await;
    }
}

impl Drop for Life {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Dies at `place` while an order is placed; answers what the next life says to the same request.
async fn die_while_ordering(shop: &Crashing, place: &str) -> (Life, Value) {
    shop.neighbours.select(BUYER, &[(BAG, 2), (PEN, 1)]);
    let mut life = shop.start(Some(place)).await;
    assert!(life.post_order().await.is_err(), "{place} is passed");
    life.has_died().await;
    let life = shop.start(None).await;
    eventually("the checkout is decided", async || shop.orders(11).await == 0).await;
    let retried = life.post_order().await.unwrap().json().await.unwrap();
    (life, retried)
}

async fn dies_before_the_commit(place: &str) {
    let shop = Crashing::new("1800");
    let (_life, retried) = die_while_ordering(&shop, place).await;
    order_id(&retried);
    assert_eq!((shop.orders(13).await, shop.orders(1).await), (1, 1), "{place}");
    assert_eq!(
        (shop.neighbours.stock(BAG), shop.neighbours.stock(PEN)),
        (98, 9),
        "{place}"
    );
    assert_eq!(shop.events("order.checkout_failed").await, 1, "{place}");
    assert_eq!(shop.events("order.created").await, 1, "{place}");
    shop.tasks.stop_and_wait(Duration::from_secs(5)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_checkout_that_died_before_its_commit_leaves_nothing_and_its_key_orders_anew() {
    let places = [
        "place_order_after_claim",
        "place_order_after_take",
        "place_order_after_reserve",
        "place_order_after_register",
        "place_order_before_commit",
    ];
    futures_util::future::join_all(places.map(dies_before_the_commit)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_checkout_that_died_after_its_commit_stands_and_its_key_gives_it_again() {
    let shop = Crashing::new("1800");
    let (_life, retried) = die_while_ordering(&shop, "place_order_after_commit").await;
    order_id(&retried);
    assert_eq!((shop.orders(1).await, shop.neighbours.stock(BAG)), (1, 98));
    assert_eq!(shop.events("order.created").await, 1);
    shop.tasks.stop_and_wait(Duration::from_secs(5)).await;
}

async fn dies_while_undoing(place: &str) {
    let shop = Crashing::new("1800");
    shop.neighbours.select(BUYER, &[(BAG, 2), (PEN, 11)]);
    let mut life = shop.start(Some(place)).await;
    assert!(life.post_order().await.is_err(), "{place} is passed");
    life.has_died().await;
    let _life = shop.start(None).await;
    eventually("the checkout is decided", async || shop.orders(13).await == 1).await;
    assert_eq!(shop.neighbours.stock(BAG), 100, "{place}");
    assert_eq!(shop.neighbours.shop().carts[&BUYER].len(), 2, "{place}");
    assert_eq!(shop.events("order.checkout_failed").await, 1, "{place}");
    shop.tasks.stop_and_wait(Duration::from_secs(5)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_checkout_that_died_while_it_was_undone_is_undone_once() {
    let places = [
        "heal_after_release",
        "heal_after_restore",
        "heal_before_commit",
        "heal_after_commit",
    ];
    futures_util::future::join_all(places.map(dies_while_undoing)).await;
}

async fn dies_while_paying(place: &str) {
    let shop = Crashing::new("1800");
    shop.neighbours.select(BUYER, &[(BAG, 1)]);
    let mut life = shop.start(Some(place)).await;
    let id = order_id(&life.post_order().await.unwrap().json().await.unwrap());
    let paid = PaymentState::Paid {
        trade_no: "T1".into(),
        amount: Fen(26_900),
        paid_at: Clock::System.now(),
    };
    shop.neighbours.shop().paid.insert(id.clone(), paid);
    let page = format!("/v1/orders/result/?out_trade_no={id}");
    assert!(
        life.request("GET", &page).send().await.is_err(),
        "{place} is passed"
    );
    life.has_died().await;

    let life = shop.start(None).await;

    assert_eq!(answer(life.request("GET", &page)).await["code"], 200, "{place}");
    assert_eq!(
        (shop.orders(2).await, shop.events("order.paid").await),
        (1, 1),
        "{place}"
    );
    shop.tasks.stop_and_wait(Duration::from_secs(5)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_payment_during_which_the_process_died_counts_once() {
    let places = ["mark_paid_before_commit", "mark_paid_after_commit"];
    futures_util::future::join_all(places.map(dies_while_paying)).await;
}

async fn dies_while_cancelling(place: &str) {
    let shop = Crashing::new("1");
    shop.neighbours.select(BUYER, &[(BAG, 1)]);
    let mut life = shop.start(Some(place)).await;
    order_id(&life.post_order().await.unwrap().json().await.unwrap());
    life.has_died().await;
    if place == "cancel_before_commit" {
        // The dead replica's claim on the order lasts a minute; nobody here waits that long.
        let db = Db::open(&format!("sqlite:{}/orders.db", shop.data_dir.path().display()), 1)
            .await
            .unwrap();
        db.writer()
            .execute_unprepared("UPDATE orders_order_info SET claimed_until = NULL")
            .await
            .unwrap();
        db.close().await.unwrap();
    }

    let _life = shop.start(None).await;

    eventually("the order is cancelled", async || shop.orders(12).await == 1).await;
    assert_eq!(shop.events("order.cancelled").await, 1, "{place}");
    shop.tasks.stop_and_wait(Duration::from_secs(5)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_whose_cancelling_died_is_cancelled_once() {
    let places = ["cancel_before_commit", "cancel_after_commit"];
    futures_util::future::join_all(places.map(dies_while_cancelling)).await;
}
