//! What carts-svc answers to other services: the selected lines, and taking them for an order.

use serde::{Deserialize, Serialize};

use crate::contracts::ids::{OrderId, SkuId, UserId};
use crate::http_client::{CallError, InternalClient};
use crate::settings::{Default, Setting, setting};

/// Where the replicas of carts-svc answer.
pub const URLS: Setting = setting(
    "CARTS_URLS",
    Default::Value("http://127.0.0.1:8003"),
    "base addresses of carts-svc's replicas, comma-separated",
);

/// `GET`: the whole cart as [`CartSummary`].
pub const GET_CART: &str = "/internal/carts/{user_id}";
/// `PUT` [`TakeLines`]: takes these lines out of the cart for the order; the same call again gives the same answer.
pub const TAKE: &str = "/internal/carts/{user_id}/taken/{order_id}";
/// `PUT`, no body: puts the taken lines back; a take that arrives after it is refused.
pub const RESTORE: &str = "/internal/carts/{user_id}/taken/{order_id}/restore";
/// `PUT` [`MergeLines`]: merges an offline cart.
pub const MERGE: &str = "/internal/carts/{user_id}/merge";

/// One SKU in a cart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CartLine {
    /// Which SKU.
    pub sku_id: SkuId,
    /// How many pieces.
    pub count: i64,
}

/// What a checkout needs to know of a cart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CartSummary {
    /// Number of distinct SKUs, selected or not.
    pub carts_count: usize,
    /// The selected lines, ascending by SKU id.
    pub selected: Vec<CartLine>,
}

/// Lines to take for an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakeLines {
    /// Exactly the selected lines that the order was made of.
    pub lines: Vec<CartLine>,
}

/// What became of a request to take lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum TakeOutcome {
    /// They are out of the cart, kept for the order until it is created or fails.
    Taken {
        /// Distinct SKUs left in the cart.
        carts_count: usize,
    },
    /// A line is gone, deselected or has another count by now; nothing was taken.
    Changed,
    /// They were put back before: they cannot be taken again for this order.
    Restored,
}

/// An offline cart; wrong, unknown and repeated lines have been left in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MergeLines {
    /// The lines as the browser kept them.
    pub lines: Vec<CartLine>,
}

/// How many distinct SKUs a cart holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CartsCount {
    /// Distinct SKUs.
    pub carts_count: usize,
}

/// Client of carts-svc.
#[derive(Clone, Debug)]
pub struct CartsClient(pub InternalClient);

impl CartsClient {
    /// The selected lines, and how many distinct SKUs there are.
    pub async fn get_cart(&self, user_id: UserId) -> Result<CartSummary, CallError> {
        self.0.get(&format!("/internal/carts/{user_id}")).await
    }

    /// Takes lines out of the cart for an order. Idempotent.
    pub async fn take(
        &self,
        user_id: UserId,
        order_id: &OrderId,
        lines: Vec<CartLine>,
    ) -> Result<TakeOutcome, CallError> {
        self.0
            .put(
                &format!("/internal/carts/{user_id}/taken/{order_id}"),
                &TakeLines { lines },
            )
            .await
    }

    /// Puts the lines taken for an order back. Idempotent.
    pub async fn restore(&self, user_id: UserId, order_id: &OrderId) -> Result<(), CallError> {
        self.0
            .put(
                &format!("/internal/carts/{user_id}/taken/{order_id}/restore"),
                &(),
            )
            .await
    }

    /// Merges an offline cart into the stored one: per SKU the larger count, capped at stock. Idempotent.
    pub async fn merge(&self, user_id: UserId, lines: Vec<CartLine>) -> Result<CartsCount, CallError> {
        self.0
            .put(&format!("/internal/carts/{user_id}/merge"), &MergeLines { lines })
            .await
    }
}
