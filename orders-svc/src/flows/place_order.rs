//! Places an order: the saga over users, carts, goods, pays and our own two writes.
//!
//! 1. [`plan`]: address, selected lines and cart count are read, side by side.
//! 2. [`claim`]: one INSERT claims order id and key; from here on the order exists as `creating`.
//! 3. [`checkout`]: lines taken, stock reserved, payment registered, and one transaction that makes it `pending`.
//!
//! Whatever fails on the way is undone by [`undo`], at once or by the job that heals half-made orders. Only the
//! compare-and-set at the end decides; what the other services hold for an order id can be given back at any time.

mod checkout;
mod claim;
mod plan;
mod replay;
mod undo;

use std::time::Duration;

use common::contracts::ids::{AddressId, OrderId, UserId};
use common::money::Fen;
use common::{crashpoint, deadline};
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use crate::domain::order::WantedLine;
use crate::error::OrderError;
use crate::state::AppState;
use claim::Claimed;

pub use plan::carts_count;
pub use undo::{HalfMade, Held, undo};

/// Sum of all calls that one order may wait for; with what undoing it may take, 8 s (reliability §5.12).
const BUDGET: Duration = Duration::from_secs(6);
/// How long a buyer's page waits for an order, giving back what came to nothing not counted.
const PATIENCE: Duration = Duration::from_millis(7500);
/// How long of that an order may wait for its turn.
const WAIT_IN_LINE: Duration = Duration::from_secs(5);
/// How long a repeated request waits for the first one.
const WAIT_FOR_FIRST: Duration = Duration::from_secs(2);

/// Where the lines of an order come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settlement {
    /// The selected lines of the cart.
    Cart,
    /// One SKU, past the cart.
    BuyNow(WantedLine),
}

/// A request for an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderRequest {
    /// Who buys.
    pub user_id: UserId,
    /// Where it goes.
    pub address_id: AddressId,
    /// What is bought.
    pub settlement: Settlement,
    /// The `Idempotency-Key` that came with it.
    pub key: Option<String>,
}

/// An order that waits for payment, as its buyer is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlacedOrder {
    /// The order.
    pub order_id: OrderId,
    /// To be paid, freight included.
    pub total: Fen,
    /// Where to pay it.
    pub pay_url: String,
    /// Distinct SKUs left in the cart.
    pub carts_count: usize,
}

/// Places the order, or finds the one that the same request placed before.
///
/// So many at a time: a crowd would make every call of every order late, and all of them fail, where one after the
/// other they all succeed.
pub async fn place_order(state: &AppState, request: &OrderRequest) -> Result<PlacedOrder, OrderError> {
    let arrived = Instant::now();
    let Ok(place) = tokio::time::timeout(WAIT_IN_LINE, state.checkouts.acquire()).await else {
        return Err(OrderError::Crowded);
    };
    let budget = BUDGET.min(PATIENCE.saturating_sub(arrived.elapsed()));
    let placed = deadline::scope(deadline::within(budget), place_or_replay(state, request)).await;
    drop(place);
    placed
}

async fn place_or_replay(state: &AppState, request: &OrderRequest) -> Result<PlacedOrder, OrderError> {
    let claim = claim::of(state, request);
    let planned = plan::plan(state, request).await;
    let give_up = Instant::now() + WAIT_FOR_FIRST;
    let first = async || replay::answer_of_first(state, request.user_id, claim.as_ref(), give_up).await;
    let mut plan = match planned {
        Ok(plan) => plan,
        // The first request with this key may have emptied the cart that this one looked at.
        Err(refusal) => return first().await?.ok_or(refusal),
    };
    loop {
        if let Claimed::New(order_id) = claim::claim(state, &plan, claim.as_ref()).await? {
            crashpoint!("place_order_after_claim");
            claim::require_few_unpaid(state, &plan, &order_id).await?;
            let outcome = checkout::checkout(state, &plan, claim.as_ref(), &order_id).await;
            match plan::without_dead_lines(state, &plan, &outcome).await {
                Some(rest) => plan = rest,
                None => return outcome,
            }
            continue;
        }
        match first().await? {
            Some(placed) => return Ok(placed),
            None if Instant::now() < give_up => {} // It came to nothing and freed the key: our turn.
            None => return Err(OrderError::InProgress),
        }
    }
}
