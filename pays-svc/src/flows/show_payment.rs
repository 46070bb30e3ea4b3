//! Puts together all that is known of the money of an order, for a member of staff.

use common::contracts::ids::OrderId;
use common::money::Fen;

use crate::domain::payment::Payment;
use crate::domain::refund::Refund;
use crate::domain::trade::Receipt;
use crate::error::PayError;
use crate::state::AppState;
use crate::store::notify_log::Logged;
use crate::store::staff_acts::Done;
use crate::store::{ledger, notify_log, payments, refunds, staff_acts, transactions};

/// All that is known.
pub(crate) struct Dossier {
    /// What the order is to bring in.
    pub(crate) payment: Payment,
    /// What came, and how much of each went back or is on its way.
    pub(crate) transactions: Vec<(Receipt, Fen)>,
    /// What goes back.
    pub(crate) refunds: Vec<Refund>,
    /// What the provider told us.
    pub(crate) notifies: Vec<Logged>,
    /// What members of staff did to its refunds.
    pub(crate) acts: Vec<Done>,
    /// What the ledger has.
    pub(crate) ledger: Vec<ledger::Row>,
}

/// Refuses an order that never asked for money.
pub(crate) async fn show_payment(state: &AppState, order_id: &OrderId) -> Result<Dossier, PayError> {
    let (db, order) = (state.db.reader(), order_id.as_str());
    let payment = payments::find(db, order).await?;
    let refunds = refunds::of_order(db, order).await?;
    let mut acts = Vec::new();
    for refund in &refunds {
        acts.extend(staff_acts::of(db, &refund.out_request_no).await?);
    }
    Ok(Dossier {
        payment: payment.ok_or_else(|| PayError::OrderUnknown(order.to_owned()))?,
        transactions: transactions::of_order(db, order).await?,
        refunds,
        acts,
        notifies: notify_log::of_order(db, order).await?,
        ledger: ledger::of_order(db, order).await?,
    })
}
