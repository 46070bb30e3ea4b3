//! orders-svc wants money to go back: the refund is noted down, or refused when there is no such money.

use common::contracts::events::orders::RefundRequested;
use common::contracts::events::pays::RefundRefused;
use common::db::{begin_write, retry_transient};
use common::money::Fen;
use common::{inbox, outbox};
use uuid::Uuid;

use super::note_refund::{note_refund, out_request_no};
use crate::domain::refund::{Refund, RefundStatus};
use crate::error::PayError;
use crate::state::AppState;

/// This consumer in the inbox.
const CONSUMER: &str = "request_refund";

/// Notes down the refund that the event `event_id` asks for, once. One that has a number of its own and no money to be
/// paid from is refused, and orders-svc is told; without a number there is nobody to tell, and it is an error.
pub(crate) async fn request_refund(
    state: &AppState,
    event_id: Uuid,
    request: &RefundRequested,
) -> Result<(), PayError> {
    let order = &request.order_id;
    match retry_transient(|| note_down(state, event_id, request)).await {
        Ok(true) => {
            tracing::info!(order.id = %order, reason = ?request.reason, "refund for order {order} noted down");
            state.refund_wake.notify_one();
            Ok(())
        }
        Ok(false) => Ok(()),
        Err(error @ PayError::RefundUnfounded { .. }) if request.refund_no.is_some() => {
            tracing::error!(order.id = %order, ?error, "refund for order {order} refused: {error}");
            Ok(retry_transient(|| refuse(state, event_id, request)).await?)
        }
        Err(error) => Err(error),
    }
}

async fn note_down(state: &AppState, event_id: Uuid, request: &RefundRequested) -> Result<bool, PayError> {
    let now = state.clock.now();
    let refund = Refund {
        out_request_no: match &request.refund_no {
            Some(given) => given.clone(),
            None => out_request_no(&request.trade_no, request.reason),
        },
        refund_no: request.refund_no.clone(),
        trade_no: request.trade_no.clone(),
        order_id: request.order_id.clone(),
        amount: request.amount,
        reason: request.reason,
        status: RefundStatus::New,
        tries: 0,
        next_at: now,
        failure: None,
        refunded_at: None,
        created_at: now,
    };
    if refund.amount <= Fen::ZERO || !is_request_no(&refund.out_request_no) {
        return Err(unfounded(request));
    }
    let txn = begin_write(&state.db).await?;
    if !inbox::first_time(&txn, CONSUMER, event_id, now).await? {
        return Ok(false);
    }
    let is_new = note_refund(&txn, &refund).await?;
    txn.commit().await?;
    Ok(is_new)
}

/// What the provider takes for a number.
fn is_request_no(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

fn unfounded(request: &RefundRequested) -> PayError {
    PayError::RefundUnfounded {
        order_id: request.order_id.clone(),
        trade_no: request.trade_no.clone(),
        amount: request.amount,
    }
}

async fn refuse(state: &AppState, event_id: Uuid, request: &RefundRequested) -> Result<(), sea_orm::DbErr> {
    let now = state.clock.now();
    let txn = begin_write(&state.db).await?;
    if !inbox::first_time(&txn, CONSUMER, event_id, now).await? {
        return Ok(());
    }
    let event = RefundRefused {
        order_id: request.order_id.clone(),
        trade_no: request.trade_no.clone(),
        amount: request.amount,
        refund_no: request.refund_no.clone(),
        cause: "so much is not left of the money that came".into(),
    };
    outbox::add(&txn, now, &event).await?;
    txn.commit().await
}
