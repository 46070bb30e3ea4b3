//! Adding and removing (contract C1, C4).

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

use crate::goods::Goods;
use crate::shop::{CART, Shop, Stores};

const BASE_URL: &str = "http://127.0.0.1:8000/media/";

#[tokio::test]
async fn adding_answers_how_many_kinds_there_are() {
    let shop = Shop::open().await;
    for (sku, count, expected) in [("11", "2", 1), ("12", "1", 2), ("11", "3", 2)] {
        let answer = shop
            .call(Method::POST, json!({"sku_id": sku, "count": count}))
            .await;
        assert_eq!(
            answer,
            json!({"code": 200, "data": {"carts_count": expected}, "base_url": BASE_URL})
        );
    }
    assert_eq!(shop.lines().await, [(11, 5, 1), (12, 1, 1)]);
    shop.close().await;
}

#[tokio::test]
async fn adding_ticks_a_line_that_was_not() {
    let shop = Shop::open().await;
    shop.add(11, 1).await;
    shop.call(Method::PUT, json!({"sku_id": 11, "state": "unselect"}))
        .await;
    shop.add(11, 1).await;
    assert_eq!(shop.lines().await, [(11, 2, 1)]);
    shop.close().await;
}

#[tokio::test]
async fn what_cannot_be_added_has_its_code_and_changes_nothing() {
    let shop = Shop::open().await;
    shop.add(11, 8).await;
    shop.goods.withdraw(12);
    shop.goods.stock(13, 100_000);
    for (body, expected) in [
        (json!({"sku_id": "11", "count": "2"}), 10303),
        (json!({"sku_id": 11, "count": 10}), 10303),
        (json!({"sku_id": 11, "count": 1_000_000_000}), 10303),
        (json!({"sku_id": 11, "count": i64::MAX}), 10303),
        (json!({"sku_id": 13, "count": 201}), 10303),
        (json!({"sku_id": 12, "count": 1}), 10305),
        (json!({"sku_id": 999, "count": 1}), 10301),
        (json!({"sku_id": 0, "count": 1}), 10301),
        (json!({"sku_id": -1, "count": 1}), 10301),
        (json!({"sku_id": 11, "count": 0}), 10302),
        (json!({"sku_id": 11, "count": -1}), 10302),
        (json!({"sku_id": 11, "count": 1.5}), 10302),
        (json!({"sku_id": 11, "count": "3abc"}), 10302),
        (json!({"sku_id": 11, "count": ""}), 10302),
        (json!({"sku_id": [11], "count": 1}), 10302),
        (json!({"sku_id": 11}), 10302),
        (json!({"count": 1}), 10302),
        (json!([]), 10302),
    ] {
        let answer = shop.call(Method::POST, body.clone()).await;
        assert_eq!(answer["code"], expected, "{body}: {answer}");
    }
    assert_eq!(shop.lines().await, [(11, 8, 1)]);
    shop.close().await;
}

#[tokio::test]
async fn a_body_that_is_no_json_is_refused() {
    let shop = Shop::open().await;
    for body in ["", "{", "sku_id=11&count=1"] {
        let request = shop
            .request(Method::POST, CART)
            .header("authorization", &shop.token);
        let answer: Value = request.body(body).send().await.unwrap().json().await.unwrap();
        assert_eq!(answer["code"], 10399, "{body}");
    }
    shop.close().await;
}

#[tokio::test]
async fn a_cart_holds_a_hundred_kinds() {
    let shop = Shop::open().await;
    for sku in 1..=100 {
        shop.add(sku, 1).await;
    }
    let answer = shop.call(Method::POST, json!({"sku_id": 101, "count": 1})).await;
    assert_eq!(answer["code"], 10307);
    shop.add(100, 1).await;
    assert_eq!(shop.lines().await.len(), 100);
    shop.close().await;
}

#[tokio::test]
async fn two_tabs_that_add_at_once_lose_nothing_with_the_embedded_store() {
    tabs_lose_nothing(Stores::Embedded).await;
}

#[tokio::test]
async fn two_tabs_that_add_at_once_lose_nothing_with_redis() {
    tabs_lose_nothing(Stores::Servers).await;
}

async fn tabs_lose_nothing(stores: Stores) {
    let Some(shop) = Shop::on(stores).await else {
        return;
    };
    shop.goods.stock(11, 15);
    let answers = join_all((0..20).map(|_| shop.call(Method::POST, json!({"sku_id": 11, "count": 1})))).await;
    let count = |code: i64| answers.iter().filter(|answer| answer["code"] == code).count();
    assert_eq!((count(200), count(10303)), (15, 5), "{answers:?}");
    assert_eq!(shop.lines().await, [(11, 15, 1)]);
    let stored = shop.kv.read_hash("carts_7").await.unwrap();
    assert_eq!(
        stored.into_iter().collect::<Vec<_>>(),
        [("11".to_owned(), "15,1".to_owned())]
    );
    shop.close().await;
}

#[tokio::test]
async fn removing_takes_the_line_out_once() {
    let shop = Shop::open().await;
    shop.add(11, 2).await;
    shop.add(12, 1).await;
    let answer = shop.call(Method::DELETE, json!({"sku_id": 11})).await;
    assert_eq!(
        answer,
        json!({"code": 200, "data": {"carts_count": 1}, "base_url": BASE_URL})
    );
    for (body, expected) in [
        (json!({"sku_id": 11}), 10300),
        (json!({"sku_id": 0}), 10300),
        (json!({"sku_id": "x"}), 10302),
        (json!({}), 10302),
    ] {
        assert_eq!(
            shop.call(Method::DELETE, body.clone()).await["code"],
            expected,
            "{body}"
        );
    }
    assert_eq!(shop.lines().await, [(12, 1, 1)]);
    shop.close().await;
}

#[tokio::test]
async fn only_the_owner_may_call() {
    let shop = Shop::open().await;
    for method in [Method::GET, Method::POST, Method::PUT, Method::DELETE] {
        for (path, token, expected) in [
            ("/v1/carts/meixia02", shop.token.as_str(), 10304),
            (CART, "null", 403),
            ("/v1/carts/null", "null", 403),
            (CART, "x.y.z", 403),
        ] {
            let answer = shop
                .call_as(token, method.clone(), path, json!({"sku_id": 11, "count": 1}))
                .await;
            assert_eq!(answer["code"], expected, "{method} {path}");
        }
    }
    shop.close().await;
}

#[tokio::test]
async fn without_goods_svc_nothing_is_added_and_an_empty_cart_can_be_seen() {
    let shop = Shop::with(None, Goods::down()).await;
    assert!(shop.lines().await.is_empty());
    let answer = shop.call(Method::POST, json!({"sku_id": 11, "count": 1})).await;
    assert_eq!(answer["code"], 10308);
    shop.close().await;
}
