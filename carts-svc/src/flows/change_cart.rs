//! The changes of the cart page: one piece more or less, ticks (contract C3).

use common::contracts::ids::{SkuId, UserId};

use super::list_cart::{ListedLine, listed};
use super::skus::{Skus, query_skus, stock};
use crate::domain::cart::{Cart, Refusal, Tick, Which};
use crate::error::CartError;
use crate::kv_keys;
use crate::state::AppState;

/// What the page asks for.
#[derive(Clone, Debug)]
pub enum Change {
    /// One piece more.
    StepUp(SkuId),
    /// One piece fewer, but not none.
    StepDown(SkuId),
    /// The tick of one line.
    SetTick(SkuId, Tick),
    /// The ticks of several.
    SetTicks(Which, Tick),
}

/// Changes the cart and answers all of it. Lines that cannot be bought are shown unticked, whatever is stored.
pub async fn change_cart(
    state: &AppState,
    user: UserId,
    change: Change,
) -> Result<Vec<ListedLine>, CartError> {
    let before = kv_keys::read_cart(&state.kv, user).await?;
    let ids: Vec<SkuId> = before.lines().map(|(sku, _)| sku).collect();
    let skus = query_skus(state, &ids).await?;
    let cart = kv_keys::change_cart(&state.kv, user, |cart| {
        apply(cart, &change, &skus)?;
        Ok(cart.clone())
    })
    .await??;
    listed(state, cart, skus).await
}

fn apply(cart: &mut Cart, change: &Change, skus: &Skus) -> Result<(), CartError> {
    let not_in_cart = |sku: SkuId| move |refusal| CartError::of(refusal, sku);
    match change {
        Change::StepUp(sku) if cart.lines().all(|(other, _)| other != *sku) => {
            Err(CartError::NotInCart(*sku))
        }
        Change::StepUp(sku) => match cart.step_up(*sku, stock(skus, *sku)?) {
            // The page knows this one code by heart (contract §6.2).
            Err(Refusal::TooMany { .. }) => Err(CartError::OverStockByStep),
            Err(refusal @ (Refusal::NotInCart | Refusal::Full)) => Err(CartError::of(refusal, *sku)),
            Ok(()) => Ok(()),
        },
        Change::StepDown(sku) => cart.step_down(*sku).map_err(not_in_cart(*sku)),
        Change::SetTick(sku, tick) => cart.set_tick(*sku, *tick).map_err(not_in_cart(*sku)),
        Change::SetTicks(which, tick) => {
            cart.set_ticks(which, *tick);
            Ok(())
        }
    }
}
