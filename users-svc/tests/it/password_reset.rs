//! A forgotten password, in three steps (contract U11–U13).

use reqwest::Method;
use serde_json::{Value, json};
use users_svc::settings::{MAIL_SMTP_URL, RESET_REQUIRE_TOKEN};

use crate::shop::{Setup, Shop, Stores, User, eventually};

const MAIL: &str = "dada@tedu.cn";

async fn open(setup: Setup) -> Option<(Shop, User)> {
    let shop = setup.without_sms_codes().start().await?;
    let user = shop.user("meixia01", "13800001111").await;
    let code = eventually("the mail arrives", || shop.mail.codes(MAIL).pop()).await;
    let answer = shop.get(&format!("/v1/users/activation?code={code}"), None).await;
    assert_eq!(answer["code"], 200);
    Some((shop, user))
}

async fn ask(shop: &Shop, email: &str) -> Value {
    shop.post("/v1/users/password/sms", json!({ "email": email }))
        .await
}

async fn code(shop: &Shop) -> String {
    let answer = ask(shop, MAIL).await;
    assert_eq!(answer["code"], 200, "{answer}");
    eventually("the code arrives", || shop.mail.reset_code(MAIL)).await
}

async fn verify(shop: &Shop, code: &str) -> Value {
    let form = json!({"email": MAIL, "code": code});
    shop.post("/v1/users/password/verification/", form).await
}

/// Step 3 from a browser of this name.
async fn reset(shop: &Shop, browser: &str, token: Option<&str>, password: &str) -> Value {
    let form = json!({
        "email": MAIL, "password1": password, "password2": password, "reset_token": token,
    });
    let request = shop.request(Method::POST, "/v1/users/password/new");
    let request = request.header("user-agent", browser).body(form.to_string());
    request.send().await.unwrap().json().await.unwrap()
}

async fn log_in(shop: &Shop, password: &str) -> i64 {
    let form = json!({"username": "meixia01", "password": password});
    shop.post("/v1/users/login", form).await["code"].as_i64().unwrap()
}

#[tokio::test]
async fn three_steps_set_another_password_with_embedded_stores() {
    three_steps_set_another_password(Stores::Embedded).await;
}

#[tokio::test]
async fn three_steps_set_another_password_with_servers() {
    three_steps_set_another_password(Stores::Servers).await;
}

async fn three_steps_set_another_password(stores: Stores) {
    let Some((shop, user)) = open(Setup::on(stores)).await else {
        return;
    };
    let code = code(&shop).await;
    let answer = verify(&shop, &code).await;
    assert_eq!((&answer["code"], &answer["email"]), (&json!(200), &json!(MAIL)));
    let token = answer["reset_token"].as_str().unwrap();

    // From another browser: the token suffices.
    let answer = reset(&shop, "another", Some(token), "654321").await;

    assert_eq!((&answer["code"], &answer["data"]), (&json!(200), &json!("OK")));
    assert_eq!(
        (log_in(&shop, "123456").await, log_in(&shop, "654321").await),
        (10103, 200)
    );
    let old_session = shop.get("/v1/users/meixia01/address", Some(&user.token)).await;
    assert_eq!(old_session["code"], 403);
    for again in [Some(token), None] {
        assert_eq!(
            reset(&shop, "", again, "765432").await["code"],
            10129,
            "used twice"
        );
    }
    assert_eq!(verify(&shop, &code).await["code"], 10119, "used twice");
    shop.close().await;
}

#[tokio::test]
async fn the_pages_that_send_no_token_are_recognised_by_their_browser() {
    let (shop, _) = open(Setup::default()).await.unwrap();
    assert_eq!(
        reset(&shop, "", None, "654321").await["code"],
        10129,
        "without step 2"
    );
    let code = code(&shop).await;
    assert_eq!(
        reset(&shop, "", None, "654321").await["code"],
        10129,
        "without step 2"
    );
    assert_eq!(verify(&shop, &code).await["code"], 200);
    assert_eq!(reset(&shop, "another", None, "654321").await["code"], 10129);
    assert_eq!(reset(&shop, "", None, "654321").await["code"], 200);
    assert_eq!(
        reset(&shop, "", None, "765432").await["code"],
        10129,
        "used twice"
    );
    assert_eq!(log_in(&shop, "654321").await, 200);
    shop.close().await;
}

#[tokio::test]
async fn a_shop_may_ask_for_the_token() {
    let setup = Setup::default().with(RESET_REQUIRE_TOKEN, "true");
    let (shop, _) = open(setup).await.unwrap();
    let code = code(&shop).await;
    let answer = verify(&shop, &code).await;
    assert_eq!(reset(&shop, "", None, "654321").await["code"], 10129);
    let token = answer["reset_token"].as_str();
    assert_eq!(reset(&shop, "", token, "654321").await["code"], 200);
    shop.close().await;
}

#[tokio::test]
async fn whose_an_address_is_the_answers_do_not_tell() {
    let (shop, _) = open(Setup::default()).await.unwrap();
    let known = ask(&shop, MAIL).await;
    let unknown = ask(&shop, "nobody@tedu.cn").await;
    assert_eq!(known, unknown);
    assert_eq!(known["code"], 200);
    for email in [MAIL, "DADA@tedu.cn", "nobody@tedu.cn"] {
        assert_eq!(ask(&shop, email).await["code"], 10118, "{email}");
    }
    shop.queue_is_empty("users.mail").await;
    assert!(shop.mail.to("nobody@tedu.cn").is_empty());
    shop.close().await;
}

#[tokio::test]
async fn five_wrong_codes_use_the_right_one_up() {
    let (shop, _) = open(Setup::default()).await.unwrap();
    let code = code(&shop).await;
    let wrong = if code == "000000" { "000001" } else { "000000" };
    for _ in 0..5 {
        assert_eq!(verify(&shop, wrong).await["code"], 10119);
    }
    assert_eq!(verify(&shop, &code).await["code"], 10119);
    shop.close().await;
}

#[tokio::test]
async fn what_is_wrong_with_a_reset_is_told() {
    let (shop, _) = open(Setup::default()).await.unwrap();
    for (path, form, expected) in [
        ("sms", json!({"email": "dada"}), 10126),
        ("sms", json!({}), 10123),
        ("verification", json!({"email": MAIL, "code": "123456"}), 10119),
        ("verification", json!({"email": MAIL, "code": null}), 10123),
        (
            "new",
            json!({"email": MAIL, "password1": "654321", "password2": "x"}),
            10121,
        ),
        (
            "new",
            json!({"email": MAIL, "password1": "1", "password2": "1"}),
            10123,
        ),
    ] {
        let answer = shop.post(&format!("/v1/users/password/{path}"), form).await;
        assert_eq!(answer["code"], expected, "{path} {answer}");
    }
    let code = code(&shop).await;
    assert_eq!(verify(&shop, &code).await["code"], 200);
    let db = sea_orm::Database::connect(&shop.database_url).await.unwrap();
    let disable = "UPDATE users_user_profile SET is_disabled = TRUE";
    sea_orm::ConnectionTrait::execute_unprepared(&db, disable)
        .await
        .unwrap();
    db.close().await.unwrap();
    assert_eq!(reset(&shop, "", None, "654321").await["code"], 10134);
    shop.close().await;
}

#[tokio::test]
async fn without_a_mail_server_no_code_is_promised() {
    let setup = Setup::default().with(MAIL_SMTP_URL, "").without_sms_codes();
    let shop = setup.start().await.unwrap();
    assert_eq!(ask(&shop, MAIL).await["code"], 10132);
    shop.close().await;
}
