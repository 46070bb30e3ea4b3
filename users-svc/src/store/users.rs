//! Queries on accounts.

use chrono::{DateTime, Utc};
use common::contracts::ids::UserId;
use common::token;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue, ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QuerySelect,
    SqlErr,
};

use super::entity::user_profile::{ActiveModel, Column, Entity, Model, Role};
use crate::domain::user::{Account, Email, Phone, Standing, Username, folded};

/// What of a registration belongs to somebody else already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// The name.
    Username,
    /// The phone number.
    Phone,
}

/// A row to insert.
pub struct NewUser {
    /// The name.
    pub username: Username,
    /// What to store of the password.
    pub password_hash: String,
    /// Where mail goes.
    pub email: Email,
    /// The phone number.
    pub phone: Phone,
}

/// The account of that name, whatever its case.
pub async fn find_by_name(db: &impl ConnectionTrait, name: &str) -> Result<Option<Account>, DbErr> {
    let user = Entity::find()
        .filter(Column::UsernameFolded.eq(folded(name)))
        .one(db)
        .await?;
    Ok(user.map(Account::from))
}

/// The account of that id.
pub async fn find(db: &impl ConnectionTrait, id: UserId) -> Result<Option<Account>, DbErr> {
    Ok(Entity::find_by_id(id.0).one(db).await?.map(Account::from))
}

/// What of a registration is taken; the name is told first.
pub async fn taken(
    db: &impl ConnectionTrait,
    username: &Username,
    phone: &Phone,
) -> Result<Option<Taken>, DbErr> {
    let name = folded(username.as_str());
    let is_either = Condition::any()
        .add(Column::UsernameFolded.eq(name.as_str()))
        .add(Column::Phone.eq(phone.as_str()));
    let rows: Vec<(Option<String>, String)> = Entity::find()
        .select_only()
        .columns([Column::UsernameFolded, Column::Phone])
        .filter(is_either)
        .limit(2)
        .into_tuple()
        .all(db)
        .await?;
    let has_name = rows
        .iter()
        .any(|(taken, _)| taken.as_deref() == Some(name.as_str()));
    Ok(match (has_name, rows.is_empty()) {
        (true, _) => Some(Taken::Username),
        (false, false) => Some(Taken::Phone),
        (false, true) => None,
    })
}

/// Inserts an account; `None` when the database knows the name or the phone number already.
pub async fn insert(
    db: &impl ConnectionTrait,
    user: &NewUser,
    now: DateTime<Utc>,
) -> Result<Option<UserId>, DbErr> {
    let row = ActiveModel {
        username: ActiveValue::Set(user.username.as_str().to_owned()),
        password: ActiveValue::Set(user.password_hash.clone()),
        email: ActiveValue::Set(user.email.as_str().to_owned()),
        phone: ActiveValue::Set(user.phone.as_str().to_owned()),
        is_active: ActiveValue::Set(false),
        role: ActiveValue::Set(Role::Buyer),
        created_time: ActiveValue::Set(now),
        updated_time: ActiveValue::Set(now),
        ..Default::default()
    };
    match Entity::insert(row).exec(db).await {
        Ok(inserted) => Ok(Some(UserId(inserted.last_insert_id))),
        Err(error) if breaks_uniqueness(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The account that has proven this e-mail address, whatever its case.
pub async fn find_by_active_email(
    db: &impl ConnectionTrait,
    email: &Email,
) -> Result<Option<Account>, DbErr> {
    let user = Entity::find()
        .filter(Column::ActiveEmail.eq(folded(email.as_str())))
        .one(db)
        .await?;
    Ok(user.map(Account::from))
}

/// Notes that the e-mail address is proven; false when another active account has it.
pub async fn activate(db: &impl ConnectionTrait, id: UserId, now: DateTime<Utc>) -> Result<bool, DbErr> {
    let update = Entity::update_many()
        .col_expr(Column::IsActive, Expr::value(true))
        .col_expr(Column::UpdatedTime, Expr::value(now))
        .filter(Column::Id.eq(id.0));
    match update.exec(db).await {
        Ok(_) => Ok(true),
        Err(error) if breaks_uniqueness(&error) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Replaces a password hash, unless it was changed meanwhile.
pub async fn replace_hash(db: &impl ConnectionTrait, account: &Account, new_hash: &str) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::Password, Expr::value(new_hash))
        .filter(Column::Id.eq(account.id.0))
        .filter(Column::Password.eq(account.password_hash.as_str()))
        .exec(db)
        .await?;
    Ok(())
}

/// Sets another password; false when it was changed meanwhile.
pub async fn set_password(
    txn: &impl ConnectionTrait,
    account: &Account,
    new_hash: &str,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let set = Entity::update_many()
        .col_expr(Column::Password, Expr::value(new_hash))
        .col_expr(Column::UpdatedTime, Expr::value(now))
        .filter(Column::Id.eq(account.id.0))
        .filter(Column::Password.eq(account.password_hash.as_str()))
        .exec(txn)
        .await?;
    Ok(set.rows_affected == 1)
}

/// Lets an account in again or keeps it out; false when it was so already, or when there is no such account.
pub async fn set_standing(
    txn: &impl ConnectionTrait,
    id: UserId,
    standing: Standing,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let is_disabled = standing == Standing::Disabled;
    let set = Entity::update_many()
        .col_expr(Column::IsDisabled, Expr::value(is_disabled))
        .col_expr(Column::UpdatedTime, Expr::value(now))
        .filter(Column::Id.eq(id.0))
        .filter(Column::IsDisabled.eq(!is_disabled))
        .exec(txn)
        .await?;
    Ok(set.rows_affected == 1)
}

/// Makes an account one of the shop's staff.
pub async fn make_staff(txn: &impl ConnectionTrait, id: UserId, now: DateTime<Utc>) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::Role, Expr::value(Role::Staff))
        .col_expr(Column::UpdatedTime, Expr::value(now))
        .filter(Column::Id.eq(id.0))
        .exec(txn)
        .await?;
    Ok(())
}

/// Locks the user's row until the transaction ends, so that changes of one user's addresses take turns on either
/// database. False when there is no such user.
pub async fn lock(txn: &impl ConnectionTrait, id: UserId, now: DateTime<Utc>) -> Result<bool, DbErr> {
    let touched = Entity::update_many()
        .col_expr(Column::UpdatedTime, Expr::value(now))
        .filter(Column::Id.eq(id.0))
        .exec(txn)
        .await?;
    Ok(touched.rows_affected == 1)
}

pub(super) fn breaks_uniqueness(error: &DbErr) -> bool {
    matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_)))
}

impl From<Model> for Account {
    fn from(row: Model) -> Self {
        Self {
            id: UserId(row.id),
            username: row.username,
            password_hash: row.password,
            email: row.email,
            phone: row.phone,
            is_active: row.is_active,
            standing: if row.is_disabled {
                Standing::Disabled
            } else {
                Standing::Good
            },
            epoch: row.token_epoch,
            created_at: row.created_time,
            role: match row.role {
                Role::Buyer => token::Role::User,
                Role::Staff => token::Role::Staff,
            },
        }
    }
}
