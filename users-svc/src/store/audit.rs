//! Queries on what staff did to accounts: added to, never changed.

use chrono::{DateTime, Utc};
use common::contracts::ids::UserId;
use sea_orm::{
    ActiveValue, ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect,
};

use super::entity::audit::{ActiveModel, Column, Entity, Model};
use crate::domain::audit::{Action, Actor};
use crate::domain::user::Account;

/// A line of the trail.
#[derive(Clone, Debug)]
pub struct AuditLine {
    /// Its number; later lines have higher ones.
    pub id: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// Who, by name.
    pub actor: String,
    /// What they did.
    pub action: String,
    /// To whom.
    pub target: UserId,
    /// To whom, by name.
    pub target_name: String,
    /// Why, as they said.
    pub reason: String,
}

/// Adds a line.
pub async fn add(
    txn: &impl ConnectionTrait,
    actor: &Actor,
    action: Action,
    target: &Account,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let row = ActiveModel {
        at: ActiveValue::Set(now),
        actor_id: ActiveValue::Set(actor.id.map_or(0, |id| id.0)),
        actor_name: ActiveValue::Set(actor.name.clone()),
        action: ActiveValue::Set(action.as_str().to_owned()),
        target_id: ActiveValue::Set(target.id.0),
        target_name: ActiveValue::Set(target.username.clone()),
        reason: ActiveValue::Set(actor.reason.clone()),
        ..Default::default()
    };
    Entity::insert(row).exec_without_returning(txn).await?;
    Ok(())
}

/// The newest lines, of one account or of all; those before line `before`.
pub async fn list(
    db: &impl ConnectionTrait,
    target: Option<UserId>,
    before: Option<i64>,
    limit: u64,
) -> Result<Vec<AuditLine>, DbErr> {
    let wanted = Condition::all()
        .add_option(target.map(|id| Column::TargetId.eq(id.0)))
        .add_option(before.map(|id| Column::Id.lt(id)));
    let rows = Entity::find()
        .filter(wanted)
        .order_by_desc(Column::Id)
        .limit(limit)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(AuditLine::from).collect())
}

impl From<Model> for AuditLine {
    fn from(row: Model) -> Self {
        Self {
            id: row.id,
            at: row.at,
            actor: row.actor_name,
            action: row.action,
            target: UserId(row.target_id),
            target_name: row.target_name,
            reason: row.reason,
        }
    }
}
