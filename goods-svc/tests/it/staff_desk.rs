//! A member of staff at work: reads, changes and makes rows.

use reqwest::Method;
use serde_json::{Value, json};

use crate::shop::Shop;

pub async fn read(shop: &Shop, path: &str) -> Value {
    shop.staff(Method::GET, path, Value::Null).await["data"].clone()
}

pub async fn version(shop: &Shop, path: &str) -> String {
    read(shop, path).await["version"].as_str().unwrap().to_owned()
}

/// Changes fields of the row as it is now.
pub async fn change(shop: &Shop, path: &str, fields: Value) -> Value {
    let version = version(shop, path).await;
    shop.staff(Method::PUT, path, json!({"version": version, "fields": fields}))
        .await
}

pub async fn create(shop: &Shop, table: &str, fields: Value) -> i64 {
    let made = shop
        .staff(Method::POST, &format!("/{table}"), json!({ "fields": fields }))
        .await;
    assert_eq!(made["code"], 200, "{made}");
    made["data"]["pk"].as_i64().unwrap()
}
