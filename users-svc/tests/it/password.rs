//! Changing the password (contract U10), and having another activation link mailed.

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

use crate::shop::{Setup, Shop, Stores, User, eventually};

const MAIL: &str = "dada@tedu.cn";

async fn change(shop: &Shop, user: &User, old: &str, first: &str, second: &str) -> Value {
    let form = json!({"oldpassword": old, "password1": first, "password2": second});
    let path = format!("/v1/users/{}/password", user.name);
    shop.call(Method::POST, &path, Some(&user.token), form).await
}

async fn log_in(shop: &Shop, password: &str) -> Value {
    let form = json!({"username": "meixia01", "password": password});
    shop.post("/v1/users/login", form).await
}

#[tokio::test]
async fn a_changed_password_ends_every_session_with_embedded_stores() {
    a_changed_password_ends_every_session(Stores::Embedded).await;
}

#[tokio::test]
async fn a_changed_password_ends_every_session_with_servers() {
    a_changed_password_ends_every_session(Stores::Servers).await;
}

async fn a_changed_password_ends_every_session(stores: Stores) {
    let Some(shop) = Setup::on(stores).without_sms_codes().start().await else {
        return;
    };
    let user = shop.user("meixia01", "13800001111").await;
    let code = eventually("the mail arrives", || shop.mail.codes(MAIL).pop()).await;
    shop.get(&format!("/v1/users/activation?code={code}"), None).await;
    let elsewhere = log_in(&shop, "123456").await["token"]
        .as_str()
        .unwrap()
        .to_owned();

    let answer = change(&shop, &user, "123456", "654321", "654321").await;

    assert_eq!((&answer["code"], &answer["data"]), (&json!(200), &json!("OK")));
    for token in [&user.token, &elsewhere] {
        let answer = shop.get("/v1/users/meixia01/address", Some(token)).await;
        assert_eq!(answer["code"], 403);
    }
    assert_eq!(log_in(&shop, "123456").await["code"], 10103);
    let token = log_in(&shop, "654321").await["token"]
        .as_str()
        .unwrap()
        .to_owned();
    let answer = shop.get("/v1/users/meixia01/address", Some(&token)).await;
    assert_eq!(answer["code"], 200);
    eventually("the owner is told", || {
        let mut mails = shop.mail.to(MAIL).into_iter();
        mails.find(|mail| mail.subject.contains("changed"))
    })
    .await;
    shop.close().await;
}

#[tokio::test]
async fn a_change_that_is_wrong_is_told_how_and_changes_nothing() {
    let shop = Setup::default().without_sms_codes().start().await.unwrap();
    let user = shop.user("meixia01", "13800001111").await;
    for (old, first, second, expected) in [
        ("123456", "654321", "654322", 10121),
        ("wrong!", "654321", "654321", 10122),
        ("123456", "123456", "123456", 10133),
        ("123456", "12345", "12345", 10123),
        ("", "654321", "654321", 10122),
    ] {
        let answer = change(&shop, &user, old, first, second).await;
        assert_eq!(answer["code"], expected, "{answer}");
    }
    let path = "/v1/users/meixia01/password";
    let empty = shop.call(Method::POST, path, Some(&user.token), json!({})).await;
    assert_eq!(empty["code"], 10123);
    assert_eq!(log_in(&shop, "123456").await["code"], 200);
    shop.close().await;
}

#[tokio::test]
async fn of_two_changes_at_once_one_counts() {
    let shop = Setup::default().without_sms_codes().start().await.unwrap();
    let user = shop.user("meixia01", "13800001111").await;
    let answers = join_all(["654321", "765432"].map(|new| change(&shop, &user, "123456", new, new))).await;
    let good = answers.iter().filter(|answer| answer["code"] == 200).count();
    assert_eq!(good, 1, "{answers:?}");
    shop.close().await;
}

#[tokio::test]
async fn another_activation_link_is_mailed_once_a_minute_and_the_newest_counts() {
    let shop = Setup::default().without_sms_codes().start().await.unwrap();
    let user = shop.user("meixia01", "13800001111").await;
    let first = eventually("the mail arrives", || shop.mail.codes(MAIL).pop()).await;
    let path = "/v1/users/meixia01/activation";
    let ask = async || shop.call(Method::POST, path, Some(&user.token), json!({})).await;
    assert_eq!(ask().await["code"], 200);
    assert_eq!(ask().await["code"], 10118);
    let second = eventually("another mail arrives", || {
        Some(shop.mail.codes(MAIL)).filter(|codes| codes.len() == 2)
    })
    .await
    .pop()
    .unwrap();
    for (code, expected) in [(first, 10104), (second, 200)] {
        let answer = shop.get(&format!("/v1/users/activation?code={code}"), None).await;
        assert_eq!(answer["code"], expected);
    }
    assert_eq!(ask().await["code"], 200);
    assert_eq!(shop.mail.codes(MAIL).len(), 2);
    shop.close().await;
}
