//! Lets a user in who comes back from Weibo, or hands them a ticket to bind their Weibo account with.

use super::open_session::{Guest, Session, Visit, open_session};
use super::secrets::fresh_secret;
use crate::domain::client::Client;
use crate::domain::user::Standing;
use crate::error::UserError;
use crate::kv_keys::{self, UnboundWeibo};
use crate::state::AppState;
use crate::store::{users, weibo};

/// Longest code that is passed on.
const CODE_CHARS: usize = 512;

/// What a browser comes back from Weibo with.
pub struct WeiboReturn {
    /// Weibo's code; none when the user refused.
    pub code: Option<String>,
    /// Our state.
    pub state: Option<String>,
    /// Where they are.
    pub client: Client,
}

/// What becomes of them.
pub enum WeiboOutcome {
    /// They are known.
    Known(Session),
    /// They are not: this ticket stands for their Weibo account.
    Unbound {
        /// Opaque, for one use within ten minutes.
        ticket: String,
    },
}

/// A state must be ours, unused, and from this browser. Without one a known user is let in all the same, since
/// browsers may lose it; but no account is bound then (see `bind_weibo`).
pub async fn weibo_log_in(state: &AppState, back: WeiboReturn) -> Result<WeiboOutcome, UserError> {
    let provider = state.weibo.as_ref().ok_or(UserError::NoWeibo)?;
    let code = back
        .code
        .filter(|code| (1..=CODE_CHARS).contains(&code.len()))
        .ok_or(UserError::WeiboCodeWrong)?;
    let was_sent_by_us = match &back.state {
        None => false,
        Some(text) if kv_keys::redeem_weibo_state(&state.kv, text, &back.client).await? => true,
        Some(_) => return Err(UserError::WeiboCodeWrong),
    };
    let wuid = provider.exchange(&code).await?;
    let user = match weibo::find_user(state.db.reader(), &wuid).await? {
        Some(id) => Some(
            users::find(state.db.reader(), id)
                .await?
                .ok_or(UserError::UserGone)?,
        ),
        None => None,
    };
    let Some(account) = user else {
        let ticket = fresh_secret();
        let unbound = UnboundWeibo { wuid, was_sent_by_us };
        kv_keys::set_weibo_ticket(&state.kv, &ticket, &unbound).await?;
        return Ok(WeiboOutcome::Unbound { ticket });
    };
    if account.standing == Standing::Disabled {
        return Err(UserError::AccountDisabled);
    }
    let session = open_session(state, Guest::of(account, Visit::Later), Vec::new()).await?;
    Ok(WeiboOutcome::Known(session))
}
