//! The trail of what staff did: written in the transaction of the change, never altered.

use chrono::{DateTime, Utc};
use common::db::WriteTxn;
use common::identity::Caller;
use sea_orm::{
    ActiveValue, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};
use serde_json::{Map, Value};

use super::entity::audit;
use crate::domain::fixture::Model;

/// A line of the trail.
#[derive(Clone, Debug)]
pub(crate) struct Line<'a> {
    /// Who did it.
    pub(crate) author: &'a Caller,
    /// What: `create`, `change`, `delete`, `launch`, `unlaunch`, `adjust_stock`.
    pub(crate) action: &'static str,
    /// To a row of this model.
    pub(crate) model: Model,
    /// With this key.
    pub(crate) pk: i64,
    /// The fields that changed, as they were.
    pub(crate) before: Option<Map<String, Value>>,
    /// And as they became.
    pub(crate) after: Option<Map<String, Value>>,
    /// Why, where it must be said.
    pub(crate) reason: Option<&'a str>,
}

/// Adds a line.
pub(crate) async fn insert(txn: &WriteTxn, line: Line<'_>, now: DateTime<Utc>) -> Result<(), DbErr> {
    let text = |fields: Option<Map<String, Value>>| fields.map(|fields| Value::Object(fields).to_string());
    let row = audit::ActiveModel {
        staff_id: ActiveValue::Set(line.author.user_id.0),
        staff_name: ActiveValue::Set(line.author.username.clone()),
        action: ActiveValue::Set(line.action.to_owned()),
        model: ActiveValue::Set(line.model.name().to_owned()),
        row_pk: ActiveValue::Set(line.pk),
        fields_before: ActiveValue::Set(text(line.before)),
        fields_after: ActiveValue::Set(text(line.after)),
        reason: ActiveValue::Set(line.reason.map(str::to_owned)),
        created_time: ActiveValue::Set(now),
        ..Default::default()
    };
    audit::Entity::insert(row).exec_without_returning(txn).await?;
    Ok(())
}

/// Which part of the trail.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TrailQuery {
    /// Of this row only.
    pub(crate) row: Option<(Model, i64)>,
    /// Lines with smaller ids than this.
    pub(crate) before: i64,
    /// So many of them.
    pub(crate) limit: u64,
}

/// Lines, newest first.
pub(crate) async fn trail(db: &impl ConnectionTrait, query: TrailQuery) -> Result<Vec<audit::Model>, DbErr> {
    let mut lines = audit::Entity::find()
        .filter(audit::Column::Id.lt(query.before))
        .order_by_desc(audit::Column::Id)
        .limit(query.limit);
    if let Some((model, pk)) = query.row {
        lines = lines
            .filter(audit::Column::Model.eq(model.name()))
            .filter(audit::Column::RowPk.eq(pk));
    }
    lines.all(db).await
}
