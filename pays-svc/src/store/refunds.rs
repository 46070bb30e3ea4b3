//! Queries on `pays_refund`.

use chrono::{DateTime, Utc};
use common::contracts::events::orders::RefundReason;
use common::money::Fen;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, UpdateMany,
};

use super::entity::refund::{ActiveModel, Column, Entity, Model, Reason, Status};
use super::{Page, insert_if_new, order_id};
use crate::domain::refund::{Refund, RefundAction, RefundStatus};

impl From<RefundStatus> for Status {
    fn from(status: RefundStatus) -> Self {
        match status {
            RefundStatus::New => Self::New,
            RefundStatus::Sent => Self::Sent,
            RefundStatus::Done => Self::Done,
            RefundStatus::NeedsHuman => Self::NeedsHuman,
            RefundStatus::Refused => Self::Refused,
        }
    }
}

impl From<Status> for RefundStatus {
    fn from(status: Status) -> Self {
        match status {
            Status::New => Self::New,
            Status::Sent => Self::Sent,
            Status::Done => Self::Done,
            Status::NeedsHuman => Self::NeedsHuman,
            Status::Refused => Self::Refused,
        }
    }
}

impl From<RefundReason> for Reason {
    fn from(reason: RefundReason) -> Self {
        match reason {
            RefundReason::Late => Self::Late,
            RefundReason::Duplicate => Self::Duplicate,
            RefundReason::Amount => Self::Amount,
            RefundReason::Buyer => Self::Buyer,
            RefundReason::Staff => Self::Staff,
        }
    }
}

impl From<Reason> for RefundReason {
    fn from(reason: Reason) -> Self {
        match reason {
            Reason::Late => Self::Late,
            Reason::Duplicate => Self::Duplicate,
            Reason::Amount => Self::Amount,
            Reason::Buyer => Self::Buyer,
            Reason::Staff => Self::Staff,
        }
    }
}

fn to_domain(row: Model) -> Result<Refund, DbErr> {
    Ok(Refund {
        out_request_no: row.out_request_no,
        refund_no: row.refund_no,
        trade_no: row.trade_no,
        order_id: order_id(row.order_id)?,
        amount: Fen(row.amount),
        reason: row.reason.into(),
        status: row.status.into(),
        tries: row.tries,
        next_at: row.next_at,
        failure: row.failure,
        refunded_at: row.refunded_at,
        created_at: row.created_at,
    })
}

/// Adds a refund. False when its number is taken: it was asked for before.
pub(crate) async fn add(db: &impl ConnectionTrait, refund: &Refund) -> Result<bool, DbErr> {
    let row = ActiveModel {
        out_request_no: Set(refund.out_request_no.clone()),
        trade_no: Set(refund.trade_no.clone()),
        order_id: Set(refund.order_id.to_string()),
        amount: Set(refund.amount.0),
        reason: Set(refund.reason.into()),
        status: Set(refund.status.into()),
        tries: Set(refund.tries),
        next_at: Set(refund.next_at),
        sent_at: Set(None),
        refund_no: Set(refund.refund_no.clone()),
        failure: Set(refund.failure.clone()),
        refunded_at: Set(refund.refunded_at),
        created_at: Set(refund.created_at),
        updated_at: Set(refund.created_at),
    };
    insert_if_new(db, row).await
}

/// Refunds for the job to look at by now, the longest waiting first.
pub(crate) async fn due(
    db: &impl ConnectionTrait,
    now: DateTime<Utc>,
    limit: u64,
) -> Result<Vec<Refund>, DbErr> {
    let sendable = RefundStatus::before(RefundAction::Send).map(Status::from);
    let rows = Entity::find()
        .filter(Column::Status.is_in(sendable))
        .filter(Column::NextAt.lte(now))
        .order_by_asc(Column::NextAt)
        .limit(limit)
        .all(db)
        .await?;
    rows.into_iter().map(to_domain).collect()
}

/// Whether the provider was called for another refund of the same trade after `since`.
pub(crate) async fn was_trade_touched(
    db: &impl ConnectionTrait,
    refund: &Refund,
    since: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let other = Entity::find()
        .filter(Column::TradeNo.eq(refund.trade_no.as_str()))
        .filter(Column::OutRequestNo.ne(refund.out_request_no.as_str()))
        .filter(Column::SentAt.gt(since))
        .one(db)
        .await?;
    Ok(other.is_some())
}

/// Makes `refund` ours to send until `until`. False when another replica did since it was read.
pub(crate) async fn claim(
    db: &impl ConnectionTrait,
    refund: &Refund,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let moved = Entity::update_many()
        .col_expr(
            Column::Status,
            Expr::value(Status::from(RefundAction::Send.leads_to())),
        )
        .col_expr(Column::Tries, Expr::value(refund.tries + 1))
        .col_expr(Column::NextAt, Expr::value(until))
        .col_expr(Column::SentAt, Expr::value(now))
        .col_expr(Column::UpdatedAt, Expr::value(now))
        .filter(Column::OutRequestNo.eq(refund.out_request_no.as_str()))
        .filter(Column::Status.eq(Status::from(refund.status)))
        .filter(Column::Tries.eq(refund.tries))
        .exec(db)
        .await?;
    Ok(moved.rows_affected == 1)
}

/// Lets the job look again at `next_at`.
pub(crate) async fn postpone(
    db: &impl ConnectionTrait,
    out_request_no: &str,
    next_at: DateTime<Utc>,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::NextAt, Expr::value(next_at))
        .filter(Column::OutRequestNo.eq(out_request_no))
        .exec(db)
        .await?;
    Ok(())
}

/// The step `action` of a refund, for the caller to add columns to.
fn step(out_request_no: &str, action: RefundAction, now: DateTime<Utc>) -> UpdateMany<Entity> {
    let before = RefundStatus::before(action).map(Status::from);
    Entity::update_many()
        .col_expr(Column::Status, Expr::value(Status::from(action.leads_to())))
        .col_expr(Column::UpdatedAt, Expr::value(now))
        .filter(Column::OutRequestNo.eq(out_request_no))
        .filter(Column::Status.is_in(before))
}

/// It was carried out at `at`. False when that was known before, or decided otherwise.
pub(crate) async fn confirm(
    db: &impl ConnectionTrait,
    out_request_no: &str,
    at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let moved = step(out_request_no, RefundAction::Confirm, now)
        .col_expr(Column::RefundedAt, Expr::value(at))
        .exec(db)
        .await?;
    Ok(moved.rows_affected == 1)
}

/// It needs a person, because of `failure`. False when it is in no state for it.
pub(crate) async fn give_up(
    db: &impl ConnectionTrait,
    out_request_no: &str,
    failure: &str,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let moved = step(out_request_no, RefundAction::GiveUp, now)
        .col_expr(Column::Failure, Expr::value(failure))
        .exec(db)
        .await?;
    Ok(moved.rows_affected == 1)
}

/// A person wants it tried again, from the first try on. False when it does not need one.
pub(crate) async fn retry(
    db: &impl ConnectionTrait,
    out_request_no: &str,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let moved = step(out_request_no, RefundAction::Retry, now)
        .col_expr(Column::Tries, Expr::value(0))
        .col_expr(Column::NextAt, Expr::value(now))
        .exec(db)
        .await?;
    Ok(moved.rows_affected == 1)
}

/// A person decides that no money goes back. False when it does not need one.
pub(crate) async fn refuse(
    db: &impl ConnectionTrait,
    out_request_no: &str,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let moved = step(out_request_no, RefundAction::Refuse, now).exec(db).await?;
    Ok(moved.rows_affected == 1)
}

/// The refund of that number.
pub(crate) async fn find(db: &impl ConnectionTrait, out_request_no: &str) -> Result<Option<Refund>, DbErr> {
    let row = Entity::find_by_id(out_request_no).one(db).await?;
    row.map(to_domain).transpose()
}

/// A page of the refunds that stand there, newest first.
pub(crate) async fn list(
    db: &impl ConnectionTrait,
    status: RefundStatus,
    page: Page,
) -> Result<Vec<Refund>, DbErr> {
    let rows = Entity::find()
        .filter(Column::Status.eq(Status::from(status)))
        .order_by_desc(Column::CreatedAt)
        .offset(page.skip)
        .limit(page.take)
        .all(db)
        .await?;
    rows.into_iter().map(to_domain).collect()
}

/// The refunds of an order, oldest first.
pub(crate) async fn of_order(db: &impl ConnectionTrait, order: &str) -> Result<Vec<Refund>, DbErr> {
    let rows = Entity::find()
        .filter(Column::OrderId.eq(order))
        .order_by_asc(Column::CreatedAt)
        .all(db)
        .await?;
    rows.into_iter().map(to_domain).collect()
}

/// A refund of `amount` of a trade that is not known to be done.
pub(crate) async fn find_open(
    db: &impl ConnectionTrait,
    trade_no: &str,
    amount: Fen,
) -> Result<Option<Refund>, DbErr> {
    let row = Entity::find()
        .filter(Column::TradeNo.eq(trade_no))
        .filter(Column::Amount.eq(amount.0))
        .filter(Column::Status.is_in(RefundStatus::before(RefundAction::Confirm).map(Status::from)))
        .one(db)
        .await?;
    row.map(to_domain).transpose()
}
