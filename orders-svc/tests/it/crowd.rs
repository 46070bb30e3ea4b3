//! Many buyers at once, and a carts-svc that does not answer.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use common::contracts::ids::UserId;
use common::contracts::internal_apis::carts;
use futures_util::future::join_all;
use serde_json::Value;

use crate::browser::{answer, buy_now};
use crate::stand::{ADDRESS, BAG, BUYER, Engine, Stand};

const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_buyers_are_served_although_carts_svc_is_silent() {
    // Takes connections and never says a word.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let stand = Stand::open(Engine::Sqlite, &[(carts::URLS, &url)]).await.unwrap();
    let buyers = 1000..1200;
    {
        let mut shop = stand.neighbours.shop();
        let address = shop.addresses[&(BUYER, ADDRESS)].clone();
        for user in buyers.clone() {
            shop.addresses.insert((UserId(user), ADDRESS), address.clone());
        }
    }

    let answers: Vec<Value> = join_all(buyers.map(|user| decided(&stand, UserId(user)))).await;

    let of = |code: i64| answers.iter().filter(|answer| answer["code"] == code).count();
    assert_eq!((of(200), of(10401)), (100, 100), "{answers:?}");
    assert_eq!(stand.count(1).await, 100);
    stand.close().await;
}

/// Yes or no. On a machine that is out of breath the line may be too long for a buyer, who is told so and comes again.
async fn decided(stand: &Stand, user: UserId) -> Value {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let order = stand.request_as(user, "POST", "").json(&buy_now(BAG, 1));
        let answer = answer(order).await;
        if ![10411, 10413].contains(&answer["code"].as_i64().unwrap()) {
            return answer;
        }
        assert!(Instant::now() < deadline, "{user} still waits: {answer}");
    }
}
