//! What this service remembers: queries as functions over a connection. None opens or commits a transaction.

mod entity;

pub(crate) mod anomalies;
pub(crate) mod ledger;
pub(crate) mod notify_log;
pub(crate) mod payments;
pub(crate) mod reconciliations;
pub(crate) mod refunds;
pub(crate) mod staff_acts;
pub(crate) mod transactions;

use sea_orm::{ActiveModelTrait, ConnectionTrait, DbBackend, DbErr, Insert, QueryTrait};

use common::contracts::ids::OrderId;

/// Which rows of a long list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Page {
    /// How many come before it.
    pub(crate) skip: u64,
    /// How many it has at most.
    pub(crate) take: u64,
}

/// Inserts `row` unless one with the same unique key is there. True when it was inserted. Another transaction that
/// inserts the same key is waited for.
async fn insert_if_new<A: ActiveModelTrait>(db: &impl ConnectionTrait, row: A) -> Result<bool, DbErr> {
    let backend = db.get_database_backend();
    let mut statement = Insert::one(row).build(backend);
    match backend {
        DbBackend::MySql => statement.sql = statement.sql.replacen("INSERT", "INSERT IGNORE", 1),
        _ => statement.sql.push_str(" ON CONFLICT DO NOTHING"),
    }
    Ok(db.execute_raw(statement).await?.rows_affected() == 1)
}

fn order_id(text: String) -> Result<OrderId, DbErr> {
    let shown = text.clone();
    OrderId::try_from(text).map_err(|error| DbErr::Type(format!("order id {shown:?}: {error}")))
}
