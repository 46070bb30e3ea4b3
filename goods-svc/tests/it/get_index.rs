//! G1: the home page.

use serde_json::{Value, json};

use crate::fixture::{backpacks, row, sku};
use crate::shop::{Shop, on_both_stores};

on_both_stores!(the_index_shows_the_first_three_launched_skus_of_each_category_that_has_three);

async fn the_index_shows_the_first_three_launched_skus_of_each_category_that_has_three(shop: &Shop) {
    let mut fixture = backpacks();
    let further = [
        row("sku", 18, sku("第四个包", "9.90", 1, &[])),
        row("sku", 13, sku("第三个包", "5.00", 1, &[])),
    ];
    fixture.as_array_mut().unwrap().extend(further);
    shop.load(&fixture);
    let card = |skuid: i64, name: &str, price: &str| json!({"skuid": skuid, "name": name, "caption": "轻便防泼水", "price": price, "image": "sku/a1.png"});
    let expected = json!({
        "code": 200,
        "base_url": "http://127.0.0.1:8000/media/",
        "data": [{"catalog_id": 4, "catalog_name": "双肩包", "sku": [
            card(11, "远行双肩包 30L", "259.00"),
            card(12, "远行双肩包 40L", "319.00"),
            card(13, "第三个包", "5.00"),
        ]}],
    });
    assert_eq!(shop.get("/v1/goods/index").await, expected);
}

#[tokio::test]
async fn a_category_whose_third_sku_is_not_launched_is_left_out() {
    let shop = Shop::with(&backpacks()).await;
    shop.execute("UPDATE goods_sku SET is_launched = false WHERE id = 12")
        .await;
    assert_eq!(shop.get("/v1/goods/index").await["data"], json!([]));
    shop.close().await;
}

#[tokio::test]
async fn the_demo_catalogue_fills_the_home_page() {
    let shop = Shop::with_demo().await;
    let index = shop.get("/v1/goods/index/").await;
    let shelves = index["data"].as_array().unwrap();
    assert_eq!(shelves.len(), 8);
    let lengths = shelves.iter().map(|shelf| shelf["sku"].as_array().map(Vec::len));
    assert!(lengths.into_iter().all(|length| length == Some(3)));
    let ids: Vec<&Value> = shelves.iter().map(|shelf| &shelf["catalog_id"]).collect();
    assert_eq!(json!(ids), json!([1, 2, 3, 4, 5, 6, 7, 8]));
    shop.close().await;
}
