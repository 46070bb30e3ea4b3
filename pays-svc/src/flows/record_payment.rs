//! THE one place that says "paid": verified money of exactly the registered sum, recorded once per trade.

use chrono::{DateTime, Utc};
use common::contracts::events::pays::PaymentSucceeded;
use common::db::WriteTxn;
use common::outbox;

use crate::domain::ledger::Movement;
use crate::domain::payment::{Payment, PaymentAction};
use crate::domain::trade::{Receipt, ReceiptSource, Trade};
use crate::error::PayError;
use crate::store::{ledger, payments, transactions};

/// Whether money was news.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Recorded {
    /// It was; orders-svc is told.
    New(Receipt),
    /// It was recorded before; nothing changed.
    Known(Receipt),
}

impl Recorded {
    /// The money, new or known.
    pub(crate) fn receipt(self) -> Receipt {
        match self {
            Self::New(receipt) | Self::Known(receipt) => receipt,
        }
    }
}

/// What a trade would bring in, if the provider speaks of the sum that the order costs, to the fen (contract P2).
pub(crate) fn receipt_of(
    payment: &Payment,
    trade: &Trade,
    source: ReceiptSource,
    now: DateTime<Utc>,
) -> Result<Receipt, PayError> {
    if trade.amount != payment.amount {
        return Err(PayError::AmountMismatch {
            order_id: payment.order_id.clone(),
            expected: payment.amount,
            found: trade.amount,
        });
    }
    Ok(Receipt {
        order_id: payment.order_id.clone(),
        trade_no: trade.trade_no.clone(),
        amount: trade.amount,
        source,
        paid_at: trade.paid_at.unwrap_or(now),
    })
}

/// Records verified money in `txn`. A second trade of one order, and money for a closed one, are recorded and told
/// like any other: whether an order may keep its money is for orders-svc to say, which else sends it back.
pub(crate) async fn record_payment(
    txn: &WriteTxn,
    receipt: Receipt,
    now: DateTime<Utc>,
) -> Result<Recorded, PayError> {
    if !transactions::add(txn, &receipt, now).await? {
        return known(txn, receipt).await;
    }
    ledger::add(txn, &Movement::of_receipt(&receipt), now).await?;
    // No row moves for a second trade of a paid order: its payment stays as it is.
    payments::take_step(txn, &receipt.order_id, PaymentAction::Pay, now).await?;
    let event = PaymentSucceeded {
        order_id: receipt.order_id.clone(),
        trade_no: receipt.trade_no.clone(),
        amount: receipt.amount,
        paid_at: receipt.paid_at,
    };
    outbox::add(txn, now, &event).await?;
    Ok(Recorded::New(receipt))
}

/// The same trade may only ever be presented for the same order and sum.
async fn known(txn: &WriteTxn, receipt: Receipt) -> Result<Recorded, PayError> {
    match transactions::find(txn, &receipt.trade_no).await? {
        Some(before) if before.order_id == receipt.order_id && before.amount == receipt.amount => {
            Ok(Recorded::Known(before))
        }
        before => Err(PayError::TradeOfAnotherOrder {
            recorded_for: before.map_or_else(|| receipt.order_id.clone(), |before| before.order_id),
            order_id: receipt.order_id,
            trade_no: receipt.trade_no,
        }),
    }
}
