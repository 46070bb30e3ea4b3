//! Planning: what other services must say before an order can be claimed.

use std::time::Duration;

use chrono::{DateTime, Utc};
use common::contracts::ids::UserId;
use common::contracts::internal_apis::carts::CartSummary;
use common::contracts::internal_apis::users::Address;
use common::deadline;

use super::{OrderRequest, PlacedOrder, Settlement};
use crate::domain::order::{Delivery, WantedLine, checked_lines};
use crate::error::OrderError;
use crate::state::AppState;

/// How long anybody waits for the number on the cart's badge.
const BADGE_TIMEOUT: Duration = Duration::from_millis(300);

/// All that is known before the first write.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Who buys.
    pub user_id: UserId,
    /// Where it goes.
    pub delivery: Delivery,
    /// Where the lines come from.
    pub settlement: Settlement,
    /// What is bought, ascending by SKU.
    pub lines: Vec<WantedLine>,
    /// Now.
    pub at: DateTime<Utc>,
    /// Until when the order can be paid.
    pub pay_deadline: DateTime<Utc>,
}

/// Reads address and cart side by side.
pub async fn plan(state: &AppState, request: &OrderRequest) -> Result<Plan, OrderError> {
    let address = state.users.get_address(request.user_id, request.address_id);
    let (address, lines) = tokio::join!(address, wanted(state, request));
    let address = address?.ok_or(OrderError::AddressNotFound)?;
    let at = state.clock.now();
    Ok(Plan {
        user_id: request.user_id,
        delivery: delivery(address),
        settlement: request.settlement,
        lines: checked_lines(lines?)?,
        at,
        pay_deadline: at + state.settings.pay_timeout,
    })
}

async fn wanted(state: &AppState, request: &OrderRequest) -> Result<Vec<WantedLine>, OrderError> {
    match request.settlement {
        Settlement::Cart => selected(&state.carts.get_cart(request.user_id).await?),
        Settlement::BuyNow(line) => Ok(vec![line]),
    }
}

/// The plan again without the SKUs that are not for sale any more, when these are why a cart could not be bought: the
/// cart shows them as unavailable, and they do not stand in the way of the rest. `None` when there is nothing to save.
pub async fn without_dead_lines(
    state: &AppState,
    plan: &Plan,
    outcome: &Result<PlacedOrder, OrderError>,
) -> Option<Plan> {
    let Err(OrderError::NotLaunched { sku_id: dead }) = outcome else {
        return None;
    };
    if plan.settlement != Settlement::Cart {
        return None;
    }
    let ids = plan.lines.iter().map(|line| line.sku_id).collect();
    let known = state.goods.query_skus(ids).await.ok()?;
    let is_alive = |line: &&WantedLine| {
        let is_launched = known.iter().any(|sku| sku.id == line.sku_id && sku.is_launched);
        is_launched && line.sku_id != *dead
    };
    let lines: Vec<WantedLine> = plan.lines.iter().filter(is_alive).copied().collect();
    let rest = Plan {
        lines,
        ..plan.clone()
    };
    Some(rest).filter(|rest| !rest.lines.is_empty())
}

/// The number on the cart's badge; zero when it cannot be had soon, for nobody loses an order, or waits for one, over
/// it.
pub async fn carts_count(state: &AppState, user: UserId) -> usize {
    let limit = deadline::within(BADGE_TIMEOUT);
    let asked = deadline::scope(limit, state.carts.get_cart(user));
    match tokio::time::timeout(limit, asked).await {
        Ok(Ok(cart)) => cart.carts_count,
        Ok(Err(error)) => {
            tracing::warn!(user.id = %user, ?error, "cart of user {user} not counted");
            0
        }
        Err(_late) => {
            tracing::warn!(user.id = %user, "cart of user {user} not counted in time");
            0
        }
    }
}

fn selected(cart: &CartSummary) -> Result<Vec<WantedLine>, OrderError> {
    if cart.selected.is_empty() {
        return Err(OrderError::NothingSelected);
    }
    let lines = cart.selected.iter().map(|line| WantedLine {
        sku_id: line.sku_id,
        count: line.count,
    });
    Ok(lines.collect())
}

fn delivery(address: Address) -> Delivery {
    Delivery {
        receiver: address.receiver,
        address: address.address,
        mobile: address.mobile,
        tag: address.tag,
    }
}
