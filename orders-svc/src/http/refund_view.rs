//! How a refund is shown, to buyers and to staff.

use common::clock::shop_text;
use common::contracts::ids::OrderId;
use common::money::Fen;
use serde::Serialize;

use crate::domain::refund::Refund;

/// A refund.
#[derive(Serialize)]
pub(super) struct RefundView {
    refund_no: String,
    order_id: OrderId,
    amount: Fen,
    /// `asked`, `sent`, `done`, `refused` or `declined`.
    status: &'static str,
    reason: String,
    /// Times on the shop's clock.
    asked_at: String,
    changed_at: String,
}

impl From<Refund> for RefundView {
    fn from(refund: Refund) -> Self {
        Self {
            refund_no: refund.refund_no,
            order_id: refund.order_id,
            amount: refund.amount,
            status: refund.status.word(),
            reason: refund.reason,
            asked_at: shop_text(refund.created_at),
            changed_at: shop_text(refund.updated_at),
        }
    }
}
