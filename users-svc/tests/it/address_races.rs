//! What stays true of delivery addresses when everything happens at once.

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

use crate::addresses::Book;
use crate::shop::{Setup, Stores};

#[tokio::test]
async fn the_default_stays_one_whatever_happens_at_once_with_sqlite() {
    the_default_stays_one(Stores::Embedded).await;
}

#[tokio::test]
async fn the_default_stays_one_whatever_happens_at_once_with_mariadb() {
    the_default_stays_one(Stores::Servers).await;
}

async fn the_default_stays_one(stores: Stores) {
    let Some(shop) = Setup::on(stores).without_sms_codes().start().await else {
        return;
    };
    let book = Book::open(&shop, "meixia01", "13800001111").await;
    let names: Vec<String> = (0..10).map(|number| format!("人{number}")).collect();
    let added = join_all(names.iter().map(|name| book.add(name))).await;
    assert!(added.iter().all(|answer| answer["code"] == 200), "{added:?}");
    assert_eq!(defaults(&book).await, 1);

    let ids: Vec<i64> = book
        .list()
        .await
        .iter()
        .map(|address| address["id"].as_i64().unwrap())
        .collect();
    let prefer = join_all(
        ids.iter()
            .map(|id| book.call(Method::POST, "/default", json!({ "id": id }))),
    );
    let paths: Vec<String> = ids.iter().step_by(2).map(|id| format!("/{id}")).collect();
    let delete = join_all(
        paths
            .iter()
            .map(|path| book.call(Method::DELETE, path, Value::Null)),
    );
    let (_, deleted) = tokio::join!(prefer, delete);
    assert!(deleted.iter().all(|answer| answer["code"] == 200), "{deleted:?}");
    assert_eq!((defaults(&book).await, book.list().await.len()), (1, 5));
    shop.close().await;
}

async fn defaults(book: &Book<'_>) -> usize {
    book.list()
        .await
        .iter()
        .filter(|address| address["is_default"] == true)
        .count()
}

#[tokio::test]
async fn a_user_has_at_most_twenty_addresses_even_when_adding_at_once() {
    let shop = Setup::default().without_sms_codes().start().await.unwrap();
    let book = Book::open(&shop, "meixia01", "13800001111").await;
    let answers = join_all((0..25).map(|_| book.add("周岚"))).await;
    let count = |code: i64| answers.iter().filter(|answer| answer["code"] == code).count();
    assert_eq!((count(200), count(10120)), (20, 5));
    assert_eq!(book.list().await.len(), 20);
    shop.close().await;
}
