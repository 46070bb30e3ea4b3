//! Queries on the epochs of accounts: which tokens were revoked, and when.

use chrono::{DateTime, Utc};
use common::contracts::ids::UserId;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, ExprTrait, QueryFilter, QueryOrder,
    QuerySelect,
};

use super::entity::user_profile::{Column, Entity};

/// Accounts that one page of [`revoked_since`] holds.
pub const PAGE: u64 = 500;

/// An account whose tokens were revoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Revocation {
    /// Whose.
    pub user: UserId,
    /// Tokens of earlier epochs are revoked.
    pub epoch: i64,
    /// When that happened last.
    pub at: DateTime<Utc>,
}

/// Revokes every token issued so far; the new epoch, or `None` when there is no such account.
pub async fn revoke(
    txn: &impl ConnectionTrait,
    id: UserId,
    now: DateTime<Utc>,
) -> Result<Option<i64>, DbErr> {
    Entity::update_many()
        .col_expr(Column::TokenEpoch, Expr::col(Column::TokenEpoch).add(1))
        .col_expr(Column::TokenRevokedAt, Expr::value(now))
        .filter(Column::Id.eq(id.0))
        .exec(txn)
        .await?;
    epoch(txn, id).await
}

/// The epoch of an account.
pub async fn epoch(db: &impl ConnectionTrait, id: UserId) -> Result<Option<i64>, DbErr> {
    Entity::find_by_id(id.0)
        .select_only()
        .column(Column::TokenEpoch)
        .into_tuple()
        .one(db)
        .await
}

/// Accounts whose tokens were revoked at `since` or later, the earliest first, a page at a time: the next one begins
/// after the last of this.
pub async fn revoked_since(
    db: &impl ConnectionTrait,
    since: DateTime<Utc>,
    after: Option<Revocation>,
) -> Result<Vec<Revocation>, DbErr> {
    let begin = match after {
        None => Condition::all().add(Column::TokenRevokedAt.gte(since)),
        Some(last) => Condition::any().add(Column::TokenRevokedAt.gt(last.at)).add(
            Condition::all()
                .add(Column::TokenRevokedAt.eq(last.at))
                .add(Column::Id.gt(last.user.0)),
        ),
    };
    let rows: Vec<(i64, i64, DateTime<Utc>)> = Entity::find()
        .select_only()
        .columns([Column::Id, Column::TokenEpoch, Column::TokenRevokedAt])
        .filter(begin)
        .order_by_asc(Column::TokenRevokedAt)
        .order_by_asc(Column::Id)
        .limit(PAGE)
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(id, epoch, at)| Revocation {
            user: UserId(id),
            epoch,
            at,
        })
        .collect())
}
