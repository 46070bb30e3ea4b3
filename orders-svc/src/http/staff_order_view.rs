//! How an order is shown to staff, in lists and by itself.

use common::clock::shop_text;
use common::contracts::ids::{OrderId, UserId};
use common::money::Fen;
use serde::Serialize;

use crate::domain::order::Order;

/// An order without its lines.
#[derive(Serialize)]
pub(super) struct StaffOrderView {
    order_id: OrderId,
    user_id: UserId,
    status: i16,
    total_amount: Fen,
    freight: Fen,
    total_count: i64,
    refunded_amount: Fen,
    receiver: String,
    address: String,
    mobile: String,
    trade_no: Option<String>,
    carrier: Option<String>,
    tracking_no: Option<String>,
    /// On the shop's clock.
    order_time: String,
}

impl From<Order> for StaffOrderView {
    fn from(order: Order) -> Self {
        let (carrier, tracking_no) = order
            .parcel
            .map(|parcel| (parcel.carrier, parcel.tracking_no))
            .unzip();
        Self {
            order_id: order.id,
            user_id: order.user_id,
            status: order.status.number(),
            total_amount: order.totals.amount,
            freight: order.totals.freight,
            total_count: order.totals.count,
            refunded_amount: order.refunded,
            receiver: order.delivery.receiver,
            address: order.delivery.address,
            mobile: order.delivery.mobile,
            trade_no: order.trade_no,
            carrier,
            tracking_no,
            order_time: shop_text(order.created_at),
        }
    }
}
