//! `demo --skus N`: a large catalogue, made fast, the same for the same seed; and what must hold of the queries at its
//! size: each goes by an index (EXPLAIN on MariaDB).

use sea_orm::{ConnectionTrait, Statement};

use crate::shop::{Shop, Stores, on_both_stores, run};

on_both_stores!(a_large_catalogue_is_sold_like_any_other);

async fn a_large_catalogue_is_sold_like_any_other(shop: &Shop) {
    let output = shop.run(&["demo", "--skus", "2500", "--seed", "7"]);
    assert!(output.status.success(), "{output:?}");
    assert_eq!(shop.number("SELECT COUNT(*) FROM goods_sku").await, 116 + 2500);
    assert_eq!(
        shop.number("SELECT COUNT(*) FROM goods_sku WHERE catalog_id = 0")
            .await,
        0
    );
    let index = shop.get("/v1/goods/index").await;
    assert_eq!(index["data"].as_array().unwrap().len(), 8);
    let list = shop.get("/v1/goods/catalogs/1?page=20").await;
    let sku_id = list["data"][0]["skuid"].as_i64().unwrap();
    let detail = shop.get(&format!("/v1/goods/detail/{sku_id}")).await;
    let data = &detail["data"];
    assert_eq!(data["sku_sale_attr_id"].as_array().unwrap().len(), 2, "{detail}");
    let image = data["image"].as_str().unwrap();
    let picture = shop.request(reqwest::Method::GET, &format!("/media/{image}"));
    assert_eq!(picture.send().await.unwrap().status(), 200, "{image}");
    assert!(shop.run(&["audit"]).status.success());
}

/// The queries whose cost must not grow with the catalogue, as the sources have them, with values in.
const QUERIES: [&str; 12] = [
    "SELECT * FROM (SELECT catalog_id, id, name FROM goods_sku WHERE catalog_id = 1 AND is_launched = TRUE ORDER BY id LIMIT 3) shelf",
    "SELECT COUNT(*) FROM goods_sku sku WHERE sku.catalog_id = 1 AND sku.is_launched = TRUE",
    "SELECT id FROM goods_sku WHERE catalog_id = 1 AND is_launched = TRUE ORDER BY id LIMIT 9 OFFSET 900",
    "SELECT sku.name, catalog.name FROM goods_sku sku JOIN goods_spu spu ON spu.id = sku.spu_id \
     JOIN goods_catalog catalog ON catalog.id = spu.catalog_id WHERE sku.id = 500 AND sku.is_launched",
    "SELECT attribute.id, value.id FROM goods_spu_sale_attr attribute \
     LEFT JOIN goods_sale_attr_value value ON value.spu_sale_attr_id = attribute.id \
     LEFT JOIN goods_sku_sale_attr_value own ON own.saleattrvalue_id = value.id AND own.sku_id = 500 \
     WHERE attribute.spu_id = 50 ORDER BY attribute.id, value.id",
    "SELECT spec.name FROM goods_spu_spec_value fact JOIN goods_spu_spec spec ON spec.id = fact.spu_spec_id \
     WHERE fact.sku_id = 500 ORDER BY fact.id",
    "SELECT sku.id FROM goods_sku sku LEFT JOIN goods_sku_sale_attr_value own ON own.sku_id = sku.id \
     WHERE sku.spu_id = 50 AND sku.is_launched GROUP BY sku.id HAVING COUNT(own.id) = 2 ORDER BY sku.id LIMIT 1",
    "SELECT id, updated_time FROM goods_sku WHERE updated_time >= '2090-01-01' ORDER BY updated_time LIMIT 20000",
    "SELECT id, changed_time FROM goods_sku WHERE changed_time >= '2090-01-01' ORDER BY changed_time LIMIT 20000",
    "SELECT id, stock FROM goods_sku WHERE id IN (1, 2, 3) AND is_launched ORDER BY id FOR UPDATE",
    "SELECT order_id FROM goods_reservation WHERE state = 'held' AND hold_until <= '2020-01-01' ORDER BY hold_until LIMIT 100",
    "SELECT sku.id, SUM(log.delta) FROM (SELECT id, stock FROM goods_sku WHERE id > 5 ORDER BY id LIMIT 100) sku \
     LEFT JOIN goods_stock_log log ON log.sku_id = sku.id GROUP BY sku.id",
];

#[tokio::test(flavor = "multi_thread")]
async fn every_query_goes_by_an_index() {
    run(Stores::Servers, async |shop: &Shop| {
        let output = shop.run(&["demo", "--skus", "3000"]);
        assert!(output.status.success(), "{output:?}");
        shop.execute("ANALYZE TABLE goods_sku, goods_spu, goods_reservation, goods_stock_log")
            .await;
        for query in QUERIES {
            let statement =
                Statement::from_string(shop.db.get_database_backend(), format!("EXPLAIN {query}"));
            for row in shop.db.query_all_raw(statement).await.unwrap() {
                let table: Option<String> = row.try_get("", "table").unwrap();
                let key: Option<String> = row.try_get("", "key").unwrap();
                let is_derived = table.as_deref().is_none_or(|table| table.starts_with('<'));
                let extra: Option<String> = row.try_get("", "Extra").unwrap();
                let is_empty = extra.unwrap_or_default().contains("Impossible");
                assert!(
                    is_derived || is_empty || key.is_some(),
                    "{table:?} is scanned by {query}"
                );
            }
        }
    })
    .await;
}
