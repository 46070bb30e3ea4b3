//! `PUT /v1/orders/{username}`: received, by the buyer, once, however the page writes the id.

use common::contracts::ids::{OrderId, UserId};
use serde_json::{Value, json};

use crate::browser::answer;
use crate::on_both_engines;
use crate::stand::{BAG, Stand};

on_both_engines! {
    a_shipped_order_is_confirmed_by_its_buyer_once
    a_number_that_lost_its_last_digits_confirms_its_order
}

async fn ship(stand: &Stand, id: &OrderId) {
    stand
        .execute(&format!(
            "UPDATE orders_order_info SET status = 3 WHERE order_id = '{id}'"
        ))
        .await;
}

async fn confirm(stand: &Stand, body: &str) -> Value {
    answer(stand.request("PUT", "/v1/orders/meixia01").body(body.to_owned())).await
}

async fn a_shipped_order_is_confirmed_by_its_buyer_once(stand: Stand) {
    let id = stand.place_order(BAG, 1).await;
    ship(&stand, &id).await;
    let foreign = stand
        .request_as(UserId(8), "PUT", "")
        .json(&json!({"order_id": id}));
    assert_eq!(answer(foreign).await["code"], 10403);

    assert_eq!(
        confirm(&stand, &format!(r#"{{"order_id":{id}}}"#)).await,
        json!({"code": 200})
    );

    assert_eq!(stand.status(&id).await, 4);
    assert_eq!(
        confirm(&stand, &format!(r#"{{"order_id":{id}}}"#)).await["code"],
        10408
    );
    stand.close().await;
}

async fn a_number_that_lost_its_last_digits_confirms_its_order(stand: Stand) {
    let user = UserId(4_711);
    for id in ["202203011439304711", "202203011439314711"] {
        stand.execute(&format!(
            "INSERT INTO orders_order_info (order_id, user_profile_id, total_amount, freight, total_count, status, \
             receiver, address, receiver_mobile, tag, wanted, created_time, updated_time) \
             VALUES ('{id}', {user}, 1, 0, 1, 3, '', '', '', '', '[]', '2022-03-01 06:39:30', '2022-03-01 06:39:30')"
        )).await;
    }
    let rounded = "202203011439304700"; // what a browser makes of the first id
    let request = stand
        .request_as(user, "PUT", "")
        .body(format!(r#"{{"order_id":{rounded}}}"#));

    assert_eq!(answer(request).await["code"], 200);

    assert_eq!(stand.status(&"202203011439304711".parse().unwrap()).await, 4);
    assert_eq!(stand.status(&"202203011439314711".parse().unwrap()).await, 3);
    let quoted = stand
        .request_as(user, "PUT", "")
        .body(r#"{"order_id":"202203011439314700"}"#);
    assert_eq!(answer(quoted).await["code"], 10403, "text is taken literally");
    stand
        .execute("UPDATE orders_order_info SET version = version - 1 WHERE version > 0")
        .await;
    stand.execute("DELETE FROM orders_order_event").await;
    stand.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_on_its_way_cannot_be_confirmed() {
    let stand = Stand::sqlite().await;
    let id = stand.place_order(BAG, 1).await;
    for status in [1, 2, 4, 11, 12, 13, 15, 16] {
        stand
            .execute(&format!("UPDATE orders_order_info SET status = {status}"))
            .await;
        let answer = confirm(&stand, &format!(r#"{{"order_id":"{id}"}}"#)).await;
        assert_eq!(answer["code"], 10408, "{status}");
    }
    stand.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_names_no_order_is_refused() {
    let stand = Stand::sqlite().await;
    for body in [
        "{}",
        r#"{"order_id":null}"#,
        r#"{"order_id":[]}"#,
        r#"{"order_id":"1; drop"}"#,
    ] {
        assert_eq!(confirm(&stand, body).await["code"], 10407, "{body}");
    }
    for body in [
        r#"{"order_id":0}"#,
        r#"{"order_id":-7}"#,
        r#"{"order_id":1e300}"#,
        r#"{"order_id":202203011439307}"#,
    ] {
        assert_eq!(confirm(&stand, body).await["code"], 10403, "{body}");
    }
    let other = stand
        .request("PUT", "/v1/orders/someone")
        .json(&json!({"order_id": 1}));
    assert_eq!(answer(other).await["code"], 10410);
    stand.close().await;
}
