//! Queries on which Weibo account logs in whom.

use chrono::{DateTime, Utc};
use common::contracts::ids::UserId;
use sea_orm::{ActiveValue, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QuerySelect};

use super::entity::weibo_profile::{ActiveModel, Column, Entity};
use super::users::breaks_uniqueness;

/// The user whom a Weibo account logs in.
pub async fn find_user(db: &impl ConnectionTrait, wuid: &str) -> Result<Option<UserId>, DbErr> {
    let id: Option<i64> = Entity::find()
        .select_only()
        .column(Column::UserProfileId)
        .filter(Column::Wuid.eq(wuid))
        .into_tuple()
        .one(db)
        .await?;
    Ok(id.map(UserId))
}

/// Binds a Weibo account to a user; false when the database knows either of them as bound.
pub async fn bind(
    txn: &impl ConnectionTrait,
    user: UserId,
    wuid: &str,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let row = ActiveModel {
        user_profile_id: ActiveValue::Set(user.0),
        wuid: ActiveValue::Set(wuid.to_owned()),
        created_time: ActiveValue::Set(now),
        ..Default::default()
    };
    match Entity::insert(row).exec_without_returning(txn).await {
        Ok(_) => Ok(true),
        Err(error) if breaks_uniqueness(&error) => Ok(false),
        Err(error) => Err(error),
    }
}
