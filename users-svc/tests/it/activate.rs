//! Activation by mail (contract U3).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE;
use common::settings::PUBLIC_WEB_URL;
use sea_orm::{ConnectionTrait, Database, Statement};
use serde_json::Value;

use crate::shop::{Setup, Shop, Stores, eventually};

const MAIL: &str = "dada@tedu.cn";

async fn activate(shop: &Shop, code: &str) -> Value {
    shop.get(&format!("/v1/users/activation?code={code}"), None).await
}

async fn code(shop: &Shop, mails: usize) -> String {
    let codes = eventually("the mail arrives", || {
        Some(shop.mail.codes(MAIL)).filter(|codes| codes.len() >= mails)
    });
    codes.await.pop().unwrap()
}

async fn is_active(shop: &Shop, name: &str) -> bool {
    let db = Database::connect(&shop.database_url).await.unwrap();
    let sql = "SELECT is_active FROM users_user_profile WHERE username = ?";
    let query = Statement::from_sql_and_values(db.get_database_backend(), sql, [name.into()]);
    let row = db.query_one_raw(query).await.unwrap().unwrap();
    let is_active = row.try_get("", "is_active").unwrap();
    db.close().await.unwrap();
    is_active
}

#[tokio::test]
async fn the_mailed_link_activates_once_with_embedded_stores() {
    the_mailed_link_activates_once(Stores::Embedded).await;
}

#[tokio::test]
async fn the_mailed_link_activates_once_with_servers() {
    the_mailed_link_activates_once(Stores::Servers).await;
}

async fn the_mailed_link_activates_once(stores: Stores) {
    let setup = Setup::on(stores).with(PUBLIC_WEB_URL, "http://shop.example/");
    let Some(shop) = setup.without_sms_codes().start().await else {
        return;
    };
    shop.user("mei_xia_1", "13800001111").await;
    let code = code(&shop, 1).await;
    let mail = shop.mail.to(MAIL).pop().unwrap();
    let link = format!("http://shop.example/dadashop/templates/active.html?code={code}");
    assert!(
        mail.subject.contains("激活") && mail.subject.contains("Activate"),
        "{mail:?}"
    );
    assert!(
        mail.text.contains(&link) && mail.html.contains(&format!("<a href=\"{link}\">")),
        "{mail:?}"
    );
    assert!(!is_active(&shop, "mei_xia_1").await);

    let answer = activate(&shop, &code).await;
    assert_eq!(
        (&answer["code"], &answer["data"]),
        (&200.into(), &"激活成功".into())
    );
    assert!(is_active(&shop, "mei_xia_1").await);
    assert_eq!(activate(&shop, &code).await["code"], 10104);
    shop.close().await;
}

#[tokio::test]
async fn a_link_that_is_wrong_is_told_how() {
    let shop = Setup::default().without_sms_codes().start().await.unwrap();
    shop.user("meixia01", "13800001111").await;
    let right = code(&shop, 1).await;
    let forged = URL_SAFE.encode(format!("{:032x}_meixia01", 1));
    let of_nobody = URL_SAFE.encode(format!("{:032x}_nobody01", 1));
    for (code, expected) in [
        (forged.as_str(), 10104),
        (&of_nobody, 10105),
        ("", 10116),
        ("%FF%FE", 10116),
        ("bWVpeGlh", 10116),
        ("a+b/c", 10116),
        (&"A".repeat(3000), 10116),
    ] {
        assert_eq!(activate(&shop, code).await["code"], expected, "{code}");
    }
    assert_eq!(shop.get("/v1/users/activation", None).await["code"], 10116);
    assert_eq!(activate(&shop, &right).await["code"], 200);
    shop.close().await;
}

#[tokio::test]
async fn one_address_activates_one_account() {
    let shop = Setup::default().without_sms_codes().start().await.unwrap();
    shop.user("meixia01", "13800001111").await;
    let first = code(&shop, 1).await;
    shop.user("meixia02", "13800001112").await;
    let second = code(&shop, 2).await;
    assert_eq!(activate(&shop, &first).await["code"], 200);
    assert_eq!(activate(&shop, &second).await["code"], 10136);
    assert!(!is_active(&shop, "meixia02").await);
    shop.close().await;
}

#[tokio::test]
async fn a_mail_that_is_not_taken_is_tried_again_and_registration_waits_for_none() {
    let shop = Setup::default().without_sms_codes().start().await.unwrap();
    shop.mail.refuse(2);
    shop.user("meixia01", "13800001111").await;
    let code = code(&shop, 1).await;
    assert_eq!(activate(&shop, &code).await["code"], 200);
    shop.close().await;
}

#[tokio::test]
async fn without_a_mail_server_an_account_works_all_the_same() {
    let setup = Setup::default().with(users_svc::settings::MAIL_SMTP_URL, "");
    let shop = setup.without_sms_codes().start().await.unwrap();
    shop.user("meixia01", "13800001111").await;
    shop.queue_is_empty("users.mail").await;
    assert!(shop.bus.parked("users.mail").await.unwrap().is_empty());
    shop.close().await;
}
