//! Queries on `pays_staff_act`.

use chrono::{DateTime, Utc};
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder};

use super::entity::staff_act::{ActiveModel, Column, Entity, Model};
use crate::domain::staff::{Act, Clerk};

/// An act that was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Done {
    /// Who did it.
    pub(crate) username: String,
    /// What.
    pub(crate) action: String,
    /// Why.
    pub(crate) reason: String,
    /// When.
    pub(crate) at: DateTime<Utc>,
}

impl From<Model> for Done {
    fn from(row: Model) -> Self {
        Self {
            username: row.username,
            action: row.action,
            reason: row.reason,
            at: row.at,
        }
    }
}

/// Writes down who did what to `reference`, and why. Only in the transaction that does it.
pub(crate) async fn add(
    db: &impl ConnectionTrait,
    (clerk, act): (&Clerk, Act),
    reference: &str,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let row = ActiveModel {
        id: NotSet,
        user_id: Set(clerk.user_id.0),
        username: Set(clerk.username.clone()),
        action: Set(act.name().to_owned()),
        reference: Set(reference.to_owned()),
        reason: Set(clerk.reason.as_str().to_owned()),
        at: Set(now),
    };
    Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// What was done to `reference`, oldest first.
pub(crate) async fn of(db: &impl ConnectionTrait, reference: &str) -> Result<Vec<Done>, DbErr> {
    let rows = Entity::find()
        .filter(Column::Reference.eq(reference))
        .order_by_asc(Column::Id)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(Done::from).collect())
}
