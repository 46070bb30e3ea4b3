//! G5: search, as the page asks and as programs may.

use serde_json::{Value, json};

use crate::fixture::{backpacks, row, sku, with};
use crate::shop::{Shop, eventually, on_both_stores};

on_both_stores!(
    the_page_gets_what_it_reads,
    the_index_follows_the_catalogue,
    hits_are_filtered_sorted_and_paged,
);

/// As a browser sends a form: a space is a plus.
fn form(pairs: &[(&str, &str)]) -> String {
    let escape = |text: &str| -> String {
        let escaped = text.bytes().map(|byte| match byte {
            b' ' => "+".to_owned(),
            byte if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
            byte => format!("%{byte:02X}"),
        });
        escaped.collect()
    };
    let pairs = pairs
        .iter()
        .map(|(name, value)| format!("{name}={}", escape(value)));
    pairs.collect::<Vec<_>>().join("&")
}

async fn search(shop: &Shop, pairs: &[(&str, &str)]) -> Value {
    shop.post("/v1/goods/search", form(pairs)).await
}

fn ids(answer: &Value) -> Vec<i64> {
    let rows = answer["data"].as_array().unwrap_or_else(|| panic!("{answer}"));
    rows.iter().map(|row| row["skuid"].as_i64().unwrap()).collect()
}

/// Waits until a question has these hits.
async fn finds(shop: &Shop, text: &str, expected: &[i64]) {
    eventually(&format!("{text} finds {expected:?}"), async || {
        (ids(&search(shop, &[("q", text)]).await) == expected).then_some(())
    })
    .await;
}

async fn the_page_gets_what_it_reads(shop: &Shop) {
    shop.load(&backpacks());
    finds(shop, "圆腹花瓶", &[17]).await;
    let media = "http://127.0.0.1:8000/media/";
    let expected = json!({
        "code": 200, "result": true, "base_url": media, "baseurl": media,
        "paginator": {"pagesize": 9, "total": 1},
        "data": [{"skuid": 17, "name": "圆腹花瓶", "price": "88.80", "image": "sku/a1.png"}],
    });
    assert_eq!(search(shop, &[("q", "圆腹花瓶")]).await, expected);
    assert_eq!(
        search(shop, &[("q", "\\u5706\\u8179"), ("page", "1")]).await,
        expected
    );
    assert_eq!(
        shop.post("/v1/goods/search", r#"{"q":"圆腹","page":1}"#).await,
        expected
    );
    assert_eq!(shop.get("/v1/goods/search?q=%E5%9C%86%E8%85%B9").await, expected);
    // What is not launched is found by nobody.
    assert_eq!(ids(&search(shop, &[("q", "不卖的包")]).await), [0; 0]);
}

async fn the_index_follows_the_catalogue(shop: &Shop) {
    shop.load(&backpacks());
    finds(shop, "墨绿", &[11, 12]).await;
    let renamed = with(
        sku("灯芯绒 Corduroy 包", "1.00", 4, &[33]),
        "is_launched",
        json!(true),
    );
    shop.load(&json!([row("sku", 16, renamed)]));
    finds(shop, "corduroy", &[16]).await;
    finds(shop, "cordroy", &[16]).await;
    shop.execute("UPDATE goods_sku SET is_launched = FALSE, updated_time = '2050-01-01' WHERE id = 16")
        .await;
    finds(shop, "corduroy", &[]).await;
    shop.execute("DELETE FROM goods_sku WHERE id = 12").await;
    assert_eq!(ids(&search(shop, &[("q", "墨绿")]).await), [11]);
}

async fn hits_are_filtered_sorted_and_paged(shop: &Shop) {
    shop.load(&backpacks());
    finds(shop, "双肩包", &[11, 12, 15]).await;
    for (more, expected) in [
        (&[("sort", "price")][..], &[15, 11, 12][..]),
        (&[("sort", "-price")], &[12, 11, 15]),
        (&[("price_from", "200"), ("price_to", "300.00")], &[11]),
        (&[("catalog_id", "5")], &[]),
        (
            &[("brand_id", "1"), ("catalog_id", "4"), ("sort", "sales")],
            &[11, 12, 15],
        ),
        (&[("pagesize", "2"), ("page", "2")], &[15]),
        (&[("pagesize", "2"), ("page", "1")], &[11, 12]),
    ] {
        let pairs = [&[("q", "双肩包")], more].concat();
        let answer = search(shop, &pairs).await;
        assert_eq!(ids(&answer), expected, "{more:?}: {answer}");
    }
}

#[tokio::test]
async fn what_is_no_question_has_its_code_and_nonsense_finds_nothing() {
    let shop = Shop::with(&backpacks()).await;
    finds(&shop, "花瓶", &[17]).await;
    for (body, code) in [
        ("", 10204),
        ("q=", 10204),
        ("q=+++", 10204),
        ("page=2", 10204),
        ("q=%E8%8A%B1%E7%93%B6&page=2", 10202),
        ("q=%E8%8A%B1%E7%93%B6&page=0", 10202),
        ("q=%E8%8A%B1%E7%93%B6&page=-1", 10202),
        ("q=%E8%8A%B1%E7%93%B6&page=9223372036854775807", 10202),
        ("q=a&page=1.5", 10205),
        ("q=a&page=x", 10205),
        ("q=a&pagesize=0", 10205),
        ("q=a&sort=up", 10205),
        ("q=a&price_from=cheap", 10205),
        ("q=a&q=b", 10205),
        ("{\"q\":", 10205),
        ("{\"q\":[]}", 10205),
    ] {
        let answer = shop.post("/v1/goods/search", body).await;
        assert_eq!(answer["code"], code, "{body}: {answer}");
        assert!(answer["error"].is_string(), "{body}: {answer}");
    }
    let long = "花瓶".repeat(1700);
    for text in [
        "%",
        "_",
        "'",
        "\"",
        "😀",
        "\u{1}\u{2}",
        "a AND (b",
        "*",
        "name:x^2",
        "\\",
        "\\u12",
        "zzz",
        &long,
    ] {
        let answer = search(&shop, &[("q", text)]).await;
        assert_eq!(answer["code"], 200, "{answer}");
    }
    assert_eq!(ids(&search(&shop, &[("q", "' OR 1=1 --")]).await), [0; 0]);
    shop.close().await;
}
