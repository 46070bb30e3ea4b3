//! Lets a proven user in: a token, and the offline cart merged into the stored one.

use std::time::Duration;

use common::contracts::ids::UserId;
use common::contracts::internal_apis::carts::CartLine;
use common::deadline;
use common::http_client::CallError;
use common::token::{Bearer, Role, USER_TOKEN_SECONDS};

use super::leave_cart::leave_cart;
use crate::domain::user::Account;
use crate::error::UserError;
use crate::state::AppState;

/// Logging in waits no longer than this for the cart.
const CART_LIMIT: Duration = Duration::from_millis(800);

/// What a user who was let in receives.
pub struct Session {
    /// Their name, as registered.
    pub username: String,
    /// Their token.
    pub token: String,
    /// Distinct SKUs in their cart; 0 when carts-svc does not tell.
    pub carts_count: usize,
}

/// Whether carts-svc can know a cart of the user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Visit {
    /// It cannot: the account was made just now.
    First,
    /// It may.
    Later,
}

/// Who is let in.
pub struct Guest {
    /// Their id.
    pub id: UserId,
    /// Their name, as registered.
    pub username: String,
    /// What they may do.
    pub role: Role,
    /// The epoch of their account.
    pub epoch: i64,
    /// Whether they were here before.
    pub visit: Visit,
}

impl Guest {
    /// The owner of an account.
    pub fn of(account: Account, visit: Visit) -> Self {
        Self {
            id: account.id,
            username: account.username,
            role: account.role,
            epoch: account.epoch,
            visit,
        }
    }
}

/// Issues the token and merges the cart. Trouble with the cart is logged, never the user's trouble (contract U2).
pub async fn open_session(
    state: &AppState,
    guest: Guest,
    offline_cart: Vec<CartLine>,
) -> Result<Session, UserError> {
    let bearer = Bearer {
        user: guest.id,
        username: &guest.username,
        role: guest.role,
        epoch: guest.epoch,
    };
    let token = state.tokens.issue_to(bearer, USER_TOKEN_SECONDS)?;
    let merging = merge_cart(state, &guest, offline_cart.clone());
    let carts_count = match deadline::scope(deadline::within(CART_LIMIT), merging).await {
        Ok(count) => count,
        Err(error) => {
            let id = guest.id;
            tracing::warn!(user.id = %id, ?error, "cart of user {id} not merged at login");
            if !offline_cart.is_empty() {
                leave_cart(state, id, offline_cart).await;
            }
            0
        }
    };
    Ok(Session {
        username: guest.username,
        token,
        carts_count,
    })
}

async fn merge_cart(
    state: &AppState,
    guest: &Guest,
    offline_cart: Vec<CartLine>,
) -> Result<usize, CallError> {
    match (offline_cart.is_empty(), guest.visit) {
        (true, Visit::First) => Ok(0),
        (true, Visit::Later) => Ok(state.carts.get_cart(guest.id).await?.carts_count),
        (false, _) => Ok(state.carts.merge(guest.id, offline_cart).await?.carts_count),
    }
}
