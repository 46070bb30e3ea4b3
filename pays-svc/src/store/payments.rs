//! Queries on `pays_payment`.

use chrono::{DateTime, Utc};
use common::contracts::ids::{OrderId, UserId};
use common::money::Fen;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::entity::payment::{ActiveModel, Column, Entity, Model, Status};
use super::{Page, insert_if_new, order_id};
use crate::domain::payment::{PayMethod, Payment, PaymentAction, PaymentStatus};

impl From<PaymentStatus> for Status {
    fn from(status: PaymentStatus) -> Self {
        match status {
            PaymentStatus::Waiting => Self::Waiting,
            PaymentStatus::Paid => Self::Paid,
            PaymentStatus::Closed => Self::Closed,
        }
    }
}

impl From<Status> for PaymentStatus {
    fn from(status: Status) -> Self {
        match status {
            Status::Waiting => Self::Waiting,
            Status::Paid => Self::Paid,
            Status::Closed => Self::Closed,
        }
    }
}

fn to_domain(row: Model) -> Result<Payment, DbErr> {
    let pay_method = PayMethod::numbered(row.pay_method);
    Ok(Payment {
        pay_method: pay_method.ok_or_else(|| DbErr::Type(format!("pay_method {}", row.pay_method)))?,
        order_id: order_id(row.order_id)?,
        user_id: UserId(row.user_id),
        amount: Fen(row.amount),
        status: row.status.into(),
        expire_at: row.expire_at,
        created_at: row.created_at,
        next_query_at: row.next_query_at,
        failed_queries: row.failed_queries,
    })
}

/// Adds a payment. False when the order has one already, whatever it says.
pub(crate) async fn add(db: &impl ConnectionTrait, payment: &Payment) -> Result<bool, DbErr> {
    let row = ActiveModel {
        order_id: Set(payment.order_id.to_string()),
        user_id: Set(payment.user_id.0),
        pay_method: Set(payment.pay_method.number()),
        amount: Set(payment.amount.0),
        status: Set(payment.status.into()),
        expire_at: Set(payment.expire_at),
        next_query_at: Set(payment.next_query_at),
        failed_queries: Set(payment.failed_queries),
        created_at: Set(payment.created_at),
        updated_at: Set(payment.created_at),
    };
    insert_if_new(db, row).await
}

/// The payment of an order. `order` is what the provider calls it: not necessarily an id of ours.
pub(crate) async fn find(db: &impl ConnectionTrait, order: &str) -> Result<Option<Payment>, DbErr> {
    let row = Entity::find_by_id(order).one(db).await?;
    row.map(to_domain).transpose()
}

/// A page of the payments that stand there, newest first.
pub(crate) async fn list(
    db: &impl ConnectionTrait,
    status: PaymentStatus,
    page: Page,
) -> Result<Vec<Payment>, DbErr> {
    let rows = Entity::find()
        .filter(Column::Status.eq(Status::from(status)))
        .order_by_desc(Column::CreatedAt)
        .offset(page.skip)
        .limit(page.take)
        .all(db)
        .await?;
    rows.into_iter().map(to_domain).collect()
}

/// Takes the step `action`. False when the payment is in no state for it. Nobody asks about a paid one any more.
pub(crate) async fn take_step(
    db: &impl ConnectionTrait,
    order: &OrderId,
    action: PaymentAction,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let before = PaymentStatus::before(action).map(Status::from);
    let mut step = Entity::update_many()
        .col_expr(Column::Status, Expr::value(Status::from(action.leads_to())))
        .col_expr(Column::UpdatedAt, Expr::value(now))
        .filter(Column::OrderId.eq(order.as_str()))
        .filter(Column::Status.is_in(before));
    if action == PaymentAction::Pay {
        step = step.col_expr(Column::NextQueryAt, Expr::value(None::<DateTime<Utc>>));
    }
    Ok(step.exec(db).await?.rows_affected == 1)
}

/// Payments of which the provider is to be asked by now, the longest waiting first. Closed ones too: money may come
/// late.
pub(crate) async fn due_for_query(
    db: &impl ConnectionTrait,
    now: DateTime<Utc>,
    limit: u64,
) -> Result<Vec<Payment>, DbErr> {
    let rows = Entity::find()
        .filter(Column::NextQueryAt.lte(now))
        .order_by_asc(Column::NextQueryAt)
        .limit(limit)
        .all(db)
        .await?;
    rows.into_iter().map(to_domain).collect()
}

/// Plans the next question. False when another replica planned it since `payment` was read.
pub(crate) async fn plan_query(
    db: &impl ConnectionTrait,
    payment: &Payment,
    next_query_at: Option<DateTime<Utc>>,
    failed_queries: u32,
) -> Result<bool, DbErr> {
    let moved = Entity::update_many()
        .col_expr(Column::NextQueryAt, Expr::value(next_query_at))
        .col_expr(Column::FailedQueries, Expr::value(failed_queries))
        .filter(Column::OrderId.eq(payment.order_id.as_str()))
        .filter(Column::NextQueryAt.eq(payment.next_query_at))
        .exec(db)
        .await?;
    Ok(moved.rows_affected == 1)
}
