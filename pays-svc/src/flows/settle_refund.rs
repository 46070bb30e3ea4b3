//! Money went back: the refund is done, the ledger has it, and orders-svc is told, once.

use chrono::{DateTime, Utc};
use common::contracts::events::pays::PaymentRefunded;
use common::db::WriteTxn;
use common::outbox;
use sea_orm::DbErr;

use crate::domain::ledger::{Account, Movement};
use crate::domain::refund::Refund;
use crate::store::{ledger, refunds};

/// Marks `refund` done in `txn`: paid back out of `from`, at `at`. False when it was done before: nothing changed.
pub(crate) async fn settle_refund(
    txn: &WriteTxn,
    refund: &Refund,
    (from, at): (Account, DateTime<Utc>),
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    if !refunds::confirm(txn, &refund.out_request_no, at, now).await? {
        return Ok(false);
    }
    ledger::add(txn, &Movement::of_refund(refund, from, at), now).await?;
    let event = PaymentRefunded {
        order_id: refund.order_id.clone(),
        trade_no: refund.trade_no.clone(),
        amount: refund.amount,
        refund_no: refund.refund_no.clone(),
    };
    outbox::add(txn, now, &event).await?;
    Ok(true)
}
