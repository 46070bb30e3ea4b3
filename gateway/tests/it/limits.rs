//! What is too large, too long or too slow.

use std::time::{Duration, Instant};

use common::contracts::internal_apis::goods;
use gateway::settings::CORS_ORIGINS;
use serde_json::Value;
use tokio::io::AsyncWriteExt;

use crate::kit::{Gateway, client, start};
use crate::stand_in::StandIn;

const KB: usize = 1024;

async fn outcome(answer: reqwest::Response) -> (u16, Value) {
    let (status, body) = (answer.status().as_u16(), answer.json::<Value>().await.unwrap());
    assert!(body["error"].is_string(), "{body}");
    (status, body["code"].clone())
}

#[actix_web::test]
async fn a_body_that_says_it_is_too_large_is_refused_unread() {
    let (gateway, services) = start().await;
    let post = |target: &str, size: usize| client().post(gateway.url(target)).body("x".repeat(size)).send();
    for (target, limit) in [
        ("/v1/goods/search", 64 * KB),
        ("/v1/pays/notify_url", 64 * KB),
        ("/v1/users/login", 128 * KB),
    ] {
        let answer: Value = post(target, limit).await.unwrap().json().await.unwrap();
        assert_eq!(answer["body"].as_str().map(str::len), Some(limit), "{target}");
    }
    let hits = services.hits();
    let head = format!(
        "POST /v1/goods/search HTTP/1.1\r\nhost: a\r\ncontent-length: {}\r\n\r\n",
        64 * KB + 1
    );
    let said = gateway.say(head.as_bytes(), Duration::from_secs(3)).await;
    assert!(
        said.starts_with("HTTP/1.1 413") && said.contains(r#"{"code":413"#),
        "{said}"
    );
    assert!(said.contains("connection: close"), "{said}");
    assert_eq!(services.hits(), hits);
}

#[actix_web::test]
async fn a_body_of_unknown_length_is_cut_off_at_the_limit() {
    let (gateway, services) = start().await;
    let mut request =
        b"POST /v1/goods/search HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n".to_vec();
    for _ in 0..65 {
        request.extend_from_slice(format!("400\r\n{}\r\n", "x".repeat(KB)).as_bytes());
    }
    let said = gateway.say(&request, Duration::from_secs(3)).await;
    assert!(said.starts_with("HTTP/1.1 413"), "{said}");
    assert!(!said.contains(r#""code":200"#), "{said}");
    assert!(services.goods.hits() <= 1);
}

#[actix_web::test]
async fn a_body_that_comes_in_pieces_of_unknown_length_arrives_whole() {
    let (gateway, _services) = start().await;
    let request = "POST /v1/goods/search HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n3\r\nq=a\r\n4\r\n%20b\r\n0\r\n\r\n";
    let said = gateway.say(request.as_bytes(), Duration::from_secs(1)).await;
    assert!(said.contains(r#""body":"q=a%20b""#), "{said}");
}

#[actix_web::test]
async fn a_long_address_is_414_and_large_headers_are_431() {
    let (gateway, services) = start().await;
    let long = format!("/v1/goods/search?q={}", "x".repeat(4 * KB));
    assert_eq!(
        outcome(client().get(gateway.url(&long)).send().await.unwrap()).await,
        (414, 414.into())
    );
    let many = (0..70).fold(client().get(gateway.url("/v1/goods/index")), |request, n| {
        request.header(format!("a-{n}"), "x")
    });
    assert_eq!(outcome(many.send().await.unwrap()).await, (431, 431.into()));
    let large = client()
        .get(gateway.url("/v1/goods/index"))
        .header("cookie", "x".repeat(17 * KB));
    assert_eq!(outcome(large.send().await.unwrap()).await, (431, 431.into()));
    let huge = client()
        .get(gateway.url("/v1/goods/index"))
        .header("cookie", "x".repeat(200 * KB));
    assert_eq!(huge.send().await.unwrap().status(), 431);
    assert_eq!(services.hits(), 0);
}

#[actix_web::test]
async fn a_body_that_stops_coming_is_408_after_ten_seconds_and_never_taken_for_whole() {
    let (gateway, services) = start().await;
    let started = Instant::now();
    let request = b"POST /v1/goods/search HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\nq=a";
    let said = gateway.say(request, Duration::from_secs(15)).await;
    assert!(
        said.starts_with("HTTP/1.1 408") && said.contains(r#""code":408"#),
        "{said}"
    );
    assert!(
        (10..13).contains(&started.elapsed().as_secs()),
        "{:?}",
        started.elapsed()
    );
    crate::kit::until("the service saw the body break off", || {
        services
            .goods
            .seen
            .has_body_broken_off
            .load(std::sync::atomic::Ordering::SeqCst)
    })
    .await;
}

#[actix_web::test]
async fn a_reader_who_stops_reading_is_cut_off_after_ten_seconds() {
    let (gateway, services) = start().await;
    let mut socket = tokio::net::TcpStream::connect(gateway.address).await.unwrap();
    let request = b"GET /v1/goods/big HTTP/1.1\r\nhost: a\r\n\r\n";
    socket.write_all(request).await.unwrap();
    let started = Instant::now();
    crate::kit::until("the service's answer is dropped", || {
        let seen = &services.goods.seen;
        seen.is_big_answer_over.load(std::sync::atomic::Ordering::SeqCst)
    })
    .await;
    assert!(
        started.elapsed() > Duration::from_secs(9),
        "{:?}",
        started.elapsed()
    );
}

#[actix_web::test]
async fn a_head_that_does_not_end_is_cut_off_after_five_seconds() {
    let (gateway, _services) = start().await;
    let started = Instant::now();
    let said = gateway
        .say(
            b"GET /v1/goods/index HTTP/1.1\r\nhost: a\r\n",
            Duration::from_secs(9),
        )
        .await;
    assert!(said.starts_with("HTTP/1.1 408"), "{said}");
    assert!(started.elapsed() < Duration::from_secs(8));
}

#[actix_web::test]
async fn a_service_that_does_not_answer_is_504_at_the_routes_limit() {
    let goods = StandIn::start("goods");
    let gateway = Gateway::start(&[(goods::URLS, &goods.url()), (CORS_ORIGINS, "*")]).await;
    let started = Instant::now();
    let answer = client()
        .get(gateway.url("/v1/goods/silent"))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.headers()["access-control-allow-origin"], "*");
    assert_eq!(outcome(answer).await, (504, 504.into()));
    assert!(
        (3..6).contains(&started.elapsed().as_secs()),
        "{:?}",
        started.elapsed()
    );
}

#[actix_web::test]
async fn methods_that_no_service_has_are_405() {
    let (gateway, services) = start().await;
    for method in ["TRACE", "CONNECT", "BREW"] {
        let request = format!("{method} /v1/goods/index HTTP/1.1\r\nhost: a\r\n\r\n");
        let said = gateway.say(request.as_bytes(), Duration::from_millis(500)).await;
        assert!(
            said.starts_with("HTTP/1.1 405") || said.starts_with("HTTP/1.1 400"),
            "{method}: {said}"
        );
    }
    assert_eq!(services.hits(), 0);
}
