//! Revoked tokens: logging out, and who hears of it when.

use serde_json::json;

use crate::shop::{PATIENCE, Setup, Shop, Stores};

async fn address_code(shop: &Shop, name: &str, token: &str) -> i64 {
    let answer = shop.get(&format!("/v1/users/{name}/address"), Some(token)).await;
    answer["code"].as_i64().unwrap()
}

async fn log_out(shop: &Shop, name: &str, token: &str) {
    let path = format!("/v1/users/{name}/logout");
    let answer = shop
        .call(reqwest::Method::POST, &path, Some(token), json!({}))
        .await;
    assert_eq!(answer["code"], 200, "{answer}");
}

async fn log_in(shop: &Shop, name: &str) -> String {
    let form = json!({"username": name, "password": "123456"});
    let answer = shop.post("/v1/users/login", form).await;
    answer["token"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn logging_out_ends_every_session_with_embedded_stores() {
    logging_out_ends_every_session(Stores::Embedded).await;
}

#[tokio::test]
async fn logging_out_ends_every_session_with_servers() {
    logging_out_ends_every_session(Stores::Servers).await;
}

async fn logging_out_ends_every_session(stores: Stores) {
    let Some(shop) = Setup::on(stores).without_sms_codes().start().await else {
        return;
    };
    let user = shop.user("meixia01", "13800001111").await;
    let other = shop.user("meixia02", "13800001112").await;
    let phone = log_in(&shop, "meixia01").await;
    assert_eq!(address_code(&shop, "meixia01", &user.token).await, 200);

    log_out(&shop, "meixia01", &phone).await;

    for token in [&user.token, &phone] {
        assert_eq!(address_code(&shop, "meixia01", token).await, 403);
    }
    assert_eq!(address_code(&shop, "meixia02", &other.token).await, 200);
    let again = log_in(&shop, "meixia01").await;
    assert_eq!(address_code(&shop, "meixia01", &again).await, 200);
    shop.close().await;
}

#[tokio::test]
async fn a_store_that_lost_its_memory_is_told_again_with_embedded_stores() {
    a_store_that_lost_its_memory_is_told_again(Stores::Embedded).await;
}

#[tokio::test]
async fn a_store_that_lost_its_memory_is_told_again_with_servers() {
    a_store_that_lost_its_memory_is_told_again(Stores::Servers).await;
}

/// Epochs as another process knows them: with a memory of its own.
async fn epoch_elsewhere(shop: &Shop, user: i64) -> Option<String> {
    let key = format!("token_epoch_{user}");
    shop.kv.read_hash(&key).await.unwrap().remove("epoch")
}

async fn a_store_that_lost_its_memory_is_told_again(stores: Stores) {
    let Some(shop) = Setup::on(stores).without_sms_codes().start().await else {
        return;
    };
    let user = shop.user("meixia01", "13800001111").await;
    log_out(&shop, "meixia01", &user.token).await;
    assert_eq!(epoch_elsewhere(&shop, 1).await.as_deref(), Some("1"));

    shop.kv.delete("token_epoch_1").await.unwrap();
    shop.kv.delete("token_epochs_copied").await.unwrap();

    let deadline = std::time::Instant::now() + PATIENCE;
    while epoch_elsewhere(&shop, 1).await.as_deref() != Some("1") {
        assert!(std::time::Instant::now() < deadline, "not told again");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    shop.close().await;
}

#[tokio::test]
async fn other_services_learn_the_epoch_by_asking() {
    let shop = Setup::default().without_sms_codes().start().await.unwrap();
    let user = shop.user("meixia01", "13800001111").await;
    log_out(&shop, "meixia01", &user.token).await;
    let service = shop.keys.services.current().unwrap();
    for (id, expected) in [(1, json!(1)), (2, json!(i64::MAX))] {
        let path = format!("/internal/users/{id}/token_epoch");
        assert_eq!(shop.get(&path, Some(&service)).await, expected);
    }
    shop.close().await;
}
