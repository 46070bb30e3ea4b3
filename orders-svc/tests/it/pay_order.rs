//! `GET /v1/orders/{username}?type=5`: the way to pay an order that stands already.

use chrono::TimeDelta;
use common::contracts::ids::UserId;
use serde_json::json;

use crate::browser::answer;
use crate::neighbours::Fault;
use crate::stand::{BAG, Stand};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unpaid_order_gets_a_fresh_address_of_the_cashier() {
    let stand = Stand::sqlite().await;
    stand.neighbours.shop().unselected = 2;
    let id = stand.place_order(BAG, 1).await;

    let answer = stand
        .get(&format!("/v1/orders/meixia01?type=5&order_id={id}"))
        .await;

    assert_eq!(answer["code"], 200, "{answer}");
    let data = &answer["data"];
    assert_eq!(
        (&data["saller"], &data["total_amount"]),
        (&json!("达达商城"), &json!("269.00"))
    );
    assert_eq!((&data["order_id"], &data["carts_count"]), (&json!(id), &json!(2)));
    assert!(data["pay_url"].as_str().unwrap().starts_with("http://cashier/"));
    stand.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_an_unpaid_order_of_ones_own_can_be_paid() {
    let stand = Stand::sqlite().await;
    let id = stand.place_order(BAG, 1).await;
    let pay = format!("/v1/orders/meixia01?type=5&order_id={id}");
    for (status, code) in [
        (2, 10408),
        (3, 10408),
        (4, 10408),
        (12, 10408),
        (15, 10408),
        (11, 10402),
        (13, 10402),
    ] {
        stand
            .execute(&format!("UPDATE orders_order_info SET status = {status}"))
            .await;
        assert_eq!(stand.get(&pay).await["code"], code, "{status}");
    }
    stand.execute("UPDATE orders_order_info SET status = 1").await;
    let foreign = stand.request_as(UserId(8), "GET", &format!("?type=5&order_id={id}"));
    assert_eq!(answer(foreign).await["code"], 10402);
    for strange in ["", "7", "1%27%20or%201", &"9".repeat(65)] {
        let path = format!("/v1/orders/meixia01?type=5&order_id={strange}");
        assert_eq!(stand.get(&path).await["code"], 10402, "{strange}");
    }
    assert_eq!(stand.get("/v1/orders/meixia01?type=5").await["code"], 10402);
    stand.neighbours.break_call("register", Fault::Refused);
    assert_eq!(stand.get(&pay).await["code"], 10413);
    stand.neighbours.mend();
    stand.neighbours.break_call("sync", Fault::Refused); // so that it is not cancelled
    stand.advance(TimeDelta::minutes(30));
    assert_eq!(stand.get(&pay).await["code"], 10408, "too late");
    stand.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_login_the_answer_has_data_for_the_page_to_look_into() {
    let stand = Stand::sqlite().await;
    let anonymous = answer(stand.anonymous("GET", "/v1/orders/null?type=5&order_id=202203011439307")).await;
    assert_eq!(
        (&anonymous["code"], &anonymous["data"]),
        (&json!(403), &json!({}))
    );
    let foreign = stand
        .get("/v1/orders/someone?type=5&order_id=202203011439307")
        .await;
    assert_eq!(foreign["code"], 10410);
    stand.close().await;
}
