//! Delivery addresses (contract U5 to U9).

use reqwest::Method;
use serde_json::{Value, json};

use crate::shop::{Setup, Shop, Stores, User};

/// A user and their address book.
pub struct Book<'s> {
    shop: &'s Shop,
    pub user: User,
}

impl<'s> Book<'s> {
    pub async fn open(shop: &'s Shop, name: &str, phone: &str) -> Self {
        Self {
            shop,
            user: shop.user(name, phone).await,
        }
    }

    pub async fn call(&self, method: Method, rest: &str, body: Value) -> Value {
        let path = format!("/v1/users/{}/address{rest}", self.user.name);
        self.shop.call(method, &path, Some(&self.user.token), body).await
    }

    pub async fn add(&self, receiver: &str) -> Value {
        self.call(Method::POST, "", new(receiver)).await
    }

    pub async fn list(&self) -> Vec<Value> {
        let answer = self.call(Method::GET, "", Value::Null).await;
        assert_eq!(answer["code"], 200);
        assert!(answer.get("data").is_none());
        answer["addresslist"].as_array().unwrap().clone()
    }

    async fn receivers(&self) -> Vec<String> {
        let name = |address: &Value| {
            let mark = if address["is_default"] == true { "*" } else { "" };
            format!("{mark}{}", address["receiver"].as_str().unwrap())
        };
        self.list().await.iter().map(name).collect()
    }

    async fn id(&self, receiver: &str) -> i64 {
        let list = self.list().await;
        list.iter()
            .find(|address| address["receiver"] == receiver)
            .unwrap()["id"]
            .as_i64()
            .unwrap()
    }
}

fn new(receiver: &str) -> Value {
    json!({
        "receiver": receiver, "receiver_phone": "13800001111", "address": "江苏省苏州市工业园区湖东路8号",
        "postcode": "215000", "tag": "家", "is_default": true,
    })
}

async fn open(stores: Stores) -> Option<Shop> {
    Setup::on(stores).without_sms_codes().start().await
}

async fn embedded() -> Shop {
    open(Stores::Embedded).await.unwrap()
}

#[tokio::test]
async fn addresses_are_added_listed_changed_preferred_and_deleted_with_sqlite() {
    addresses_live(Stores::Embedded).await;
}

#[tokio::test]
async fn addresses_are_added_listed_changed_preferred_and_deleted_with_mariadb() {
    addresses_live(Stores::Servers).await;
}

async fn addresses_live(stores: Stores) {
    let Some(shop) = open(stores).await else { return };
    let book = Book::open(&shop, "meixia01", "13800001111").await;
    assert!(book.list().await.is_empty());
    assert_eq!(book.add("周岚").await, json!({"code": 200, "data": "地址已新增"}));
    let id = book.id("周岚").await;
    assert_eq!(
        book.list().await,
        [json!({
            "id": id, "address": "江苏省苏州市工业园区湖东路8号", "receiver": "周岚", "receiver_mobile": "13800001111",
            "tag": "家", "postcode": "215000", "is_default": true,
        })]
    );
    book.add("李明").await;
    book.add("王芳😀").await;
    assert_eq!(book.receivers().await, ["*周岚", "王芳😀", "李明"]);

    let change = json!({"receiver": "周岚", "receiver_mobile": "13900001111", "address": "湖东路9号", "tag": "", "id": id});
    let answer = book.call(Method::PUT, &format!("/{id}"), change).await;
    assert_eq!(answer, json!({"code": 200, "data": "地址已修改"}));
    let changed = &book.list().await[0];
    assert_eq!(
        (&changed["address"], &changed["tag"]),
        (&json!("湖东路9号"), &json!(""))
    );
    assert_eq!(
        (&changed["postcode"], &changed["receiver_mobile"]),
        (&json!("215000"), &json!("13900001111"))
    );

    let preferred = book.id("李明").await;
    let answer = book
        .call(Method::POST, "/default", json!({ "id": preferred }))
        .await;
    assert_eq!(answer, json!({"code": 200, "data": "默认地址已设置"}));
    assert_eq!(book.receivers().await, ["*李明", "王芳😀", "周岚"]);

    let answer = book
        .call(
            Method::DELETE,
            &format!("/{preferred}"),
            json!({"username": "x", "id": 1}),
        )
        .await;
    assert_eq!(answer, json!({"code": 200, "data": "地址已删除"}));
    assert_eq!(
        book.receivers().await,
        ["*王芳😀", "周岚"],
        "the newest takes the place of the default"
    );
    shop.close().await;
}

#[tokio::test]
async fn the_phone_is_read_under_each_of_its_names() {
    let shop = embedded().await;
    let book = Book::open(&shop, "meixia01", "13800001111").await;
    book.add("周岚").await;
    let id = book.id("周岚").await;
    for (number, name) in ["receiver_phone", "receiver_mobile", "phone", "mobile"]
        .into_iter()
        .enumerate()
    {
        let phone = format!("1390000000{number}");
        let body =
            json!({"receiver": "李明", "address": "湖东路8号", name: phone, "postcode": "", "tag": ""});
        assert_eq!(
            book.call(Method::POST, "", body.clone()).await["code"],
            200,
            "{name}"
        );
        assert_eq!(book.list().await[1]["receiver_mobile"], phone);
        assert_eq!(
            book.call(Method::PUT, &format!("/{id}"), body).await["code"],
            200,
            "{name}"
        );
        assert_eq!(book.list().await[0]["receiver_mobile"], phone);
    }
    shop.close().await;
}

#[tokio::test]
async fn a_wrong_field_is_refused_and_changes_nothing() {
    let shop = embedded().await;
    let book = Book::open(&shop, "meixia01", "13800001111").await;
    book.add("周岚").await;
    let id = book.id("周岚").await;
    let before = book.list().await;
    for (field, value, expected) in [
        ("receiver", json!(""), 10123),
        ("receiver", json!("周岚周岚周岚周岚周岚周"), 10123),
        ("receiver", json!("<b>x"), 10123),
        ("receiver", json!(7), 10123),
        ("address", json!("路".repeat(101)), 10123),
        ("address", json!("a&amp;b"), 10123),
        ("tag", json!("'"), 10123),
        ("tag", json!("公司公司公司公司公司公"), 10123),
        ("postcode", json!("2150001"), 10123),
        ("receiver_phone", json!("12345"), 10131),
        ("receiver_phone", json!(null), 10123),
    ] {
        let mut body = new("李明");
        body[field] = value;
        let added = book.call(Method::POST, "", body.clone()).await;
        assert_eq!(added["code"], expected, "{body}: {added}");
        let changed = book.call(Method::PUT, &format!("/{id}"), body).await;
        assert_eq!(changed["code"], expected, "{changed}");
    }
    assert_eq!(book.list().await, before);
    shop.close().await;
}

#[tokio::test]
async fn an_address_that_is_not_the_users_own_is_not_there() {
    let shop = embedded().await;
    let book = Book::open(&shop, "meixia01", "13800001111").await;
    let other = Book::open(&shop, "meixia02", "13800001112").await;
    other.add("李明").await;
    book.add("周岚").await;
    let deleted = book.id("周岚").await;
    book.call(Method::DELETE, &format!("/{deleted}"), Value::Null)
        .await;
    for id in [other.id("李明").await, deleted, 0, -1, 99, i64::MAX] {
        let path = format!("/{id}");
        assert_eq!(
            book.call(
                Method::PUT,
                &path,
                json!({"receiver": "x", "receiver_mobile": "13800001111", "address": "x"})
            )
            .await["code"],
            10109
        );
        assert_eq!(
            book.call(Method::DELETE, &path, json!({ "id": id })).await["code"],
            10108
        );
        assert_eq!(
            book.call(Method::POST, "/default", json!({ "id": id })).await["code"],
            10106
        );
    }
    for id in ["abc", "9223372036854775808", "1.5"] {
        assert_eq!(
            book.call(Method::DELETE, &format!("/{id}"), Value::Null).await["code"],
            10123,
            "{id}"
        );
    }
    assert_eq!(
        book.call(Method::POST, "/default", json!({"id": "abc"})).await["code"],
        10123
    );
    assert_eq!(other.receivers().await, ["*李明"]);
    shop.close().await;
}

#[tokio::test]
async fn only_the_owner_may_call() {
    let shop = embedded().await;
    let book = Book::open(&shop, "meixia01", "13800001111").await;
    let path = "/v1/users/meixia02/address";
    for (method, path) in [
        (Method::GET, path.to_owned()),
        (Method::POST, path.to_owned()),
        (Method::PUT, format!("{path}/1")),
        (Method::DELETE, format!("{path}/1")),
        (Method::POST, format!("{path}/default")),
    ] {
        for (token, expected) in [
            (Some(book.user.token.as_str()), 10107),
            (Some("null"), 403),
            (Some("x.y.z"), 403),
        ] {
            let answer = shop.call(method.clone(), &path, token, new("x")).await;
            assert_eq!(answer["code"], expected, "{method} {path} {answer}");
        }
    }
    shop.close().await;
}
