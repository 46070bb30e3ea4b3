//! kill -9 at every named point: what was answered holds, and asking again ends it rightly (reliability I7).

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};

use chrono::Utc;
use common::bus::{Bus, Message};
use common::contracts::events::ROUTES;
use common::contracts::events::orders::OrderPaid;
use common::contracts::ids::UserId;
use common::contracts::internal_apis::goods::{GoodsClient, ReserveOutcome};
use common::ids;
use common::outbox::Event;

use crate::callers::{SECRET, goods_client, order, reserve_request};
use crate::fixture::backpacks;
use crate::shop::{Shop, eventually};

/// The service as a process of its own, on the data of a stopped [`Shop`].
struct Process {
    child: Child,
    goods: GoodsClient,
}

impl Process {
    async fn start(shop: &Shop, crash: &str) -> Self {
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let child = Command::new(env!("CARGO_BIN_EXE_goods-svc"))
            .env("DADASHOP_MODE", "development")
            .env("DADASHOP_DATA_DIR", shop.data_dir.path())
            .env("DADASHOP_GOODS_ADDR", address.to_string())
            .env("DADASHOP_JWT_SECRET", SECRET)
            .env("DADASHOP_INTERNAL_SECRET", SECRET)
            .env("DADASHOP_NAMESPACE", "test")
            .env("DADASHOP_CRASH", crash)
            .current_dir(shop.data_dir.path())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let base_url = format!("http://{address}");
        eventually("the service answers", async || {
            reqwest::get(format!("{base_url}/healthz")).await.ok()
        })
        .await;
        Self {
            child,
            goods: goods_client(&base_url),
        }
    }

    async fn is_killed(&mut self) {
        eventually("the service is killed", async || self.child.try_wait().unwrap()).await;
    }

    fn end(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// An embedded shop with goods whose own service stands still.
async fn stopped_shop() -> Shop {
    let shop = Shop::with(&backpacks()).await;
    shop.stop().await;
    shop
}

/// Before and after the commit, at the same time.
async fn both(points: [&str; 2], scenario: impl AsyncFn(&str)) {
    futures_util::future::join_all(points.map(|point| scenario(point))).await;
}

#[tokio::test]
async fn a_reservation_that_was_killed_is_taken_once_when_asked_again() {
    both(["reserve_before_commit", "reserve_after_commit"], async |crash| {
        let shop = stopped_shop().await;
        let mut process = Process::start(&shop, crash).await;
        let request = reserve_request(&[(11, 2), (12, 1)]);
        process.goods.reserve(&order(1), &request).await.unwrap_err();
        process.is_killed().await;
        let process = Process::start(&shop, "").await;
        let outcome = process.goods.reserve(&order(1), &request).await.unwrap();
        assert!(
            matches!(outcome, ReserveOutcome::Reserved { .. }),
            "{crash}: {outcome:?}"
        );
        assert_eq!(
            (shop.stock(11).await, shop.stock(12).await),
            ((8, 2), (19, 1)),
            "{crash}"
        );
        shop.assert_stock_is_explained().await;
        process.end();
    })
    .await;
}

/// The first order is reserved alone; those that come meanwhile share the second transaction, in which it is killed.
#[tokio::test]
async fn orders_whose_shared_transaction_was_killed_are_each_taken_once_when_asked_again() {
    both(
        ["reserve_before_commit@2", "reserve_after_commit@2"],
        async |crash| {
            let shop = stopped_shop().await;
            let mut process = Process::start(&shop, crash).await;
            let request = reserve_request(&[(12, 1), (15, 1)]);
            let orders = (1..=16).map(|n| {
                let (goods, request) = (process.goods.clone(), &request);
                async move { goods.reserve(&order(n), request).await }
            });
            futures_util::future::join_all(orders).await;
            process.is_killed().await;
            let process = Process::start(&shop, "").await;
            for n in 1..=16 {
                let outcome = process.goods.reserve(&order(n), &request).await.unwrap();
                assert!(
                    matches!(outcome, ReserveOutcome::Reserved { .. }),
                    "{crash}: {outcome:?}"
                );
            }
            assert_eq!(
                (shop.stock(12).await, shop.stock(15).await),
                ((4, 16), (14, 16)),
                "{crash}"
            );
            shop.assert_stock_is_explained().await;
            process.end();
        },
    )
    .await;
}

#[tokio::test]
async fn a_release_that_was_killed_gives_back_once_when_asked_again() {
    both(["release_before_commit", "release_after_commit"], async |crash| {
        let shop = stopped_shop().await;
        let mut process = Process::start(&shop, crash).await;
        process
            .goods
            .reserve(&order(1), &reserve_request(&[(11, 2), (12, 1)]))
            .await
            .unwrap();
        process.goods.release(&order(1)).await.unwrap_err();
        process.is_killed().await;
        let process = Process::start(&shop, "").await;
        process.goods.release(&order(1)).await.unwrap();
        assert_eq!(
            (shop.stock(11).await, shop.stock(12).await),
            ((10, 0), (20, 0)),
            "{crash}"
        );
        shop.assert_stock_is_explained().await;
        process.end();
    })
    .await;
}

#[tokio::test]
async fn a_sale_that_was_killed_is_made_when_the_event_comes_again() {
    both(
        ["mark_sold_before_commit", "mark_sold_after_commit"],
        async |crash| {
            let shop = stopped_shop().await;
            let mut process = Process::start(&shop, crash).await;
            process
                .goods
                .reserve(&order(1), &reserve_request(&[(11, 2)]))
                .await
                .unwrap();
            publish_paid(&shop).await;
            process.is_killed().await;
            let process = Process::start(&shop, "").await;
            eventually("the order is sold", async || {
                let sold = "SELECT COUNT(*) FROM goods_reservation WHERE state = 'sold'";
                (shop.number(sold).await == 1).then_some(())
            })
            .await;
            assert_eq!(shop.stock(11).await, (8, 2), "{crash}");
            assert_eq!(shop.number("SELECT COUNT(*) FROM inbox").await, 1, "{crash}");
            process.end();
        },
    )
    .await;
}

/// As orders-svc would, into the file of the embedded bus.
async fn publish_paid(shop: &Shop) {
    let bus = Bus::open("embedded:", "test", shop.data_dir.path(), ROUTES)
        .await
        .unwrap();
    let event = OrderPaid {
        order_id: order(1),
        user_id: UserId(7),
    };
    let message = Message {
        id: ids::fresh(),
        topic: OrderPaid::TOPIC.to_owned(),
        version: OrderPaid::VERSION,
        key: event.key(),
        occurred_at: Utc::now(),
        trace: None,
        data: serde_json::to_value(&event).unwrap(),
    };
    for outcome in bus.publish(&[message]).await {
        outcome.unwrap();
    }
}
