//! Requests for an order: the row that claims an id and a key, and what the key was answered.

use chrono::{DateTime, Utc};
use common::contracts::ids::{OrderId, UserId};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QuerySelect, SqlErr,
};

use super::entity::order::{ActiveModel, Column, Entity};
use super::orders::{ids, read_ids};
use crate::domain::order::{Delivery, WantedLine};
use crate::domain::order_state::OrderStatus;

/// How the course numbers Alipay, the one way to pay so far.
const ALIPAY: i16 = 1;

/// The right to one order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// SHA-256 of the buyer's key.
    pub key: String,
    /// SHA-256 of what was asked for.
    pub request_hash: String,
}

/// An order whose checkout begins.
#[derive(Clone, Copy, Debug)]
pub struct NewOrder<'o> {
    /// Its buyer.
    pub user_id: UserId,
    /// Where it goes.
    pub delivery: &'o Delivery,
    /// What was asked for.
    pub wanted: &'o [WantedLine],
    /// The key it belongs to.
    pub claim: Option<&'o Claim>,
    /// Now.
    pub at: DateTime<Utc>,
}

/// What a key stands for.
#[derive(Clone, Debug)]
pub struct Claimed {
    /// SHA-256 of what was asked for.
    pub request_hash: Option<String>,
    /// What was answered, as JSON; `None` while the checkout is under way.
    pub answer: Option<String>,
}

/// Whether a row found its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inserted {
    /// It is in the table.
    Done,
    /// The id or the key is taken.
    Taken,
}

/// Inserts an order as `creating`: one statement claims the key and logs the checkout.
pub async fn insert(
    db: &impl ConnectionTrait,
    id: &OrderId,
    order: &NewOrder<'_>,
) -> Result<Inserted, DbErr> {
    let wanted = serde_json::to_string(order.wanted).map_err(|error| DbErr::Json(error.to_string()))?;
    let row = ActiveModel {
        order_id: ActiveValue::Set(id.to_string()),
        user_profile_id: ActiveValue::Set(order.user_id.0),
        total_amount: ActiveValue::Set(0),
        freight: ActiveValue::Set(0),
        total_count: ActiveValue::Set(order.wanted.iter().map(|line| line.count).sum()),
        pay_method: ActiveValue::Set(ALIPAY),
        status: ActiveValue::Set(OrderStatus::Creating.number()),
        receiver: ActiveValue::Set(order.delivery.receiver.clone()),
        address: ActiveValue::Set(order.delivery.address.clone()),
        receiver_mobile: ActiveValue::Set(order.delivery.mobile.clone()),
        tag: ActiveValue::Set(order.delivery.tag.clone()),
        version: ActiveValue::Set(0),
        wanted: ActiveValue::Set(wanted),
        idempotency_key: ActiveValue::Set(order.claim.map(|claim| claim.key.clone())),
        request_hash: ActiveValue::Set(order.claim.map(|claim| claim.request_hash.clone())),
        created_time: ActiveValue::Set(order.at),
        updated_time: ActiveValue::Set(order.at),
        ..ActiveModel::default()
    };
    match Entity::insert(row).exec_without_returning(db).await {
        Ok(_) => Ok(Inserted::Done),
        Err(error) => match error.sql_err() {
            Some(SqlErr::UniqueConstraintViolation(_)) => Ok(Inserted::Taken),
            Some(_) | None => Err(error),
        },
    }
}

/// How many orders of the buyer, `except` not counted, wait for money or are being made, of those whose ids are not
/// below `oldest`; at most `limit` are counted.
pub async fn unpaid(
    db: &impl ConnectionTrait,
    (user, except): (UserId, &OrderId),
    oldest: &str,
    limit: u64,
) -> Result<usize, DbErr> {
    let unpaid = [OrderStatus::Pending, OrderStatus::Creating].map(OrderStatus::number);
    let unpaid = ids()
        .filter(Column::UserProfileId.eq(user.0))
        .filter(Column::OrderId.gte(oldest))
        .filter(Column::Status.is_in(unpaid))
        .filter(Column::OrderId.ne(except.as_str()))
        .limit(limit);
    Ok(read_ids(db, unpaid).await?.len())
}

/// Deletes the row of a checkout to which nothing has happened yet.
pub async fn withdraw(db: &impl ConnectionTrait, id: &OrderId) -> Result<(), DbErr> {
    Entity::delete_many()
        .filter(Column::OrderId.eq(id.as_str()))
        .filter(Column::Status.eq(OrderStatus::Creating.number()))
        .filter(Column::Version.eq(0))
        .filter(Column::ClaimedUntil.is_null())
        .exec(db)
        .await?;
    Ok(())
}

/// What the buyer's key stands for, if it was used.
pub async fn find_claimed(
    db: &impl ConnectionTrait,
    user: UserId,
    key: &str,
) -> Result<Option<Claimed>, DbErr> {
    let row: Option<(Option<String>, Option<String>)> = Entity::find()
        .select_only()
        .columns([Column::RequestHash, Column::Answer])
        .filter(Column::UserProfileId.eq(user.0))
        .filter(Column::IdempotencyKey.eq(key))
        .into_tuple()
        .one(db)
        .await?;
    Ok(row.map(|(request_hash, answer)| Claimed { request_hash, answer }))
}

/// Forgets keys and answers of at most `limit` orders whose ids lie in `from..until`; answers how many there were.
pub async fn forget_keys(
    db: &common::db::Db,
    (from, until): (&str, &str),
    limit: u64,
) -> Result<usize, DbErr> {
    let old = ids()
        .filter(Column::OrderId.gte(from))
        .filter(Column::OrderId.lt(until))
        .filter(Column::IdempotencyKey.is_not_null())
        .limit(limit);
    let old: Vec<String> = read_ids(db.reader(), old)
        .await?
        .into_iter()
        .map(String::from)
        .collect();
    if !old.is_empty() {
        Entity::update_many()
            .col_expr(Column::IdempotencyKey, Expr::value(None::<String>))
            .col_expr(Column::RequestHash, Expr::value(None::<String>))
            .col_expr(Column::Answer, Expr::value(None::<String>))
            .filter(Column::OrderId.is_in(old.iter().map(String::as_str)))
            .exec(db.writer())
            .await?;
    }
    Ok(old.len())
}
