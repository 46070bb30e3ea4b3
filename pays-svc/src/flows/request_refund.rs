//! orders-svc says that money may not be kept: note down the refund, under a number that it will keep for ever.

use common::contracts::events::orders::{RefundReason, RefundRequested};
use common::db::{begin_write, retry_transient};
use common::inbox;
use common::money::Fen;
use ring::digest::{SHA256, digest};
use uuid::Uuid;

use crate::domain::refund::{Refund, RefundStatus, reason_name};
use crate::error::PayError;
use crate::state::AppState;
use crate::store::{refunds, transactions};

/// This consumer in the inbox.
const CONSUMER: &str = "request_refund";

/// Hex digits of the digest in a request number; with its letter well below the provider's 64.
const REQUEST_NO_DIGITS: usize = 40;

/// Notes down the refund that the event `event_id` asks for, once.
pub(crate) async fn request_refund(
    state: &AppState,
    event_id: Uuid,
    request: &RefundRequested,
) -> Result<(), PayError> {
    require_money(state, request).await?;
    if retry_transient(|| note_down(state, event_id, request)).await? {
        let order = &request.order_id;
        tracing::info!(order.id = %order, reason = ?request.reason, "refund for order {order} noted down");
        state.refund_wake.notify_one();
    }
    Ok(())
}

/// Only money that came can go back.
async fn require_money(state: &AppState, request: &RefundRequested) -> Result<(), PayError> {
    let receipt = transactions::find(state.db.reader(), &request.trade_no).await?;
    let is_founded = receipt.is_some_and(|receipt| {
        receipt.order_id == request.order_id && Fen::ZERO < request.amount && request.amount <= receipt.amount
    });
    if is_founded {
        Ok(())
    } else {
        Err(PayError::RefundUnfounded {
            order_id: request.order_id.clone(),
            trade_no: request.trade_no.clone(),
            amount: request.amount,
        })
    }
}

async fn note_down(state: &AppState, event_id: Uuid, request: &RefundRequested) -> Result<bool, PayError> {
    let now = state.clock.now();
    let refund = Refund {
        out_request_no: match &request.refund_no {
            Some(refund_no) => refund_no.clone(),
            None => out_request_no(&request.trade_no, request.reason),
        },
        trade_no: request.trade_no.clone(),
        order_id: request.order_id.clone(),
        amount: request.amount,
        reason: request.reason,
        status: RefundStatus::New,
        tries: 0,
        next_at: now,
    };
    let txn = begin_write(&state.db).await?;
    if !inbox::first_time(&txn, CONSUMER, event_id, now).await? {
        return Ok(false);
    }
    let is_new = refunds::add(&txn, &refund, now).await?;
    txn.commit().await?;
    Ok(is_new)
}

/// The number of the refund of `trade_no` for `reason`: always the same one, whoever asks and however often.
fn out_request_no(trade_no: &str, reason: RefundReason) -> String {
    let text = format!("{trade_no}|{}", reason_name(reason));
    let hash = digest(&SHA256, text.as_bytes());
    let hex: String = hash.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("R{}", &hex[..REQUEST_NO_DIGITS])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refund_has_one_number_for_ever() {
        let number = out_request_no("2026112122001", RefundReason::Late);
        assert_eq!(number, "R6c11957e3c38b9342e53c27bfca86d1617715f64");
        assert_ne!(number, out_request_no("2026112122001", RefundReason::Duplicate));
        assert_ne!(number, out_request_no("2026112122002", RefundReason::Late));
    }
}
