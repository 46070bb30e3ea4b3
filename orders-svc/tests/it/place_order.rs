//! `POST /v1/orders/{username}`: what an order is, and what is left when there is none.

use common::contracts::ids::{SkuId, UserId};
use serde_json::{Value, json};

use crate::browser::{answer, buy_now, from_cart, order_id};
use crate::neighbours::Fault;
use crate::on_both_engines;
use crate::stand::{ADDRESS, BAG, BUYER, PEN, Stand};

on_both_engines! {
    an_order_from_the_cart_takes_its_lines_and_its_stock
    a_purchase_past_the_cart_leaves_the_cart_alone
    a_refused_order_leaves_nothing_behind
    two_orders_within_a_second_get_neighbouring_ids
    parallel_orders_of_one_cart_are_one_order
}

async fn an_order_from_the_cart_takes_its_lines_and_its_stock(stand: Stand) {
    stand.select(&[(BAG, 2), (PEN, 3)]);
    stand.neighbours.shop().unselected = 1;

    let answer = stand.post_order(&from_cart()).await;

    let id = order_id(&answer);
    assert_eq!(answer["data"]["saller"], "达达商城");
    assert_eq!(answer["data"]["total_amount"], "792.00"); // 2 × 259 + 3 × 88 + 10 freight
    assert_eq!(answer["data"]["carts_count"], 1);
    assert!(
        answer["data"]["pay_url"]
            .as_str()
            .unwrap()
            .starts_with("http://cashier/")
    );
    assert!(id.as_str().ends_with(&BUYER.to_string()));
    assert_eq!(stand.status(&id).await, 1);
    assert_eq!(
        (stand.neighbours.stock(BAG), stand.neighbours.stock(PEN)),
        (98, 7)
    );
    assert!(stand.neighbours.shop().carts[&BUYER].is_empty());
    let deadline = stand.clock.now() + chrono::TimeDelta::minutes(30);
    {
        let shop = stand.neighbours.shop();
        let payment = &shop.registered[&id];
        assert_eq!(
            (payment.amount.0, payment.user_id, payment.expire_at),
            (79_200, BUYER, deadline)
        );
        assert!(shop.hold_until.unwrap() > deadline);
    }
    let created = stand.published("order.created").await;
    assert_eq!(
        created,
        [json!({"order_id": id, "user_id": BUYER, "total": "792.00"})]
    );
    stand.close().await;
}

async fn a_purchase_past_the_cart_leaves_the_cart_alone(stand: Stand) {
    stand.select(&[(PEN, 3)]);

    let answer = stand.post_order(&buy_now(BAG, 2)).await;

    assert_eq!(answer["data"]["total_amount"], "528.00");
    assert_eq!(answer["data"]["carts_count"], 1);
    assert_eq!(stand.neighbours.shop().carts[&BUYER].len(), 1);
    assert_eq!(stand.neighbours.calls_of("take"), 0);
    stand.close().await;
}

async fn a_refused_order_leaves_nothing_behind(stand: Stand) {
    stand.select(&[(BAG, 1), (PEN, 11)]);

    let answer = stand.post_order(&from_cart()).await;

    assert_eq!(answer["code"], 10401);
    assert_eq!(answer["errmsg"], answer["error"]);
    assert_eq!(answer["details"], json!({"sku_id": PEN, "available": 10}));
    assert_eq!(
        (stand.neighbours.stock(BAG), stand.neighbours.stock(PEN)),
        (100, 10)
    );
    assert_eq!(
        stand.neighbours.shop().carts[&BUYER].len(),
        2,
        "the cart is whole when the answer arrives"
    );
    assert_eq!((stand.count(13).await, stand.count(1).await), (1, 0));
    assert_eq!(stand.published("order.checkout_failed").await.len(), 1);
    assert_eq!(stand.published("order.created").await.len(), 0);
    let list = stand.get("/v1/orders/meixia01?type=0").await;
    assert_eq!(list["data"]["orders_list"], json!([]));
    stand.close().await;
}

async fn two_orders_within_a_second_get_neighbouring_ids(mut stand: Stand) {
    stand.start_replica().await;
    let first = stand.place_order(BAG, 1).await;
    let again = stand
        .request_to(1, "POST", "/v1/orders/meixia01")
        .header("idempotency-key", "other");
    let second = order_id(&answer(again.json(&buy_now(BAG, 1))).await);
    let third = stand.place_order(BAG, 1).await;

    let second_of = |id: &str| id[..14].parse::<u64>().unwrap();
    assert!(second_of(first.as_str()) < second_of(second.as_str()));
    assert!(second_of(second.as_str()) < second_of(third.as_str()));
    assert_eq!(stand.count(1).await, 3);
    stand.close().await;
}

async fn parallel_orders_of_one_cart_are_one_order(mut stand: Stand) {
    stand.start_replica().await;
    stand.select(&[(BAG, 1)]);
    let orders = (0..10).map(|number| {
        let request = stand.request_to(number % 2, "POST", "/v1/orders/meixia01");
        answer(request.json(&from_cart()))
    });

    let answers: Vec<Value> = futures_util::future::join_all(orders).await;

    let placed = answers.iter().filter(|answer| answer["code"] == 200).count();
    assert_eq!(placed, 1, "{answers:?}");
    for refused in answers.iter().filter(|answer| answer["code"] != 200) {
        assert!(
            [10404, 10406].contains(&refused["code"].as_i64().unwrap()),
            "{refused}"
        );
    }
    assert_eq!((stand.count(1).await, stand.neighbours.stock(BAG)), (1, 99));
    stand.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_refusal_has_its_code_and_says_it_twice() {
    let stand = Stand::sqlite().await;
    let post = async |body: Value, code: i64| {
        let answer = stand.post_order(&body).await;
        assert_eq!(answer["code"], code, "{body} {answer}");
        assert_eq!(answer["errmsg"], answer["error"]);
    };
    let mut foreign = buy_now(BAG, 1);
    foreign["address_id"] = json!(4);
    post(foreign, 10400).await;
    post(from_cart(), 10406).await;
    post(buy_now(999, 1), 10405).await;
    stand
        .neighbours
        .shop()
        .skus
        .get_mut(&SkuId(PEN))
        .unwrap()
        .is_launched = false;
    post(buy_now(PEN, 1), 10405).await;
    stand.select(&[(BAG, 1)]);
    stand.neighbours.shop().cart_changes = true;
    post(from_cart(), 10404).await;
    assert_eq!(stand.neighbours.shop().carts[&BUYER].len(), 1);
    stand.neighbours.launch(13, 99_999_999_900, 1000);
    post(buy_now(13, 200), 10407).await;
    assert_eq!(
        stand.neighbours.stock(13),
        1000,
        "a total nobody can pay gives the stock back"
    );
    assert_eq!((stand.count(1).await, stand.count(11).await), (0, 0));
    stand.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bad_parameters_are_refused_before_anything_happens() {
    let stand = Stand::sqlite().await;
    let address = ADDRESS.0;
    let bodies = [
        json!({}),
        json!([]),
        json!(null),
        json!({"address_id": null, "settlement_type": 0}),
        json!({"address_id": "3abc", "settlement_type": 0}),
        json!({"address_id": address}),
        json!({"address_id": address, "settlement_type": 2}),
        json!({"address_id": address, "settlement_type": -1}),
        json!({"address_id": address, "settlement_type": "0 or 1"}),
        json!({"address_id": address, "settlement_type": 1}),
        json!({"address_id": address, "settlement_type": 1, "sku_id": BAG, "buy_count": 0}),
        json!({"address_id": address, "settlement_type": 1, "sku_id": BAG, "buy_count": -1}),
        json!({"address_id": address, "settlement_type": 1, "sku_id": BAG, "buy_count": 0.5}),
        json!({"address_id": address, "settlement_type": 1, "sku_id": BAG, "buy_count": 201}),
        json!({"address_id": address, "settlement_type": 1, "sku_id": BAG, "buy_count": 1_000_000_000}),
        json!({"address_id": address, "settlement_type": 1, "sku_id": [BAG], "buy_count": 1}),
        json!({"address_id": address, "settlement_type": 1, "sku_id": BAG, "buy_count": 1, "price": "0.01"}),
        json!({"address_id": address, "settlement_type": 1, "sku_id": BAG, "buy_count": 1, "status": 2}),
    ];
    for body in bodies {
        assert_eq!(stand.post_order(&body).await["code"], 10407, "{body}");
    }
    let malformed = stand.request("POST", "/v1/orders/meixia01").body("{");
    assert_eq!(answer(malformed).await["code"], 10499);
    let twice = r#"{"address_id":3,"settlement_type":1,"sku_id":11,"buy_count":1,"buy_count":-5}"#;
    assert_eq!(
        answer(stand.request("POST", "/v1/orders/meixia01").body(twice)).await["code"],
        10407
    );
    assert_eq!(stand.neighbours.shop().calls.len(), 0);
    stand.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_the_owner_of_the_path_may_order() {
    let stand = Stand::sqlite().await;
    let anonymous = answer(stand.anonymous("POST", "/v1/orders/null").json(&from_cart())).await;
    assert_eq!(
        (&anonymous["code"], &anonymous["errmsg"]),
        (&json!(403), &anonymous["error"])
    );
    let foreign = answer(stand.request("POST", "/v1/orders/someone").json(&from_cart())).await;
    assert_eq!(
        (&foreign["code"], &foreign["errmsg"]),
        (&json!(10410), &foreign["error"])
    );
    let english = stand
        .request("POST", "/v1/orders/someone")
        .header("accept-language", "en");
    let english = answer(english.json(&from_cart())).await;
    assert_eq!(english["errmsg"], "These are another user's orders");
    stand.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_pays_the_order_stands_and_its_buyer_is_sent_to_the_pay_page() {
    let stand = Stand::sqlite().await;
    stand.neighbours.break_call("register", Fault::Refused);

    let answer = stand.post_order(&buy_now(BAG, 1)).await;

    let id = order_id(&answer);
    let page = format!("http://web/dadashop/templates/gopay.html?order_id={id}");
    assert_eq!(answer["data"]["pay_url"], page);
    assert_eq!(stand.status(&id).await, 1);
    stand.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_carts_a_purchase_past_the_cart_works_and_one_from_it_says_why_not() {
    let stand = Stand::sqlite().await;
    stand.select(&[(BAG, 1)]);
    stand.neighbours.break_call("get_cart", Fault::Refused);

    assert_eq!(stand.post_order(&buy_now(BAG, 1)).await["data"]["carts_count"], 0);
    assert_eq!(stand.post_order(&from_cart()).await["code"], 10413);
    stand.neighbours.break_call("get_address", Fault::Refused);
    assert_eq!(stand.post_order(&buy_now(BAG, 2)).await["code"], 10413);
    assert_eq!(stand.count(1).await, 1);
    stand.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_keeps_the_prices_and_the_address_of_its_moment() {
    let stand = Stand::sqlite().await;
    stand.place_order(BAG, 2).await;
    stand.neighbours.launch(BAG, 1, 100);
    stand.neighbours.shop().addresses.clear();

    let list = stand.get("/v1/orders/meixia01?type=1").await;

    let order = &list["data"]["orders_list"][0];
    assert_eq!(order["order_sku"][0]["total_amount"], "518.00");
    assert_eq!(order["address"]["receiver"], "周岚");
    stand.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn orders_of_different_buyers_in_one_second_do_not_meet() {
    let stand = Stand::sqlite().await;
    let buyers = 8..28;
    for user in buyers.clone() {
        let mut shop = stand.neighbours.shop();
        let address = shop.addresses[&(BUYER, ADDRESS)].clone();
        shop.addresses.insert((UserId(user), ADDRESS), address);
    }
    let orders = buyers.map(|user| answer(stand.request_as(UserId(user), "POST", "").json(&buy_now(PEN, 1))));

    let answers: Vec<Value> = futures_util::future::join_all(orders).await;

    let placed = answers.iter().filter(|answer| answer["code"] == 200).count();
    let sold_out = answers.iter().filter(|answer| answer["code"] == 10401).count();
    assert_eq!((placed, sold_out, stand.neighbours.stock(PEN)), (10, 10, 0));
    stand.close().await;
}
