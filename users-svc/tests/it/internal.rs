//! What other services are answered.

use common::contracts::ids::{AddressId, UserId};
use common::contracts::internal_apis::users::UsersClient;
use common::http_client::InternalClient;
use reqwest::Method;
use serde_json::json;

use crate::shop::{Setup, Shop};

async fn client(shop: &Shop) -> UsersClient {
    UsersClient(InternalClient::new("users", vec![shop.base_url()], shop.keys.services.clone()).unwrap())
}

#[tokio::test]
async fn orders_svc_sees_a_users_addresses_and_nobody_elses() {
    let shop = Setup::default().without_sms_codes().start().await.unwrap();
    let user = shop.user("meixia01", "13800001111").await;
    shop.user("meixia02", "13800001112").await;
    for receiver in ["周岚", "李明"] {
        let body = json!({"receiver": receiver, "receiver_phone": "13800001111", "address": "湖东路8号", "tag": "家"});
        let path = format!("/v1/users/{}/address", user.name);
        shop.call(Method::POST, &path, Some(&user.token), body).await;
    }
    let users = client(&shop).await;
    let addresses = users.list_addresses(UserId(1)).await.unwrap();
    let receivers: Vec<&str> = addresses
        .iter()
        .map(|address| address.receiver.as_str())
        .collect();
    assert_eq!(receivers, ["周岚", "李明"], "the default one first");
    assert_eq!(
        (addresses[0].mobile.as_str(), addresses[0].tag.as_str()),
        ("13800001111", "家")
    );

    let first = addresses[0].id;
    assert_eq!(
        users.get_address(UserId(1), first).await.unwrap().as_ref(),
        Some(&addresses[0])
    );
    assert_eq!(users.get_address(UserId(2), first).await.unwrap(), None);
    assert_eq!(users.get_address(UserId(1), AddressId(99)).await.unwrap(), None);
    assert!(users.list_addresses(UserId(2)).await.unwrap().is_empty());
    shop.close().await;
}

#[tokio::test]
async fn without_a_service_token_nobody_is_answered() {
    let shop = Setup::default().without_sms_codes().start().await.unwrap();
    let user = shop.user("meixia01", "13800001111").await;
    for token in ["null", &user.token] {
        for path in ["/internal/users/1/addresses", "/internal/users/1/addresses/1"] {
            let request = shop.request(Method::GET, path).header("authorization", token);
            assert_eq!(request.send().await.unwrap().status(), 401, "{path}");
        }
    }
    shop.close().await;
}
