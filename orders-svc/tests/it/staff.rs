//! The back office: who may, the list, parcels, notes, the export, and orders that complete themselves.

use chrono::TimeDelta;
use common::money::Fen;
use serde_json::{Value, json};

use crate::browser::answer;
use crate::on_both_engines;
use crate::stand::{BAG, PEN, Stand};

on_both_engines! {
    a_shipped_order_completes_itself_after_fifteen_days
    staff_page_through_all_orders
    the_export_holds_every_order_once
}

async fn a_shipped_order_completes_itself_after_fifteen_days(stand: Stand) {
    let id = stand.place_order(BAG, 1).await;
    let ship = format!("/{id}/ship");
    let parcel = json!({"carrier": "顺丰", "tracking_no": "SF1234567"});
    assert_eq!(stand.staff_post(&ship, &parcel).await["code"], 10408, "not paid");
    stand.pay(&id, Fen(26_900)).await;
    assert_eq!(stand.staff_post(&ship, &parcel).await["code"], 200);
    assert_eq!(
        stand.staff_post(&ship, &parcel).await["code"],
        10408,
        "sent off already"
    );

    stand.advance(TimeDelta::days(14));
    stand.wait_for_quiet().await;
    assert_eq!(stand.status(&id).await, 3);
    stand.advance(TimeDelta::days(1));

    stand.wait_for_status(&id, 4).await;
    let shown = answer(stand.staff("GET", &format!("/{id}"))).await;
    let last = shown["data"]["timeline"]
        .as_array()
        .unwrap()
        .last()
        .unwrap()
        .clone();
    assert_eq!(
        (&last["actor"], &last["cause"]),
        (&json!("job"), &json!("ConfirmReceipt"))
    );
    stand.close().await;
}

async fn staff_page_through_all_orders(stand: Stand) {
    let mut placed = Vec::new();
    for _ in 0..5 {
        placed.push(stand.place_order(PEN, 1).await);
    }
    placed.reverse();
    stand
        .buyer_post(&format!("{}/cancel", placed[1]), &json!({}))
        .await;
    let mut seen: Vec<Value> = Vec::new();
    let mut next = String::new();
    loop {
        let page = answer(stand.staff("GET", &format!("?pagesize=2&after={next}"))).await;
        seen.extend(page["data"]["orders"].as_array().unwrap().iter().cloned());
        match page["data"]["next"].as_str() {
            Some(id) => next = id.to_owned(),
            None => break,
        }
    }
    let ids: Vec<&str> = seen
        .iter()
        .map(|order| order["order_id"].as_str().unwrap())
        .collect();
    assert_eq!(ids, placed.iter().map(|id| id.as_str()).collect::<Vec<_>>());
    let count = async |query: &str| {
        let found = answer(stand.staff("GET", query)).await;
        found["data"]["orders"].as_array().map(Vec::len)
    };
    let today = &common::clock::shop_text(stand.clock.now())[..10];
    assert_eq!(count("?status=12").await, Some(1));
    assert_eq!(count("?user_id=7&status=1").await, Some(4));
    assert_eq!(count("?user_id=8").await, Some(0));
    assert_eq!(count(&format!("?order_id={}", placed[0])).await, Some(1));
    assert_eq!(count(&format!("?from={today}&until={today}")).await, Some(5));
    assert_eq!(count("?until=2020-01-01").await, Some(0));
    for strange in [
        "?status=5",
        "?status=x",
        "?from=yesterday",
        "?pagesize=0",
        "?after=x",
    ] {
        assert_eq!(
            answer(stand.staff("GET", strange)).await["code"],
            10407,
            "{strange}"
        );
    }
    let page = stand.get("/v1/orders/meixia01?type=0&page=2&pagesize=2").await;
    assert_eq!(
        (
            &page["data"]["total"],
            &page["data"]["orders_list"][0]["order_id"]
        ),
        (&json!(5), &json!(placed[2]))
    );
    let after = format!("/v1/orders/meixia01?type=0&pagesize=2&after={}", placed[2]);
    let rest = stand.get(&after).await;
    assert_eq!(rest["data"]["orders_list"][1]["order_id"], json!(placed[4]));
    stand.close().await;
}

async fn the_export_holds_every_order_once(stand: Stand) {
    let mut placed = Vec::new();
    for _ in 0..3 {
        placed.push(stand.place_order(PEN, 1).await);
    }
    stand
        .execute("UPDATE orders_order_info SET address = '=cmd, \"x\"'")
        .await;

    let response = stand.staff("GET", "/export?status=1").send().await.unwrap();

    assert_eq!(response.headers()["content-type"], "text/csv; charset=utf-8");
    let text = response.text().await.unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 4, "{text}");
    assert!(lines[0].starts_with("\u{feff}order_id,"));
    assert!(lines[1].starts_with(placed[2].as_str()), "newest first");
    assert!(lines[1].contains("\"'=cmd, \"\"x\"\"\""), "{}", lines[1]);
    stand.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_staff_get_in() {
    let stand = Stand::sqlite().await;
    let id = stand.place_order(BAG, 1).await;
    for (method, path) in [
        ("GET", String::new()),
        ("GET", "/export".into()),
        ("GET", "/refunds".into()),
        ("GET", format!("/{id}")),
        ("POST", format!("/{id}/ship")),
        ("POST", format!("/{id}/notes")),
        ("POST", format!("/{id}/refunds")),
        ("POST", format!("/{id}/refunds/R1/approve")),
        ("POST", format!("/{id}/refunds/R1/decline")),
    ] {
        let path = format!("/v1/staff/orders{path}");
        let buyer = answer(stand.request(method, &path).body("{}")).await;
        assert_eq!(buyer["code"], 10450, "{method} {path}");
        let nobody = answer(stand.anonymous(method, &path).body("{}")).await;
        assert_eq!(nobody["code"], 403, "{method} {path}");
    }
    stand.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_staff_write_is_plain_text_and_for_staff() {
    let stand = Stand::sqlite().await;
    let id = stand.place_order(BAG, 1).await;
    let note = format!("/{id}/notes");
    let long = "长".repeat(501);
    for text in ["", "  ", "<b>", "a\u{7}", long.as_str()] {
        let refused = stand.staff_post(&note, &json!({"text": text})).await;
        assert_eq!(refused["code"], 10407, "{text:?}");
    }
    assert_eq!(
        stand.staff_post(&note, &json!({"text": " 易碎 "})).await["code"],
        200
    );
    let shown = answer(stand.staff("GET", &format!("/{id}"))).await;
    let last = shown["data"]["timeline"]
        .as_array()
        .unwrap()
        .last()
        .unwrap()
        .clone();
    assert_eq!(
        (&last["detail"], &last["actor"]),
        (&json!("易碎"), &json!("staff 3"))
    );
    for parcel in [
        json!({"carrier": "", "tracking_no": "SF1234567"}),
        json!({"carrier": "顺丰", "tracking_no": "SF"}),
        json!({"carrier": "顺丰", "tracking_no": "SF 12345"}),
        json!({"carrier": "顺丰"}),
    ] {
        assert_eq!(
            stand.staff_post(&format!("/{id}/ship"), &parcel).await["code"],
            10407,
            "{parcel}"
        );
    }
    let unknown = answer(stand.staff("GET", "/202601010101017")).await;
    assert_eq!(unknown["code"], 10415);
    stand.close().await;
}
