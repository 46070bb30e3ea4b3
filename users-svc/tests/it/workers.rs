//! The workers: many slow jobs at a time, another SMS provider, and carts that were left behind.

use std::time::Instant;

use common::bus::Message;
use common::contracts::events::users::SmsRequested;
use common::ids;
use common::outbox::Event;
use serde_json::json;
use users_svc::settings::{SMS_PROVIDER, SMS_WEBHOOK_TOKEN, SMS_WEBHOOK_URL, SMS_WORKERS};

use crate::providers::{Carts, Mood};
use crate::shop::{PATIENCE, Setup, Shop, Stores, eventually};

fn sms_requested(phone: &str) -> Message {
    let event = SmsRequested {
        phone: phone.to_owned(),
    };
    Message {
        id: ids::fresh(),
        topic: SmsRequested::TOPIC.to_owned(),
        version: SmsRequested::VERSION,
        key: event.key(),
        occurred_at: chrono::Utc::now(),
        trace: None,
        data: serde_json::to_value(&event).unwrap(),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_jobs_of_a_second_are_done_in_seconds_with_embedded_stores() {
    a_thousand_jobs_are_done_in_seconds(Stores::Embedded).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_jobs_of_a_second_are_done_in_seconds_with_servers() {
    a_thousand_jobs_are_done_in_seconds(Stores::Servers).await;
}

async fn a_thousand_jobs_are_done_in_seconds(stores: Stores) {
    let setup = Setup::on(stores).with(SMS_WORKERS, "1000");
    setup.sms.take_a_second();
    let Some(shop) = setup.start().await else { return };
    let messages: Vec<Message> = (0..1000)
        .map(|number| sms_requested(&format!("1370000{number:04}")))
        .collect();
    let started = Instant::now();
    for published in shop.bus.publish(&messages).await {
        published.unwrap();
    }
    eventually("all are sent", || {
        (shop.sms.messages().len() >= 1000).then_some(())
    })
    .await;
    println!("1,000 jobs of 1 s each: {:?}", started.elapsed());
    // One after the other they would take a quarter of an hour.
    assert!(started.elapsed() < PATIENCE, "{:?}", started.elapsed());
    shop.queue_is_empty("users.sms").await;
    assert_eq!(shop.sms.messages().len(), 1000, "none twice");
    shop.close().await;
}

#[tokio::test]
async fn a_webhook_may_send_the_codes() {
    let setup = Setup::default();
    let url = format!("{}/webhook", setup.sms.url);
    let setup = setup
        .with(SMS_PROVIDER, "webhook")
        .with(SMS_WEBHOOK_URL, url)
        .with(SMS_WEBHOOK_TOKEN, "a-token-for-tests-only");
    let shop = setup.start().await.unwrap();
    let code = shop.sms_code("13800001111").await;
    assert_eq!(code.len(), 6);
    shop.close().await;
}

#[tokio::test]
async fn a_cart_that_was_left_behind_is_merged_when_carts_svc_is_back_with_embedded_stores() {
    a_cart_that_was_left_behind_is_merged(Stores::Embedded).await;
}

#[tokio::test]
async fn a_cart_that_was_left_behind_is_merged_when_carts_svc_is_back_with_servers() {
    a_cart_that_was_left_behind_is_merged(Stores::Servers).await;
}

async fn a_cart_that_was_left_behind_is_merged(stores: Stores) {
    let setup = Setup {
        carts: Carts::in_mood(Mood::Sick),
        ..Setup::on(stores)
    };
    let Some(shop) = setup.without_sms_codes().start().await else {
        return;
    };
    shop.user("meixia01", "13800001111").await;
    let form = json!({"username": "meixia01", "password": "123456", "carts": [{"id": "11", "count": "2"}]});
    let answer = shop.post("/v1/users/login", form).await;
    assert_eq!(
        (&answer["code"], &answer["carts_count"]),
        (&json!(200), &json!(0))
    );
    assert!(shop.carts.merged().is_empty());
    shop.carts.cure();
    eventually("the cart is merged", || {
        (shop.carts.merged() == [(11, 2)]).then_some(())
    })
    .await;
    nothing_is_left(&shop).await;
    shop.close().await;
}

async fn nothing_is_left(shop: &Shop) {
    shop.queue_is_empty("users.carts").await;
    let parked = shop.bus.parked("users.carts").await.unwrap();
    assert!(parked.is_empty(), "{parked:?}");
}
