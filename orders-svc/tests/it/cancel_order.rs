//! `POST /v1/orders/{username}/{order_id}/cancel`: the buyer does not want an unpaid order any more.

use common::contracts::ids::UserId;
use common::contracts::internal_apis::pays::PaymentState;
use common::money::Fen;
use serde_json::json;

use crate::browser::answer;
use crate::neighbours::Fault;
use crate::on_both_engines;
use crate::stand::{BAG, BUYER, Stand};

on_both_engines! {
    a_buyer_cancels_an_unpaid_order_once
    money_that_pays_svc_knows_of_wins_against_a_cancellation
}

async fn a_buyer_cancels_an_unpaid_order_once(stand: Stand) {
    let id = stand.place_order(BAG, 1).await;

    let answers = futures_util::future::join_all(
        (0..4).map(async |_| stand.buyer_post(&format!("{id}/cancel"), &json!({})).await["code"].clone()),
    )
    .await;

    assert_eq!(
        answers.iter().filter(|code| **code == 200).count(),
        1,
        "{answers:?}"
    );
    assert_eq!(
        answers.iter().filter(|code| **code == 10408).count(),
        3,
        "{answers:?}"
    );
    assert_eq!(stand.status(&id).await, 12);
    assert_eq!(
        stand.published("order.cancelled").await,
        [json!({"order_id": id, "user_id": BUYER, "reason": "buyer"})]
    );
    stand.close().await;
}

async fn money_that_pays_svc_knows_of_wins_against_a_cancellation(stand: Stand) {
    let id = stand.place_order(BAG, 1).await;
    let paid = PaymentState::Paid {
        trade_no: "T1".into(),
        amount: Fen(26_900),
        paid_at: stand.clock.now(),
    };
    stand.neighbours.shop().paid.insert(id.clone(), paid);

    let refused = stand.buyer_post(&format!("{id}/cancel"), &json!({})).await;

    assert_eq!((&refused["code"], stand.status(&id).await), (&json!(10408), 2));
    stand.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_buyer_need_not_wait_for_pays_svc_to_cancel() {
    let stand = Stand::sqlite().await;
    let id = stand.place_order(BAG, 1).await;
    stand.neighbours.break_call("sync", Fault::Refused);

    let cancelled = stand.buyer_post(&format!("{id}/cancel"), &json!({})).await;

    assert_eq!((&cancelled["code"], stand.status(&id).await), (&json!(200), 12));
    stand.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_cancels_another_buyers_order() {
    let stand = Stand::sqlite().await;
    let id = stand.place_order(BAG, 1).await;
    let path = format!("/{id}/cancel");
    let other = answer(stand.request_as(UserId(8), "POST", &path)).await;
    assert_eq!(other["code"], 10415, "not found, not forbidden");
    let path = format!("/v1/orders/someone/{id}/cancel");
    assert_eq!(answer(stand.request("POST", &path)).await["code"], 10410);
    let path = format!("/v1/orders/null/{id}/cancel");
    assert_eq!(answer(stand.anonymous("POST", &path)).await["code"], 403);
    let strange = stand.buyer_post("abc/cancel", &json!({})).await;
    assert_eq!(strange["code"], 10407);
    assert_eq!(stand.status(&id).await, 1);
    stand.close().await;
}
