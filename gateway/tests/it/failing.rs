//! Replicas that fail in other ways than by being dead.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use common::contracts::internal_apis::goods;
use futures_util::future::join_all;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::kit::{Gateway, PATIENCE, client};
use crate::stand_in::StandIn;

/// Says it is ready, reads each other request, and hangs up without a word.
struct Rude {
    address: SocketAddr,
    hits: Arc<AtomicUsize>,
}

impl Rude {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, hits) = (listener.local_addr().unwrap(), Arc::new(AtomicUsize::new(0)));
        let counted = hits.clone();
        actix_web::rt::spawn(async move {
            while let Ok((mut socket, _)) = listener.accept().await {
                let mut asked = [0; 4096];
                let read = socket.read(&mut asked).await.unwrap_or_default();
                if asked[..read].starts_with(b"GET /readyz ") {
                    let _ = socket
                        .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
                        .await;
                } else {
                    counted.fetch_add(1, Ordering::SeqCst);
                }
            }
        });
        Self { address, hits }
    }

    fn hits(&self) -> usize {
        self.hits.load(Ordering::SeqCst)
    }
}

async fn between(rude: &Rude, polite: &StandIn) -> Gateway {
    let urls = format!("http://{},{}", rude.address, polite.url());
    Gateway::start(&[(goods::URLS, &urls)]).await
}

#[actix_web::test]
async fn what_only_reads_is_asked_again_of_another_replica() {
    let (rude, polite) = (Rude::start().await, StandIn::start("polite"));
    let gateway = between(&rude, &polite).await;
    for _ in 0..15 {
        let answer = client().get(gateway.url("/v1/goods/index")).send().await.unwrap();
        assert_eq!(answer.status(), 200);
    }
    assert!(rude.hits() > 0);
    assert_eq!(polite.hits(), 15);
}

#[actix_web::test]
async fn what_may_have_had_its_effect_is_never_asked_again() {
    let (rude, polite) = (Rude::start().await, StandIn::start("polite"));
    let gateway = between(&rude, &polite).await;
    let mut failed = 0;
    for _ in 0..15 {
        let request = client().post(gateway.url("/v1/goods/sku")).body("{}");
        let answer = request.send().await.unwrap();
        failed += usize::from(answer.status() == 502);
    }
    assert!(failed > 0);
    assert_eq!((rude.hits(), polite.hits()), (failed, 15 - failed));
}

#[actix_web::test]
async fn a_replica_that_keeps_failing_is_left_out() {
    let (rude, polite) = (Rude::start().await, StandIn::start("polite"));
    let gateway = between(&rude, &polite).await;
    let post = || client().post(gateway.url("/v1/goods/sku")).body("{}").send();
    let started = Instant::now();
    loop {
        join_all((0..200).map(|_| post())).await;
        let before = rude.hits();
        let answers = join_all((0..20).map(|_| post())).await;
        if rude.hits() == before {
            assert!(answers.into_iter().all(|answer| answer.unwrap().status() == 200));
            break;
        }
        assert!(started.elapsed() < PATIENCE);
    }
}

#[actix_web::test]
async fn a_service_that_only_fails_is_503_at_once_instead_of_502_slowly() {
    let rude = Rude::start().await;
    let gateway = Gateway::start(&[(goods::URLS, &format!("http://{}", rude.address))]).await;
    let started = Instant::now();
    loop {
        let answer = client()
            .post(gateway.url("/v1/goods/sku"))
            .body("{}")
            .send()
            .await
            .unwrap();
        if answer.status() == 503 {
            assert_eq!(answer.headers()["retry-after"], "1");
            assert_eq!(answer.json::<Value>().await.unwrap()["code"], 503);
            break;
        }
        assert!(started.elapsed() < PATIENCE);
    }
    assert!((20..=25).contains(&rude.hits()), "{}", rude.hits());
}

#[actix_web::test]
async fn a_replica_that_says_it_is_not_ready_gets_no_more_requests_until_it_is() {
    let (one, two) = (StandIn::start("one"), StandIn::start("two"));
    let gateway = Gateway::start(&[(goods::URLS, &format!("{},{}", one.url(), two.url()))]).await;
    let ask = || client().get(gateway.url("/v1/goods/index")).send();
    one.seen.is_unready.store(true, Ordering::SeqCst);
    let started = Instant::now();
    let mut last = (one.hits(), Instant::now());
    while last.1.elapsed() < Duration::from_millis(300) {
        ask().await.unwrap();
        if one.hits() != last.0 {
            last = (one.hits(), Instant::now());
        }
        assert!(started.elapsed() < PATIENCE);
    }
    one.seen.is_unready.store(false, Ordering::SeqCst);
    while one.hits() == last.0 {
        ask().await.unwrap();
        assert!(started.elapsed() < PATIENCE);
    }
}

#[actix_web::test]
async fn a_name_is_looked_up_and_its_replica_found() {
    let goods = StandIn::start("goods");
    let url = format!("http://localhost:{}", goods.address.port());
    let gateway = Gateway::start(&[(goods::URLS, &url)]).await;
    let started = Instant::now();
    while client()
        .get(gateway.admin_url("/readyz"))
        .send()
        .await
        .unwrap()
        .status()
        != 200
    {
        assert!(started.elapsed() < PATIENCE);
    }
    let answer = client().get(gateway.url("/v1/goods/index")).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let nobody = Gateway::start(&[(goods::URLS, "http://no-such-host.invalid:80")]).await;
    let ready = client().get(nobody.admin_url("/readyz")).send().await.unwrap();
    assert_eq!(ready.status(), 503);
    let answer = client().get(nobody.url("/v1/goods/index")).send().await.unwrap();
    assert_eq!(answer.status(), 502);
}
