//! What the confirmation page shows: addresses, and the lines that an order would have. Creates nothing.

use common::contracts::ids::{SkuId, UserId};
use common::contracts::internal_apis::goods::Sku;
use common::contracts::internal_apis::users::Address;

use super::place_order::Settlement;
use crate::domain::order::{WantedLine, checked_lines};
use crate::error::OrderError;
use crate::state::AppState;

/// A line as it would be sold now.
#[derive(Clone, Debug)]
pub struct OfferedLine {
    /// The SKU as it is now.
    pub sku: Sku,
    /// How many pieces are wanted.
    pub count: i64,
}

/// An order that could be placed.
#[derive(Clone, Debug)]
pub struct Advance {
    /// The buyer's addresses, the default one first.
    pub addresses: Vec<Address>,
    /// Its lines.
    pub lines: Vec<OfferedLine>,
}

/// Collects the page's content.
///
/// # Errors
/// A wanted SKU that is not for sale refuses a purchase past the cart; in a cart it is left out, so that the page
/// shows the rest, and placing the order says why it cannot be.
pub async fn advance(state: &AppState, user: UserId, settlement: Settlement) -> Result<Advance, OrderError> {
    let addresses = state.users.list_addresses(user);
    let (addresses, lines) = match settlement {
        Settlement::Cart => tokio::join!(addresses, cart_lines(state, user)),
        Settlement::BuyNow(line) => tokio::join!(addresses, single_line(state, line)),
    };
    Ok(Advance {
        addresses: addresses?,
        lines: lines?,
    })
}

async fn cart_lines(state: &AppState, user: UserId) -> Result<Vec<OfferedLine>, OrderError> {
    let cart = state.carts.get_cart(user).await?;
    let wanted = cart.selected.into_iter().map(|line| WantedLine {
        sku_id: line.sku_id,
        count: line.count,
    });
    offered(state, wanted.collect()).await
}

async fn single_line(state: &AppState, line: WantedLine) -> Result<Vec<OfferedLine>, OrderError> {
    let lines = offered(state, checked_lines(vec![line])?).await?;
    if lines.is_empty() {
        return Err(OrderError::NotLaunched { sku_id: line.sku_id });
    }
    Ok(lines)
}

/// The lines whose SKU is for sale.
async fn offered(state: &AppState, wanted: Vec<WantedLine>) -> Result<Vec<OfferedLine>, OrderError> {
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<SkuId> = wanted.iter().map(|line| line.sku_id).collect();
    let skus = state.goods.query_skus(ids).await?;
    let lines = skus.into_iter().filter(|sku| sku.is_launched).filter_map(|sku| {
        let count = wanted.iter().find(|line| line.sku_id == sku.id)?.count;
        Some(OfferedLine { sku, count })
    });
    Ok(lines.collect())
}
