//! What operators rely on: readiness, methods, and a migration that survives being killed.

use common::contracts::ids::OrderId;
use common::contracts::internal_apis::orders::{OrderFate, OrdersClient};
use common::http_client::InternalClient;
use serde_json::Value;

use crate::on_both_engines;
use crate::stand::{BAG, Stand};

on_both_engines! {
    a_migration_killed_half_way_is_finished_at_the_next_start
}

async fn a_migration_killed_half_way_is_finished_at_the_next_start(mut stand: Stand) {
    stand.execute("DROP TABLE inbox").await;
    stand.execute("DROP TABLE orders_order_event").await;
    stand.execute("DELETE FROM seaql_migrations").await;

    stand.start_replica().await;

    let id = stand.place_order(BAG, 1).await;
    assert_eq!(stand.status(&id).await, 1);
    stand.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_service_says_when_it_is_ready() {
    let stand = Stand::sqlite().await;
    let response = stand.request("GET", "/readyz").send().await.unwrap();
    assert_eq!(
        (
            response.status().as_u16(),
            response.text().await.unwrap().as_str()
        ),
        (200, "ready")
    );
    let wrong = stand
        .request("DELETE", "/v1/orders/meixia01")
        .send()
        .await
        .unwrap();
    assert_eq!(wrong.status(), 405);
    assert_eq!(wrong.json::<Value>().await.unwrap()["code"], 405);
    let slash = stand.get("/v1/orders/meixia01/?type=0").await;
    assert_eq!(slash["code"], 200);
    stand.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_holds_stock_is_told_what_became_of_the_order() {
    let stand = Stand::sqlite().await;
    let id = stand.place_order(BAG, 1).await;
    let services = stand.process.keys.services.clone();
    let urls = vec![format!("http://{}", stand.replicas[0])];
    let orders = OrdersClient(InternalClient::new("orders", urls, services).unwrap());
    for (status, fate) in [
        (11, OrderFate::Open),
        (1, OrderFate::Open),
        (2, OrderFate::Paid),
        (3, OrderFate::Paid),
        (4, OrderFate::Paid),
        (12, OrderFate::Dead),
        (13, OrderFate::Dead),
        (15, OrderFate::Paid),
        (16, OrderFate::Paid),
    ] {
        stand
            .execute(&format!("UPDATE orders_order_info SET status = {status}"))
            .await;
        assert_eq!(orders.fate(&id).await.unwrap(), fate, "{status}");
    }
    let unknown: OrderId = "202611211930459".parse().unwrap();
    assert_eq!(orders.fate(&unknown).await.unwrap(), OrderFate::Unknown);
    let stranger = stand.request("GET", &format!("/internal/orders/{id}/fate"));
    assert_eq!(stranger.send().await.unwrap().status(), 401);
    stand.close().await;
}
