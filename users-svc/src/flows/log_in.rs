//! Lets a user in by name and password.

use common::contracts::internal_apis::carts::CartLine;

use super::open_session::{Guest, Session, Visit, open_session};
use super::prove_password::{Claim, prove_password};
use crate::error::UserError;
use crate::state::AppState;

/// What somebody logs in with.
pub struct Login {
    /// Who they say they are.
    pub claim: Claim,
    /// The cart of their browser.
    pub offline_cart: Vec<CartLine>,
}

/// Activation is not asked for: pages let a user in right after registration (contract U1).
pub async fn log_in(state: &AppState, login: Login) -> Result<Session, UserError> {
    let account = prove_password(state, login.claim).await?;
    open_session(state, Guest::of(account, Visit::Later), login.offline_cart).await
}
