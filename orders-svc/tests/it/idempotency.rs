//! One request, one order: with a key, without one, in parallel, and when things go wrong on the way.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::browser::{answer, buy_now, from_cart, order_id};
use crate::neighbours::Fault;
use crate::on_both_engines;
use crate::stand::{BAG, Engine, PEN, Stand, eventually};

on_both_engines! {
    fifty_parallel_requests_with_one_key_make_one_order
    a_key_of_a_failed_checkout_may_be_used_again
    keys_and_answers_are_forgotten_after_two_days
}

async fn post_with_key(stand: &Stand, key: &str, body: &Value) -> Value {
    let request = stand
        .request("POST", "/v1/orders/meixia01")
        .header("idempotency-key", key);
    answer(request.json(body)).await
}

async fn fifty_parallel_requests_with_one_key_make_one_order(mut stand: Stand) {
    stand.start_replica().await;
    let orders = (0..50).map(|number| {
        let request = stand.request_to(number % 2, "POST", "/v1/orders/meixia01");
        answer(request.header("idempotency-key", "k").json(&buy_now(BAG, 1)))
    });

    let answers: Vec<Value> = futures_util::future::join_all(orders).await;

    for other in &answers {
        assert_eq!(other, &answers[0]);
    }
    order_id(&answers[0]);
    assert_eq!((stand.count(1).await, stand.neighbours.stock(BAG)), (1, 99));
    stand.close().await;
}

async fn a_key_of_a_failed_checkout_may_be_used_again(stand: Stand) {
    assert_eq!(post_with_key(&stand, "k", &buy_now(PEN, 11)).await["code"], 10401);
    stand.neighbours.launch(PEN, 8_800, 11);

    let placed = post_with_key(&stand, "k", &buy_now(PEN, 11)).await;

    order_id(&placed);
    assert_eq!(stand.neighbours.stock(PEN), 0);
    stand.close().await;
}

async fn keys_and_answers_are_forgotten_after_two_days(mut stand: Stand) {
    let first = order_id(&post_with_key(&stand, "k", &buy_now(BAG, 1)).await);
    stand.advance(TimeDelta::hours(49));
    let kept =
        "SELECT COUNT(*) FROM orders_order_info WHERE answer IS NOT NULL OR idempotency_key IS NOT NULL";
    assert_eq!(stand.scalar::<i64>(kept).await, 1);

    stand.start_replica().await; // looks for old keys at its start

    eventually("keys forgotten", async || stand.scalar::<i64>(kept).await == 0).await;
    let second = order_id(&post_with_key(&stand, "k", &buy_now(BAG, 1)).await);
    assert_ne!(first, second);
    stand.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_gives_the_first_answer_again_and_no_other_request_gets_it() {
    let stand = Stand::sqlite().await;
    let first = post_with_key(&stand, "k", &buy_now(BAG, 1)).await;

    let numbers = json!({"address_id": 3, "settlement_type": 1, "sku_id": BAG, "buy_count": 1});
    assert_eq!(
        post_with_key(&stand, "k", &numbers).await,
        first,
        "numbers mean what texts mean"
    );
    let other = post_with_key(&stand, "k", &buy_now(BAG, 2)).await;
    assert_eq!(
        (&other["code"], &other["errmsg"]),
        (&json!(10412), &other["error"])
    );
    assert_eq!(post_with_key(&stand, "k", &from_cart()).await["code"], 10412);
    assert_eq!(post_with_key(&stand, "K", &buy_now(BAG, 1)).await["code"], 200);
    assert_eq!(stand.count(1).await, 2);
    stand.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_of_a_cart_order_answers_although_the_cart_is_empty_by_now() {
    let stand = Stand::sqlite().await;
    stand.select(&[(BAG, 1)]);

    let first = post_with_key(&stand, "k", &from_cart()).await;

    assert_eq!(post_with_key(&stand, "k", &from_cart()).await, first);
    assert_eq!(
        stand.post_order(&from_cart()).await["code"],
        10406,
        "without the key it is a new order"
    );
    stand.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_double_click_is_one_order_and_a_later_one_another() {
    let stand = Stand::sqlite().await;

    let first = stand.post_order(&buy_now(BAG, 1)).await;

    assert_eq!(stand.post_order(&buy_now(BAG, 1)).await, first);
    assert_ne!(
        order_id(&stand.post_order(&buy_now(BAG, 2)).await),
        order_id(&first)
    );
    stand.advance(TimeDelta::seconds(10));
    assert_ne!(
        order_id(&stand.post_order(&buy_now(BAG, 1)).await),
        order_id(&first)
    );
    stand.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_double_clicks_are_not_looked_for_each_click_is_an_order() {
    let setting = orders_svc::settings::DOUBLE_CLICK_SECONDS;
    let stand = Stand::open(Engine::Sqlite, &[(setting, "0")]).await.unwrap();

    let first = order_id(&stand.post_order(&buy_now(BAG, 1)).await);

    assert_ne!(order_id(&stand.post_order(&buy_now(BAG, 1)).await), first);
    stand.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_whose_first_is_still_under_way_is_told_so() {
    let stand = Stand::sqlite().await;
    stand.neighbours.break_call("reserve", Fault::AnswerLost);
    stand.neighbours.break_call("release", Fault::Refused);
    assert_eq!(post_with_key(&stand, "k", &buy_now(BAG, 1)).await["code"], 10413);
    stand.neighbours.mend();

    let second = post_with_key(&stand, "k", &buy_now(BAG, 1)).await;

    assert_eq!(
        (&second["code"], &second["errmsg"]),
        (&json!(10411), &second["error"])
    );
    assert_eq!(stand.count(11).await, 1);
    stand.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn strange_keys_are_refused() {
    let stand = Stand::sqlite().await;
    for key in ["", "a b", "schlüssel", &"k".repeat(256)] {
        assert_eq!(
            post_with_key(&stand, key, &buy_now(BAG, 1)).await["code"],
            10407,
            "{key}"
        );
    }
    let twice = stand
        .request("POST", "/v1/orders/meixia01")
        .header("idempotency-key", "a");
    let twice = twice.header("idempotency-key", "b").json(&buy_now(BAG, 1));
    assert_eq!(answer(twice).await["code"], 10407);
    assert_eq!(
        post_with_key(&stand, &"k".repeat(255), &buy_now(BAG, 1)).await["code"],
        200
    );
    stand.close().await;
}
