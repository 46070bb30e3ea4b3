//! Without its store the service says so.

use common::kv::Kv;
use reqwest::Method;
use serde_json::{Value, json};

use crate::goods::Goods;
use crate::shop::{Shop, USER};

#[tokio::test]
async fn without_redis_the_service_is_not_ready_and_says_it_is_unavailable() {
    let nobody = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let kv = Kv::open(&format!("redis://{nobody}"), "test", "".as_ref())
        .await
        .unwrap();
    let shop = Shop::with(Some(kv), Goods::start()).await;
    assert_eq!(
        shop.request(Method::GET, "/readyz")
            .send()
            .await
            .unwrap()
            .status(),
        503
    );
    assert_eq!(
        shop.request(Method::GET, "/healthz")
            .send()
            .await
            .unwrap()
            .status(),
        200
    );
    assert_eq!(shop.call(Method::GET, Value::Null).await["code"], 10308);
    assert_eq!(
        shop.call(Method::POST, json!({"sku_id": 11, "count": 1})).await["code"],
        10399
    );
    let lost = shop.client().get_cart(USER).await;
    assert!(lost.is_err());
    shop.close().await;
}
