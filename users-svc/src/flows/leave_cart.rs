//! Keeps the cart of a browser for later when carts-svc does not answer at login, and merges it then.

use chrono::{DateTime, TimeDelta, Utc};
use common::contracts::events::users::CartLeftBehind;
use common::contracts::ids::UserId;
use common::contracts::internal_apis::carts::CartLine;
use common::db::begin_write;
use common::http_client::CallError;
use common::outbox;
use sea_orm::DbErr;

use crate::state::AppState;

/// A cart that is older than this is dropped: what its owner did meanwhile counts for more.
const STALE_AFTER: TimeDelta = TimeDelta::hours(1);

/// Writes the lines to an event. The login does not fail with it.
pub async fn leave_cart(state: &AppState, user: UserId, lines: Vec<CartLine>) {
    let event = CartLeftBehind { user_id: user, lines };
    let leaving = async {
        let txn = begin_write(&state.db).await?;
        outbox::add(&txn, state.clock.now(), &event).await?;
        txn.commit().await
    };
    let left: Result<(), DbErr> = leaving.await;
    if let Err(error) = left {
        tracing::warn!(user.id = %user, ?error, "cart of user {user} is lost: neither merged nor kept");
    }
}

/// Merges the lines. Merging takes the larger count, so that it does no harm when it was done already.
pub async fn merge_left_cart(
    state: &AppState,
    cart: CartLeftBehind,
    left_at: DateTime<Utc>,
) -> Result<(), CallError> {
    let user = cart.user_id;
    if state.clock.now() - left_at > STALE_AFTER {
        tracing::warn!(user.id = %user, "cart of user {user} dropped: it was left over an hour ago");
        return Ok(());
    }
    state.carts.merge(user, cart.lines).await?;
    tracing::info!(user.id = %user, "cart of user {user} merged after all");
    Ok(())
}
