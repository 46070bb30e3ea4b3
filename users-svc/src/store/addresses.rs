//! Queries on delivery addresses. Deleted ones are found by none of them.

use chrono::{DateTime, Utc};
use common::contracts::ids::{AddressId, UserId};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue, ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect,
};

use super::entity::address::{ActiveModel, Column, Entity, Model};
use crate::domain::address::{ADDRESSES_PER_USER, AddressChange, NewAddress, Rank};

/// A stored address.
#[derive(Clone)]
pub struct Address {
    /// Its id.
    pub id: AddressId,
    /// Who receives.
    pub receiver: String,
    /// Province, city, district and street in one text.
    pub address: String,
    /// Postcode, or nothing.
    pub postcode: String,
    /// Mobile number of the receiver.
    pub mobile: String,
    /// The buyer's word for it, or nothing.
    pub tag: String,
    /// Whether orders go there unless the buyer says otherwise.
    pub rank: Rank,
}

fn of(user: UserId) -> Condition {
    Condition::all()
        .add(Column::UserProfileId.eq(user.0))
        .add(Column::IsDelete.eq(false))
}

fn one_of(user: UserId, id: AddressId) -> Condition {
    of(user).add(Column::Id.eq(id.0))
}

/// The addresses of a user: the default one, then the newest first.
pub async fn list(db: &impl ConnectionTrait, user: UserId) -> Result<Vec<Address>, DbErr> {
    let rows = Entity::find()
        .filter(of(user))
        .order_by_desc(Column::IsDefault)
        .order_by_desc(Column::Id)
        .limit(ADDRESSES_PER_USER)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(Address::from).collect())
}

/// One address of a user.
pub async fn find(db: &impl ConnectionTrait, user: UserId, id: AddressId) -> Result<Option<Address>, DbErr> {
    Ok(Entity::find()
        .filter(one_of(user, id))
        .one(db)
        .await?
        .map(Address::from))
}

/// How many addresses a user has.
pub async fn count(db: &impl ConnectionTrait, user: UserId) -> Result<u64, DbErr> {
    Entity::find().filter(of(user)).count(db).await
}

/// Inserts an address.
pub async fn insert(
    db: &impl ConnectionTrait,
    user: UserId,
    new: &NewAddress,
    rank: Rank,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let row = ActiveModel {
        user_profile_id: ActiveValue::Set(user.0),
        receiver: ActiveValue::Set(new.receiver.clone()),
        address: ActiveValue::Set(new.address.clone()),
        postcode: ActiveValue::Set(new.postcode.clone()),
        receiver_mobile: ActiveValue::Set(new.mobile.as_str().to_owned()),
        tag: ActiveValue::Set(new.tag.clone()),
        is_default: ActiveValue::Set(rank == Rank::Default),
        is_delete: ActiveValue::Set(false),
        created_time: ActiveValue::Set(now),
        updated_time: ActiveValue::Set(now),
        ..Default::default()
    };
    Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// Changes an address; false when the user has no such one.
pub async fn change(
    db: &impl ConnectionTrait,
    user: UserId,
    id: AddressId,
    change: &AddressChange,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let mut update = Entity::update_many()
        .col_expr(Column::Receiver, Expr::value(change.receiver.as_str()))
        .col_expr(Column::Address, Expr::value(change.address.as_str()))
        .col_expr(Column::ReceiverMobile, Expr::value(change.mobile.as_str()))
        .col_expr(Column::UpdatedTime, Expr::value(now));
    if let Some(postcode) = &change.postcode {
        update = update.col_expr(Column::Postcode, Expr::value(postcode.as_str()));
    }
    if let Some(tag) = &change.tag {
        update = update.col_expr(Column::Tag, Expr::value(tag.as_str()));
    }
    Ok(update.filter(one_of(user, id)).exec(db).await?.rows_affected == 1)
}

/// Marks an address as deleted; false when the user has no such one.
pub async fn delete(
    db: &impl ConnectionTrait,
    user: UserId,
    id: AddressId,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let deleted = Entity::update_many()
        .col_expr(Column::IsDelete, Expr::value(true))
        .col_expr(Column::IsDefault, Expr::value(false))
        .col_expr(Column::UpdatedTime, Expr::value(now))
        .filter(one_of(user, id))
        .exec(db)
        .await?;
    Ok(deleted.rows_affected == 1)
}

/// Takes the rank of the default address from whichever has it.
pub async fn clear_default(db: &impl ConnectionTrait, user: UserId, now: DateTime<Utc>) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::IsDefault, Expr::value(false))
        .col_expr(Column::UpdatedTime, Expr::value(now))
        .filter(of(user).add(Column::IsDefault.eq(true)))
        .exec(db)
        .await?;
    Ok(())
}

/// Makes an address the default; false when the user has no such one. The former one is to be cleared first.
pub async fn set_default(
    db: &impl ConnectionTrait,
    user: UserId,
    id: AddressId,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let set = Entity::update_many()
        .col_expr(Column::IsDefault, Expr::value(true))
        .col_expr(Column::UpdatedTime, Expr::value(now))
        .filter(one_of(user, id))
        .exec(db)
        .await?;
    Ok(set.rows_affected == 1)
}

impl From<Model> for Address {
    fn from(row: Model) -> Self {
        Self {
            id: AddressId(row.id),
            receiver: row.receiver,
            address: row.address,
            postcode: row.postcode,
            mobile: row.receiver_mobile,
            tag: row.tag,
            rank: if row.is_default {
                Rank::Default
            } else {
                Rank::Ordinary
            },
        }
    }
}
