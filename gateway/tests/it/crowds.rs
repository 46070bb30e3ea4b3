//! Too many at once: told so early, in the envelope, with the time to come again.

use common::contracts::internal_apis::{goods, users};
use common::settings::LIMITS;
use futures_util::future::join_all;
use gateway::settings::{IN_FLIGHT_PER_SERVICE, RATE_PER_ADDRESS};
use serde_json::Value;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

use crate::kit::{Gateway, PATIENCE, client, start_with, until};
use crate::stand_in::StandIn;

const TICK: std::time::Duration = std::time::Duration::from_millis(5);

#[actix_web::test]
async fn a_service_that_is_busy_turns_requests_away_and_no_other_service_does() {
    let (goods, users) = (StandIn::start("goods"), StandIn::start("users"));
    let gateway = Gateway::start(&[
        (goods::URLS, &goods.url()),
        (users::URLS, &users.url()),
        (IN_FLIGHT_PER_SERVICE, "2"),
    ])
    .await;
    let held: Vec<_> = (0..2)
        .map(|_| actix_web::rt::spawn(client().get(gateway.url("/v1/goods/held")).send()))
        .collect();
    until("two are under way", || goods.hits() == 2).await;
    let answer = client().get(gateway.url("/v1/goods/index")).send().await.unwrap();
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()["retry-after"]),
        (503, &"1".parse().unwrap())
    );
    assert_eq!(answer.json::<Value>().await.unwrap()["code"], 503);
    let other = client()
        .get(gateway.url("/v1/users/activation"))
        .send()
        .await
        .unwrap();
    assert_eq!(other.status(), 200);
    let mut answers = std::pin::pin!(join_all(held));
    let answers = loop {
        goods.seen.release.notify_waiters();
        if let Ok(answers) = tokio::time::timeout(TICK, answers.as_mut()).await {
            break answers;
        }
    };
    for answer in answers {
        assert_eq!(answer.unwrap().unwrap().status(), 200);
    }
    let again = client().get(gateway.url("/v1/goods/index")).send().await.unwrap();
    assert_eq!(again.status(), 200);
}

#[actix_web::test]
async fn one_address_cannot_take_all_connections() {
    let (gateway, _services) = start_with(&[(LIMITS, "on"), (RATE_PER_ADDRESS, "1000/1000")]).await;
    let mut idle = Vec::new();
    for _ in 0..64 {
        idle.push(TcpStream::connect(gateway.address).await.unwrap());
    }
    let mut one_more = TcpStream::connect(gateway.address).await.unwrap();
    let mut said = Vec::new();
    let mut buffer = [0; 1024];
    while let Ok(Ok(read)) = tokio::time::timeout(PATIENCE, one_more.read(&mut buffer)).await
        && read > 0
    {
        said.extend_from_slice(&buffer[..read]);
    }
    let said = String::from_utf8_lossy(&said);
    assert!(said.starts_with("HTTP/1.1 503"), "{said}");
    assert!(
        said.contains("retry-after: 1") && said.contains(r#"{"code":503"#),
        "{said}"
    );
    drop((idle, one_more));
    let started = std::time::Instant::now();
    while client()
        .get(gateway.url("/v1/goods/index"))
        .send()
        .await
        .map_or(0, |answer| answer.status().as_u16())
        != 200
    {
        assert!(started.elapsed() < PATIENCE);
    }
}
