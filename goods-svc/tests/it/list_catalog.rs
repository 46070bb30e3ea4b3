//! G2: the pages of a category.

use serde_json::json;

use crate::fixture::backpacks;
use crate::shop::{Shop, on_both_stores};

on_both_stores!(a_page_shows_launched_skus_by_id);

async fn a_page_shows_launched_skus_by_id(shop: &Shop) {
    shop.load(&backpacks());
    let expected = json!({
        "code": 200,
        "base_url": "http://127.0.0.1:8000/media/",
        "paginator": {"pagesize": 2, "total": 3},
        "data": [{"skuid": 15, "name": "城市双肩包", "price": "199.00", "image": "sku/a1.png"}],
    });
    assert_eq!(
        shop.get("/v1/goods/catalogs/4?launched=true&page=2&pagesize=2")
            .await,
        expected
    );
}

#[tokio::test]
async fn nine_skus_make_a_page_when_nobody_says() {
    let shop = Shop::with_demo().await;
    let mut seen = Vec::new();
    for (page, rows) in [(1, 9), (2, 9), (3, 9), (4, 2)] {
        let answer = shop
            .get(&format!("/v1/goods/catalogs/4?launched=true&page={page}"))
            .await;
        assert_eq!(answer["paginator"], json!({"pagesize": 9, "total": 29}));
        let ids = answer["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["skuid"].as_i64().unwrap());
        let before = seen.len();
        seen.extend(ids);
        assert_eq!(seen.len() - before, rows);
    }
    assert!(seen.is_sorted(), "{seen:?}");
    assert_eq!(shop.get("/v1/goods/catalogs/4?page=5").await["code"], 10202);
    shop.close().await;
}

#[tokio::test]
async fn a_page_never_has_more_than_a_hundred_rows() {
    let shop = Shop::with(&backpacks()).await;
    let answer = shop.get("/v1/goods/catalogs/4?pagesize=1000000").await;
    assert_eq!(answer["paginator"], json!({"pagesize": 100, "total": 3}));
    shop.close().await;
}

#[tokio::test]
async fn an_empty_category_has_an_empty_first_page() {
    let shop = Shop::with(&backpacks()).await;
    let answer = shop.get("/v1/goods/catalogs/6").await;
    assert_eq!((&answer["code"], &answer["data"]), (&json!(200), &json!([])));
    assert_eq!(answer["paginator"], json!({"pagesize": 9, "total": 0}));
    assert_eq!(shop.get("/v1/goods/catalogs/6?page=2").await["code"], 10202);
    shop.close().await;
}

#[tokio::test]
async fn wrong_pages_are_refused_each_under_its_code() {
    let shop = Shop::with(&backpacks()).await;
    for (path, code) in [
        ("undefined?launched=true&page=2", 10201),
        ("undefined", 10201),
        ("999", 10201),
        ("0", 10201),
        ("-4", 10201),
        ("4;", 10201),
        ("4%00", 10201),
        ("%EF%BC%94", 10201),
        ("%ff", 10201),
        ("99999999999999999999", 10201),
        ("4?page=0", 10202),
        ("4?page=-1", 10202),
        ("4?page=2", 10202),
        ("4?page=1000000000", 10202),
        ("4?page=9223372036854775807&pagesize=100", 10202),
        ("4?page=abc", 10205),
        ("4?page=", 10205),
        ("4?page=1.5", 10205),
        ("4?page=99999999999999999999", 10205),
        ("4?page=1&page=2", 10205),
        ("4?pagesize=0", 10205),
        ("4?pagesize=-1", 10205),
        ("4?pagesize=x", 10205),
    ] {
        let answer = shop.get(&format!("/v1/goods/catalogs/{path}")).await;
        assert_eq!(answer["code"], code, "{path}: {answer}");
        assert!(answer["error"].is_string(), "{path}: {answer}");
    }
    shop.close().await;
}
