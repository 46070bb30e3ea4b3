//! Who sends too much that is not Alipay's is not listened to for the rest of the minute.

use chrono::TimeDelta;
use common::clock::Clock;
use common::settings;
use pays_svc::settings as own;
use reqwest::StatusCode;

use crate::alipay::FakeAlipay;
use crate::shop::{Shop, keys, order, request, source, start_time};

#[tokio::test]
async fn after_too_many_forged_notifies_an_address_is_refused_unread_until_the_minute_is_over() {
    let alipay = FakeAlipay::start(keys()).await;
    let mut source = source(keys(), &alipay.gateway_url);
    source.supply(settings::LIMITS, "on");
    source.supply(own::NOTIFY_FAILURES, "3");
    let shop = Shop::start_with(alipay, source, Clock::fixed(start_time()), None).await;
    shop.pays.register(&order(), &request()).await.unwrap();
    let right = shop.alipay.notify(&[]);
    for _ in 0..3 {
        assert_eq!(shop.notify_raw(b"sign=x".to_vec()).await.0, StatusCode::OK);
    }
    let (status, answer) = shop.notify(&right).await;
    assert_eq!((status, answer.as_str()), (StatusCode::TOO_MANY_REQUESTS, "fail"));
    assert_eq!(shop.payment_status().await, "waiting");
    let elsewhere = shop
        .http
        .post(format!("{}/v1/pays/notify_url", shop.url))
        .header("x-forwarded-for", "203.0.113.7")
        .body(serde_urlencoded::to_string(&right).unwrap());
    assert_eq!(elsewhere.send().await.unwrap().text().await.unwrap(), "success");
    shop.clock.advance(TimeDelta::minutes(1));
    assert_eq!(shop.notify(&right).await.1, "success");
    shop.stop().await;
}
