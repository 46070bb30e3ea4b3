//! Clients that reset their connection in the middle of a writing request (reliability L2b).
//!
//! A handler that is dropped while its transaction opens leaves it open to whoever gets the connection next, and what
//! they write is acknowledged and never committed. The writes that are counted here are single statements: a
//! transaction of theirs would end the stranger's first.

use std::net::SocketAddr;
use std::time::Duration;

use serde_json::json;
use tests::api::Call;
use tests::audit;
use tests::buyer::Buyer;
use tests::resets::{RawRequest, send_and_reset};
use tests::shop::{Mode, Part, Shop, Started};
use tokio::task::JoinSet;

use crate::options;

/// In each round there are 60 resets, then 20 ordinary writes; then the process is killed.
const ROUNDS: usize = 5;
const WAVES: u64 = 6;
const RESETS_AT_ONCE: u64 = 10;
const BUYERS: usize = 20;
/// Each way: without a distance to the database the trap does not open.
const DATABASE_DELAY: Duration = Duration::from_millis(2);
/// The moments of a wave's resets sweep from before the first statement to after the answer.
const SWEEP_MILLIS: u64 = 12;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_300_connections_reset_no_acknowledged_write_is_lost() {
    let options = options().without_sms().database_behind(DATABASE_DELAY);
    let Some(mut shop) = Shop::start(Mode::Production, options).await else {
        return;
    };
    let sku_id = shop.catalogue.skus()[0].id;
    let mut visitors = Vec::new();
    for _ in 0..BUYERS {
        visitors.push(Visitor::arrive(&shop).await);
    }

    for _ in 0..ROUNDS {
        // The trap is in connections that are there already.
        change_all(&visitors, "before").await;
        storm(&shop, &visitors, sku_id).await;
        change_all(&visitors, "after").await;
        // What is only in an open transaction, and not on disk, dies with the process.
        assert_eq!(shop.restart(Part::Users, &[]).await, Started::Ready);
        for visitor in &visitors {
            assert_eq!(visitor.tag().await, "after", "the change was acknowledged");
        }
    }
    audit::settle(&shop).await;
}

/// Ordinary writes (U7), all at once, so that they use every connection there is.
async fn change_all(visitors: &[Visitor], tag: &'static str) {
    let change = |visitor: Visitor| async move { visitor.change_tag(tag).await };
    let changes: JoinSet<()> = visitors.iter().cloned().map(change).collect();
    changes.join_all().await;
}

/// A buyer with an address.
#[derive(Clone)]
struct Visitor {
    buyer: Buyer,
    address_id: i64,
}

impl Visitor {
    async fn arrive(shop: &Shop) -> Self {
        let buyer = Buyer::register_without_code(&shop.api).await;
        let address_id = buyer.add_address().await;
        Self { buyer, address_id }
    }

    async fn change_tag(&self, tag: &str) {
        let id = self.address_id;
        let form = json!({
            "id": id, "receiver": "周岚", "receiver_mobile": self.buyer.phone, "address": "湖东路8号", "tag": tag,
        });
        let change = Call::put(format!("{}/{id}", self.path()), form).by(&self.buyer.token);
        self.buyer.api.data(change).await;
    }

    async fn tag(&self) -> String {
        let list = Call::get(self.path()).by(&self.buyer.token);
        let list = self.buyer.api.call(list).await;
        let addresses = list["addresslist"].as_array().expect("addresses");
        let own = addresses.iter().find(|address| address["id"] == self.address_id);
        own.and_then(|address| address["tag"].as_str())
            .expect("its tag")
            .to_owned()
    }

    fn path(&self) -> String {
        format!("/v1/users/{}/address", self.buyer.username)
    }
}

/// Resets hit the services directly: the gateway would soften them. Half of each wave goes to orders-svc, the last
/// wave all to users-svc, as a later transaction on the same connection would close what an earlier one left open.
async fn storm(shop: &Shop, visitors: &[Visitor], sku_id: i64) {
    let (users, orders) = (shop.address(Part::Users), shop.address(Part::Orders(0)));
    for wave in 0..WAVES {
        let at = BUYERS / 2 * usize::from(wave % 2 == 0);
        let mut resets = JoinSet::new();
        for (number, visitor) in (0..RESETS_AT_ONCE).zip(visitors.iter().cycle().skip(at)) {
            let (address, request) = if number % 2 == 0 || wave + 1 == WAVES {
                (users, address_request(users, visitor))
            } else {
                (orders, order_request(orders, visitor, sku_id))
            };
            let after = Duration::from_millis(number * SWEEP_MILLIS / RESETS_AT_ONCE);
            resets.spawn_blocking(move || send_and_reset(address, &request, after));
        }
        calm_down(resets).await;
    }
}

async fn calm_down(mut resets: JoinSet<std::io::Result<()>>) {
    while let Some(outcome) = resets.join_next().await {
        outcome.expect("no panic").expect("connects");
    }
}

fn address_request(address: SocketAddr, visitor: &Visitor) -> RawRequest {
    let form = json!({
        "receiver": "周岚", "receiver_phone": visitor.buyer.phone, "address": "湖东路8号", "postcode": "", "tag": "",
    });
    RawRequest::post(address, &visitor.path(), &visitor.buyer.token, &form)
}

fn order_request(address: SocketAddr, visitor: &Visitor, sku_id: i64) -> RawRequest {
    let path = format!("/v1/orders/{}", visitor.buyer.username);
    let body = json!({
        "address_id": visitor.address_id, "settlement_type": 1, "buy_count": 1, "sku_id": sku_id,
    });
    RawRequest::post(address, &path, &visitor.buyer.token, &body)
}
