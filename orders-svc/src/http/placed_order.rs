//! How an order that waits for payment is shown, placed just now or before (contract O2, O4).

use common::contracts::ids::OrderId;
use common::money::Fen;
use serde::Serialize;

use crate::flows::place_order::PlacedOrder;

/// Who sells.
const SELLER: &str = "达达商城";

/// `data` of the answer.
#[derive(Serialize)]
pub struct PlacedOrderView {
    saller: &'static str, // the pages' spelling
    total_amount: Fen,
    order_id: OrderId,
    pay_url: String,
    carts_count: usize,
}

impl From<PlacedOrder> for PlacedOrderView {
    fn from(order: PlacedOrder) -> Self {
        Self {
            saller: SELLER,
            total_amount: order.total,
            order_id: order.order_id,
            pay_url: order.pay_url,
            carts_count: order.carts_count,
        }
    }
}
