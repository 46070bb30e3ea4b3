//! G3: a SKU on its own page.

use serde_json::json;

use crate::fixture::{backpacks, row, sku, with};
use crate::shop::{Shop, on_both_stores};

on_both_stores!(a_detail_has_every_field_and_its_values_stand_in_the_places_of_their_attributes);

async fn a_detail_has_every_field_and_its_values_stand_in_the_places_of_their_attributes(shop: &Shop) {
    shop.load(&backpacks());
    let expected = json!({
        "code": 200,
        "base_url": "http://127.0.0.1:8000/media/",
        "data": {
            "catalog_id": 4, "catalog_name": "双肩包", "name": "远行双肩包 30L", "caption": "轻便防泼水",
            "price": "259.00", "image": "sku/a1.png", "spu": 6, "detail_image": "sku_images/a1.png",
            "sku_sale_attr_id": [21, 22], "sku_sale_attr_names": ["容量", "颜色"],
            "sku_sale_attr_val_id": [31, 34], "sku_sale_attr_val_names": ["30L", "墨绿"],
            "sku_all_sale_attr_vals_id": {"21": [31, 32], "22": [33, 34]},
            "sku_all_sale_attr_vals_name": {"21": ["30L", "40L"], "22": ["藏蓝", "墨绿"]},
            "spec": {"产地": "中国", "材质": "尼龙"},
        },
    });
    assert_eq!(shop.get("/v1/goods/detail/11").await, expected);
}

#[tokio::test]
async fn a_sku_without_attributes_pictures_and_specs_has_empty_ones() {
    let shop = Shop::with(&backpacks()).await;
    let detail = &shop.get("/v1/goods/detail/17").await["data"];
    for list in [
        "sku_sale_attr_id",
        "sku_sale_attr_names",
        "sku_sale_attr_val_id",
        "sku_sale_attr_val_names",
    ] {
        assert_eq!(detail[list], json!([]), "{list}");
    }
    for map in ["sku_all_sale_attr_vals_id", "sku_all_sale_attr_vals_name", "spec"] {
        assert_eq!(detail[map], json!({}), "{map}");
    }
    assert_eq!(detail["detail_image"], "");
    shop.close().await;
}

#[tokio::test]
async fn every_attribute_keeps_its_place_and_its_keys_where_the_catalogue_is_incomplete() {
    let mut fixture = backpacks();
    fixture.as_array_mut().unwrap().extend([
        row("spusaleattr", 20, json!({"spu": 6, "name": "没有值"})),
        row(
            "sku",
            19,
            with(sku("只有颜色", "1.00", 1, &[33]), "spu", json!(6)),
        ),
    ]);
    let shop = Shop::with(&fixture).await;
    let detail = &shop.get("/v1/goods/detail/19").await["data"];
    assert_eq!(detail["sku_sale_attr_id"], json!([20, 21, 22]));
    assert_eq!(detail["sku_sale_attr_val_id"], json!([0, 0, 33]));
    assert_eq!(detail["sku_sale_attr_val_names"], json!(["", "", "藏蓝"]));
    assert_eq!(
        detail["sku_all_sale_attr_vals_id"],
        json!({"20": [], "21": [31, 32], "22": [33, 34]})
    );
    shop.close().await;
}

#[tokio::test]
async fn what_is_not_for_sale_has_no_detail() {
    let shop = Shop::with(&backpacks()).await;
    for id in [
        "16",
        "999",
        "0",
        "-1",
        "9999999999999999999",
        "99999999999999999999999",
        "1;",
        "11%00",
        "%EF%BC%91",
        "abc",
        "undefined",
        "11.0",
        "%ff",
        "+11",
        "1e1",
    ] {
        let answer = shop.get(&format!("/v1/goods/detail/{id}")).await;
        assert_eq!(
            answer,
            json!({"code": 10200, "error": "商品不存在或已下架"}),
            "{id}"
        );
    }
    shop.close().await;
}

#[tokio::test]
async fn a_new_price_shows_at_once() {
    let shop = Shop::with(&backpacks()).await;
    shop.execute("UPDATE goods_sku SET price = 115 WHERE id = 11")
        .await;
    assert_eq!(shop.get("/v1/goods/detail/11").await["data"]["price"], "1.15");
    shop.close().await;
}
