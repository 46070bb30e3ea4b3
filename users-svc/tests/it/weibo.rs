//! Logging in by Weibo (contract U14–U17).

use futures_util::future::join_all;
use reqwest::{Method, Url};
use serde_json::{Value, json};
use users_svc::settings::{WEIBO_CLIENT_ID, WEIBO_TOKEN_URL};

use crate::shop::{Setup, Shop, Stores};

async fn open() -> Shop {
    Setup::default().without_sms_codes().start().await.unwrap()
}

/// The state that a browser is sent to Weibo with.
async fn state(shop: &Shop) -> String {
    let answer = shop.get("/v1/users/weibo/authorization", None).await;
    assert_eq!(answer["code"], 200, "{answer}");
    let url = Url::parse(answer["oauth_url"].as_str().unwrap()).unwrap();
    let query: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    let names: Vec<&str> = query.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["client_id", "redirect_uri", "response_type", "state"]);
    assert_eq!(query[2].1, "code");
    query[3].1.clone()
}

async fn come_back(shop: &Shop, code: &str, state: Option<&str>) -> Value {
    let state = state.map(|state| format!("&state={state}"));
    let query = format!("code={code}{}", state.unwrap_or_default());
    shop.get(&format!("/v1/users/weibo/users?{query}"), None).await
}

/// What stands for the Weibo account of `code`, whose owner was sent there by us.
async fn ticket(shop: &Shop, code: &str) -> String {
    let state = state(shop).await;
    let answer = come_back(shop, code, Some(&state)).await;
    assert_eq!(answer["code"], 201, "{answer}");
    let ticket = answer["uid"].as_str().unwrap().to_owned();
    assert!(!code.contains(&ticket) && ticket.len() == 64, "{ticket}");
    ticket
}

async fn register(shop: &Shop, ticket: &str, name: &str, phone: &str) -> Value {
    let form = json!({
        "uid": ticket, "username": name, "password": "123456", "phone": phone, "email": "dada@tedu.cn",
    });
    shop.post("/v1/users/weibo/users", form).await
}

async fn bind(shop: &Shop, ticket: &str, name: &str, password: &str) -> Value {
    let form = json!({"uid": ticket, "username": name, "password": password});
    shop.post("/v1/users/weibo/users/binduser", form).await
}

#[tokio::test]
async fn a_newcomer_registers_and_comes_back_with_embedded_stores() {
    a_newcomer_registers_and_comes_back(Stores::Embedded).await;
}

#[tokio::test]
async fn a_newcomer_registers_and_comes_back_with_servers() {
    a_newcomer_registers_and_comes_back(Stores::Servers).await;
}

async fn a_newcomer_registers_and_comes_back(stores: Stores) {
    let Some(shop) = Setup::on(stores).without_sms_codes().start().await else {
        return;
    };
    let ticket = ticket(&shop, "uid-7-a").await;
    let answer = register(&shop, &ticket, "meixia01", "13800001111").await;
    assert_eq!(answer["code"], json!(200), "{answer}");
    assert_eq!(
        (&answer["username"], &answer["carts_count"]),
        (&json!("meixia01"), &json!(0))
    );
    assert_eq!(answer["token"], answer["data"]["token"]);
    for code in ["uid-7-b", "number-7"] {
        let state = state(&shop).await;
        let answer = come_back(&shop, code, Some(&state)).await;
        assert_eq!(
            (&answer["code"], &answer["username"]),
            (&json!(200), &json!("meixia01"))
        );
        let token = answer["token"].as_str();
        assert_eq!(shop.get("/v1/users/meixia01/address", token).await["code"], 200);
    }
    shop.close().await;
}

#[tokio::test]
async fn what_weibo_refuses_lets_nobody_in() {
    let shop = open().await;
    let used = state(&shop).await;
    come_back(&shop, "uid-7-a", Some(&used)).await;
    for (code, state, expected) in [
        ("", None, 10125),
        ("uid-7-a", None, 10125),
        ("uid-7-b", Some(used.as_str()), 10125),
        ("uid-7-c", Some("forged"), 10125),
        ("error", None, 10125),
        (&"x".repeat(1000), None, 10125),
        ("html-1", None, 10140),
        ("nobody-1", None, 10140),
    ] {
        let answer = come_back(&shop, code, state).await;
        assert_eq!(answer["code"], expected, "{code} {state:?}");
    }
    let refused = shop.get("/v1/users/weibo/users?error=access_denied", None).await;
    assert_eq!(refused["code"], 10125);
    let state = state(&shop).await;
    let path = format!("/v1/users/weibo/users?code=uid-7-d&state={state}");
    let request = shop.request(Method::GET, &path).header("user-agent", "another");
    let stolen: Value = request.send().await.unwrap().json().await.unwrap();
    assert_eq!(stolen["code"], 10125, "a state of another browser");
    shop.close().await;
}

#[tokio::test]
async fn a_weibo_that_is_down_or_not_set_up_is_told() {
    let setup = Setup::default().with(WEIBO_TOKEN_URL, "http://127.0.0.1:1/");
    let shop = setup.start().await.unwrap();
    assert_eq!(come_back(&shop, "uid-7-a", None).await["code"], 10140);
    shop.close().await;
    let shop = Setup::default().with(WEIBO_CLIENT_ID, "").start().await.unwrap();
    let answer = shop.get("/v1/users/weibo/authorization", None).await;
    assert_eq!(answer["code"], 10124);
    assert_eq!(come_back(&shop, "uid-7-a", None).await["code"], 10124);
    shop.close().await;
}

#[tokio::test]
async fn an_account_that_is_there_is_bound_by_its_password() {
    let shop = open().await;
    shop.user("meixia01", "13800001111").await;
    let first = ticket(&shop, "uid-7-a").await;
    assert_eq!(bind(&shop, &first, "meixia01", "wrong!").await["code"], 10103);
    let answer = bind(&shop, &first, "MEIXIA01", "123456").await;
    assert_eq!(
        (&answer["code"], &answer["username"]),
        (&json!(200), &json!("meixia01"))
    );
    assert_eq!(
        bind(&shop, &first, "meixia01", "123456").await["code"],
        10130,
        "used twice"
    );
    let second = ticket(&shop, "uid-8-a").await;
    assert_eq!(
        bind(&shop, &second, "meixia01", "123456").await["code"],
        10130,
        "bound already"
    );
    shop.close().await;
}

#[tokio::test]
async fn who_was_not_sent_by_us_binds_no_account_that_is_there() {
    let shop = open().await;
    shop.user("meixia01", "13800001111").await;
    let answer = come_back(&shop, "uid-7-a", None).await;
    let ticket = answer["uid"].as_str().unwrap();
    assert_eq!(bind(&shop, ticket, "meixia01", "123456").await["code"], 10130);
    for uid in ["7", "", "1404376560"] {
        assert_eq!(
            bind(&shop, uid, "meixia01", "123456").await["code"],
            10130,
            "{uid}"
        );
        let answer = register(&shop, uid, "meixia02", "13800001112").await;
        assert_eq!(answer["code"], 10130, "{uid}");
    }
    shop.close().await;
}

#[tokio::test]
async fn a_wrong_field_costs_no_ticket() {
    let shop = open().await;
    shop.user("meixia01", "13800001111").await;
    let ticket = ticket(&shop, "uid-7-a").await;
    for (name, phone, expected) in [
        ("short", "13800001112", 10127),
        ("meixia02", "1380000111", 10131),
        ("MEIXIA01", "13800001112", 10114),
        ("meixia02", "13800001111", 10135),
        ("meixia02", "13800001112", 200),
    ] {
        let answer = register(&shop, &ticket, name, phone).await;
        assert_eq!(answer["code"], expected, "{name} {phone} {answer}");
    }
    shop.close().await;
}

#[tokio::test]
async fn of_many_who_bind_one_weibo_account_at_once_one_does_with_embedded_stores() {
    one_of_many_binds(Stores::Embedded).await;
}

#[tokio::test]
async fn of_many_who_bind_one_weibo_account_at_once_one_does_with_servers() {
    one_of_many_binds(Stores::Servers).await;
}

async fn one_of_many_binds(stores: Stores) {
    let Some(shop) = Setup::on(stores).without_sms_codes().start().await else {
        return;
    };
    let tickets = [ticket(&shop, "uid-7-a").await, ticket(&shop, "uid-7-b").await];
    let people = (0..8).map(|number| (tickets[number % 2].clone(), number));
    let answers = join_all(people.map(async |(ticket, number)| {
        let (name, phone) = (format!("meixia0{number}"), format!("1380000111{number}"));
        register(&shop, &ticket, &name, &phone).await["code"]
            .as_i64()
            .unwrap()
    }))
    .await;
    let count = |code: i64| answers.iter().filter(|answer| **answer == code).count();
    assert_eq!((count(200), count(10130)), (1, 7), "{answers:?}");
    shop.close().await;
}
