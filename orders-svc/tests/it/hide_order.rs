//! `POST /v1/orders/{username}/{order_id}/hide`, and the order by itself.

use common::contracts::ids::UserId;
use serde_json::{Value, json};

use crate::browser::answer;
use crate::on_both_engines;
use crate::stand::{BAG, Stand};

on_both_engines! {
    a_hidden_order_is_out_of_its_buyers_sight_and_in_that_of_staff
    an_order_by_itself_tells_what_happened_to_it
}

async fn a_hidden_order_is_out_of_its_buyers_sight_and_in_that_of_staff(stand: Stand) {
    let id = stand.place_order(BAG, 1).await;
    let hide = format!("{id}/hide");
    assert_eq!(
        stand.buyer_post(&hide, &json!({})).await["code"],
        10408,
        "it is not over"
    );
    stand.buyer_post(&format!("{id}/cancel"), &json!({})).await;

    assert_eq!(stand.buyer_post(&hide, &json!({})).await["code"], 200);

    let list = stand.get("/v1/orders/meixia01?type=0&page=1").await;
    assert_eq!(
        (&list["data"]["orders_list"], &list["data"]["total"]),
        (&json!([]), &json!(0))
    );
    assert_eq!(
        stand.get(&format!("/v1/orders/meixia01/{id}")).await["code"],
        10415
    );
    assert_eq!(stand.buyer_post(&hide, &json!({})).await["code"], 10415);
    let seen = answer(stand.staff("GET", &format!("/{id}"))).await;
    assert_eq!(seen["data"]["order"]["status"], 12);
    stand.close().await;
}

async fn an_order_by_itself_tells_what_happened_to_it(stand: Stand) {
    let id = stand.place_order(BAG, 1).await;
    let path = format!("/v1/orders/meixia01/{id}");
    let waiting = stand.get(&path).await;
    assert_eq!(waiting["data"]["actions"], json!(["pay", "cancel"]));
    assert!(waiting["data"]["pay_deadline"].is_string());
    stand.pay(&id, common::money::Fen(26_900)).await;
    let parcel = json!({"carrier": "顺丰", "tracking_no": "SF1234567"});
    stand.staff_post(&format!("/{id}/ship"), &parcel).await;
    stand
        .staff_post(&format!("/{id}/notes"), &json!({"text": "易碎"}))
        .await;
    stand
        .request("PUT", "/v1/orders/meixia01")
        .json(&json!({"order_id": id}))
        .send()
        .await
        .unwrap();

    let done = stand.get(&path).await;

    let told: Vec<&Value> = done["data"]["timeline"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| &line["en"])
        .collect();
    assert_eq!(
        told,
        [
            "Order placed, waiting for your payment",
            "Payment received, we are packing your parcel",
            "Your parcel is on its way",
            "You confirmed receipt",
        ]
    );
    assert_eq!(done["data"]["timeline"][2]["detail"], "顺丰 SF1234567");
    assert_eq!(done["data"]["order_sku"][0]["id"], BAG);
    assert_eq!(
        (
            &done["data"]["carrier"],
            &done["data"]["status"],
            &done["data"]["actions"]
        ),
        (&json!("顺丰"), &json!(4), &json!(["refund", "hide"]))
    );
    let other = answer(stand.request_as(UserId(8), "GET", &format!("/{id}"))).await;
    assert_eq!(other["code"], 10415, "another user's order is not found");
    stand.close().await;
}
