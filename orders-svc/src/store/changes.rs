//! Changing orders: each change is a compare-and-set on the status, and a row of the order's history beside it.

use std::fmt;

use chrono::{DateTime, Utc};
use common::contracts::ids::{OrderId, UserId};
use common::db::WriteTxn;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue, ColumnTrait, DbErr, EntityTrait, ExprTrait, QueryFilter, UpdateMany};

use super::entity::order::{Column, Entity};
use super::entity::order_event;
use crate::domain::order::Totals;
use crate::domain::order_state::{IllegalTransition, OrderAction, OrderStatus};

/// Who changes an order.
#[derive(Clone, Copy, Debug)]
pub enum Actor {
    /// Its buyer.
    Buyer(UserId),
    /// A timer of ours.
    Job,
    /// The payment service.
    Pays,
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Buyer(user) => write!(f, "user {user}"),
            Self::Job => f.write_str("job"),
            Self::Pays => f.write_str("pays"),
        }
    }
}

/// One step of an order from status to status.
#[derive(Clone, Debug)]
pub struct Change<'o> {
    order: &'o OrderId,
    from: OrderStatus,
    to: OrderStatus,
    cause: String,
    actor: Actor,
    at: DateTime<Utc>,
}

impl<'o> Change<'o> {
    /// `action` on an order that stands at `from`.
    pub fn new(
        order: &'o OrderId,
        from: OrderStatus,
        action: OrderAction,
        actor: Actor,
        at: DateTime<Utc>,
    ) -> Result<Self, IllegalTransition> {
        let to = from.apply(action)?;
        let cause = format!("{action:?}");
        Ok(Self {
            order,
            from,
            to,
            cause,
            actor,
            at,
        })
    }

    /// Adds to the history what led to it, such as the provider's trade.
    pub fn because_of(mut self, what: &str) -> Self {
        self.cause = format!("{} {what}", self.cause);
        self
    }
}

/// What a checkout ends in.
#[derive(Clone, Copy, Debug)]
pub struct Completion<'c> {
    /// What the order costs.
    pub totals: Totals,
    /// Until when it can be paid.
    pub pay_deadline: DateTime<Utc>,
    /// What its buyer is answered, as JSON, if they may ask again with a key.
    pub answer: Option<&'c str>,
}

/// Makes the change. False when the order stands elsewhere by now: nothing is changed.
pub async fn apply(txn: &WriteTxn, change: &Change<'_>) -> Result<bool, DbErr> {
    move_on(txn, change, |update| update).await
}

/// Completes a checkout. False when it was given up meanwhile: a job that claimed it rolls it back, and would take
/// the stock from under a completed order.
pub async fn complete(
    txn: &WriteTxn,
    change: &Change<'_>,
    completion: &Completion<'_>,
) -> Result<bool, DbErr> {
    move_on(txn, change, |update| {
        update
            .col_expr(Column::TotalAmount, Expr::value(completion.totals.amount.0))
            .col_expr(Column::Freight, Expr::value(completion.totals.freight.0))
            .col_expr(Column::TotalCount, Expr::value(completion.totals.count))
            .col_expr(Column::PayDeadline, Expr::value(completion.pay_deadline))
            .col_expr(Column::Answer, Expr::value(completion.answer.map(str::to_owned)))
            .filter(Column::ClaimedUntil.is_null())
    })
    .await
}

/// Gives a checkout up; its key may be used again.
pub async fn fail(txn: &WriteTxn, change: &Change<'_>) -> Result<bool, DbErr> {
    move_on(txn, change, |update| {
        update.col_expr(Column::IdempotencyKey, Expr::value(None::<String>))
    })
    .await
}

/// Marks an order paid by `trade_no`.
pub async fn pay(txn: &WriteTxn, change: &Change<'_>, trade_no: &str) -> Result<bool, DbErr> {
    move_on(txn, change, |update| {
        update.col_expr(Column::TradeNo, Expr::value(trade_no))
    })
    .await
}

/// Adds to the order's history what changed no status, such as money that went back.
pub async fn note(
    txn: &WriteTxn,
    order: &OrderId,
    status: OrderStatus,
    cause: String,
    at: DateTime<Utc>,
) -> Result<(), DbErr> {
    let change = Change {
        order,
        from: status,
        to: status,
        cause,
        actor: Actor::Pays,
        at,
    };
    Entity::update_many()
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .filter(Column::OrderId.eq(order.as_str()))
        .exec(txn)
        .await?;
    insert_event(txn, &change).await
}

async fn move_on(
    txn: &WriteTxn,
    change: &Change<'_>,
    more: impl FnOnce(UpdateMany<Entity>) -> UpdateMany<Entity>,
) -> Result<bool, DbErr> {
    let update = Entity::update_many()
        .col_expr(Column::Status, Expr::value(change.to.number()))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .col_expr(Column::UpdatedTime, Expr::value(change.at))
        .filter(Column::OrderId.eq(change.order.as_str()))
        .filter(Column::Status.eq(change.from.number()));
    if more(update).exec(txn).await?.rows_affected == 0 {
        return Ok(false);
    }
    insert_event(txn, change).await?;
    Ok(true)
}

async fn insert_event(txn: &WriteTxn, change: &Change<'_>) -> Result<(), DbErr> {
    let event = order_event::ActiveModel {
        id: ActiveValue::NotSet,
        order_id: ActiveValue::Set(change.order.to_string()),
        from_status: ActiveValue::Set(change.from.number()),
        to_status: ActiveValue::Set(change.to.number()),
        cause: ActiveValue::Set(change.cause.clone()),
        actor: ActiveValue::Set(change.actor.to_string()),
        at: ActiveValue::Set(change.at),
    };
    order_event::Entity::insert(event)
        .exec_without_returning(txn)
        .await?;
    Ok(())
}
