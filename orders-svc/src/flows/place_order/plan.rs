//! Planning: what other services must say before an order can be claimed.

use std::time::Duration;

use chrono::{DateTime, Utc};
use common::contracts::ids::UserId;
use common::contracts::internal_apis::carts::CartSummary;
use common::contracts::internal_apis::users::Address;
use common::deadline;

use super::{OrderRequest, Settlement};
use crate::domain::order::{Delivery, WantedLine, checked_lines};
use crate::error::OrderError;
use crate::state::AppState;

/// How long an order waits for the number on the cart's badge.
const BADGE_TIMEOUT: Duration = Duration::from_millis(800);

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
    /// Distinct SKUs in the cart.
    pub carts_count: usize,
    /// Now.
    pub at: DateTime<Utc>,
    /// Until when the order can be paid.
    pub pay_deadline: DateTime<Utc>,
}

/// Reads address and cart side by side.
pub async fn plan(state: &AppState, request: &OrderRequest) -> Result<Plan, OrderError> {
    let address = state.users.get_address(request.user_id, request.address_id);
    let (address, lines, carts_count) = match request.settlement {
        Settlement::Cart => {
            let (address, cart) = tokio::join!(address, state.carts.get_cart(request.user_id));
            let address = address?.ok_or(OrderError::AddressNotFound)?;
            let cart = cart?;
            (address, selected(&cart)?, cart.carts_count)
        }
        Settlement::BuyNow(line) => {
            let (address, carts_count) = tokio::join!(address, carts_count(state, request.user_id));
            let address = address?.ok_or(OrderError::AddressNotFound)?;
            (address, vec![line], carts_count)
        }
    };
    let at = state.clock.now();
    Ok(Plan {
        user_id: request.user_id,
        delivery: delivery(address),
        settlement: request.settlement,
        lines: checked_lines(lines)?,
        carts_count,
        at,
        pay_deadline: at + state.settings.pay_timeout,
    })
}

/// The number on the cart's badge; zero when it cannot be had soon, for nobody loses an order over it.
pub async fn carts_count(state: &AppState, user: UserId) -> usize {
    let limit = deadline::within(BADGE_TIMEOUT);
    match deadline::scope(limit, state.carts.get_cart(user)).await {
        Ok(cart) => cart.carts_count,
        Err(error) => {
            tracing::warn!(user.id = %user, ?error, "cart of user {user} not counted");
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
