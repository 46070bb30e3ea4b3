//! Reservations and their lines.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use common::contracts::ids::{OrderId, SkuId};
use common::db::WriteTxn;
use common::money::Fen;
use sea_orm::{
    ActiveValue, ColumnTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect,
};

use super::entity::{reservation, reservation_line};
use super::statement;
use crate::domain::reservation::{ReservationState, StockLine};

/// A line of a reservation at the price it was taken at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PricedLine {
    /// What was taken.
    pub(crate) line: StockLine,
    /// Price of one piece.
    pub(crate) price: Fen,
}

/// The first row of an order's reservation: held until `Some`, or a tombstone.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NewReservation<'a> {
    /// Whose.
    pub(crate) order_id: &'a OrderId,
    /// `Held`, or `Released` of an order that took nothing.
    pub(crate) state: ReservationState,
    /// When to ask what became of the order.
    pub(crate) hold_until: Option<DateTime<Utc>>,
    /// The present.
    pub(crate) now: DateTime<Utc>,
}

/// Claims the order's reservation. False when the order has one already; another transaction that is about to
/// make one is waited for.
pub(crate) async fn insert_unless_known(txn: &WriteTxn, new: NewReservation<'_>) -> Result<bool, DbErr> {
    let columns = "INTO goods_reservation (order_id, state, hold_until, created_time, updated_time) VALUES (?, ?, ?, ?, ?)";
    let sql = match txn.get_database_backend() {
        DbBackend::MySql => format!("INSERT IGNORE {columns}"),
        _ => format!("INSERT {columns} ON CONFLICT DO NOTHING"),
    };
    let values = [
        new.order_id.as_str().into(),
        new.state.as_str().into(),
        new.hold_until.into(),
        new.now.into(),
        new.now.into(),
    ];
    let inserted = txn.execute_raw(statement(txn, sql, values)).await?;
    Ok(inserted.rows_affected() == 1)
}

/// Writes several at once. Fails when one of the orders has a reservation already.
pub(crate) async fn insert(
    txn: &WriteTxn,
    new: impl IntoIterator<Item = NewReservation<'_>>,
) -> Result<(), DbErr> {
    let rows = new.into_iter().map(|new| reservation::ActiveModel {
        order_id: ActiveValue::Set(new.order_id.to_string()),
        state: ActiveValue::Set(new.state.as_str().to_owned()),
        hold_until: ActiveValue::Set(new.hold_until),
        created_time: ActiveValue::Set(new.now),
        updated_time: ActiveValue::Set(new.now),
    });
    reservation::Entity::insert_many(rows)
        .exec_without_returning(txn)
        .await?;
    Ok(())
}

/// Which of the orders have a reservation or a tombstone.
pub(crate) async fn known(
    txn: &WriteTxn,
    order_ids: impl Iterator<Item = &OrderId>,
) -> Result<BTreeSet<OrderId>, DbErr> {
    let ids: Vec<String> = reservation::Entity::find()
        .select_only()
        .column(reservation::Column::OrderId)
        .filter(reservation::Column::OrderId.is_in(order_ids.map(OrderId::as_str)))
        .into_tuple()
        .all(txn)
        .await?;
    ids.into_iter().map(order_id).collect()
}

fn order_id(text: String) -> Result<OrderId, DbErr> {
    OrderId::try_from(text).map_err(|error| DbErr::Type(error.to_string()))
}

/// Moves the order's reservation from one state to another. False when it is not in the first.
pub(crate) async fn change_state(
    txn: &WriteTxn,
    order_id: &OrderId,
    from: ReservationState,
    to: ReservationState,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let sql = "UPDATE goods_reservation SET state = ?, updated_time = ? WHERE order_id = ? AND state = ?";
    let values = [
        to.as_str().into(),
        now.into(),
        order_id.as_str().into(),
        from.as_str().into(),
    ];
    let moved = txn.execute_raw(statement(txn, sql, values)).await?;
    Ok(moved.rows_affected() == 1)
}

/// Orders whose stock is held longer than they said at `now`, the longest first, at most `limit`.
pub(crate) async fn expired(
    db: &impl ConnectionTrait,
    now: DateTime<Utc>,
    limit: usize,
) -> Result<Vec<OrderId>, DbErr> {
    let ids: Vec<String> = reservation::Entity::find()
        .select_only()
        .column(reservation::Column::OrderId)
        .filter(reservation::Column::State.eq(ReservationState::Held.as_str()))
        .filter(reservation::Column::HoldUntil.lte(now))
        .order_by_asc(reservation::Column::HoldUntil)
        .limit(limit as u64)
        .into_tuple()
        .all(db)
        .await?;
    ids.into_iter().map(order_id).collect()
}

/// Lets an expired reservation be held until `until`. False when it is not held any more, or not expired at `now`.
pub(crate) async fn postpone(
    db: &impl ConnectionTrait,
    order_id: &OrderId,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let sql = "UPDATE goods_reservation SET hold_until = ?, updated_time = ? \
         WHERE order_id = ? AND state = ? AND hold_until <= ?";
    let values = [
        until.into(),
        now.into(),
        order_id.as_str().into(),
        ReservationState::Held.as_str().into(),
        now.into(),
    ];
    let postponed = db.execute_raw(statement(db, sql, values)).await?;
    Ok(postponed.rows_affected() == 1)
}

/// The state of the order's reservation, if it has one.
pub(crate) async fn find_state(
    db: &impl ConnectionTrait,
    order_id: &OrderId,
) -> Result<Option<ReservationState>, DbErr> {
    let state: Option<String> = reservation::Entity::find_by_id(order_id.as_str())
        .select_only()
        .column(reservation::Column::State)
        .into_tuple()
        .one(db)
        .await?;
    state.map(|text| state_named(&text)).transpose()
}

pub(super) fn state_named(text: &str) -> Result<ReservationState, DbErr> {
    let known = ReservationState::ALL
        .into_iter()
        .find(|state| state.as_str() == text);
    known.ok_or_else(|| DbErr::Type(format!("{text:?} is no state of a reservation")))
}

/// Remembers what orders took.
pub(crate) async fn insert_lines(
    txn: &WriteTxn,
    lines: impl IntoIterator<Item = (&OrderId, PricedLine)>,
) -> Result<(), DbErr> {
    let rows = lines
        .into_iter()
        .map(|(order_id, priced)| reservation_line::ActiveModel {
            order_id: ActiveValue::Set(order_id.to_string()),
            sku_id: ActiveValue::Set(priced.line.sku_id.0),
            count: ActiveValue::Set(priced.line.count),
            price_fen: ActiveValue::Set(priced.price.0),
        });
    reservation_line::Entity::insert_many(rows)
        .exec_without_returning(txn)
        .await?;
    Ok(())
}

/// What the order took, ascending by SKU.
pub(crate) async fn lines(db: &impl ConnectionTrait, order_id: &OrderId) -> Result<Vec<PricedLine>, DbErr> {
    let rows = reservation_line::Entity::find()
        .filter(reservation_line::Column::OrderId.eq(order_id.as_str()))
        .order_by_asc(reservation_line::Column::SkuId)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(PricedLine::from).collect())
}

impl From<reservation_line::Model> for PricedLine {
    fn from(row: reservation_line::Model) -> Self {
        let line = StockLine {
            sku_id: SkuId(row.sku_id),
            count: row.count,
        };
        Self {
            line,
            price: Fen(row.price_fen),
        }
    }
}
