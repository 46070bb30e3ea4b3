//! Claiming: one INSERT gives a checkout its order id and, where there is one, its key.

use std::sync::PoisonError;

use chrono::TimeDelta;
use common::contracts::ids::OrderId;
use common::db::retry_transient;
use sha2::{Digest, Sha256};

use super::plan::Plan;
use super::{OrderRequest, Settlement};
use crate::domain::order_id::{lower_bound, order_id, second_of, shop_second};
use crate::error::OrderError;
use crate::state::AppState;
use crate::store::orders;
use crate::store::requests::{self, Claim, Inserted, NewOrder};

/// Tries to find a free second; each learns of the newest one taken.
const ID_TRIES: u32 = 100;

/// How much longer than it may an order can stay unpaid, because a job is late or pays-svc silent.
const UNPAID_SLACK: TimeDelta = TimeDelta::hours(1);

/// What became of a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claimed {
    /// The order exists as `creating`.
    New(OrderId),
    /// An earlier request has the key.
    Before,
}

/// The claim of a request. A purchase past the cart without a key gets one of its own meaning, so that a double
/// click is one order; the cart needs none, because its lines can be taken only once (reliability §5.4).
pub fn of(state: &AppState, request: &OrderRequest) -> Option<Claim> {
    let meaning = match request.settlement {
        Settlement::Cart => format!("to {} from cart", request.address_id),
        Settlement::BuyNow(line) => format!("to {}: {} of {}", request.address_id, line.count, line.sku_id),
    };
    let request_hash = sha256(&meaning);
    let key = match (&request.key, request.settlement) {
        (Some(key), _) => sha256(&format!("key {key}")),
        (None, Settlement::Cart) => return None,
        (None, Settlement::BuyNow(_)) => {
            let window = state.settings.double_click.num_seconds();
            let bucket = state.clock.now().timestamp().checked_div(window)?;
            sha256(&format!("within {window} s of {bucket}: {meaning}"))
        }
    };
    Some(Claim { key, request_hash })
}

/// Inserts the order as `creating`, with the first id that is free from now on.
pub async fn claim(state: &AppState, plan: &Plan, claim: Option<&Claim>) -> Result<Claimed, OrderError> {
    let order = NewOrder {
        user_id: plan.user_id,
        delivery: &plan.delivery,
        wanted: &plan.lines,
        claim,
        at: plan.at,
    };
    let last_seconds = || state.last_seconds.lock().unwrap_or_else(PoisonError::into_inner);
    for _ in 0..ID_TRIES {
        let second = last_seconds().next(plan.user_id, shop_second(plan.at));
        let id = order_id(second, plan.user_id)?;
        // Requests with the same key deadlock now and then over it.
        let inserted = retry_transient(|| requests::insert(state.db.writer(), &id, &order)).await?;
        if inserted == Inserted::Done {
            return Ok(Claimed::New(id));
        }
        if let Some(claim) = claim
            && requests::find_claimed(state.db.reader(), plan.user_id, &claim.key)
                .await?
                .is_some()
        {
            last_seconds().forget(plan.user_id);
            return Ok(Claimed::Before);
        }
        let newest = orders::newest_id(state.db.reader(), plan.user_id).await?;
        if let Some(taken) = newest.as_ref().and_then(second_of) {
            last_seconds().learn(plan.user_id, taken);
        }
    }
    Err(OrderError::NoFreeId)
}

/// Takes a claim back whose buyer has as many unpaid orders as one may have: each keeps stock from others (reliability
/// §5.1). Asked once the claim counts for others, so that of several that come at the same time none too many stays.
pub async fn require_few_unpaid(state: &AppState, plan: &Plan, id: &OrderId) -> Result<(), OrderError> {
    let settings = &state.settings;
    let Some(limit) = settings.max_unpaid else {
        return Ok(());
    };
    let oldest = lower_bound(plan.at - settings.pay_timeout - settings.silence_timeout - UNPAID_SLACK);
    let most = u64::try_from(limit).unwrap_or(u64::MAX);
    let unpaid = requests::unpaid(state.db.reader(), (plan.user_id, id), &oldest, most).await?;
    if unpaid < limit {
        return Ok(());
    }
    requests::withdraw(state.db.writer(), id).await?;
    Err(OrderError::TooManyUnpaid(limit))
}

fn sha256(text: &str) -> String {
    Sha256::digest(text)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
