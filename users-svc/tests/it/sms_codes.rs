//! Codes by SMS (contract U4), from the request to the message.

use chrono::{TimeDelta, Utc};
use common::settings::LIMITS;
use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use users_svc::settings::SMS_ACCOUNT_SID;

use crate::shop::{Setup, Shop, Stores, eventually, registration};

const PHONE: &str = "13800001111";
const PATH: &str = "/v1/users/sms/code";

async fn ask(shop: &Shop) -> Value {
    shop.post(PATH, json!({ "phone": PHONE })).await
}

/// Forgets that a code was asked for within the last minute.
async fn a_minute_later(shop: &Shop) {
    shop.kv.delete(&format!("sms_{PHONE}")).await.unwrap();
}

async fn an_hour_later(shop: &Shop) {
    a_minute_later(shop).await;
    shop.kv.delete(&format!("sms_hour_{PHONE}")).await.unwrap();
}

#[tokio::test]
async fn a_code_of_six_digits_is_sent_with_its_minutes() {
    let shop = Shop::open().await;
    let answer = ask(&shop).await;
    assert_eq!((&answer["code"], answer["data"].is_string()), (&json!(200), true));
    let sms = eventually("the message arrives", || shop.sms.messages().pop()).await;
    assert_eq!((sms.phone.as_str(), sms.minutes.as_str()), (PHONE, "5"));
    assert!(
        sms.code.len() == 6 && sms.code.bytes().all(|byte| byte.is_ascii_digit()),
        "{sms:?}"
    );
    shop.close().await;
}

#[tokio::test]
async fn of_fifty_parallel_requests_one_is_sent_with_embedded_stores() {
    one_of_fifty_is_sent(Stores::Embedded).await;
}

#[tokio::test]
async fn of_fifty_parallel_requests_one_is_sent_with_servers() {
    one_of_fifty_is_sent(Stores::Servers).await;
}

async fn one_of_fifty_is_sent(stores: Stores) {
    // Lifted limits lift this one not.
    let Some(shop) = Setup::on(stores).with(LIMITS, "off").start().await else {
        return;
    };
    let answers = join_all((0..50).map(|_| ask(&shop))).await;
    let count = |code: i64| answers.iter().filter(|answer| answer["code"] == code).count();
    assert_eq!((count(200), count(10110)), (1, 49), "{answers:?}");
    eventually("the message arrives", || shop.sms.code_for(PHONE)).await;
    shop.queue_is_empty("users.sms").await;
    assert_eq!(shop.sms.messages().len(), 1);
    shop.close().await;
}

#[tokio::test]
async fn what_is_no_phone_gets_no_code() {
    let shop = Shop::open().await;
    for (request, expected) in [
        (json!({"phone": "1380000111"}), 10131),
        (json!({"phone": "+8613800001111"}), 10131),
        (json!({"phone": "１３８００００１１１１"}), 10131),
        (json!({"phone": ""}), 10131),
        (json!({"phone": [PHONE]}), 10123),
        (json!({}), 10123),
    ] {
        assert_eq!(
            shop.post(PATH, request.clone()).await["code"],
            expected,
            "{request}"
        );
    }
    assert!(shop.sms.messages().is_empty());
    shop.close().await;
}

#[tokio::test]
async fn a_phone_gets_five_codes_an_hour_and_ten_a_day_unless_limits_are_lifted() {
    for (limits, expected) in [("on", 10110), ("off", 200)] {
        let shop = Setup::default().with(LIMITS, limits).start().await.unwrap();
        for _hour in 0..2 {
            for _ in 0..5 {
                assert_eq!(ask(&shop).await["code"], 200);
                a_minute_later(&shop).await;
            }
            assert_eq!(ask(&shop).await["code"], expected, "{limits}");
            shop.kv.delete(&format!("sms_day_{PHONE}")).await.unwrap();
            an_hour_later(&shop).await;
        }
        for _ in 0..2 {
            for _ in 0..5 {
                assert_eq!(ask(&shop).await["code"], 200);
                a_minute_later(&shop).await;
            }
            an_hour_later(&shop).await;
        }
        assert_eq!(ask(&shop).await["code"], expected, "{limits}");
        shop.close().await;
    }
}

#[tokio::test]
async fn an_address_gets_sixty_codes_an_hour_whatever_it_says_of_itself() {
    let shop = Shop::open().await;
    let ask_for = |number: u32, from: &'static str| {
        let form = json!({"phone": format!("1370000{number:04}")}).to_string();
        let request = shop.request(Method::POST, PATH).body(form);
        request.header("x-forwarded-for", from).send()
    };
    for (number, from) in (0..60).zip(["203.0.113.7", "10.0.0.1, 203.0.113.7"].into_iter().cycle()) {
        let answer: Value = ask_for(number, from).await.unwrap().json().await.unwrap();
        assert_eq!(answer["code"], 200, "{answer}");
    }
    for (from, expected) in [("203.0.113.7", 10110), ("203.0.113.8", 200)] {
        let answer: Value = ask_for(60, from).await.unwrap().json().await.unwrap();
        assert_eq!(answer["code"], expected, "{from}");
        let key = "sms_13700000060";
        shop.kv.delete(key).await.unwrap();
    }
    shop.close().await;
}

#[tokio::test]
async fn without_a_provider_asking_is_answered_with_10132() {
    let shop = Setup::default().with(SMS_ACCOUNT_SID, "").start().await.unwrap();
    assert_eq!(ask(&shop).await["code"], 10132);
    shop.close().await;
}

#[tokio::test]
async fn a_code_that_the_provider_refuses_is_sent_again_and_stays_the_same() {
    let shop = Shop::open().await;
    shop.sms.refuse(2);
    let code = shop.sms_code(PHONE).await;
    assert_eq!(shop.sms.refused(), 2);
    let mut request = registration("meixia01", PHONE);
    request["verify"] = json!(code);
    assert_eq!(shop.post("/v1/users", request).await["code"], 200);
    shop.close().await;
}

fn event(id: uuid::Uuid, age: TimeDelta) -> Vec<u8> {
    let message = json!({
        "id": id, "type": "user.sms_requested", "version": 1, "key": PHONE,
        "occurred_at": Utc::now() - age, "data": {"phone": PHONE},
    });
    message.to_string().into_bytes()
}

#[tokio::test]
async fn a_message_that_comes_again_sends_the_same_code_and_revives_no_used_one() {
    let shop = Shop::open().await;
    let id = common::ids::fresh();
    let deliver = async |times: usize| {
        shop.bus
            .inject("users.sms", &event(id, TimeDelta::zero()))
            .await
            .unwrap();
        eventually("the message arrives", || {
            (shop.sms.messages().len() == times).then_some(())
        })
        .await;
    };
    deliver(1).await;
    let code = shop.sms.code_for(PHONE).unwrap();
    let register = async |name: &str| {
        let mut request = registration(name, PHONE);
        request["verify"] = json!(code);
        shop.post("/v1/users", request).await["code"].as_i64().unwrap()
    };
    assert_eq!(register("meixia01").await, 200);
    deliver(2).await;
    assert_eq!(shop.sms.code_for(PHONE).unwrap(), code);
    assert_eq!(
        shop.kv
            .redeem(&format!("sms_period_{PHONE}"), code.as_bytes())
            .await
            .unwrap(),
        common::kv::Redeem::Missing
    );
    shop.close().await;
}

#[tokio::test]
async fn a_request_that_is_over_five_minutes_old_is_dropped() {
    let shop = Shop::open().await;
    let old = event(common::ids::fresh(), TimeDelta::seconds(301));
    shop.bus.inject("users.sms", &old).await.unwrap();
    shop.queue_is_empty("users.sms").await;
    assert!(shop.sms.messages().is_empty());
    assert!(shop.bus.parked("users.sms").await.unwrap().is_empty());
    shop.close().await;
}
