//! Lets a user in by name and password.

use common::contracts::internal_apis::carts::CartLine;

use super::open_session::{Guest, Session, Visit, open_session};
use crate::domain::user::Password;
use crate::error::UserError;
use crate::passwords::Verdict;
use crate::state::AppState;
use crate::store::users;

/// What somebody logs in with.
pub struct Login {
    /// The name, as it was entered.
    pub username: String,
    /// The password; `None` when what was entered can be nobody's.
    pub password: Option<Password>,
    /// The cart of their browser.
    pub offline_cart: Vec<CartLine>,
}

/// An unknown name and a wrong password get the same answer after the same time (contract §0.3).
pub async fn log_in(state: &AppState, login: Login) -> Result<Session, UserError> {
    let account = users::find_by_name(state.db.reader(), &login.username).await?;
    let stored = account.as_ref().map(|account| account.password_hash.clone());
    let turn = state.passwords.turn().await?;
    let verdict = turn.check(login.password, stored).await?;
    let account = match (verdict, account) {
        (Verdict::Right, Some(account)) => account,
        (Verdict::RightAndRehashed(hash), Some(account)) => {
            users::replace_hash(state.db.writer(), &account, &hash).await?;
            account
        }
        (Verdict::Wrong, _) | (_, None) => return Err(UserError::WrongLogin),
    };
    let guest = Guest {
        id: account.id,
        username: account.username,
        role: account.role,
        visit: Visit::Later,
    };
    open_session(state, guest, login.offline_cart).await
}
