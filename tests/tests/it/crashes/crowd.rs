//! The buyers of the crash journeys: each on an errand that it brings to its end however often a process dies.

use std::time::Duration;

use serde_json::{Value, json};
use tests::api::Call;
use tests::buyer::{Buyer, fresh_key, order_id_and_pay_url};
use tests::poll;
use tests::sandbox::SandboxClient;
use tests::shop::Shop;
use tests::staff;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::IN_STOCK;

/// A process that dies while it heals an order leaves it alone for a minute; and it may die more than once.
const ERRAND_LIMIT: Duration = Duration::from_secs(240);

/// Part of the provider's addresses, and of none of ours.
const CASHIER: &str = "/gateway.do?";

/// What a buyer may be after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Errand {
    /// Buys what is selected in the cart, and pays.
    BuyFromCart,
    /// Confirms that a parcel came.
    ConfirmReceipt,
    /// Orders more than there is.
    WantTooMuch,
    /// Orders, and does not pay.
    LeaveUnpaid,
    /// Pays what is cancelled by the time the shop hears of it.
    PayUnheard,
}

impl Errand {
    /// Whether nothing is bought in the end.
    pub(super) fn is_given_up(self) -> bool {
        match self {
            Self::BuyFromCart | Self::ConfirmReceipt => false,
            Self::WantTooMuch | Self::LeaveUnpaid | Self::PayUnheard => true,
        }
    }
}

/// An order that the shop said it has, and where it may end.
pub(super) struct Acknowledged {
    buyer: Buyer,
    order_id: String,
    statuses: &'static [i64],
}

impl Acknowledged {
    /// The order is there, and comes to where it may end.
    pub(super) async fn is_kept(&self) {
        let Self {
            buyer,
            order_id,
            statuses,
        } = self;
        poll::within(
            ERRAND_LIMIT,
            format!("{order_id} comes to {statuses:?}"),
            || async {
                let order = buyer.order(order_id).await;
                let order = order.unwrap_or_else(|| panic!("{order_id} was acknowledged and is lost"));
                statuses.contains(&order["status"].as_i64()?).then_some(())
            },
        )
        .await;
    }
}

/// Everybody who buys while processes die.
pub(super) struct Crowd {
    sandbox: SandboxClient,
    wanted: i64,
    kept: i64,
    /// Buyers with an address, waiting for their turn: they came before anything was armed.
    waiting: Vec<(Buyer, i64)>,
    errands: JoinSet<Option<Acknowledged>>,
}

impl Crowd {
    /// `size` buyers who come for the SKU `wanted` and leave `kept` in their carts.
    pub(super) async fn gather(shop: &Shop, size: usize, [wanted, kept]: [i64; 2]) -> Self {
        let mut waiting = Vec::new();
        for _ in 0..size {
            let buyer = Buyer::register_without_code(&shop.api).await;
            let address_id = buyer.add_address().await;
            waiting.push((buyer, address_id));
        }
        Self {
            sandbox: shop.sandbox.clone(),
            wanted,
            kept,
            waiting,
            errands: JoinSet::new(),
        }
    }

    /// Sends a buyer on an errand.
    pub(super) async fn set_out(&mut self, errand: Errand, shop: &Shop) {
        let (sandbox, wanted, kept) = (self.sandbox.clone(), self.wanted, self.kept);
        let (buyer, address_id) = self.waiting.pop().expect("enough buyers");
        let one = buyer.buy_now(address_id, wanted, 1);
        match errand {
            Errand::BuyFromCart => {
                let order = buyer.order_cart(address_id);
                self.errands
                    .spawn(buy_from_cart(buyer, order, sandbox, [wanted, kept]))
            }
            Errand::ConfirmReceipt => {
                let order_id = be_sent_a_parcel(&buyer, one, shop).await;
                self.errands.spawn(confirm_receipt(buyer, order_id))
            }
            Errand::WantTooMuch => {
                let order = buyer.buy_now(address_id, wanted, IN_STOCK + 1);
                self.errands.spawn(want_too_much(buyer, order))
            }
            Errand::LeaveUnpaid => self.errands.spawn(leave_unpaid(buyer, one)),
            Errand::PayUnheard => self.errands.spawn(pay_unheard(buyer, one, sandbox)),
        };
    }

    /// Waits until everybody is done; what they were promised.
    pub(super) async fn come_home(&mut self) -> Vec<Acknowledged> {
        let errands = std::mem::take(&mut self.errands);
        errands.join_all().await.into_iter().flatten().collect()
    }
}

async fn buy_from_cart(
    buyer: Buyer,
    order: Call,
    sandbox: SandboxClient,
    [wanted, kept]: [i64; 2],
) -> Option<Acknowledged> {
    let path = format!("/v1/carts/{}", buyer.username);
    for sku in [wanted, kept] {
        let add = Call::post(&path, json!({"sku_id": sku, "count": 1})).by(&buyer.token);
        until(&buyer, add, 200).await;
    }
    let unselect = Call::put(&path, json!({"sku_id": kept, "state": "unselect"})).by(&buyer.token);
    until(&buyer, unselect, 200).await;
    let (order_id, pay_url) = place(&buyer, order).await;
    sandbox.pay_whatever_happens(&order_id, &pay_url).await;
    assert_cart_holds(&buyer, kept).await;
    Some(Acknowledged {
        buyer,
        order_id,
        statuses: &[2],
    })
}

/// What was not bought stays, and nothing else.
async fn assert_cart_holds(buyer: &Buyer, kept: i64) {
    let list = Call::get(format!("/v1/carts/{}", buyer.username)).by(&buyer.token);
    let cart = until(buyer, list, 200).await;
    let ids: Vec<i64> = cart["data"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|line| line["id"].as_i64())
        .collect();
    assert_eq!(ids, [kept], "{cart}");
}

async fn be_sent_a_parcel(buyer: &Buyer, order: Call, shop: &Shop) -> String {
    let (order_id, pay_url) = place(buyer, order).await;
    shop.sandbox.pay_whatever_happens(&order_id, &pay_url).await;
    poll::eventually(format!("{order_id} is paid"), || async {
        buyer.order(&order_id).await.filter(|order| order["status"] == 2)
    })
    .await;
    staff::ship(&shop.stores, &order_id).await;
    order_id
}

async fn confirm_receipt(buyer: Buyer, order_id: String) -> Option<Acknowledged> {
    let path = format!("/v1/orders/{}", buyer.username);
    let confirm = Call::put(path, json!({"order_id": order_id})).by(&buyer.token);
    buyer.api.call_until_answered(confirm).await;
    Some(Acknowledged {
        buyer,
        order_id,
        statuses: &[4],
    })
}

async fn want_too_much(buyer: Buyer, order: Call) -> Option<Acknowledged> {
    order_until(&buyer, order, 10401).await;
    None
}

async fn leave_unpaid(buyer: Buyer, order: Call) -> Option<Acknowledged> {
    let (order_id, _) = place(&buyer, order).await;
    Some(Acknowledged {
        buyer,
        order_id,
        statuses: &[12],
    })
}

/// Pays, but the shop hears nothing of it until the order is cancelled: the money must go back.
async fn pay_unheard(buyer: Buyer, order: Call, sandbox: SandboxClient) -> Option<Acknowledged> {
    sandbox.turn(json!({"notify": "off", "query": "error"})).await;
    let (order_id, pay_url) = place(&buyer, order).await;
    sandbox.pay_whatever_happens(&order_id, &pay_url).await;
    // A sandbox that died with the shop comes back with its switches on: then the order may be paid in time.
    poll::within(
        ERRAND_LIMIT,
        format!("{order_id} is cancelled or paid"),
        || async {
            let list = buyer.api.try_call(buyer.list_orders(0)).await.ok()?;
            let status = list["data"]["orders_list"][0]["status"].as_i64()?;
            [2, 12].contains(&status).then_some(())
        },
    )
    .await;
    poll::eventually("the sandbox speaks again", || async {
        let is_on = sandbox.try_turn(&json!({"notify": "on", "query": "on"})).await;
        (is_on && sandbox.hurry().await).then_some(())
    })
    .await;
    Some(Acknowledged {
        buyer,
        order_id,
        statuses: &[2, 12],
    })
}

/// The order's id, and where to pay it. Its buyer is sent to our own page when the cashier's address could not be had,
/// and that page asks again.
async fn place(buyer: &Buyer, order: Call) -> (String, String) {
    let (order_id, pay_url) = order_id_and_pay_url(&order_until(buyer, order, 200).await["data"]);
    if pay_url.contains(CASHIER) {
        return (order_id, pay_url);
    }
    let ask = buyer.pay_order(&order_id);
    poll::within(ERRAND_LIMIT, format!("{order_id} can be paid"), || async {
        let answer = buyer.api.call_until_answered(ask.clone()).await;
        let is_payable = answer["data"]["pay_url"]
            .as_str()
            .is_some_and(|url| url.contains(CASHIER));
        is_payable.then(|| order_id_and_pay_url(&answer["data"]))
    })
    .await
}

/// Sends the order, always with the same key, until the answer has `code`.
async fn order_until(buyer: &Buyer, order: Call, code: i64) -> Value {
    until(buyer, order.keyed(&fresh_key()), code).await
}

/// Calls until the answer has `code`: whatever else is answered meanwhile is no result yet.
async fn until(buyer: &Buyer, call: Call, code: i64) -> Value {
    let deadline = Instant::now() + ERRAND_LIMIT;
    loop {
        let answer = buyer.api.call_until_answered(call.clone()).await;
        if answer["code"] == code {
            return answer;
        }
        assert!(
            Instant::now() < deadline,
            "{call:?} is answered with {answer}, not {code}"
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
