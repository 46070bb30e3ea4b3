//! Makes an account and lets its owner in at once.

use common::contracts::events::users::UserRegistered;
use common::contracts::ids::UserId;
use common::contracts::internal_apis::carts::CartLine;
use common::crashpoint;
use common::db::{begin_write, retry_transient};
use common::kv::Redeem;
use common::outbox;
use common::token::Role;

use super::open_session::{Guest, Session, Visit, open_session};
use crate::domain::Invalid;
use crate::domain::user::{Email, Password, Phone, Username};
use crate::error::UserError;
use crate::kv_keys;
use crate::settings::RegisterRule;
use crate::state::AppState;
use crate::store::users::{self, NewUser, Taken};

/// What somebody registers with.
pub struct Registration {
    /// The name they want.
    pub username: Username,
    /// Their password.
    pub password: Password,
    /// Where the activation mail goes.
    pub email: Email,
    /// The phone that the code was sent to.
    pub phone: Phone,
    /// The code.
    pub sms_code: Option<String>,
    /// The cart of their browser.
    pub offline_cart: Vec<CartLine>,
}

/// Checks everything that can be checked before it uses up the SMS code: a code that was right is lost only to
/// somebody who took the same name at the same moment.
pub async fn register(state: &AppState, registration: Registration) -> Result<Session, UserError> {
    let Registration {
        username,
        password,
        email,
        phone,
        sms_code,
        offline_cart,
    } = registration;
    if let Some(taken) = users::taken(state.db.reader(), &username, &phone).await? {
        return Err(refused(taken, UserError::UsernameTaken));
    }
    let turn = state.passwords.turn().await?;
    prove_phone(state, &phone, sms_code).await?;
    let guest_name = username.as_str().to_owned();
    let user = NewUser {
        username,
        password_hash: turn.hash(password).await?,
        email,
        phone,
    };
    let id = retry_transient(|| insert(state, &user)).await?;
    crashpoint!("register_after_commit");
    tracing::info!(user.id = %id, "user {id} registered");
    let guest = Guest {
        id,
        username: guest_name,
        role: Role::User,
        epoch: 0,
        visit: Visit::First,
    };
    open_session(state, guest, offline_cart).await
}

async fn prove_phone(state: &AppState, phone: &Phone, sms_code: Option<String>) -> Result<(), UserError> {
    match state.settings.register {
        RegisterRule::WithoutProof => return Ok(()),
        RegisterRule::WithSmsCode => {}
    }
    let code = sms_code.ok_or(Invalid::Field("verify"))?;
    match kv_keys::redeem_sms_code(&state.kv, phone, &code).await? {
        Redeem::Accepted => Ok(()),
        Redeem::Wrong => Err(UserError::SmsCodeWrong),
        Redeem::Missing => Err(UserError::SmsCodeExpired),
    }
}

/// The database decides who of several was first to a name or a phone.
async fn insert(state: &AppState, user: &NewUser) -> Result<UserId, UserError> {
    let now = state.clock.now();
    let txn = begin_write(&state.db).await?;
    let Some(id) = users::insert(&txn, user, now).await? else {
        txn.rollback().await?;
        let taken = users::taken(state.db.reader(), &user.username, &user.phone).await?;
        return Err(refused(
            taken.unwrap_or(Taken::Username),
            UserError::UsernameTakenMeanwhile,
        ));
    };
    let event = UserRegistered {
        user_id: id,
        username: user.username.as_str().to_owned(),
        email: user.email.as_str().to_owned(),
    };
    outbox::add(&txn, now, &event).await?;
    txn.commit().await?;
    Ok(id)
}

fn refused(taken: Taken, username_taken: UserError) -> UserError {
    match taken {
        Taken::Username => username_taken,
        Taken::Phone => UserError::PhoneTaken,
    }
}
