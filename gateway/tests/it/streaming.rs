//! Bodies pass as they come, and end when either side goes away.

use std::sync::atomic::Ordering;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::kit::{Gateway, PATIENCE, client, start, until};
use crate::stand_in::{CHUNK, CHUNKS};

async fn ask(gateway: &Gateway, request: &str) -> TcpStream {
    let mut socket = TcpStream::connect(gateway.address).await.unwrap();
    socket.write_all(request.as_bytes()).await.unwrap();
    socket
}

#[actix_web::test]
async fn a_large_answer_comes_no_faster_than_its_reader_takes_it() {
    let (gateway, services) = start().await;
    let chunks = &services.goods.seen.chunks;
    let mut answer = client().get(gateway.url("/v1/goods/big")).send().await.unwrap();
    let mut received = answer.chunk().await.unwrap().unwrap().len();
    let mut still = 0;
    let mut last = 0;
    until("the service pauses while nobody reads", || {
        let now = chunks.load(Ordering::SeqCst);
        still = if now == last { still + 1 } else { 0 };
        last = now;
        still > 60
    })
    .await;
    assert!(last < CHUNKS, "everything was taken in advance");
    while let Some(bytes) = answer.chunk().await.unwrap() {
        received += bytes.len();
    }
    assert_eq!(received, CHUNK * CHUNKS);
}

#[actix_web::test]
async fn a_client_that_goes_away_ends_the_answer() {
    let (gateway, services) = start().await;
    let mut socket = ask(&gateway, "GET /v1/goods/big HTTP/1.1\r\nhost: a\r\n\r\n").await;
    socket.read_exact(&mut [0; 100]).await.unwrap();
    drop(socket);
    until("the service's answer is dropped", || {
        services.goods.seen.is_big_answer_over.load(Ordering::SeqCst)
    })
    .await;
    assert!(services.goods.seen.chunks.load(Ordering::SeqCst) < CHUNKS);
}

#[actix_web::test]
async fn clients_that_go_away_anywhere_leave_the_gateway_whole() {
    let (gateway, _services) = start().await;
    for cut in [
        "GET /v1/goods/ind",
        "GET /v1/goods/silent HTTP/1.1\r\nhost: a\r\n\r\n",
        "POST /v1/goods/sku HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\n{}",
        "POST /v1/goods/sku HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n",
    ] {
        for _ in 0..10 {
            let socket = ask(&gateway, cut).await;
            socket.set_zero_linger().unwrap();
            drop(socket);
        }
    }
    for _ in 0..20 {
        let answer = client()
            .post(gateway.url("/v1/goods/sku"))
            .body("{}")
            .send()
            .await
            .unwrap();
        assert_eq!(answer.json::<Value>().await.unwrap()["body"], "{}");
    }
}

#[actix_web::test]
async fn a_body_that_breaks_off_is_never_taken_for_whole() {
    let (gateway, services) = start().await;
    let seen = &services.goods.seen;
    let request = "POST /v1/goods/sku HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n";
    let socket = ask(&gateway, request).await;
    until("the first part arrives", || {
        seen.received.load(Ordering::SeqCst) == 2
    })
    .await;
    drop(socket);
    until("the service sees it break off", || {
        seen.has_body_broken_off.load(Ordering::SeqCst)
    })
    .await;
}

#[actix_web::test]
async fn a_body_passes_on_as_it_comes() {
    let (gateway, services) = start().await;
    let received = &services.goods.seen.received;
    let mut socket = ask(
        &gateway,
        "POST /v1/goods/sku HTTP/1.1\r\nhost: a\r\ncontent-length: 6\r\n\r\n{\"a",
    )
    .await;
    until("the first half arrives", || received.load(Ordering::SeqCst) == 3).await;
    socket.write_all(b"\":1").await.unwrap();
    until("the second half arrives", || received.load(Ordering::SeqCst) == 6).await;
}

#[actix_web::test]
async fn an_answer_that_does_not_await_the_body_gets_through() {
    let (gateway, _services) = start().await;
    let request = "POST /v1/goods/early HTTP/1.1\r\nhost: a\r\ncontent-length: 6\r\n\r\n{}";
    let said = gateway.say(request.as_bytes(), Duration::from_secs(1)).await;
    assert!(
        said.starts_with("HTTP/1.1 200") && said.contains("10299"),
        "{said}"
    );
}

#[actix_web::test]
async fn many_uploads_at_once_all_arrive() {
    let (gateway, _services) = start().await;
    let (client, body) = (client(), "x".repeat(60_000));
    let uploads = (0..40).map(|_| {
        client
            .post(gateway.url("/v1/goods/sku"))
            .body(body.clone())
            .send()
    });
    let answers = tokio::time::timeout(PATIENCE, futures_util::future::join_all(uploads))
        .await
        .unwrap();
    for answer in answers {
        let answer: Value = answer.unwrap().json().await.unwrap();
        assert_eq!(answer["body"].as_str().map(str::len), Some(60_000));
    }
}
