//! `GET /v1/staff/pays/payments/{order_id}`: all that is known of the money of an order.

use actix_web::web::{Data, Path};
use common::clock::shop_text;
use common::contracts::ids::OrderId;
use common::error_reply::Failure;
use common::identity::Staff;
use common::money::Fen;
use common::reply::{self, Reply};
use serde::Serialize;

use super::staff_list_payments::PaymentRow;
use super::staff_list_refunds::RefundRow;
use crate::domain::trade::{Receipt, ReceiptSource};
use crate::flows::show_payment::{Dossier, show_payment};
use crate::state::AppState;
use crate::store::ledger;
use crate::store::notify_log::Logged;
use crate::store::staff_acts::Done;

/// What came and went, by whose word, and what the ledger says.
pub(crate) async fn show(
    _: Staff,
    state: Data<AppState>,
    order_id: Path<OrderId>,
) -> Result<Reply<DossierView>, Failure> {
    let dossier = show_payment(&state, &order_id).await?;
    Ok(reply::ok(DossierView::from(&dossier)))
}

/// The whole of it.
#[derive(Debug, Serialize)]
pub(crate) struct DossierView {
    payment: PaymentRow,
    transactions: Vec<TransactionRow>,
    refunds: Vec<RefundRow>,
    notifies: Vec<NotifyRow>,
    staff_acts: Vec<ActRow>,
    ledger: Vec<LedgerRow>,
}

#[derive(Debug, Serialize)]
struct ActRow {
    username: String,
    action: String,
    reason: String,
    at: String,
}

#[derive(Debug, Serialize)]
struct TransactionRow {
    trade_no: String,
    amount: Fen,
    refund_total: Fen,
    source: &'static str,
    paid_at: String,
}

#[derive(Debug, Serialize)]
struct NotifyRow {
    raw: String,
    verdict: String,
    last_verdict: String,
    times: i32,
    at: String,
}

#[derive(Debug, Serialize)]
struct LedgerRow {
    movement: String,
    side: &'static str,
    account: String,
    amount: Fen,
    moved_at: String,
}

impl From<&Dossier> for DossierView {
    fn from(dossier: &Dossier) -> Self {
        Self {
            payment: PaymentRow::from(&dossier.payment),
            transactions: dossier.transactions.iter().map(TransactionRow::from).collect(),
            refunds: dossier.refunds.iter().map(RefundRow::from).collect(),
            notifies: dossier.notifies.iter().map(NotifyRow::from).collect(),
            staff_acts: dossier.acts.iter().map(ActRow::from).collect(),
            ledger: dossier.ledger.iter().map(LedgerRow::from).collect(),
        }
    }
}

impl From<&Done> for ActRow {
    fn from(done: &Done) -> Self {
        Self {
            username: done.username.clone(),
            action: done.action.clone(),
            reason: done.reason.clone(),
            at: shop_text(done.at),
        }
    }
}

impl From<&(Receipt, Fen)> for TransactionRow {
    fn from((receipt, refund_total): &(Receipt, Fen)) -> Self {
        Self {
            trade_no: receipt.trade_no.clone(),
            amount: receipt.amount,
            refund_total: *refund_total,
            source: match receipt.source {
                ReceiptSource::Notify => "notify",
                ReceiptSource::Query => "query",
            },
            paid_at: shop_text(receipt.paid_at),
        }
    }
}

impl From<&Logged> for NotifyRow {
    fn from(logged: &Logged) -> Self {
        Self {
            raw: logged.raw.clone(),
            verdict: logged.verdict.clone(),
            last_verdict: logged.last_verdict.clone(),
            times: logged.times,
            at: shop_text(logged.at),
        }
    }
}

impl From<&ledger::Row> for LedgerRow {
    fn from(row: &ledger::Row) -> Self {
        Self {
            movement: row.movement.clone(),
            side: row.side,
            account: row.account.clone(),
            amount: row.amount,
            moved_at: shop_text(row.moved_at),
        }
    }
}
