//! What other services ask: SKUs as they are now; and that nobody else may ask.

use common::contracts::ids::SkuId;
use common::contracts::internal_apis::goods::Sku;
use common::money::Fen;
use reqwest::Method;
use serde_json::json;

use crate::callers::order;
use crate::fixture::backpacks;
use crate::shop::{Shop, on_both_stores};

on_both_stores!(known_skus_come_in_the_order_asked_launched_or_not);

async fn known_skus_come_in_the_order_asked_launched_or_not(shop: &Shop) {
    shop.load(&backpacks());
    let asked = [17, 999, 16, 11, 17, -1].map(SkuId);
    let skus = shop.goods.query_skus(asked.to_vec()).await.unwrap();
    assert_eq!(skus.iter().map(|sku| sku.id.0).collect::<Vec<_>>(), [17, 16, 11]);
    let expected = Sku {
        id: SkuId(11),
        name: "远行双肩包 30L".into(),
        price: Fen(25900),
        image: "sku/a1.png".into(),
        stock: 10,
        is_launched: true,
        attr_names: vec!["容量".into(), "颜色".into()],
        attr_values: vec!["30L".into(), "墨绿".into()],
    };
    assert_eq!(skus[2], expected);
    assert_eq!((skus[1].is_launched, skus[1].price), (false, Fen(115)));
    assert_eq!((skus[0].attr_names.len(), skus[0].attr_values.len()), (0, 0));
    assert_eq!(shop.goods.query_skus(Vec::new()).await.unwrap(), []);
}

#[tokio::test]
async fn two_hundred_skus_are_asked_for_at_once_and_not_one_more() {
    let shop = Shop::with(&backpacks()).await;
    let ids = |number| (1..=number).map(SkuId).collect::<Vec<_>>();
    assert_eq!(shop.goods.query_skus(ids(200)).await.unwrap().len(), 5);
    let error = shop.goods.query_skus(ids(201)).await.unwrap_err();
    assert!(error.to_string().contains("400"), "{error}");
    shop.close().await;
}

#[tokio::test]
async fn only_services_may_ask() {
    let shop = Shop::with(&backpacks()).await;
    let reservation = format!("/internal/reservations/{}", order(1));
    let release = format!("{reservation}/release");
    let calls = [
        (Method::POST, "/internal/skus/query"),
        (Method::PUT, reservation.as_str()),
        (Method::PUT, release.as_str()),
    ];
    for (method, path) in calls {
        for token in ["", "null", "Bearer x"] {
            let request = shop.request(method.clone(), path).header("authorization", token);
            let answer = request.json(&json!({"ids": []})).send().await.unwrap();
            assert_eq!(answer.status(), 401, "{path} {token}");
        }
    }
    assert_eq!(shop.number("SELECT COUNT(*) FROM goods_reservation").await, 0);
    shop.close().await;
}
