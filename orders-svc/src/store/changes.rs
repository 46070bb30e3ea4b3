//! Changing orders: each change is a compare-and-set on the status, and a row of the order's history beside it.

use std::fmt;

use chrono::{DateTime, Utc};
use common::contracts::ids::{OrderId, UserId};
use common::db::WriteTxn;
use common::money::Fen;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue, ColumnTrait, DbErr, EntityTrait, ExprTrait, QueryFilter, UpdateMany};

use super::entity::order::{Column, Entity};
use super::entity::order_event;
use crate::domain::order::{Parcel, Totals};
use crate::domain::order_state::{IllegalTransition, OrderAction, OrderStatus};

/// Who changes an order.
#[derive(Clone, Copy, Debug)]
pub enum Actor {
    /// Its buyer.
    Buyer(UserId),
    /// One of the staff.
    Staff(UserId),
    /// A timer of ours.
    Job,
    /// The payment service.
    Pays,
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Buyer(user) => write!(f, "user {user}"),
            Self::Staff(user) => write!(f, "staff {user}"),
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
    detail: Option<String>,
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
            detail: None,
            actor,
            at,
        })
    }

    /// Something that happens to an order that stands at `status` and stays there. `cause` begins with its name.
    pub fn note(
        order: &'o OrderId,
        status: OrderStatus,
        cause: impl Into<String>,
        actor: Actor,
        at: DateTime<Utc>,
    ) -> Self {
        Self {
            order,
            from: status,
            to: status,
            cause: cause.into(),
            detail: None,
            actor,
            at,
        }
    }

    /// Adds to the history what led to it, such as the provider's trade.
    pub fn because_of(mut self, what: &str) -> Self {
        self.cause = format!("{} {what}", self.cause);
        self
    }

    /// Adds to the history what a person wrote about it; at most 500 letters.
    pub fn saying(mut self, what: impl Into<String>) -> Self {
        self.detail = Some(what.into());
        self
    }

    /// When it happens.
    pub fn at(&self) -> DateTime<Utc> {
        self.at
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

/// Sends an order off; it is done at `complete_at` although its buyer should say nothing.
pub async fn ship(
    txn: &WriteTxn,
    change: &Change<'_>,
    parcel: &Parcel,
    complete_at: DateTime<Utc>,
) -> Result<bool, DbErr> {
    move_on(txn, change, |update| {
        update
            .col_expr(Column::Carrier, Expr::value(parcel.carrier.as_str()))
            .col_expr(Column::TrackingNo, Expr::value(parcel.tracking_no.as_str()))
            .col_expr(Column::CompleteAt, Expr::value(complete_at))
    })
    .await
}

/// Ends a shipped order.
pub async fn finish(txn: &WriteTxn, change: &Change<'_>) -> Result<bool, DbErr> {
    move_on(txn, change, |update| {
        update.col_expr(Column::CompleteAt, Expr::value(None::<DateTime<Utc>>))
    })
    .await
}

/// Puts an order out of its buyer's sight. False when it is out of it, or stands elsewhere by now.
pub async fn hide(txn: &WriteTxn, change: &Change<'_>) -> Result<bool, DbErr> {
    move_on(txn, change, |update| {
        update
            .col_expr(Column::HiddenTime, Expr::value(change.at))
            .filter(Column::HiddenTime.is_null())
    })
    .await
}

/// Counts money of an order as on its way back, if `refunded` is still all that went before it.
pub async fn give_back(
    txn: &WriteTxn,
    change: &Change<'_>,
    refunded: Fen,
    amount: Fen,
) -> Result<bool, DbErr> {
    let after = refunded.0.saturating_add(amount.0);
    move_on(txn, change, |update| {
        update
            .col_expr(Column::RefundTotal, Expr::value(after))
            .filter(Column::RefundTotal.eq(refunded.0))
            .filter(Column::TotalAmount.gte(after))
    })
    .await
}

/// Counts money of an order as not going back after all.
pub async fn keep(txn: &WriteTxn, change: &Change<'_>, amount: Fen) -> Result<bool, DbErr> {
    move_on(txn, change, |update| {
        update.col_expr(Column::RefundTotal, Expr::col(Column::RefundTotal).sub(amount.0))
    })
    .await
}

/// Adds a note to the order's history, whatever became of its status since it was read.
pub async fn note(txn: &WriteTxn, change: &Change<'_>) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .filter(Column::OrderId.eq(change.order.as_str()))
        .exec(txn)
        .await?;
    insert_event(txn, change).await
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
        detail: ActiveValue::Set(change.detail.clone()),
    };
    order_event::Entity::insert(event)
        .exec_without_returning(txn)
        .await?;
    Ok(())
}
