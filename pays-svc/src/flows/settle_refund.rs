//! The provider says that a refund was carried out: it is done, and orders-svc is told, once.

use chrono::{DateTime, Utc};
use common::contracts::events::pays::PaymentRefunded;
use common::db::WriteTxn;
use common::outbox;
use sea_orm::DbErr;

use crate::domain::refund::{Refund, RefundAction};
use crate::store::refunds;

/// Marks `refund` done in `txn`. False when it was done before: nothing changed.
pub(crate) async fn settle_refund(
    txn: &WriteTxn,
    refund: &Refund,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    if !refunds::take_step(txn, &refund.out_request_no, RefundAction::Confirm, now).await? {
        return Ok(false);
    }
    let event = PaymentRefunded {
        order_id: refund.order_id.clone(),
        trade_no: refund.trade_no.clone(),
        amount: refund.amount,
        refund_no: refund.refund_no(),
    };
    outbox::add(txn, now, &event).await?;
    Ok(true)
}
