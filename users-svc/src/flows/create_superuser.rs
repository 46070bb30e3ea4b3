//! Makes an account of the shop's staff, from a command line: nobody is staff by registering.

use chrono::{DateTime, Utc};
use common::db::{Db, begin_write};

use crate::domain::audit::{Action, Actor};
use crate::domain::user::{Account, Username};
use crate::error::UserError;
use crate::store::users::{self, NewUser, Taken};
use crate::store::{audit, tokens};

/// Makes the account. Its e-mail address counts as proven: whoever may do this needs to prove nothing.
pub async fn create_superuser(db: &Db, user: &NewUser, now: DateTime<Utc>) -> Result<(), UserError> {
    let txn = begin_write(db).await?;
    let Some(id) = users::insert(&txn, user, now).await? else {
        txn.rollback().await?;
        return Err(
            match users::taken(db.reader(), &user.username, &user.phone).await? {
                Some(Taken::Phone) => UserError::PhoneTaken,
                Some(Taken::Username) | None => UserError::UsernameTaken,
            },
        );
    };
    if !users::activate(&txn, id, now).await? {
        txn.rollback().await?;
        return Err(UserError::EmailTaken);
    }
    let account = users::find(&txn, id).await?.ok_or(UserError::UserNotFound)?;
    promote(&txn, &account, now).await?;
    Ok(txn.commit().await?)
}

/// Makes an account that is there one of the staff's. Its tokens are revoked: they say otherwise.
pub async fn promote_user(db: &Db, username: &Username, now: DateTime<Utc>) -> Result<(), UserError> {
    let txn = begin_write(db).await?;
    let account = users::find_by_name(&txn, username.as_str())
        .await?
        .ok_or(UserError::UserNotFound)?;
    promote(&txn, &account, now).await?;
    Ok(txn.commit().await?)
}

async fn promote(txn: &common::db::WriteTxn, account: &Account, now: DateTime<Utc>) -> Result<(), UserError> {
    users::make_staff(txn, account.id, now).await?;
    tokens::revoke(txn, account.id, now).await?;
    let operator = Actor {
        id: None,
        name: "command line".to_owned(),
        reason: String::new(),
    };
    Ok(audit::add(txn, &operator, Action::MakeStaff, account, now).await?)
}
