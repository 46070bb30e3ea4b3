//! Stock adjusted by hand: a difference with a reason, while buyers buy.

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

use crate::callers::order;
use crate::fixture::backpacks;
use crate::shop::{Shop, on_both_stores};

on_both_stores!(
    adjustments_and_sales_at_the_same_time_lose_nothing,
    stock_is_not_adjusted_below_zero_nor_without_a_reason,
);

async fn adjust(shop: &Shop, sku: i64, delta: Value, reason: &str) -> Value {
    let body = json!({"delta": delta, "reason": reason});
    shop.staff(Method::POST, &format!("/skus/{sku}/stock"), body)
        .await
}

async fn adjustments_and_sales_at_the_same_time_lose_nothing(shop: &Shop) {
    shop.load(&backpacks());
    let sales = join_all((0..10).map(|n| async move { shop.reserve(&order(n), &[(11, 1)]).await }));
    let adjustments =
        join_all((0..10).map(|n| adjust(shop, 11, json!(if n % 2 == 0 { 3 } else { -1 }), "counted")));
    let (_, adjusted) = tokio::join!(sales, adjustments);
    assert!(
        adjusted.iter().all(|answer| answer["code"] == 200),
        "{adjusted:?}"
    );
    let (stock, sales) = shop.stock(11).await;
    assert_eq!(stock + sales, 10 + 5 * 3 - 5);
    shop.assert_stock_is_explained().await;
    let explained = "SELECT COUNT(*) FROM goods_stock_log WHERE cause = 'staff' AND reason = 'counted'";
    assert_eq!(shop.number(explained).await, 10);
}

async fn stock_is_not_adjusted_below_zero_nor_without_a_reason(shop: &Shop) {
    shop.load(&backpacks());
    assert_eq!(adjust(shop, 11, json!("-4"), "broken").await["data"]["stock"], 6);
    let refused = adjust(shop, 11, json!(-7), "broken").await;
    assert_eq!(
        (&refused["code"], &refused["details"]["stock"]),
        (&json!(10254), &json!(6))
    );
    for (delta, reason) in [
        (json!(0), "x"),
        (json!(1), ""),
        (json!(2_000_000), "x"),
        (json!(1.5), "x"),
    ] {
        assert_eq!(
            adjust(shop, 11, delta.clone(), reason).await["code"],
            10205,
            "{delta} {reason}"
        );
    }
    assert_eq!(adjust(shop, 99, json!(1), "x").await["code"], 10251);
    let trail = shop.staff(Method::GET, "/audit", Value::Null).await;
    assert_eq!(trail["data"].as_array().unwrap().len(), 1);
    assert_eq!(trail["data"][0]["reason"], "broken");
    assert_eq!(trail["data"][0]["after"], json!({"stock": 6}));
    shop.assert_stock_is_explained().await;
}
