//! `loaddata`: everything in a fixture, or nothing (contract §5).

use std::process::Output;

use serde_json::{Value, json};

use crate::fixture::{backpacks, row, sku, with};
use crate::shop::{Shop, on_both_stores};

on_both_stores!(
    a_fixture_is_loaded_by_primary_key_and_loaded_again,
    a_wrong_row_is_named_and_nothing_is_loaded,
    ids_go_on_above_those_of_the_fixture,
    times_are_kept_in_utc,
    many_rows_are_loaded,
    the_demo_catalogue_is_loaded_once_into_an_empty_shop,
);

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

async fn a_fixture_is_loaded_by_primary_key_and_loaded_again(shop: &Shop) {
    let mut fixture = backpacks();
    fixture.as_array_mut().unwrap().extend([
        json!({"model": "auth.user", "pk": 1, "fields": {"username": "root"}}),
        json!({"model": "user.userprofile", "pk": "a", "fields": null}),
        json!({"model": "auth.user", "pk": null, "fields": {}}),
    ]);
    let output = shop.run_loaddata(&fixture.to_string());
    let summary = "23 rows loaded: goods.catalog 3, goods.brand 1, goods.spu 2, goods.spusaleattr 2, \
                   goods.saleattrvalue 4, goods.sku 5, goods.skuimage 2, goods.spuspec 2, goods.skuspecvalue 2; \
                   3 rows of unknown models skipped: auth.user 2, user.userprofile 1\n";
    assert!(stdout(&output).ends_with(summary), "{output:?}");
    assert_eq!(
        shop.number("SELECT SUM(delta) FROM goods_stock_log WHERE cause = 'loaddata'")
            .await,
        150
    );

    // SKU 11 again, with another stock and another set of values; nothing else.
    let again = json!([row("sku", 11, sku("改名", "1.00", 4, &[33]))]);
    shop.load(&again);
    shop.load(&again);
    assert_eq!(shop.stock(11).await, (4, 0));
    let values = "SELECT COUNT(*) FROM goods_sku_sale_attr_value WHERE sku_id = 11";
    assert_eq!(shop.number(values).await, 1);
    assert_eq!(
        shop.number("SELECT version FROM goods_sku WHERE id = 11").await,
        2
    );
    assert_eq!(shop.number("SELECT COUNT(*) FROM goods_stock_log").await, 6);
    assert_eq!(shop.get("/v1/goods/detail/11").await["data"]["name"], "改名");
    shop.assert_stock_is_explained().await;
}

async fn a_wrong_row_is_named_and_nothing_is_loaded(shop: &Shop) {
    let bad = |model, pk, fields| {
        let mut fixture = backpacks();
        fixture.as_array_mut().unwrap().push(row(model, pk, fields));
        fixture.to_string()
    };
    let sku = |name, value| with(sku("x", "1.00", 1, &[31]), name, value);
    for (text, complaint) in [
        (
            bad("sku", 9, sku("price", json!("1.234"))),
            "row 24 (goods.sku pk 9) is wrong",
        ),
        (
            bad("sku", 9, sku("price", json!(1.15))),
            "row 24 (goods.sku pk 9) is wrong",
        ),
        (
            bad("sku", 9, sku("price", json!("-1.00"))),
            "row 24 (goods.sku pk 9) is wrong",
        ),
        (bad("sku", 9, sku("stock", json!(-1))), "-1 is not a count"),
        (
            bad("sku", 9, sku("stock", json!("9223372036854775808"))),
            "not an integer",
        ),
        (
            bad("sku", 9, sku("default_image_url", json!("/etc/passwd"))),
            "no path below the media root",
        ),
        (
            bad("sku", 9, sku("is_launched", json!("yes"))),
            "expected a boolean",
        ),
        (bad("sku", 9, sku("stokc", json!(1))), "unknown field `stokc`"),
        (
            bad("sku", 9, sku("spu", json!(99))),
            "row 24 (goods.sku pk 9) names goods.spu 99, which is neither",
        ),
        (
            bad("sku", 9, sku("sale_attr_value", json!([31, 99]))),
            "names goods.saleattrvalue 99",
        ),
        (
            bad("catalog", 9, json!({"name": "一二三四五六七八九十一"})),
            "longer than 10 letters",
        ),
        (bad("catalog", 9, json!({})), "missing field `name`"),
        (
            bad("catalog", 9, json!({"name": "x", "created_time": "yesterday"})),
            "is no time",
        ),
        (
            bad("catalog", 0, json!({"name": "x"})),
            "row 24 (goods.catalog): pk must be a positive integer",
        ),
        ("{".to_owned(), "not a list of objects"),
        ("{}".to_owned(), "not a list of objects"),
        (r#"[{"pk":1}]"#.to_owned(), "missing field `model` at line 1"),
        (String::new(), "EOF"),
    ] {
        let output = shop.run_loaddata(&text);
        assert_eq!(output.status.code(), Some(1), "{complaint}: {output:?}");
        let errors = stderr(&output);
        assert!(errors.contains(complaint), "{complaint}: {errors}");
        assert_eq!(errors.lines().count(), 1, "{errors}");
        assert_eq!(
            shop.number("SELECT COUNT(*) FROM goods_catalog").await,
            0,
            "{complaint}"
        );
    }
    let output = shop.run(&["loaddata", "no-such-file.json"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stderr(&output).contains("cannot read no-such-file.json"),
        "{output:?}"
    );
}

async fn ids_go_on_above_those_of_the_fixture(shop: &Shop) {
    shop.load(&json!([row("catalog", 4000, json!({"name": "高"}))]));
    let now = "'2026-11-21 00:00:00'";
    shop.execute(&format!(
        "INSERT INTO goods_catalog (created_time, updated_time, name) VALUES ({now}, {now}, '新')"
    ))
    .await;
    assert_eq!(shop.number("SELECT MAX(id) FROM goods_catalog").await, 4001);
}

async fn times_are_kept_in_utc(shop: &Shop) {
    let times = |created, updated| json!({"name": "x", "created_time": created, "updated_time": updated});
    shop.load(&json!([row(
        "catalog",
        1,
        times("2020-02-20T17:53:32.649", "2020-02-20T17:53:32.649Z")
    )]));
    let kept = "SELECT COUNT(*) FROM goods_catalog WHERE created_time LIKE '2020-02-20%09:53:32.649%' \
                AND updated_time LIKE '2020-02-20%17:53:32.649%'";
    assert_eq!(shop.number(kept).await, 1);
}

async fn many_rows_are_loaded(shop: &Shop) {
    let mut fixture = backpacks();
    let skus = (1001..=3300).map(|pk| row("sku", pk, sku("多", "1.00", 7, &[31, 33])));
    fixture.as_array_mut().unwrap().extend(skus);
    shop.load(&fixture);
    // Parents that are only in the database, more of them than one statement asks for.
    let images = (1001..=3300).map(|pk| row("skuimage", pk, json!({"sku": pk, "image": "sku_images/x.png"})));
    shop.load(&Value::from_iter(images));
    assert_eq!(shop.number("SELECT COUNT(*) FROM goods_sku").await, 2305);
    assert_eq!(shop.number("SELECT COUNT(*) FROM goods_sku_image").await, 2302);
    let answer = shop.get("/v1/goods/catalogs/4?page=24&pagesize=100").await;
    assert_eq!(answer["paginator"]["total"], 2303);
    assert_eq!(answer["data"].as_array().unwrap().len(), 3);
    shop.assert_stock_is_explained().await;
}

async fn the_demo_catalogue_is_loaded_once_into_an_empty_shop(shop: &Shop) {
    goods_svc::demo::load_if_empty(&shop.process).await.unwrap();
    assert_eq!(shop.number("SELECT COUNT(*) FROM goods_sku").await, 116);
    shop.execute("UPDATE goods_sku SET stock = 1").await;
    goods_svc::demo::load_if_empty(&shop.process).await.unwrap();
    assert_eq!(shop.number("SELECT SUM(stock) FROM goods_sku").await, 116);
}
