//! What buyers see comes from the caches, and is true again as soon as the catalogue was changed.

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::json;

use crate::fixture::{backpacks, row, sku};
use crate::shop::{Shop, eventually, on_both_stores};

on_both_stores!(
    answers_from_the_cache_cost_no_statement,
    cold_readers_all_get_the_same_answer,
    a_fixture_that_was_loaded_is_seen_within_seconds,
    caches_are_shown_and_emptied_by_name,
    ids_that_no_row_can_have_are_not_looked_for,
);

const READS: [&str; 5] = [
    "/v1/goods/index",
    "/v1/goods/detail/11",
    "/v1/goods/detail/99",
    "/v1/goods/catalogs/4?page=1",
    "/v1/goods/sku?spuid=6&21=32&22=34",
];

fn stdout(shop: &Shop, arguments: &[&str]) -> String {
    let output = shop.run(arguments);
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

async fn answers_from_the_cache_cost_no_statement(shop: &Shop) {
    load_and_settle(shop).await;
    let mut before = Vec::new();
    for path in READS {
        before.push(shop.get(path).await);
    }
    assert_eq!(before[1]["data"]["name"], "远行双肩包 30L");
    assert_eq!(before[2]["code"], 10200);
    // Behind the service's back: whoever asked the database would be told that there is nothing.
    shop.execute("UPDATE goods_sku SET is_launched = 0").await;
    for (path, before) in READS.iter().zip(before) {
        assert_eq!(shop.get(path).await, before, "{path}");
    }
}

async fn cold_readers_all_get_the_same_answer(shop: &Shop) {
    load_and_settle(shop).await;
    let asked = (0..300).map(|_| shop.get("/v1/goods/detail/11"));
    for answer in join_all(asked).await {
        assert_eq!(answer["data"]["price"], "259.00");
    }
    let listed = stdout(shop, &["cache", "show", "detail"]);
    assert!(listed.contains("gd11"), "{listed}");
}

/// Loads the fixture and waits until its event was heard, which empties every cache.
pub async fn load_and_settle(shop: &Shop) {
    shop.load(&backpacks());
    settle(shop).await;
}

/// Waits until every event was heard: what is cached then stays.
pub async fn settle(shop: &Shop) {
    eventually("events heard", async || {
        let unsent = "SELECT COUNT(*) FROM outbox WHERE published_at IS NULL";
        if shop.number(unsent).await > 0 {
            return None;
        }
        shop.get("/v1/goods/detail/17").await;
        let is_kept = || stdout(shop, &["cache", "show", "detail"]).contains("gd17");
        (is_kept() && is_kept()).then_some(())
    })
    .await;
}

async fn a_fixture_that_was_loaded_is_seen_within_seconds(shop: &Shop) {
    shop.load(&backpacks());
    for path in READS {
        shop.get(path).await;
    }
    shop.load(&json!([row("sku", 11, sku("改名", "1.00", 4, &[32, 34]))]));
    eventually("new name", async || {
        let detail = shop.get("/v1/goods/detail/11").await;
        (detail["data"]["name"] == "改名").then_some(())
    })
    .await;
    eventually("new lists", async || {
        let index = shop.get("/v1/goods/index").await["data"][0]["sku"][0]["name"].clone();
        let page = shop.get("/v1/goods/catalogs/4?page=1").await["data"][0]["name"].clone();
        let switched = shop.get("/v1/goods/sku?spuid=6&21=32&22=34").await["data"].clone();
        (index == "改名" && page == "改名" && switched == 11).then_some(())
    })
    .await;
}

async fn caches_are_shown_and_emptied_by_name(shop: &Shop) {
    load_and_settle(shop).await;
    for path in READS {
        shop.get(path).await;
    }
    let listed = stdout(shop, &["cache", "show"]);
    for expected in [
        "index: 1 value",
        "detail: 3 values",
        "catalog: 2 values",
        "selection: 1 value",
        "gd11",
        "gs6",
    ] {
        assert!(listed.contains(expected), "{expected}: {listed}");
    }
    assert!(stdout(shop, &["cache", "clear", "detail"]).contains("3 values"));
    let listed = stdout(shop, &["cache", "show"]);
    assert!(
        listed.contains("detail: 0 values") && listed.contains("catalog: 2 values"),
        "{listed}"
    );
    assert!(stdout(shop, &["cache", "clear"]).contains("4 values"));
    let output = shop.run(&["cache", "clear", "sessions"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        String::from_utf8(output.stderr)
            .unwrap()
            .contains("no cache is called")
    );
}

async fn ids_that_no_row_can_have_are_not_looked_for(shop: &Shop) {
    for (path, code) in [
        ("/v1/goods/detail/0", 10200),
        ("/v1/goods/detail/-1", 10200),
        ("/v1/goods/detail/1.5", 10200),
        ("/v1/goods/detail/undefined", 10200),
        ("/v1/goods/detail/9999999999999999999", 10200),
        ("/v1/goods/catalogs/0", 10201),
        ("/v1/goods/catalogs/-7", 10201),
        ("/v1/goods/sku?spuid=-1", 10203),
    ] {
        assert_eq!(shop.get(path).await["code"], code, "{path}");
    }
    assert_eq!(shop.get("/v1/goods/index").await["data"], json!([]));
    assert!(stdout(shop, &["cache", "show", "detail"]).starts_with("detail: 0 values"));
    let head = shop
        .request(Method::GET, "/v1/goods/detail/0")
        .send()
        .await
        .unwrap();
    assert_eq!(head.headers()["cache-control"], "no-store");
}
