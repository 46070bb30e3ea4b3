//! Queries as functions over a connection; the only place that knows the tables. None opens or commits.
//!
//! Joins are written in SQL that both engines read alike; single tables go through the entities.

pub(crate) mod affected;
pub(crate) mod audit;
pub(crate) mod bulk;
pub(crate) mod catalogs;
pub(crate) mod details;
pub(crate) mod entity;
pub(crate) mod fixture;
pub(crate) mod listing;
pub(crate) mod reservations;
pub(crate) mod search_docs;
pub(crate) mod sku_export;
pub(crate) mod skus;
pub(crate) mod stock_audit;
pub(crate) mod stock_log;
pub(crate) mod variants;

use sea_orm::{ConnectionTrait, Statement, Value};

/// A statement whose `?` stand for `values`.
fn statement(
    db: &impl ConnectionTrait,
    sql: impl Into<String>,
    values: impl IntoIterator<Item = Value>,
) -> Statement {
    Statement::from_sql_and_values(db.get_database_backend(), sql, values)
}

/// `?, ?, ?`: one for each of `count` values.
fn placeholders(count: usize) -> String {
    vec!["?"; count].join(", ")
}
