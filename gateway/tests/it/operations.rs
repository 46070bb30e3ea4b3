//! What operators see: start, own pages, drain.

use std::time::Duration;

use common::contracts::internal_apis::goods;

use crate::kit::{Gateway, client, until};
use crate::stand_in::StandIn;

#[actix_web::test]
async fn its_own_pages_are_on_the_other_listener() {
    let gateway = Gateway::start(&[]).await;
    for (page, body) in [("/healthz", "ok"), ("/readyz", "ready")] {
        let answer = client().get(gateway.admin_url(page)).send().await.unwrap();
        assert_eq!(
            (answer.status().as_u16(), answer.text().await.unwrap().as_str()),
            (200, body)
        );
        assert_eq!(
            client().get(gateway.url(page)).send().await.unwrap().status(),
            404
        );
    }
    assert_eq!(
        client()
            .get(gateway.admin_url("/metrics"))
            .send()
            .await
            .unwrap()
            .status(),
        200
    );
    assert_eq!(
        client()
            .get(gateway.url("/metrics"))
            .send()
            .await
            .unwrap()
            .status(),
        404
    );
}

#[actix_web::test]
async fn told_to_stop_it_says_not_ready_finishes_what_it_has_and_ends() {
    let goods = StandIn::start("goods");
    let gateway = Gateway::start(&[(goods::URLS, &goods.url())]).await;
    let request = client().get(gateway.url("/v1/goods/held")).send();
    let answer = actix_web::rt::spawn(request);
    until("the request is under way", || goods.hits() == 1).await;

    gateway.stop.cancel();
    let ready = client().get(gateway.admin_url("/readyz")).send().await.unwrap();
    let refused = async {
        while tokio::net::TcpStream::connect(gateway.address).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(crate::kit::PATIENCE, refused).await.unwrap();
    goods.seen.release.notify_one();

    assert_eq!(ready.status(), 503);
    assert_eq!(answer.await.unwrap().unwrap().status(), 200);
    tokio::time::timeout(crate::kit::PATIENCE, gateway.finished)
        .await
        .unwrap()
        .unwrap()
        .unwrap();
}
