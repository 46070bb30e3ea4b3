//! One file per endpoint: its request, its handler, its answer. Nothing is decided here.

pub mod add_to_cart;
pub mod change_cart;
pub mod internal_get_cart;
pub mod internal_merge_cart;
pub mod internal_restore_lines;
pub mod internal_take_lines;
pub mod list_cart;
pub mod remove_from_cart;

mod cart_view;

use common::contracts::ids::SkuId;
use common::json::IntLike;
use serde::Serialize;

use crate::error::CartError;

/// `data` of answers that only say how many kinds the cart holds.
#[derive(Serialize)]
struct CountView {
    carts_count: usize,
}

/// The SKU that a request names. One that cannot exist is answered as one that does not.
fn sku_id(id: IntLike) -> Result<SkuId, CartError> {
    let id = SkuId(id.0);
    if id.0 > 0 {
        Ok(id)
    } else {
        Err(CartError::UnknownSku(id))
    }
}
