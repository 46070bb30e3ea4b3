//! Makes an account for somebody who comes from Weibo, and binds theirs to it.

use common::contracts::events::users::UserRegistered;
use common::contracts::ids::UserId;
use common::db::{begin_write, retry_transient};
use common::outbox;
use common::token::Role;

use super::open_session::{Guest, Session, Visit, open_session};
use crate::domain::user::{Email, Password, Phone, Username};
use crate::error::UserError;
use crate::kv_keys;
use crate::state::AppState;
use crate::store::users::{self, NewUser, Taken};
use crate::store::weibo;

/// What somebody registers with.
pub struct WeiboRegistration {
    /// What stands for their Weibo account.
    pub ticket: String,
    /// The name they want.
    pub username: Username,
    /// Their password.
    pub password: Password,
    /// Where the activation mail goes.
    pub email: Email,
    /// Their phone.
    pub phone: Phone,
}

/// The ticket is good for another attempt until an account is made with it.
pub async fn weibo_register(state: &AppState, registration: WeiboRegistration) -> Result<Session, UserError> {
    let ticket = registration.ticket;
    let unbound = kv_keys::find_weibo_ticket(&state.kv, &ticket)
        .await?
        .ok_or(UserError::WeiboNotBound)?;
    let (username, phone) = (registration.username, registration.phone);
    if let Some(taken) = users::taken(state.db.reader(), &username, &phone).await? {
        return Err(refused(taken));
    }
    let turn = state.passwords.turn().await?;
    let guest_name = username.as_str().to_owned();
    let user = NewUser {
        username,
        password_hash: turn.hash(registration.password).await?,
        email: registration.email,
        phone,
    };
    let id = retry_transient(|| insert(state, &user, &unbound.wuid)).await?;
    kv_keys::use_up_weibo_ticket(&state.kv, &ticket).await?;
    tracing::info!(user.id = %id, "user {id} registered by weibo");
    let guest = Guest {
        id,
        username: guest_name,
        role: Role::User,
        epoch: 0,
        visit: Visit::First,
    };
    open_session(state, guest, Vec::new()).await
}

/// The database decides who was first to a name, a phone or a Weibo account.
async fn insert(state: &AppState, user: &NewUser, wuid: &str) -> Result<UserId, UserError> {
    let now = state.clock.now();
    let txn = begin_write(&state.db).await?;
    let Some(id) = users::insert(&txn, user, now).await? else {
        txn.rollback().await?;
        let taken = users::taken(state.db.reader(), &user.username, &user.phone).await?;
        return Err(refused(taken.unwrap_or(Taken::Username)));
    };
    if !weibo::bind(&txn, id, wuid, now).await? {
        txn.rollback().await?;
        return Err(UserError::WeiboNotBound);
    }
    let event = UserRegistered {
        user_id: id,
        username: user.username.as_str().to_owned(),
        email: user.email.as_str().to_owned(),
    };
    outbox::add(&txn, now, &event).await?;
    txn.commit().await?;
    Ok(id)
}

fn refused(taken: Taken) -> UserError {
    match taken {
        Taken::Username => UserError::WeiboUsernameTaken,
        Taken::Phone => UserError::PhoneTaken,
    }
}
