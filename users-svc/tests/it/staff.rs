//! What staff do: they are made by a command, list and search accounts, and keep users out.

use std::process::Command;

use reqwest::Method;
use serde_json::{Value, json};

use crate::shop::{Setup, Shop, Stores, User};

/// Runs `users-svc createsuperuser` on the shop's database; what it says, and whether it succeeded.
async fn create_superuser(shop: &Shop, arguments: &[&str], password: Option<&str>) -> (bool, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_users-svc"));
    command
        .arg("createsuperuser")
        .args(arguments)
        .env("DADASHOP_USERS_DATABASE_URL", &shop.database_url)
        .stdin(std::process::Stdio::null());
    if let Some(password) = password {
        command.env("DADASHOP_SUPERUSER_PASSWORD", password);
    }
    let output = tokio::task::spawn_blocking(move || command.output().unwrap())
        .await
        .unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(said).unwrap())
}

const BOSS: [&str; 6] = [
    "--username",
    "thebigboss",
    "--email",
    "boss@tedu.cn",
    "--phone",
    "13900000000",
];

async fn boss(shop: &Shop) -> String {
    let (is_made, said) = create_superuser(shop, &BOSS, Some("a-long-password")).await;
    assert!(is_made, "{said}");
    let form = json!({"username": "thebigboss", "password": "a-long-password"});
    let answer = shop.post("/v1/users/login", form).await;
    answer["token"].as_str().unwrap().to_owned()
}

async fn act(shop: &Shop, token: &str, path: &str) -> Value {
    let form = json!({"reason": "spam"});
    shop.call(Method::POST, path, Some(token), form).await
}

#[tokio::test]
async fn a_superuser_has_no_password_but_the_one_that_was_given() {
    let shop = Setup::default().without_sms_codes().start().await.unwrap();
    for password in [None, Some("short")] {
        let (is_made, said) = create_superuser(&shop, &BOSS, password).await;
        assert!(!is_made, "{said}");
    }
    boss(&shop).await;
    let (is_made_twice, said) = create_superuser(&shop, &BOSS, Some("a-long-password")).await;
    assert!(!is_made_twice && said.contains("taken"), "{said}");
    shop.close().await;
}

#[tokio::test]
async fn a_user_who_is_promoted_logs_in_anew_and_is_staff() {
    let shop = Setup::default().without_sms_codes().start().await.unwrap();
    let user = shop.user("meixia01", "13800001111").await;
    let answer = shop.get("/v1/staff/users", Some(&user.token)).await;
    assert_eq!(answer["code"], 10150, "{answer}");
    let arguments = ["--promote", "--username", "meixia01"];
    let (is_made, said) = create_superuser(&shop, &arguments, None).await;
    assert!(is_made, "{said}");
    let form = json!({"username": "meixia01", "password": "123456"});
    let answer = shop.post("/v1/users/login", form).await;
    let answer = shop.get("/v1/staff/users", answer["token"].as_str()).await;
    assert_eq!(answer["code"], 200, "{answer}");
    shop.close().await;
}

#[tokio::test]
async fn staff_page_through_accounts_and_find_them_with_embedded_stores() {
    staff_page_through_accounts(Stores::Embedded).await;
}

#[tokio::test]
async fn staff_page_through_accounts_and_find_them_with_servers() {
    staff_page_through_accounts(Stores::Servers).await;
}

/// The names on all pages of a search, two on each.
async fn names(shop: &Shop, token: &str, search: &str) -> Vec<String> {
    let (mut names, mut after) = (Vec::new(), String::new());
    loop {
        let path = format!("/v1/staff/users?limit=2&search={search}&after={after}");
        let answer = shop.get(&path, Some(token)).await;
        assert_eq!(answer["code"], 200, "{answer}");
        let users = answer["data"]["users"].as_array().unwrap();
        assert!(users.len() <= 2);
        names.extend(
            users
                .iter()
                .map(|user| user["username"].as_str().unwrap().to_owned()),
        );
        match answer["data"]["next"].as_str() {
            Some(next) => after = next.replace(' ', "%20"),
            None => return names,
        }
    }
}

async fn staff_page_through_accounts(stores: Stores) {
    let Some(shop) = Setup::on(stores).without_sms_codes().start().await else {
        return;
    };
    let boss = boss(&shop).await;
    for number in 1..=5 {
        let (name, phone) = (format!("Meixia0{number}"), format!("1380000000{number}"));
        shop.user(&name, &phone).await;
    }
    let all = [
        "Meixia05",
        "Meixia04",
        "Meixia03",
        "Meixia02",
        "Meixia01",
        "thebigboss",
    ];
    assert_eq!(names(&shop, &boss, "").await, all);
    let ascending = ["Meixia01", "Meixia02", "Meixia03", "Meixia04", "Meixia05"];
    for search in ["meixia", "MEI", "138", "dada@", "DADA@tedu.cn"] {
        assert_eq!(names(&shop, &boss, search).await, ascending, "{search}");
    }
    assert_eq!(names(&shop, &boss, "13800000003").await, ["Meixia03"]);
    assert!(names(&shop, &boss, "%25").await.is_empty());
    for query in ["limit=0", "limit=101", "limit=x", "search=%E5%91%A8"] {
        let answer = shop.get(&format!("/v1/staff/users?{query}"), Some(&boss)).await;
        assert_eq!(answer["code"], 10123, "{query}");
    }
    shop.close().await;
}

#[tokio::test]
async fn who_is_deactivated_is_thrown_out_and_it_is_written_down_with_embedded_stores() {
    who_is_deactivated_is_thrown_out(Stores::Embedded).await;
}

#[tokio::test]
async fn who_is_deactivated_is_thrown_out_and_it_is_written_down_with_servers() {
    who_is_deactivated_is_thrown_out(Stores::Servers).await;
}

async fn who_is_deactivated_is_thrown_out(stores: Stores) {
    let Some(shop) = Setup::on(stores).without_sms_codes().start().await else {
        return;
    };
    let boss = boss(&shop).await;
    let user = shop.user("meixia01", "13800001111").await;
    let list = shop.get("/v1/staff/users?search=meixia01", Some(&boss)).await;
    let id = list["data"]["users"][0]["id"].as_i64().unwrap();
    let path = format!("/v1/staff/users/{id}");

    for _ in 0..2 {
        assert_eq!(
            act(&shop, &boss, &format!("{path}/deactivate")).await["code"],
            200
        );
    }

    let thrown_out = shop.get("/v1/users/meixia01/address", Some(&user.token)).await;
    assert_eq!(thrown_out["code"], 403);
    let form = json!({"username": "meixia01", "password": "123456"});
    assert_eq!(shop.post("/v1/users/login", form.clone()).await["code"], 10139);
    let seen = shop.get(&path, Some(&boss)).await;
    assert_eq!(seen["data"]["is_disabled"], true);
    assert!(seen["data"]["password"].is_null());
    assert_eq!(
        act(&shop, &boss, &format!("{path}/reactivate")).await["code"],
        200
    );
    assert_eq!(shop.post("/v1/users/login", form).await["code"], 200);
    refuses_what_is_not_staffs(&shop, &boss, &user, id).await;
    let trail = shop
        .get(&format!("/v1/staff/users/audit?user_id={id}"), Some(&boss))
        .await;
    let lines = trail["data"]["lines"].as_array().unwrap();
    let told = lines
        .iter()
        .map(|line| (&line["actor"], &line["action"], &line["reason"]));
    let expected =
        ["reactivate", "deactivate"].map(|action| (json!("thebigboss"), json!(action), json!("spam")));
    assert!(told.eq(expected.iter().map(|(a, b, c)| (a, b, c))), "{trail}");
    shop.close().await;
}

async fn refuses_what_is_not_staffs(shop: &Shop, boss: &str, user: &User, id: i64) {
    let path = format!("/v1/staff/users/{id}/deactivate");
    assert_eq!(act(shop, &user.token, &path).await["code"], 403, "revoked");
    let list = shop.get("/v1/staff/users?search=thebigboss", Some(boss)).await;
    let own = list["data"]["users"][0]["id"].as_i64().unwrap();
    for (target, expected) in [(own, 10151), (999_999, 10152)] {
        let path = format!("/v1/staff/users/{target}/deactivate");
        assert_eq!(act(shop, boss, &path).await["code"], expected);
    }
    let nobody = shop.get("/v1/staff/users/999999", Some(boss)).await;
    assert_eq!(nobody["code"], 10152);
}
