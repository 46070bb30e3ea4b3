//! Many buyers, few pieces: nobody gets what is not there.

use std::collections::BTreeMap;

use serde_json::Value;
use tests::api::Call;
use tests::audit::{self, Books};
use tests::buyer::{Buyer, fresh_key};
use tests::poll;
use tests::shop::{Mode, Shop};
use tokio::task::JoinSet;

use crate::options;

const BUYERS: usize = 200;
const PIECES: i64 = 10;
const OUT_OF_STOCK: i64 = 10401;
/// Still being made, and a service that did not answer in time.
const UNDECIDED: [i64; 2] = [10411, 10413];
/// Registering hashes a password: more at a time only wait for the processor.
const REGISTERING_AT_ONCE: usize = 8;

in_every_mode!(of_200_buyers_for_10_pieces_exactly_10_get_one);

async fn of_200_buyers_for_10_pieces_exactly_10_get_one(mode: Mode) {
    let catalogue = options().catalogue();
    // The last one: other journeys buy the first ones, in a deployment from the same shelves.
    let sku_id = catalogue.skus().last().expect("a SKU").id;
    let options = options()
        .replicas(2)
        .without_sms()
        .selling(catalogue.with_stock(sku_id, PIECES));
    let Some(shop) = Shop::start(mode, options).await else {
        return;
    };
    let buyers = register_many(&shop).await;

    let mut orders = JoinSet::new();
    for (buyer, address_id) in buyers {
        orders.spawn(async move { decided(&buyer, buyer.buy_now(address_id, sku_id, 1)).await });
    }
    let answers = orders.join_all().await;

    let mut codes: BTreeMap<i64, usize> = BTreeMap::new();
    for answer in &answers {
        *codes.entry(answer["code"].as_i64().expect("code")).or_default() += 1;
    }
    assert_eq!(
        codes,
        BTreeMap::from([(200, 10), (OUT_OF_STOCK, 190)]),
        "codes and how often they came"
    );
    let shelf = Books::read(&shop.stores).await.shelf(sku_id);
    assert_eq!(
        (shelf.stock, shelf.sales - shop.opening.shelf(sku_id).sales),
        (0, PIECES)
    );
    audit::settle(&shop).await;
}

/// The answer to an order: yes or no. "Try again later", which a crowd may be told, is neither, and nor is the gateway's
/// "too late"; whoever tries again sends the same key.
async fn decided(buyer: &Buyer, order: Call) -> Value {
    let order = order.keyed(&fresh_key());
    poll::eventually("an order is decided", || async {
        let answer = buyer.api.try_call(order.clone()).await.ok()?;
        (!UNDECIDED.iter().any(|code| answer["code"] == *code)).then_some(answer)
    })
    .await
}

async fn register_many(shop: &Shop) -> Vec<(Buyer, i64)> {
    let mut registering = JoinSet::new();
    for share in 0..REGISTERING_AT_ONCE {
        let api = shop.api.clone();
        registering.spawn(async move {
            let mut registered = Vec::new();
            for _ in (share..BUYERS).step_by(REGISTERING_AT_ONCE) {
                let buyer = Buyer::register_without_code(&api).await;
                let address_id = buyer.add_address().await;
                registered.push((buyer, address_id));
            }
            registered
        });
    }
    registering.join_all().await.concat()
}
