//! `dumpdata` and `export`: what was loaded comes out again, byte for byte.

use serde_json::{Value, json};

use crate::fixture::{backpacks, row};
use crate::shop::{Shop, on_both_stores};

on_both_stores!(
    a_dump_loaded_into_an_empty_shop_is_dumped_the_same,
    one_model_is_dumped_by_its_name,
    skus_are_exported_as_a_table,
);

fn dump(shop: &Shop, label: &str) -> String {
    let output = shop.run(&["dumpdata", label]);
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

async fn a_dump_loaded_into_an_empty_shop_is_dumped_the_same(shop: &Shop) {
    shop.load(&backpacks());
    let times = json!({"name": "旧", "created_time": "2020-02-20T17:53:32.649", "updated_time": "2021-01-01T00:00:00"});
    shop.load(&json!([row("catalog", 9, times.clone())]));
    shop.load(&Value::from_iter(
        (2000..2600).map(|pk| row("catalog", pk, json!({"name": "多"}))),
    ));
    shop.execute("UPDATE goods_sku SET sales = 3, version = 7 WHERE id = 12")
        .await;
    let first = dump(shop, "goods");
    let rows: Vec<Value> = serde_json::from_str(&first).unwrap();
    assert_eq!(rows.len(), 23 + 1 + 600);
    let old = rows.iter().find(|row| row["pk"] == 9).unwrap();
    assert_eq!(old["fields"], times);
    let sku = rows
        .iter()
        .find(|row| row["model"] == "goods.sku" && row["pk"] == 11)
        .unwrap();
    assert_eq!(sku["fields"]["price"], "259.00");
    assert_eq!(sku["fields"]["sale_attr_value"], json!([31, 34]));

    for table in ["goods_catalog", "goods_brand"] {
        shop.execute(&format!("DELETE FROM {table}")).await;
    }
    assert_eq!(dump(shop, "goods"), "[\n]\n");
    assert!(shop.run_loaddata(&first).status.success());
    assert_eq!(dump(shop, "goods"), first);
    assert!(shop.run_loaddata("[\n]\n").status.success());
}

async fn one_model_is_dumped_by_its_name(shop: &Shop) {
    shop.load(&backpacks());
    let rows: Vec<Value> = serde_json::from_str(&dump(shop, "goods.SPU")).unwrap();
    assert_eq!(rows.len(), 2);
    assert!(rows.iter().all(|row| row["model"] == "goods.spu"));
    let file = shop.data_dir.path().join("skus.json");
    let output = shop.run(&["dumpdata", "goods.sku", "--output", file.to_str().unwrap()]);
    assert!(output.status.success() && output.stdout.is_empty(), "{output:?}");
    let rows: Vec<Value> = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    assert_eq!(rows.len(), 5);
    let output = shop.run(&["dumpdata", "auth.user"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        String::from_utf8(output.stderr)
            .unwrap()
            .contains("no model called")
    );
}

async fn skus_are_exported_as_a_table(shop: &Shop) {
    shop.load(&backpacks());
    let output = shop.run(&["export"]);
    assert!(output.status.success(), "{output:?}");
    let table = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<&str> = table.split("\r\n").collect();
    assert_eq!(lines.len(), 7); // head, five SKUs, and nothing after the last end of line
    let expected = "11,远行双肩包 30L,轻便防泼水,双肩包,山雀行囊,6,远行双肩包,30L / 墨绿,259.00,1.00,999.00,10,0,true,sku/a1.png,";
    assert!(lines[1].starts_with(expected), "{}", lines[1]);
    assert_eq!(lines[0].split(',').count(), lines[1].split(',').count());
}
