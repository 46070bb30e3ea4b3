//! The course's own dump, where it lies beside the workspace: it is a test input and no part of the project.

use std::path::Path;

use common::contracts::ids::SkuId;
use serde_json::json;

use crate::shop::{Shop, on_both_stores};

const DUMP: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data/goods_data.json");

on_both_stores!(the_real_dump_is_sold_field_by_field);

async fn the_real_dump_is_sold_field_by_field(shop: &Shop) {
    if !Path::new(DUMP).exists() {
        println!("skipped: no {DUMP}");
        return;
    }
    let output = shop.run(&["loaddata", DUMP]);
    let summary = "20 rows loaded: goods.catalog 1, goods.brand 1, goods.spu 3, goods.spusaleattr 6, \
                   goods.saleattrvalue 6, goods.sku 3\n";
    assert!(
        String::from_utf8_lossy(&output.stdout).ends_with(summary),
        "{output:?}"
    );
    let base_url = "http://127.0.0.1:8000/media/";
    let rows = [
        (1, "安踏A蓝色小尺寸", "蓝色小尺寸", "88.00", "sku/1_CWVre0U.png"),
        (2, "安踏A灰色大尺寸", "灰色大尺寸", "139.00", "sku/2_viqhhBm.png"),
        (3, "安踏B蓝色小尺寸", "蓝色小尺寸", "167.00", "sku/3_1Dc1Us9.png"),
    ];
    let cards = rows.map(|(skuid, name, caption, price, image)| {
        json!({"skuid": skuid, "name": name, "caption": caption, "price": price, "image": image})
    });
    let index = json!({"code": 200, "base_url": base_url,
        "data": [{"catalog_id": 1, "catalog_name": "手提包", "sku": cards}]});
    assert_eq!(shop.get("/v1/goods/index").await, index);

    let cards = rows.map(|(skuid, name, _, price, image)| {
        json!({"skuid": skuid, "name": name, "price": price, "image": image})
    });
    let page =
        json!({"code": 200, "base_url": base_url, "paginator": {"pagesize": 9, "total": 3}, "data": cards});
    assert_eq!(shop.get("/v1/goods/catalogs/1?launched=true&page=1").await, page);

    let detail = json!({"code": 200, "base_url": base_url, "data": {
        "catalog_id": 1, "catalog_name": "手提包", "name": "安踏A灰色大尺寸", "caption": "灰色大尺寸",
        "price": "139.00", "image": "sku/2_viqhhBm.png", "spu": 1, "detail_image": "",
        "sku_sale_attr_id": [1, 2], "sku_sale_attr_names": ["安踏A/尺寸", "安踏A/颜色"],
        "sku_sale_attr_val_id": [3, 4], "sku_sale_attr_val_names": ["18寸", "灰色"],
        "sku_all_sale_attr_vals_id": {"1": [1, 3], "2": [2, 4]},
        "sku_all_sale_attr_vals_name": {"1": ["15寸", "18寸"], "2": ["蓝色", "灰色"]},
        "spec": {},
    }});
    assert_eq!(shop.get("/v1/goods/detail/2").await, detail);

    let found = json!({"code": 200, "data": 1});
    assert_eq!(
        shop.post("/v1/goods/sku", r#"{"spuid":1,"1":1,"2":2}"#).await,
        found
    );
    for wrong in [
        r#"{"spuid":1,"1":1,"2":4}"#,
        r#"{"spuid":1,"1":3,"2":2}"#,
        r#"{"spuid":3}"#,
    ] {
        assert_eq!(shop.post("/v1/goods/sku", wrong).await["code"], 10203, "{wrong}");
    }
    let skus = shop.goods.query_skus(vec![SkuId(3)]).await.unwrap();
    assert_eq!(
        (skus[0].stock, &*skus[0].attr_values[0], &*skus[0].attr_values[1]),
        (1000, "15寸", "蓝色")
    );
    let created = "SELECT COUNT(*) FROM goods_catalog WHERE created_time LIKE '2020-02-20%09:53:32.649%'";
    assert_eq!(shop.number(created).await, 1);
}
