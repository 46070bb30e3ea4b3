//! The six changes of the cart page (contract C3).

use reqwest::Method;
use serde_json::{Value, json};

use crate::shop::{Shop, lines};

async fn put(shop: &Shop, body: Value) -> Value {
    shop.call(Method::PUT, body).await
}

#[tokio::test]
async fn each_state_changes_the_cart_and_answers_all_of_it() {
    let shop = Shop::open().await;
    shop.add(11, 2).await;
    shop.add(12, 1).await;
    for (body, expected) in [
        (json!({"sku_id": "11", "state": "add"}), [(11, 3, 1), (12, 1, 1)]),
        (
            json!({"sku_id": "11", "count": 2, "state": "del"}),
            [(11, 2, 1), (12, 1, 1)],
        ),
        (
            json!({"sku_id": 12, "count": 1, "state": "del"}),
            [(11, 2, 1), (12, 1, 1)],
        ),
        (
            json!({"sku_id": "12", "state": "unselect"}),
            [(11, 2, 1), (12, 1, 0)],
        ),
        (json!({"sku_id": "12", "state": "add"}), [(11, 2, 1), (12, 2, 0)]),
        (
            json!({"sku_id": "12", "state": "select"}),
            [(11, 2, 1), (12, 2, 1)],
        ),
        (json!({"state": "unselectall"}), [(11, 2, 0), (12, 2, 0)]),
        (json!({"state": "selectall"}), [(11, 2, 1), (12, 2, 1)]),
        (
            json!({"state": "unselectall", "sku_id": ["11", "12", "99"]}),
            [(11, 2, 0), (12, 2, 0)],
        ),
        (
            json!({"state": "selectall", "sku_id": ["12"]}),
            [(11, 2, 0), (12, 2, 1)],
        ),
    ] {
        let answer = put(&shop, body.clone()).await;
        assert_eq!(answer["code"], 200, "{body}: {answer}");
        assert_eq!(answer["base_url"], "http://127.0.0.1:8000/media/");
        assert_eq!(lines(&answer), expected, "{body}");
        assert_eq!(shop.lines().await, expected, "{body}");
    }
    shop.close().await;
}

#[tokio::test]
async fn one_more_than_the_stock_is_told_by_the_code_that_the_page_tests() {
    let shop = Shop::open().await;
    shop.add(11, 9).await;
    let answer = put(&shop, json!({"sku_id": "11", "state": "add"})).await;
    assert_eq!(answer["code"], json!(30103));
    shop.goods.stock(11, 3);
    assert_eq!(
        put(&shop, json!({"sku_id": "11", "state": "add"})).await["code"],
        30103
    );
    assert_eq!(shop.lines().await, [(11, 9, 1)]);
    shop.close().await;
}

#[tokio::test]
async fn what_cannot_be_changed_has_its_code() {
    let shop = Shop::open().await;
    shop.add(11, 2).await;
    shop.add(12, 2).await;
    shop.goods.withdraw(12);
    for (body, expected) in [
        (json!({"sku_id": 13, "state": "add"}), 10301),
        (json!({"sku_id": 13, "state": "del"}), 10301),
        (json!({"sku_id": 13, "state": "select"}), 10301),
        (json!({"sku_id": 0, "state": "select"}), 10301),
        (json!({"sku_id": 12, "state": "add"}), 10305),
        (json!({"sku_id": 11, "state": "double"}), 10306),
        (json!({"sku_id": 11, "state": ""}), 10306),
        (json!({"sku_id": 11}), 10302),
        (json!({"state": "select"}), 10302),
        (json!({"sku_id": "x", "state": "select"}), 10302),
        (json!({"sku_id": ["11"], "state": "add"}), 10302),
        (json!({"sku_id": 11, "state": 7}), 10302),
    ] {
        let answer = put(&shop, body.clone()).await;
        assert_eq!(answer["code"], expected, "{body}: {answer}");
    }
    assert_eq!(shop.lines().await, [(11, 2, 1), (12, 2, 0)]);
    shop.close().await;
}

#[tokio::test]
async fn ticking_all_leaves_out_what_cannot_be_bought() {
    let shop = Shop::open().await;
    shop.add(11, 1).await;
    shop.add(12, 1).await;
    shop.goods.withdraw(12);
    assert_eq!(
        lines(&put(&shop, json!({"state": "selectall"})).await),
        [(11, 1, 1), (12, 1, 0)]
    );
    assert_eq!(
        lines(&put(&shop, json!({"state": "select", "sku_id": 12})).await),
        [(11, 1, 1), (12, 1, 0)]
    );
    shop.close().await;
}
