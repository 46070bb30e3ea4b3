//! `GET /v1/orders/{username}/advance`: what the confirmation page shows.

use common::contracts::ids::{AddressId, SkuId};
use serde_json::json;

use crate::browser::answer;
use crate::neighbours::Fault;
use crate::stand::{ADDRESS, BAG, BUYER, PEN, Stand};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_shows_addresses_and_the_selected_lines_and_nothing_is_created() {
    let stand = Stand::sqlite().await;
    stand.select(&[(BAG, 2), (PEN, 3)]);

    let page = stand.get("/v1/orders/meixia01/advance?settlement_type=0").await;

    let line = |sku: i64, price: &str, count: i64| {
        json!({
            "id": sku, "name": format!("书包 {sku}"), "count": count, "selected": 1,
            "default_image_url": format!("sku/{sku}.png"), "price": price,
            "sku_sale_attr_name": ["容量", "颜色"], "sku_sale_attr_val": ["30L", "墨绿"],
        })
    };
    let expected = json!({
        "code": 200,
        "base_url": "http://127.0.0.1:8000/media/",
        "data": {
            "addresses": [{
                "id": ADDRESS, "name": "周岚", "mobile": "13800001111", "title": "家",
                "address": "江苏省苏州市工业园区湖东路8号",
            }],
            "sku_list": [line(BAG, "259.00", 2), line(PEN, "88.00", 3)],
            "buy_count": 0, "sku_id": 0,
        },
    });
    assert_eq!(page, expected);
    assert_eq!(
        (
            stand.neighbours.stock(BAG),
            stand.neighbours.shop().carts[&BUYER].len()
        ),
        (100, 2)
    );
    assert_eq!(
        stand
            .scalar::<i64>("SELECT COUNT(*) FROM orders_order_info")
            .await,
        0
    );
    stand.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_purchase_past_the_cart_names_its_sku_and_count() {
    let stand = Stand::sqlite().await;
    let page = stand
        .get("/v1/orders/meixia01/advance?sku_id=11&buy_num=2&settlement_type=1")
        .await;
    let data = &page["data"];
    assert_eq!((&data["buy_count"], &data["sku_id"]), (&json!(2), &json!(BAG)));
    assert_eq!(
        (
            data["sku_list"].as_array().unwrap().len(),
            &data["sku_list"][0]["count"]
        ),
        (1, &json!(2))
    );
    stand.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_default_address_comes_first_and_an_empty_page_is_no_failure() {
    let stand = Stand::sqlite().await;
    let first = AddressId(1);
    {
        let mut shop = stand.neighbours.shop();
        let mut address = shop.addresses[&(BUYER, ADDRESS)].clone();
        address.id = first;
        shop.addresses.insert((BUYER, first), address);
    }
    let page = stand.get("/v1/orders/meixia01/advance?settlement_type=0").await;
    assert_eq!(page["data"]["sku_list"], json!([]));
    assert_eq!(page["data"]["addresses"][0]["id"], json!(first));
    stand.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_for_sale_refuses_a_purchase_and_is_left_out_of_a_cart() {
    let stand = Stand::sqlite().await;
    stand.select(&[(BAG, 2), (PEN, 3)]);
    stand
        .neighbours
        .shop()
        .skus
        .get_mut(&SkuId(PEN))
        .unwrap()
        .is_launched = false;
    let advance = async |query: &str| stand.get(&format!("/v1/orders/meixia01/advance?{query}")).await;
    assert_eq!(
        advance("settlement_type=1&sku_id=12&buy_num=1").await["code"],
        10405
    );
    assert_eq!(
        advance("settlement_type=1&sku_id=999&buy_num=1").await["code"],
        10405
    );
    let page = advance("settlement_type=0").await;
    assert_eq!(page["data"]["sku_list"].as_array().unwrap().len(), 1);
    stand.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn strange_pages_are_refused() {
    let stand = Stand::sqlite().await;
    let queries = [
        "",
        "settlement_type=2",
        "settlement_type=x",
        "settlement_type=1",
        "settlement_type=1&sku_id=11",
        "settlement_type=1&sku_id=11&buy_num=0",
        "settlement_type=1&sku_id=11&buy_num=201",
        "settlement_type=1&sku_id=x&buy_num=1",
        "settlement_type=0&settlement_type=1",
    ];
    for query in queries {
        let answer = stand.get(&format!("/v1/orders/meixia01/advance?{query}")).await;
        assert_eq!(answer["code"], 10407, "{query}");
    }
    assert_eq!(
        stand.get("/v1/orders/someone/advance?settlement_type=0").await["code"],
        10410
    );
    let anonymous = stand.anonymous("GET", "/v1/orders/undefined/advance?settlement_type=0");
    assert_eq!(answer(anonymous).await["code"], 403);
    stand.neighbours.break_call("list_addresses", Fault::Refused);
    assert_eq!(
        stand.get("/v1/orders/meixia01/advance?settlement_type=0").await["code"],
        10413
    );
    stand.close().await;
}
