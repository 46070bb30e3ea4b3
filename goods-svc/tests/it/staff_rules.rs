//! What staff are held to: versions, checks, what other rows need, and the trail of it all.

use common::token::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::callers::user_token;
use crate::fixture::backpacks;
use crate::shop::{Shop, on_both_stores};
use crate::staff_desk::{change, read, version};

on_both_stores!(
    of_two_editors_one_is_told_that_the_row_has_changed,
    a_sku_is_taken_off_sale_and_put_back,
    what_must_not_be_written_is_refused_with_the_reason,
    what_other_rows_need_is_not_removed,
    every_change_leaves_a_line_in_the_trail,
);

async fn of_two_editors_one_is_told_that_the_row_has_changed(shop: &Shop) {
    shop.load(&backpacks());
    let seen = version(shop, "/skus/11").await;
    // A sale meanwhile is no change of what an editor edits.
    shop.execute("UPDATE goods_sku SET stock = stock - 1, sales = sales + 1, version = version + 1")
        .await;
    let edit = |name: &str| {
        shop.staff(
            Method::PUT,
            "/skus/11",
            json!({"version": seen, "fields": {"name": name}}),
        )
    };
    let (one, two) = tokio::join!(edit("one"), edit("two"));
    let mut codes = [one["code"].as_i64().unwrap(), two["code"].as_i64().unwrap()];
    codes.sort_unstable();
    assert_eq!(codes, [200, 10252]);
    assert_eq!(edit("late").await["code"], 10252);
    assert_eq!(
        shop.staff(Method::DELETE, &format!("/skus/11?version={seen}"), Value::Null)
            .await["code"],
        10252
    );
    assert_eq!(shop.stock(11).await, (9, 1));

    let answer = shop
        .request(Method::GET, "/v1/staff/goods/skus/11")
        .header("authorization", user_token(Role::Staff))
        .send()
        .await
        .unwrap();
    let tag = answer.headers()["etag"].clone();
    let answer = shop
        .request(Method::PUT, "/v1/staff/goods/skus/11")
        .header("authorization", user_token(Role::Staff))
        .header("if-match", tag)
        .json(&json!({"fields": {"name": "by tag"}}))
        .send()
        .await
        .unwrap();
    assert_eq!(
        answer.json::<Value>().await.unwrap()["data"]["fields"]["name"],
        "by tag"
    );
}

async fn a_sku_is_taken_off_sale_and_put_back(shop: &Shop) {
    shop.load(&backpacks());
    let launch = async |sku: i64, is_launched: bool| {
        let path = format!("/skus/{sku}/launch");
        shop.staff(Method::PUT, &path, json!({ "is_launched": is_launched }))
            .await
    };
    shop.get("/v1/goods/detail/11").await;
    for _ in 0..2 {
        assert_eq!(launch(11, false).await["data"]["fields"]["is_launched"], false);
    }
    assert_eq!(shop.get("/v1/goods/detail/11").await["code"], 10200);
    assert_eq!(shop.get("/v1/goods/index").await["data"], json!([])); // two are left
    assert_eq!(shop.get("/v1/goods/sku?spuid=6&21=31&22=34").await["code"], 10203);
    assert_eq!(launch(11, true).await["code"], 200);
    assert_eq!(shop.get("/v1/goods/detail/11").await["code"], 200);
    assert_eq!(shop.get("/v1/goods/sku?spuid=6&21=31&22=34").await["data"], 11);
    change(shop, "/skus/16", json!({"sale_attr_value": [31]})).await;
    let refused = launch(16, true).await;
    assert_eq!(refused["code"], 10205);
    assert_eq!(refused["details"]["reason"], "no value of attribute 22 is chosen");
    assert_eq!(launch(99, true).await["code"], 10251);
}

async fn what_must_not_be_written_is_refused_with_the_reason(shop: &Shop) {
    shop.load(&backpacks());
    for (path, fields, reason) in [
        ("/skus/11", json!({"stock": 7}), "stock is not written by hand"),
        ("/skus/11", json!({"price": "0.00"}), "at least 0.01"),
        ("/skus/11", json!({"price": 1.5}), "invalid type"),
        ("/skus/11", json!({"price": "-1.00"}), "not an amount"),
        ("/skus/11", json!({"name": "<script>"}), "holds < or >"),
        ("/skus/11", json!({"name": ""}), "blank"),
        ("/skus/11", json!({"spu": 99}), "there is no goods.spu 99"),
        (
            "/skus/11",
            json!({"sale_attr_value": [31, 32]}),
            "two values of attribute 21",
        ),
        (
            "/skus/11",
            json!({"sale_attr_value": [32, 34]}),
            "sku 12 has the same values",
        ),
        (
            "/skus/17",
            json!({"sale_attr_value": [32]}),
            "belongs to another product",
        ),
        (
            "/skus/11",
            json!({"default_image_url": "../x"}),
            "no path below the media root",
        ),
        ("/skus/11", json!({"colour": "red"}), "unknown field"),
        (
            "/spec-values/1",
            json!({"sku": 17}),
            "another product than the sku",
        ),
        (
            "/catalogs/4",
            json!({"name": "一二三四五六七八九十一"}),
            "longer than 10 letters",
        ),
    ] {
        let refused = change(shop, path, fields.clone()).await;
        assert_eq!(refused["code"], 10205, "{fields}: {refused}");
        let told = refused["details"]["reason"].as_str().unwrap();
        assert!(told.contains(reason), "{fields}: {told}");
    }
    let no_version = shop.staff(Method::PUT, "/skus/11", json!({"fields": {}})).await;
    assert_eq!(no_version["code"], 10205, "{no_version}");
    for path in ["/users/1", "/skus/0", "/skus/x", "/skus/99"] {
        assert_eq!(
            shop.staff(Method::GET, path, Value::Null).await["code"],
            10251,
            "{path}"
        );
    }
    for (path, code) in [
        ("/skus?page=9", 10202),
        ("/skus?page=x", 10205),
        ("/skus?catalogs=4", 10205),
    ] {
        assert_eq!(
            shop.staff(Method::GET, path, Value::Null).await["code"],
            code,
            "{path}"
        );
    }
    assert_eq!(shop.number("SELECT COUNT(*) FROM goods_audit").await, 0);
}

async fn what_other_rows_need_is_not_removed(shop: &Shop) {
    shop.load(&backpacks());
    for path in [
        "/catalogs/4",
        "/brands/1",
        "/spus/6",
        "/sale-attrs/21",
        "/sale-attr-values/34",
        "/skus/11",
        "/specs/1",
    ] {
        let version = version(shop, path).await;
        let refused = shop
            .staff(Method::DELETE, &format!("{path}?version={version}"), Value::Null)
            .await;
        assert_eq!(refused["code"], 10253, "{path}: {refused}");
    }
    assert_eq!(shop.number("SELECT COUNT(*) FROM goods_sku").await, 5);
}

async fn every_change_leaves_a_line_in_the_trail(shop: &Shop) {
    shop.load(&backpacks());
    change(
        shop,
        "/skus/11",
        json!({"price": "260.00", "name": "远行双肩包 30L"}),
    )
    .await;
    shop.staff(Method::PUT, "/skus/11/launch", json!({"is_launched": false}))
        .await;
    change(shop, "/catalogs/5", json!({"name": "瓶"})).await;
    let trail = read(shop, "/audit?table=skus&pk=11").await;
    assert_eq!(trail.as_array().unwrap().len(), 2);
    assert_eq!(trail[0]["action"], "unlaunch");
    assert_eq!(trail[1]["action"], "change");
    assert_eq!(trail[1]["staff"], "keeper");
    assert_eq!(trail[1]["before"], json!({"price": "259.00", "version": 0}));
    assert_eq!(trail[1]["after"], json!({"price": "260.00", "version": 1}));
    let newest = read(shop, "/audit?pagesize=1").await;
    assert_eq!(newest[0]["model"], "goods.catalog");
    let before = newest[0]["id"].as_i64().unwrap();
    assert_eq!(read(shop, &format!("/audit?before={before}")).await, trail);
    assert_eq!(
        shop.staff(Method::GET, "/audit?pk=11", Value::Null).await["code"],
        10205
    );
}
