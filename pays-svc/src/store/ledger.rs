//! Queries on `pays_ledger`: movements of money, two rows each.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use common::money::Fen;
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, Statement,
};

use super::entity::ledger::{ActiveModel, Column, Entity, Model, Side};
use crate::domain::ledger::{Account, Movement};

/// Writes a movement: both rows in one statement, so that neither can be without the other. Only for the transaction
/// that decides that the money moved: a name that is there already is an error.
pub(crate) async fn add(
    db: &impl ConnectionTrait,
    movement: &Movement,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let row = |side: Side, account: Account| ActiveModel {
        id: NotSet,
        movement: Set(movement.name.clone()),
        side: Set(side),
        account: Set(account.name().to_owned()),
        amount: Set(movement.amount.0),
        order_id: Set(movement.order_id.clone()),
        trade_no: Set(movement.trade_no.clone()),
        moved_at: Set(movement.at),
        created_at: Set(now),
    };
    let rows = [
        row(Side::Debit, movement.debit),
        row(Side::Credit, movement.credit),
    ];
    Entity::insert_many(rows).exec_without_returning(db).await?;
    Ok(())
}

/// One row, as people read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    /// The movement's name.
    pub(crate) movement: String,
    /// `debit` or `credit`.
    pub(crate) side: &'static str,
    /// The account's name.
    pub(crate) account: String,
    /// How much.
    pub(crate) amount: Fen,
    /// When the money moved.
    pub(crate) moved_at: DateTime<Utc>,
}

impl From<Model> for Row {
    fn from(row: Model) -> Self {
        let side = match row.side {
            Side::Debit => "debit",
            Side::Credit => "credit",
        };
        Self {
            movement: row.movement,
            side,
            account: row.account,
            amount: Fen(row.amount),
            moved_at: row.moved_at,
        }
    }
}

/// The rows of an order, in the order in which they were written.
pub(crate) async fn of_order(db: &impl ConnectionTrait, order: &str) -> Result<Vec<Row>, DbErr> {
    let rows = Entity::find()
        .filter(Column::OrderId.eq(order))
        .order_by_asc(Column::Id)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(Row::from).collect())
}

#[derive(FromQueryResult)]
struct Finding {
    reference: String,
}

/// What must hold of all rows, and the query that finds where it does not. Each reads whole tables: for the check
/// command only.
const CHECKS: [(&str, &str); 6] = [
    (
        "a movement has not exactly one debit and one credit of the same sum",
        "SELECT movement AS reference FROM pays_ledger GROUP BY movement \
         HAVING COUNT(*) <> 2 OR SUM(CASE side WHEN 'debit' THEN amount ELSE -amount END) <> 0",
    ),
    (
        "money that arrived is not in the ledger with its sum",
        "SELECT t.trade_no AS reference FROM pays_transaction t LEFT JOIN pays_ledger l \
         ON l.movement = CONCAT('receipt:', t.trade_no) AND l.side = 'debit' \
         WHERE l.id IS NULL OR l.amount <> t.amount",
    ),
    (
        "a refund that is done is not in the ledger with its sum",
        "SELECT r.out_request_no AS reference FROM pays_refund r LEFT JOIN pays_ledger l \
         ON l.movement = CONCAT('refund:', r.out_request_no) AND l.side = 'debit' \
         WHERE r.status = 'done' AND (l.id IS NULL OR l.amount <> r.amount)",
    ),
    (
        "the ledger has a refund that is not done",
        "SELECT l.movement AS reference FROM pays_ledger l LEFT JOIN pays_refund r \
         ON l.movement = CONCAT('refund:', r.out_request_no) \
         WHERE l.side = 'debit' AND l.movement LIKE 'refund:%' AND (r.status IS NULL OR r.status <> 'done')",
    ),
    (
        "what is set aside for refunds is not the sum of the refunds",
        "SELECT t.trade_no AS reference FROM pays_transaction t LEFT JOIN pays_refund r \
         ON r.trade_no = t.trade_no AND r.status <> 'refused' \
         GROUP BY t.trade_no, t.refund_total HAVING t.refund_total <> COALESCE(SUM(r.amount), 0)",
    ),
    (
        "a paid payment has no money of its sum",
        "SELECT p.order_id AS reference FROM pays_payment p LEFT JOIN pays_transaction t \
         ON t.order_id = p.order_id AND t.amount = p.amount \
         WHERE p.status = 'paid' AND t.trade_no IS NULL",
    ),
];

/// Every place where the books do not add up, as a sentence.
pub(crate) async fn check(db: &impl ConnectionTrait) -> Result<Vec<String>, DbErr> {
    let mut findings = Vec::new();
    for (rule, sql) in CHECKS {
        let statement = Statement::from_string(db.get_database_backend(), sql);
        let broken = Finding::find_by_statement(statement).all(db).await?;
        findings.extend(
            broken
                .into_iter()
                .map(|found| format!("{rule}: {}", found.reference)),
        );
    }
    Ok(findings)
}

#[derive(FromQueryResult)]
struct Balance {
    account: String,
    balance: i64,
}

/// What is on each account: debits less credits. Reads the whole table.
pub(crate) async fn balances(db: &impl ConnectionTrait) -> Result<BTreeMap<String, Fen>, DbErr> {
    let sql = "SELECT account, CAST(SUM(CASE side WHEN 'debit' THEN amount ELSE -amount END) AS SIGNED) AS balance \
               FROM pays_ledger GROUP BY account";
    let statement = Statement::from_string(db.get_database_backend(), sql);
    let rows = Balance::find_by_statement(statement).all(db).await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.account, Fen(row.balance)))
        .collect())
}
