//! Clients that reset their connection in the middle of a writing request (reliability L2b).

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use serde_json::json;
use tests::api::Call;
use tests::audit;
use tests::buyer::Buyer;
use tests::resets::{RawRequest, send_and_reset};
use tests::shop::{Mode, Part, Shop};
use tokio::task::JoinSet;

use crate::options;

const RESETS: u64 = 300;
const BUYERS: usize = 20;
const WRITES_EACH: usize = 5;
/// There and back: without a distance to the database the trap does not open.
const DATABASE_DELAY: Duration = Duration::from_millis(1);
/// The moments of the reset sweep from before the first statement to after the answer.
const SWEEP_MILLIS: u64 = 30;
const AT_ONCE: u64 = 10;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_300_connections_reset_no_acknowledged_write_is_lost() {
    let options = options().without_sms().database_behind(DATABASE_DELAY);
    let Some(mut shop) = Shop::start(Mode::Production, options).await else {
        return;
    };
    let sku_id = shop.catalogue.skus()[0].id;
    let mut buyers = Vec::new();
    for _ in 0..BUYERS {
        let buyer = Buyer::register_without_code(&shop.api).await;
        let address_id = buyer.add_address().await;
        buyers.push((buyer, address_id));
    }

    storm(&shop, &buyers, sku_id).await;
    let acknowledged = ordinary_writes(&buyers).await;

    // What is only in an open transaction, and not on disk, dies with the process.
    assert_eq!(shop.restart(Part::Users, &[]).await, tests::shop::Started::Ready);
    for (buyer, _) in &buyers {
        let path = format!("/v1/users/{}/address", buyer.username);
        let list = buyer.api.call(Call::get(path).by(&buyer.token)).await;
        let tags: Vec<&str> = list["addresslist"]
            .as_array()
            .expect("addresses")
            .iter()
            .filter_map(|address| address["tag"].as_str())
            .collect();
        for tag in &acknowledged[&buyer.username] {
            assert!(
                tags.contains(&tag.as_str()),
                "{tag} was acknowledged and is lost: {tags:?}"
            );
        }
    }
    audit::settle(&shop).await;
}

/// Half of the resets hit users-svc, half orders-svc, each directly: the gateway would soften them.
async fn storm(shop: &Shop, buyers: &[(Buyer, i64)], sku_id: i64) {
    let (users, orders) = (shop.address(Part::Users), shop.address(Part::Orders(0)));
    let mut storm = JoinSet::new();
    for number in 0..RESETS {
        let (buyer, address_id) = &buyers[usize::try_from(number / 2).expect("small") % BUYERS];
        let (address, request) = if number % 2 == 0 {
            (users, address_request(users, buyer, "storm"))
        } else {
            (orders, order_request(orders, buyer, *address_id, sku_id))
        };
        let after = Duration::from_millis(number * SWEEP_MILLIS / RESETS);
        storm.spawn_blocking(move || send_and_reset(address, &request, after));
        if number % AT_ONCE == 0 {
            while let Some(outcome) = storm.join_next().await {
                outcome.expect("no panic").expect("connects");
            }
        }
    }
    while let Some(outcome) = storm.join_next().await {
        outcome.expect("no panic").expect("connects");
    }
}

fn address_request(address: SocketAddr, buyer: &Buyer, tag: &str) -> RawRequest {
    let path = format!("/v1/users/{}/address", buyer.username);
    RawRequest::post(address, &path, &buyer.token, &address_form(buyer, tag))
}

fn order_request(address: SocketAddr, buyer: &Buyer, address_id: i64, sku_id: i64) -> RawRequest {
    let path = format!("/v1/orders/{}", buyer.username);
    let body = json!({"address_id": address_id, "settlement_type": 1, "buy_count": 1, "sku_id": sku_id});
    RawRequest::post(address, &path, &buyer.token, &body)
}

fn address_form(buyer: &Buyer, tag: &str) -> serde_json::Value {
    json!({
        "receiver": "周岚", "receiver_phone": buyer.phone, "address": "湖东路8号", "postcode": "", "tag": tag,
    })
}

/// One hundred writes through the front door; what was acknowledged to whom.
async fn ordinary_writes(buyers: &[(Buyer, i64)]) -> BTreeMap<String, Vec<String>> {
    let mut acknowledged: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (buyer, _) in buyers {
        let path = format!("/v1/users/{}/address", buyer.username);
        for number in 0..WRITES_EACH {
            let tag = format!("write{number}");
            buyer
                .api
                .data(Call::post(&path, address_form(buyer, &tag)).by(&buyer.token))
                .await;
            acknowledged.entry(buyer.username.clone()).or_default().push(tag);
        }
    }
    acknowledged
}
