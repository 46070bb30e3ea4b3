//! How many unpaid orders a buyer may have.

use common::settings::LIMITS;
use serde_json::json;

use crate::browser::{answer, buy_now};
use crate::stand::{BAG, Engine, PEN, Stand};

async fn limited(engine: Engine) -> Option<Stand> {
    Stand::open(engine, &[(LIMITS, "on")]).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sixth_unpaid_order_is_refused_until_one_is_paid_or_cancelled() {
    let stand = limited(Engine::Sqlite).await.unwrap();
    let mut placed = Vec::new();
    for count in 1..=5 {
        placed.push(stand.place_order(BAG, count).await);
    }

    let refused = stand.post_order(&buy_now(BAG, 6)).await;

    assert_eq!(
        (&refused["code"], &refused["details"]["limit"]),
        (&json!(10414), &json!(5))
    );
    assert!(refused["errmsg"].is_string());
    assert_eq!(stand.post_order(&buy_now(PEN, 1)).await["code"], 10414);
    stand
        .buyer_post(&format!("{}/cancel", placed[0]), &json!({}))
        .await;
    assert_eq!(stand.post_order(&buy_now(PEN, 1)).await["code"], 200);
    let fifth = stand.post_order(&buy_now(PEN, 1)).await;
    assert_eq!(
        fifth["code"], 200,
        "the same request again is the same order, not one more"
    );
    stand.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_orders_at_the_same_time_no_more_than_five_stay() {
    for engine in [Engine::Sqlite, Engine::MariaDb] {
        let Some(mut stand) = limited(engine).await else {
            continue;
        };
        stand.start_replica().await;
        let bodies: Vec<_> = (1..=20).map(|count| buy_now(BAG, count % 4 + 1)).collect();
        let orders = bodies.iter().enumerate().map(|(at, body)| {
            let request = stand.request_to(at % 2, "POST", "/v1/orders/meixia01");
            answer(request.header("idempotency-key", format!("k{at}")).json(body))
        });

        let answers = futures_util::future::join_all(orders).await;

        let placed = answers.iter().filter(|answer| answer["code"] == 200).count();
        let refused = answers.iter().filter(|answer| answer["code"] == 10414).count();
        assert_eq!(placed + refused, 20, "{answers:?}");
        assert!(placed <= 5, "{placed} orders on {engine:?}");
        assert_eq!(stand.count(1).await, i64::try_from(placed).unwrap());
        stand.close().await;
    }
}
