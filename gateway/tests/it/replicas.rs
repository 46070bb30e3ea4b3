//! Replicas: taken in turn, left out when dead.

use common::contracts::internal_apis::goods;
use serde_json::Value;

use crate::kit::{Gateway, client};
use crate::stand_in::StandIn;

async fn service(gateway: &Gateway) -> Result<String, u16> {
    let answer = client()
        .post(gateway.url("/v1/goods/sku"))
        .body("{}")
        .send()
        .await
        .unwrap();
    match answer.status().as_u16() {
        200 => Ok(answer.json::<Value>().await.unwrap()["service"]
            .as_str()
            .unwrap()
            .to_owned()),
        status => {
            assert_eq!(answer.json::<Value>().await.unwrap()["code"], status);
            Err(status)
        }
    }
}

#[actix_web::test]
async fn replicas_share_the_requests() {
    let (one, two) = (StandIn::start("one"), StandIn::start("two"));
    let gateway = Gateway::start(&[(goods::URLS, &format!("{},{}", one.url(), two.url()))]).await;
    for _ in 0..100 {
        service(&gateway).await.unwrap();
    }
    assert_eq!(one.hits() + two.hits(), 100);
    assert!((20..=80).contains(&one.hits()), "{}", one.hits());
}

#[actix_web::test]
async fn no_request_fails_while_one_of_two_replicas_is_dead() {
    let (one, two) = (StandIn::start("one"), StandIn::start("two"));
    let gateway = Gateway::start(&[(goods::URLS, &format!("{},{}", one.url(), two.url()))]).await;
    for _ in 0..8 {
        service(&gateway).await.unwrap();
    }
    one.die().await;
    let before = two.hits();
    for _ in 0..50 {
        assert_eq!(service(&gateway).await.as_deref(), Ok("two"));
    }
    assert_eq!(two.hits(), before + 50);
}

#[actix_web::test]
async fn a_replica_that_comes_back_is_used_again() {
    let (one, two) = (StandIn::start("one"), StandIn::start("two"));
    let gateway = Gateway::start(&[(goods::URLS, &format!("{},{}", one.url(), two.url()))]).await;
    one.die().await;
    for _ in 0..4 {
        assert_eq!(service(&gateway).await.as_deref(), Ok("two"));
    }
    let listener = std::net::TcpListener::bind(one.address).unwrap();
    let _again = StandIn::start_on("again", listener);
    let started = std::time::Instant::now();
    while service(&gateway).await.as_deref() != Ok("again") {
        assert!(started.elapsed() < crate::kit::PATIENCE);
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}

#[actix_web::test]
async fn a_service_without_living_replicas_is_502_and_the_others_are_not_affected() {
    let (dead, alive) = (StandIn::start("dead"), StandIn::start("alive"));
    dead.die().await;
    let users = common::contracts::internal_apis::users::URLS;
    let gateway = Gateway::start(&[(goods::URLS, &dead.url()), (users, &alive.url())]).await;
    for _ in 0..3 {
        assert_eq!(service(&gateway).await, Err(502));
    }
    let answer = client()
        .get(gateway.url("/v1/users/activation"))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 200);
}
