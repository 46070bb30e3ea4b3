//! `GET /v1/orders/{username}?type=0..4`: the buyer's orders and nobody else's.

use common::clock::shop_text;
use common::contracts::ids::UserId;
use serde_json::{Value, json};

use crate::browser::{answer, from_cart, order_id};
use crate::on_both_engines;
use crate::stand::{BAG, PEN, Stand};

on_both_engines! {
    a_listed_order_has_every_field_of_the_contract
    lists_are_by_status_and_newest_first
}

async fn a_listed_order_has_every_field_of_the_contract(stand: Stand) {
    stand.select(&[(BAG, 2), (PEN, 3)]);
    let id = order_id(&stand.post_order(&from_cart()).await);

    let list = stand.get("/v1/orders/meixia01?type=0").await;

    let line = |sku: i64, price: &str, count: i64, total: &str| {
        json!({
            "id": sku, "default_image_url": format!("sku/{sku}.png"), "name": format!("书包 {sku}"),
            "price": price, "count": count, "total_amount": total,
            "sku_sale_attr_names": ["容量", "颜色"], "sku_sale_attr_vals": ["30L", "墨绿"],
        })
    };
    let expected = json!({
        "code": 200,
        "base_url": "http://127.0.0.1:8000/media/",
        "data": {"orders_list": [{
            "order_id": id, "order_total_count": 5, "order_total_amount": "792.00", "order_freight": "10.00",
            "address": {
                "title": "家", "address": "江苏省苏州市工业园区湖东路8号",
                "mobile": "13800001111", "receiver": "周岚",
            },
            "status": 1,
            "order_time": shop_text(stand.clock.now()),
            "order_sku": [line(BAG, "259.00", 2, "518.00"), line(PEN, "88.00", 3, "264.00")],
        }]},
    });
    assert_eq!(list, expected);
    stand.close().await;
}

async fn ids(stand: &Stand, query: &str) -> Vec<String> {
    let list = stand.get(&format!("/v1/orders/meixia01?{query}")).await;
    let orders = list["data"]["orders_list"]
        .as_array()
        .unwrap_or_else(|| panic!("{query} {list}"));
    orders
        .iter()
        .map(|order| order["order_id"].as_str().unwrap().to_owned())
        .collect()
}

async fn lists_are_by_status_and_newest_first(stand: Stand) {
    let mut orders = Vec::new();
    for status in [1, 2, 3, 4, 11, 12, 13, 15, 16] {
        let id = stand.place_order(BAG, 1).await;
        stand
            .execute(&format!(
                "UPDATE orders_order_info SET status = {status} WHERE order_id = '{id}'"
            ))
            .await;
        orders.push((status, id.to_string()));
    }
    let of = |wanted: &[i16]| -> Vec<String> {
        orders
            .iter()
            .rev()
            .filter(|(status, _)| wanted.contains(status))
            .map(|(_, id)| id.clone())
            .collect()
    };
    assert_eq!(ids(&stand, "type=0").await, of(&[1, 2, 3, 4, 12, 15, 16]));
    for status in 1..=4 {
        assert_eq!(
            ids(&stand, &format!("type={status}")).await,
            of(&[status]),
            "type {status}"
        );
    }
    assert_eq!(
        ids(&stand, "type=0&page=2&pagesize=3").await,
        of(&[1, 2, 3, 4, 12, 15, 16])[3..6]
    );
    assert_eq!(ids(&stand, "type=0&page=9").await, Vec::<String>::new());
    let others: Value = answer(stand.request_as(UserId(8), "GET", "?type=0")).await;
    assert_eq!(others["data"]["orders_list"], json!([]));
    stand.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn strange_lists_are_refused() {
    let stand = Stand::sqlite().await;
    for query in ["", "?type=", "?type=abc", "?type=6", "?type=-1", "?type=00"] {
        let answer = stand.get(&format!("/v1/orders/meixia01{query}")).await;
        assert_eq!(answer["code"], 10409, "{query}");
    }
    for query in [
        "page=0",
        "page=x",
        "pagesize=101",
        "pagesize=-1",
        "page=99999999999999999999",
    ] {
        let answer = stand.get(&format!("/v1/orders/meixia01?type=0&{query}")).await;
        assert_eq!(answer["code"], 10407, "{query}");
    }
    assert_eq!(stand.get("/v1/orders/someone?type=0").await["code"], 10410);
    assert_eq!(
        answer(stand.anonymous("GET", "/v1/orders/null?type=0")).await["code"],
        403
    );
    stand.close().await;
}
