//! The list (contract C2).

use reqwest::Method;
use serde_json::{Value, json};

use crate::shop::Shop;

#[tokio::test]
async fn the_list_has_every_field_that_the_page_reads() {
    let shop = Shop::open().await;
    shop.add(11, 2).await;
    assert_eq!(
        shop.call(Method::GET, Value::Null).await,
        json!({"code": 200, "base_url": "http://127.0.0.1:8000/media/", "data": [{
            "id": 11, "name": "远行双肩包 11", "count": 2, "selected": 1, "default_image_url": "sku/11.png",
            "price": "259.00", "sku_sale_attr_name": ["容量", "颜色"], "sku_sale_attr_val": ["30L", "墨绿"],
            "available": true,
        }]})
    );
    shop.close().await;
}

#[tokio::test]
async fn an_empty_cart_is_an_empty_list() {
    let shop = Shop::open().await;
    assert_eq!(shop.call(Method::GET, Value::Null).await["data"], json!([]));
    shop.close().await;
}

#[tokio::test]
async fn a_dead_sku_is_shown_unticked_and_breaks_nothing() {
    let shop = Shop::open().await;
    for sku in [11, 12, 13] {
        shop.add(sku, 1).await;
    }
    shop.goods.withdraw(12);
    shop.goods.delete(13);
    let answer = shop.call(Method::GET, Value::Null).await;
    let shown = |index: usize, field: &str| answer["data"][index][field].clone();
    assert_eq!(
        (shown(0, "available"), shown(0, "selected")),
        (json!(true), json!(1))
    );
    assert_eq!(
        (shown(1, "available"), shown(1, "selected")),
        (json!(false), json!(0))
    );
    assert_eq!(
        (shown(2, "available"), shown(2, "selected")),
        (json!(false), json!(0))
    );
    assert_eq!(
        (shown(2, "price"), shown(2, "sku_sale_attr_name")),
        (json!("0.00"), json!([]))
    );

    let summary = shop.client().get_cart(crate::shop::USER).await.unwrap();
    assert_eq!(summary.carts_count, 3);
    shop.close().await;
}

#[tokio::test]
async fn looking_at_a_cart_changes_nothing_in_it() {
    let shop = Shop::open().await;
    for sku in [11, 12] {
        shop.add(sku, 1).await;
    }
    shop.goods.withdraw(12);
    let before = shop.kv.read_hash("carts_7").await.unwrap();

    assert_eq!(shop.lines().await, [(11, 1, 1), (12, 1, 0)]);

    assert_eq!(shop.kv.read_hash("carts_7").await.unwrap(), before);
    shop.goods.launch(12);
    assert_eq!(
        shop.lines().await,
        [(11, 1, 1), (12, 1, 1)],
        "back on sale, it is ticked as before"
    );
    shop.close().await;
}

#[tokio::test]
async fn strange_fields_in_the_hash_break_nothing() {
    let shop = Shop::open().await;
    shop.add(11, 2).await;
    shop.kv
        .update_hash("carts_7", None, |fields| {
            for (field, value) in [("12", "0,1"), ("-5", "1,1"), ("abc", "x"), ("taken:x", "1:1")] {
                fields.insert(field.to_owned(), value.to_owned());
            }
        })
        .await
        .unwrap();
    assert_eq!(shop.lines().await, [(11, 2, 1)]);
    shop.add(12, 1).await;
    assert_eq!(shop.lines().await, [(11, 2, 1), (12, 1, 1)]);
    shop.close().await;
}
