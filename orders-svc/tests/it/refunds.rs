//! Money that goes back because buyer or staff want it.

use common::contracts::events::pays::{PaymentRefunded, RefundRefused};
use common::contracts::ids::OrderId;
use common::money::Fen;
use serde_json::{Value, json};

use crate::browser::answer;
use crate::on_both_engines;
use crate::stand::{BAG, Stand, eventually};

on_both_engines! {
    a_buyer_gets_all_back_while_the_parcel_is_not_on_its_way
    a_refund_that_the_provider_refuses_leaves_the_order_paid_and_money_that_goes_back_after_all_counts
    staff_give_parts_back_and_never_more_than_was_paid
    after_shipping_staff_decide
}

const TOTAL: Fen = Fen(26_900);

async fn paid(stand: &Stand) -> OrderId {
    let id = stand.place_order(BAG, 1).await;
    stand.pay(&id, TOTAL).await;
    id
}

async fn shipped(stand: &Stand) -> OrderId {
    let id = paid(stand).await;
    let parcel = json!({"carrier": "顺丰", "tracking_no": "SF1234567"});
    assert_eq!(
        stand.staff_post(&format!("/{id}/ship"), &parcel).await["code"],
        200
    );
    id
}

fn refunded(id: &OrderId, amount: Fen, refund_no: &Value) -> PaymentRefunded {
    PaymentRefunded {
        order_id: id.clone(),
        trade_no: "T1".into(),
        amount,
        refund_no: refund_no.as_str().map(str::to_owned),
    }
}

fn refused(id: &OrderId, refund_no: &Value) -> RefundRefused {
    RefundRefused {
        order_id: id.clone(),
        trade_no: "T1".into(),
        amount: TOTAL,
        refund_no: refund_no.as_str().map(str::to_owned),
        cause: "ACQ.TRADE_HAS_FINISHED".into(),
    }
}

async fn refund_total(stand: &Stand, id: &OrderId) -> i64 {
    stand
        .scalar(&format!(
            "SELECT refund_total FROM orders_order_info WHERE order_id = '{id}'"
        ))
        .await
}

async fn a_buyer_gets_all_back_while_the_parcel_is_not_on_its_way(stand: Stand) {
    let id = paid(&stand).await;
    let wish = json!({"reason": "不想要了"});

    let asked = stand.buyer_post(&format!("{id}/refund"), &wish).await;

    assert_eq!((&asked["code"], stand.status(&id).await), (&json!(200), 15));
    let number = &asked["data"]["refund_no"];
    assert_eq!(
        stand.published("order.refund_requested").await,
        [json!({
            "order_id": id, "trade_no": "T1", "amount": "269.00", "reason": "buyer", "refund_no": number,
        })]
    );
    let again = stand.buyer_post(&format!("{id}/refund"), &wish).await;
    assert_eq!(again["code"], 10408);
    let parcel = json!({"carrier": "顺丰", "tracking_no": "SF1234567"});
    let ship = stand.staff_post(&format!("/{id}/ship"), &parcel).await;
    assert_eq!(ship["code"], 10408, "what is being refunded is not sent off");
    let message = stand.publish(&refunded(&id, TOTAL, number)).await;
    stand.wait_for_status(&id, 16).await;
    stand.deliver(&message).await;
    stand.publish(&refunded(&id, TOTAL, number)).await;
    stand.wait_for_quiet().await;
    let shown = stand.get(&format!("/v1/orders/meixia01/{id}")).await;
    assert_eq!(
        (
            &shown["data"]["refunds"][0]["status"],
            &shown["data"]["refunded_amount"]
        ),
        (&json!("done"), &json!("269.00"))
    );
    stand.close().await;
}

async fn a_refund_that_the_provider_refuses_leaves_the_order_paid_and_money_that_goes_back_after_all_counts(
    stand: Stand,
) {
    let id = paid(&stand).await;
    let asked = stand
        .buyer_post(&format!("{id}/refund"), &json!({"reason": "不想要了"}))
        .await;
    let number = &asked["data"]["refund_no"];

    stand.publish(&refused(&id, number)).await;
    stand.wait_for_status(&id, 2).await;
    assert_eq!(refund_total(&stand, &id).await, 0);

    stand.publish(&refunded(&id, TOTAL, number)).await;
    stand.wait_for_status(&id, 16).await;
    stand.publish(&refused(&id, number)).await;
    stand.wait_for_quiet().await;
    assert_eq!(
        (stand.status(&id).await, refund_total(&stand, &id).await),
        (16, 26_900)
    );
    stand.close().await;
}

async fn staff_give_parts_back_and_never_more_than_was_paid(stand: Stand) {
    let id = shipped(&stand).await;
    let path = format!("/{id}/refunds");
    let part = stand
        .staff_post(&path, &json!({"amount": "100.00", "reason": "划痕"}))
        .await;
    assert_eq!(part["data"]["amount"], "100.00", "{part}");

    let both = json!({"amount": "169.00", "reason": "划痕"});
    let answers = futures_util::future::join_all(
        (0..3).map(async |_| stand.staff_post(&path, &both).await["code"].clone()),
    )
    .await;

    assert_eq!(
        answers.iter().filter(|code| **code == 200).count(),
        1,
        "{answers:?}"
    );
    let more = stand
        .staff_post(&path, &json!({"amount": "0.01", "reason": "划痕"}))
        .await;
    assert_eq!(
        (&more["code"], &more["details"]["left"]),
        (&json!(10416), &json!("0.00"))
    );
    for amount in [json!("0"), json!("-1"), json!("1.001"), json!("x")] {
        let strange = stand
            .staff_post(&path, &json!({"amount": amount, "reason": "划痕"}))
            .await;
        let code = strange["code"].as_i64().unwrap();
        assert!([10407, 10416].contains(&code), "{amount}: {strange}");
    }
    assert_eq!(refund_total(&stand, &id).await, 26_900);
    stand
        .publish(&refunded(&id, Fen(10_000), &part["data"]["refund_no"]))
        .await;
    stand.wait_for_quiet().await;
    assert_eq!(
        stand.status(&id).await,
        3,
        "the parcel is on its way whatever the money does"
    );
    stand.close().await;
}

async fn after_shipping_staff_decide(stand: Stand) {
    let id = shipped(&stand).await;
    let wish = json!({"amount": "50.00", "reason": "少了一个"});
    let asked = stand.buyer_post(&format!("{id}/refund"), &wish).await;
    assert_eq!(asked["data"]["status"], "asked", "{asked}");
    assert_eq!(
        stand.buyer_post(&format!("{id}/refund"), &wish).await["code"],
        10408
    );
    assert_eq!(stand.published("order.refund_requested").await.len(), 0);
    let waiting = answer(stand.staff("GET", "/refunds")).await;
    let number = asked["data"]["refund_no"].as_str().unwrap();
    assert_eq!(waiting["data"][0]["refund_no"], number);
    let no = stand
        .staff_post(
            &format!("/{id}/refunds/{number}/decline"),
            &json!({"reason": "请提供照片"}),
        )
        .await;
    assert_eq!(no["code"], 200);
    let shown = stand.get(&format!("/v1/orders/meixia01/{id}")).await;
    let last = shown["data"]["timeline"]
        .as_array()
        .unwrap()
        .last()
        .unwrap()
        .clone();
    assert_eq!(last["detail"], "请提供照片");

    let asked = stand.buyer_post(&format!("{id}/refund"), &wish).await;
    let number = asked["data"]["refund_no"].as_str().unwrap();
    let approve = format!("/{id}/refunds/{number}/approve");
    let yes = stand.staff_post(&approve, &json!({"amount": "20.00"})).await;

    assert_eq!(
        (&yes["data"]["amount"], &yes["data"]["status"]),
        (&json!("20.00"), &json!("sent"))
    );
    assert_eq!(stand.staff_post(&approve, &json!({})).await["code"], 10408);
    let unknown = stand
        .staff_post(&format!("/{id}/refunds/R0/approve"), &json!({}))
        .await;
    assert_eq!(unknown["code"], 10417);
    eventually("one request", async || {
        stand.published("order.refund_requested").await.len() == 1
    })
    .await;
    assert_eq!(
        (stand.status(&id).await, refund_total(&stand, &id).await),
        (3, 2_000)
    );
    stand.close().await;
}
