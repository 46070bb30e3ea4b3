//! G4: the SKU of a combination of attribute values.

use reqwest::Method;
use serde_json::json;

use crate::fixture::{backpacks, row, sku};
use crate::shop::{Shop, on_both_stores};

on_both_stores!(the_sku_whose_values_are_exactly_the_chosen_ones_is_found);

async fn the_sku_whose_values_are_exactly_the_chosen_ones_is_found(shop: &Shop) {
    let mut fixture = backpacks();
    fixture
        .as_array_mut()
        .unwrap()
        .push(row("sku", 10, sku("只有容量", "1.00", 1, &[32])));
    shop.load(&fixture);
    for (body, sku_id) in [
        (r#"{"spuid":6,"21":32,"22":34}"#, 12),
        (r#"{"22":"34","21":"32","spuid":"6"}"#, 12),
        (r#"{"spuid":6,"21":32,"22":33}"#, 15),
        (r#"{"spuid":6,"21":32}"#, 10),
        (r#"{"spuid":7}"#, 17),
    ] {
        assert_eq!(
            shop.post("/v1/goods/sku", body).await,
            json!({"code": 200, "data": sku_id}),
            "{body}"
        );
    }
    let answer = shop.get("/v1/goods/sku?21=32&22=34&spuid=6").await;
    assert_eq!(answer, json!({"code": 200, "data": 12}));
}

#[tokio::test]
async fn a_combination_that_nobody_sells_is_not_found() {
    let shop = Shop::with(&backpacks()).await;
    for body in [
        r#"{"spuid":6,"21":31,"22":33}"#, // made, but not launched
        r#"{"spuid":6,"21":31}"#,         // part of a combination
        r#"{"spuid":6,"21":31,"22":34,"23":99}"#,
        r#"{"spuid":7,"21":31,"22":34}"#, // of another product
        r#"{"spuid":6}"#,
        r#"{"spuid":999,"21":31,"22":34}"#,
        r#"{"spuid":-1,"21":31,"22":34}"#,
    ] {
        let answer = shop.post("/v1/goods/sku", body).await;
        assert_eq!(answer["code"], 10203, "{body}: {answer}");
    }
    shop.close().await;
}

#[tokio::test]
async fn what_is_no_choice_is_refused() {
    let shop = Shop::with(&backpacks()).await;
    let many: Vec<String> = (1..=500).map(|id| format!("{id}={id}")).collect();
    for query in [
        "",
        "21=32",
        "spuid=6&1=3&1=4",
        "spuid=6&spuid=6",
        "spuid=x&21=32",
        "spuid=6&21=abc",
        "spuid=6&colour=32",
        "spuid=6&21=",
        "spuid=6&21=99999999999999999999",
        "spuid=6&21=%00",
        &format!("spuid=6&{}", many.join("&")),
    ] {
        let answer = shop.get(&format!("/v1/goods/sku?{query}")).await;
        assert_eq!(answer["code"], 10205, "{query}: {answer}");
    }
    for body in [
        r#"{}"#,
        "[]",
        "null",
        r#""x""#,
        r#"{"spuid":6,"21":32,"21":31}"#,
        r#"{"spuid":6,"21":1.5}"#,
        r#"{"spuid":6,"21":true}"#,
        r#"{"spuid":6,"21":[32]}"#,
        r#"{"spuid":6,"21":null}"#,
        r#"{"spuid":6,"21":9223372036854775808}"#,
        &format!("{}{}", "[".repeat(10_000), "]".repeat(10_000)),
    ] {
        let answer = shop.post("/v1/goods/sku", body).await;
        assert_eq!(answer["code"], 10205, "{body}: {answer}");
    }
    shop.close().await;
}

#[tokio::test]
async fn a_body_that_is_no_json_is_told_so() {
    let shop = Shop::with(&backpacks()).await;
    let endless = "[".repeat(10_000);
    for body in ["", "{", r#"{"spuid":6}x"#, "spuid=6&21=32", &endless] {
        let answer = shop.post("/v1/goods/sku", body).await;
        assert_eq!(answer["code"], 10299, "{answer}");
    }
    shop.close().await;
}

#[tokio::test]
async fn a_method_that_is_not_known_is_refused_with_its_true_status() {
    let shop = Shop::with(&backpacks()).await;
    for path in [
        "/v1/goods/sku",
        "/v1/goods/index",
        "/v1/goods/detail/11",
        "/v1/goods/catalogs/4",
        "/media/sku/x",
    ] {
        let answer = shop.request(Method::DELETE, path).send().await.unwrap();
        assert_eq!(answer.status(), 405, "{path}");
    }
    shop.close().await;
}
