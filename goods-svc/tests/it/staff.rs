//! What staff do to the catalogue: nine tables, each change seen by buyers at once, on every replica.

use std::time::Duration;

use common::task::Tasks;
use common::token::Role;
use goods_svc::Application;
use reqwest::Method;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::caches::{load_and_settle, settle};
use crate::callers::user_token;
use crate::fixture::{backpacks, sku};
use crate::shop::{Shop, Stores, eventually, on_both_stores};
use crate::staff_desk::{change, create};

on_both_stores!(
    rows_of_every_table_are_made_read_changed_listed_and_removed,
    a_change_is_seen_at_once_and_evicts_nothing_else,
    a_change_is_seen_by_every_replica,
    the_search_follows_what_staff_do,
);

#[tokio::test]
async fn buyers_and_strangers_are_turned_away() {
    let shop = Shop::on(Stores::Embedded).await.unwrap();
    for (method, path) in [
        (Method::GET, "/skus"),
        (Method::POST, "/skus"),
        (Method::GET, "/skus/11"),
        (Method::PUT, "/skus/11"),
        (Method::DELETE, "/skus/11"),
        (Method::PUT, "/skus/11/launch"),
        (Method::POST, "/skus/11/stock"),
        (Method::POST, "/images"),
        (Method::GET, "/audit"),
    ] {
        for (token, code) in [("null".to_owned(), 403), (user_token(Role::User), 10250)] {
            let request = shop.request(method.clone(), &format!("/v1/staff/goods{path}"));
            let answer = request
                .header("authorization", token)
                .body("{}")
                .send()
                .await
                .unwrap();
            let answer: Value = answer.json().await.unwrap();
            assert_eq!(answer["code"], code, "{method} {path}");
        }
    }
    shop.close().await;
}

/// One row of each table.
struct Made {
    catalog: i64,
    brand: i64,
    spu: i64,
    attribute: i64,
    value: i64,
    sku: i64,
    image: i64,
    spec: i64,
    fact: i64,
}

async fn make_all(shop: &Shop) -> Made {
    let catalog = create(shop, "catalogs", json!({"name": "双肩包"})).await;
    let brand = create(
        shop,
        "brands",
        json!({"name": "山雀", "logo": "brand/t.svg", "first_letter": "S"}),
    )
    .await;
    let spu = create(
        shop,
        "spus",
        json!({"name": "远行", "brand": brand, "catalog": catalog}),
    )
    .await;
    let attribute = create(shop, "sale-attrs", json!({"name": "容量", "spu": spu})).await;
    let value = create(
        shop,
        "sale-attr-values",
        json!({"name": "30L", "spu_sale_attr": attribute}),
    )
    .await;
    let mut fields = sku("远行 30L", "259.00", 5, &[value]);
    fields["spu"] = json!(spu);
    let sku = create(shop, "skus", fields).await;
    let image = create(
        shop,
        "sku-images",
        json!({"sku": sku, "image": "sku_images/a.png"}),
    )
    .await;
    let spec = create(shop, "specs", json!({"name": "产地", "spu": spu})).await;
    let fact = create(
        shop,
        "spec-values",
        json!({"name": "中国", "sku": sku, "spu_spec": spec}),
    )
    .await;
    Made {
        catalog,
        brand,
        spu,
        attribute,
        value,
        sku,
        image,
        spec,
        fact,
    }
}

async fn rows_of_every_table_are_made_read_changed_listed_and_removed(shop: &Shop) {
    let Made {
        catalog,
        brand,
        spu,
        attribute,
        value,
        sku,
        image,
        spec,
        fact,
    } = make_all(shop).await;
    let detail = shop.get(&format!("/v1/goods/detail/{sku}")).await;
    assert_eq!(detail["data"]["spec"]["产地"], "中国");
    assert_eq!(detail["data"]["sku_sale_attr_val_id"], json!([value]));
    assert_eq!(shop.stock(sku).await, (5, 0));

    shop.staff(
        Method::PUT,
        &format!("/skus/{sku}/launch"),
        json!({"is_launched": false}),
    )
    .await;
    let rows = [
        (
            "spec-values",
            fact,
            json!({"name": "台湾"}),
            format!("skus={sku}"),
        ),
        ("specs", spec, json!({"name": "材质"}), format!("spus={spu}")),
        (
            "sku-images",
            image,
            json!({"image": "sku_images/b.png"}),
            format!("skus={sku}"),
        ),
        (
            "skus",
            sku,
            json!({"price": "1.50", "sale_attr_value": []}),
            format!("spus={spu}"),
        ),
        (
            "sale-attr-values",
            value,
            json!({"name": "40L"}),
            format!("sale-attrs={attribute}"),
        ),
        (
            "sale-attrs",
            attribute,
            json!({"name": "颜色"}),
            format!("spus={spu}"),
        ),
        ("spus", spu, json!({"name": "近游"}), format!("brands={brand}")),
        ("brands", brand, json!({"first_letter": "T"}), String::new()),
        ("catalogs", catalog, json!({"name": "包"}), String::new()),
    ];
    for (table, pk, fields, parent) in rows {
        let path = format!("/{table}/{pk}");
        let changed = change(shop, &path, fields.clone()).await;
        for (name, value) in fields.as_object().unwrap() {
            assert_eq!(&changed["data"]["fields"][name], value, "{changed}");
        }
        let listed = shop
            .staff(Method::GET, &format!("/{table}?page=1&{parent}"), Value::Null)
            .await;
        assert_eq!(listed["paginator"]["total"], 1, "{listed}");
        assert_eq!(listed["data"][0], changed["data"]);
        let version = changed["data"]["version"].as_str().unwrap();
        let removed = shop
            .staff(Method::DELETE, &format!("{path}?version={version}"), Value::Null)
            .await;
        assert_eq!(removed, json!({"code": 200}), "{path}");
        assert_eq!(shop.staff(Method::GET, &path, Value::Null).await["code"], 10251);
    }
    let log = "SELECT SUM(delta) FROM goods_stock_log WHERE cause = 'staff'";
    assert_eq!(shop.number(log).await, 0);
}

async fn a_change_is_seen_at_once_and_evicts_nothing_else(shop: &Shop) {
    load_and_settle(shop).await;
    let paths = [
        "/v1/goods/detail/11",
        "/v1/goods/detail/12",
        "/v1/goods/index",
        "/v1/goods/catalogs/4",
    ];
    for path in paths {
        shop.get(path).await;
    }
    // Behind the service's back: who asks the database sees it, who asks the cache does not.
    shop.execute("UPDATE goods_sku SET caption = 'new'").await;
    assert_eq!(
        change(shop, "/skus/11", json!({"price": "1.00"})).await["code"],
        200
    );
    let detail = shop.get("/v1/goods/detail/11").await;
    assert_eq!(detail["data"]["price"], "1.00");
    assert_eq!(detail["data"]["caption"], "new");
    assert_eq!(
        shop.get("/v1/goods/detail/12").await["data"]["caption"],
        "轻便防泼水"
    );
    assert_eq!(
        shop.get("/v1/goods/index").await["data"][0]["sku"][0]["price"],
        "1.00"
    );
    assert_eq!(shop.get("/v1/goods/catalogs/4").await["data"][0]["price"], "1.00");
    // A picture of its page is none of the lists' business.
    settle(shop).await;
    shop.get("/v1/goods/index").await;
    shop.execute("UPDATE goods_sku SET caption = 'newer'").await;
    create(
        shop,
        "sku-images",
        json!({"sku": 12, "image": "sku_images/12.png"}),
    )
    .await;
    assert_eq!(
        shop.get("/v1/goods/detail/12").await["data"]["detail_image"],
        "sku_images/12.png"
    );
    assert_eq!(
        shop.get("/v1/goods/index").await["data"][0]["sku"][0]["caption"],
        "new"
    );
}

async fn a_change_is_seen_by_every_replica(shop: &Shop) {
    shop.load(&backpacks());
    let replica = Application::build(&shop.process).await.unwrap();
    let base_url = format!("http://{}", replica.address());
    let stop = CancellationToken::new();
    let tasks = Tasks::default();
    tasks.detach(replica.run_until_stopped(stop.clone()));
    let price_there = async || {
        let answer = reqwest::get(format!("{base_url}/v1/goods/detail/11"))
            .await
            .unwrap();
        answer.json::<Value>().await.unwrap()["data"]["price"].clone()
    };
    for price in ["1.00", "2.00", "3.00"] {
        price_there().await;
        change(shop, "/skus/11", json!({ "price": price })).await;
        eventually("the replica's price", async || {
            (price_there().await == price).then_some(())
        })
        .await;
    }
    stop.cancel();
    assert!(tasks.stop_and_wait(Duration::from_secs(15)).await);
}

async fn the_search_follows_what_staff_do(shop: &Shop) {
    shop.load(&backpacks());
    let finds = async |keyword: &str, sku: i64| {
        let found = shop.post("/v1/goods/search", format!("q={keyword}")).await;
        let skus = found["data"].as_array().cloned().unwrap_or_default();
        skus.iter().any(|card| card["skuid"] == sku)
    };
    change(shop, "/skus/15", json!({"name": "lantern"})).await;
    eventually("the SKU's new name", async || {
        finds("lantern", 15).await.then_some(())
    })
    .await;
    change(shop, "/brands/1", json!({"name": "albatross"})).await;
    eventually("the brand's new name", async || {
        finds("albatross", 15).await.then_some(())
    })
    .await;
    shop.staff(Method::PUT, "/skus/15/launch", json!({"is_launched": false}))
        .await;
    eventually("gone from the search", async || {
        (!finds("lantern", 15).await).then_some(())
    })
    .await;
}
