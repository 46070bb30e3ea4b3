//! Registration (contract U1).

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::providers::Carts;
use crate::shop::{Setup, Shop, Stores, registration};

const PHONE: &str = "13800001111";

fn with(mut request: Value, field: &str, value: Value) -> Value {
    request[field] = value;
    request
}

#[tokio::test]
async fn a_registration_answers_in_the_shape_that_every_page_reads() {
    let shop = Shop::open().await;
    for (path, name, phone) in [
        ("/v1/users/register", "meixia01", "13800001111"),
        ("/v1/users", "meixia02", "13800001112"),
        ("/v1/users/", "meixia03", "13800001113"),
    ] {
        let code = shop.sms_code(phone).await;
        let carts = r#"[{"id":"1","count":"2","name":"x","selected":true},{"id":"3","count":1}]"#;
        let request = with(registration(name, phone), "verify", json!(code));
        let answer = shop.post(path, with(request, "carts", json!(carts))).await;
        assert_eq!(answer["code"], json!(200), "{answer}");
        assert_eq!(answer["username"], name);
        assert_eq!(answer["carts_count"], 2);
        assert_eq!(answer["data"]["token"], answer["token"]);
        let claims = shop.keys.users.verify(answer["token"].as_str().unwrap()).unwrap();
        assert_eq!(claims.username, name);
        assert_eq!(claims.exp - claims.iat, 24 * 3600);
    }
    shop.close().await;
}

#[tokio::test]
async fn each_wrong_field_has_its_code_and_costs_no_sms_code() {
    let shop = Shop::open().await;
    let code = shop.sms_code(PHONE).await;
    let good = with(registration("meixia01", PHONE), "verify", json!(code));
    for (field, value, expected) in [
        ("uname", json!("short"), 10127),
        ("uname", json!(""), 10127),
        ("uname", json!("register"), 10127),
        ("uname", json!("<b>meixia"), 10127),
        ("uname", json!(null), 10123),
        ("uname", json!({}), 10123),
        ("password", json!("12345"), 10123),
        ("password", json!("x".repeat(129)), 10123),
        ("password", json!(123_456), 10123),
        ("email", json!("a@b\r\nBcc:x@y.cn"), 10126),
        ("email", json!(""), 10126),
        ("phone", json!("1380000111"), 10131),
        ("phone", json!([PHONE]), 10123),
        ("verify", json!(""), 10123),
        ("verify", json!(null), 10123),
    ] {
        let answer = shop
            .post("/v1/users/register", with(good.clone(), field, value.clone()))
            .await;
        assert_eq!(answer["code"], expected, "{field} = {value}: {answer}");
        assert!(answer["error"].is_string(), "{answer}");
    }
    let answer = shop.post("/v1/users/register", good).await;
    assert_eq!(answer["code"], 200, "{answer}");
    shop.close().await;
}

#[tokio::test]
async fn a_body_that_is_no_json_object_is_refused() {
    let shop = Shop::open().await;
    for (body, expected) in [
        ("", 10199),
        ("{", 10199),
        ("[]", 10123),
        ("null", 10123),
        ("{}", 10123),
        (r#"{"uname":"meixia01","uname":"meixia02"}"#, 10123),
    ] {
        let answer = shop
            .send(reqwest::Method::POST, "/v1/users/register", None, body.to_owned())
            .await;
        assert_eq!(answer["code"], expected, "{body}: {answer}");
        assert!(
            !answer["error"].as_str().unwrap().contains("内部错误"),
            "{answer}"
        );
    }
    shop.close().await;
}

#[tokio::test]
async fn a_code_is_good_for_its_own_phone_once_and_dies_after_five_wrong_tries() {
    let shop = Shop::open().await;
    let (first, second) = ("13800001111", "13800001112");
    let code = shop.sms_code(first).await;
    let try_code = async |name: &str, phone: &str, code: &str| {
        let request = with(registration(name, phone), "verify", json!(code));
        shop.post("/v1/users/register", request).await["code"]
            .as_i64()
            .unwrap()
    };
    assert_eq!(try_code("meixia02", second, &code).await, 10111);
    assert_eq!(try_code("meixia01", first, &code).await, 200);
    assert_eq!(try_code("meixia03", "13800001113", &code).await, 10111);

    let code = shop.sms_code(second).await;
    let wrong = if code == "000000" { "000001" } else { "000000" };
    for _ in 0..5 {
        assert_eq!(try_code("meixia02", second, wrong).await, 10112);
    }
    assert_eq!(try_code("meixia02", second, &code).await, 10111);
    shop.close().await;
}

#[tokio::test]
async fn a_taken_name_or_phone_is_refused_whatever_the_case() {
    let shop = Setup::default().without_sms_codes().start().await.unwrap();
    shop.user("Meixia01", PHONE).await;
    for (name, phone, expected) in [
        ("Meixia01", "13800001112", 10100),
        ("meixia01", "13800001112", 10100),
        ("meixia01", PHONE, 10100),
        ("meixia02", PHONE, 10135),
    ] {
        let answer = shop.post("/v1/users", registration(name, phone)).await;
        assert_eq!(answer["code"], expected, "{name} {phone}: {answer}");
    }
    shop.close().await;
}

#[tokio::test]
async fn of_parallel_registrations_of_one_name_one_wins_with_sqlite() {
    one_of_many_wins(Stores::Embedded).await;
}

#[tokio::test]
async fn of_parallel_registrations_of_one_name_one_wins_with_mariadb() {
    one_of_many_wins(Stores::Servers).await;
}

async fn one_of_many_wins(stores: Stores) {
    let Some(shop) = Setup::on(stores).without_sms_codes().start().await else {
        return;
    };
    let same_name = (0..12).map(|n| registration("meixia01", &format!("1380000{:04}", 1000 + n)));
    let same_phone = (0..12).map(|n| registration(&format!("buyer_{n:02}"), "13900001111"));
    let by_name = join_all(same_name.map(|request| shop.post("/v1/users/register", request)));
    let by_phone = join_all(same_phone.map(|request| shop.post("/v1/users/register", request)));
    let (by_name, by_phone) = tokio::join!(by_name, by_phone);
    let count = |answers: &[Value], code: i64| answers.iter().filter(|answer| answer["code"] == code).count();
    assert_eq!(count(&by_name, 200), 1, "{by_name:?}");
    assert_eq!(count(&by_name, 10100) + count(&by_name, 10101), 11, "{by_name:?}");
    assert!(
        count(&by_name, 10101) > 0,
        "nobody lost the race at the last moment"
    );
    assert_eq!(
        (count(&by_phone, 200), count(&by_phone, 10135)),
        (1, 11),
        "{by_phone:?}"
    );
    shop.close().await;
}

#[tokio::test]
async fn of_parallel_registrations_with_one_code_one_wins() {
    let shop = Shop::open().await;
    let code = shop.sms_code(PHONE).await;
    let requests = (0..8).map(|n| with(registration(&format!("buyer_{n}"), PHONE), "verify", json!(code)));
    let answers = join_all(requests.map(|request| shop.post("/v1/users", request))).await;
    assert_eq!(
        answers.iter().filter(|answer| answer["code"] == 200).count(),
        1,
        "{answers:?}"
    );
    shop.close().await;
}

#[tokio::test]
async fn registration_does_without_carts_svc() {
    let setup = Setup {
        carts: Carts::down(),
        ..Setup::default()
    };
    let shop = setup.without_sms_codes().start().await.unwrap();
    let request = with(
        registration("meixia01", PHONE),
        "carts",
        json!([{"id": 1, "count": 2}]),
    );
    let answer = shop.post("/v1/users/register", request).await;
    assert_eq!(
        (&answer["code"], &answer["carts_count"]),
        (&json!(200), &json!(0)),
        "{answer}"
    );
    shop.close().await;
}

#[tokio::test]
async fn a_message_in_english_is_sent_to_who_reads_english() {
    let shop = Shop::open().await;
    let answer = shop
        .request(reqwest::Method::POST, "/v1/users/register")
        .header("accept-language", "en")
        .header("accept", "application/problem+json")
        .body(registration("x", PHONE).to_string())
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 400);
    let problem: Value = answer.json().await.unwrap();
    assert_eq!(problem["code"], 10127);
    assert_eq!(problem["title"], "The user name is not valid");
    shop.close().await;
}
