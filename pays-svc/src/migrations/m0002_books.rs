//! The books: the ledger, what of each trade is set aside for refunds, who of the staff did what, and daily
//! reconciliation.

use sea_orm::{ConnectionTrait, DbBackend};
use sea_orm_migration::prelude::async_trait::async_trait;
use sea_orm_migration::sea_query::{ColumnDef, Expr, ExprTrait, Index, Table, TableCreateStatement};
use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager};

/// In the order in which they are made.
const TABLES: [&str; 3] = ["pays_ledger", "pays_staff_act", "pays_reconciliation"];

/// Columns that older tables get: table, column, type. All may be empty, or have a value for the rows that are there.
const COLUMNS: [(&str, &str, &str); 11] = [
    ("pays_refund", "refund_no", "varchar(64)"),
    ("pays_refund", "failure", "varchar(255)"),
    ("pays_refund", "refunded_at", "datetime(6)"),
    ("pays_notify_log", "out_trade_no", "varchar(64)"),
    ("pays_notify_log", "times", "int NOT NULL DEFAULT 1"),
    ("pays_notify_log", "last_verdict", "varchar(32)"),
    ("pays_notify_log", "last_at", "datetime(6)"),
    ("pays_anomaly", "resolved_at", "datetime(6)"),
    ("pays_anomaly", "resolved_by", "varchar(64)"),
    ("pays_anomaly", "resolution", "varchar(255)"),
    ("pays_transaction", "refund_total", ""),
];

const INDEXES: [(&str, &[&str]); 9] = [
    ("pays_ledger", &["order_id"]),
    ("pays_ledger", &["moved_at"]),
    ("pays_staff_act", &["reference"]),
    ("pays_reconciliation", &["next_at"]),
    ("pays_refund", &["order_id"]),
    ("pays_refund", &["status", "created_at"]),
    ("pays_payment", &["status", "created_at"]),
    ("pays_notify_log", &["out_trade_no"]),
    ("pays_anomaly", &["resolved_at", "id"]),
];

/// This step.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0002_books"
    }
}

#[async_trait]
impl MigrationTrait for Migration {
    /// Each part looks whether it is done: MariaDB commits each by itself, and a killed step begins again.
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for mut table in [ledger(), staff_act(), reconciliation()] {
            if manager.get_database_backend() == DbBackend::MySql {
                table.character_set("utf8mb4").collate("utf8mb4_bin");
            }
            manager.create_table(table.if_not_exists().to_owned()).await?;
        }
        let db = manager.get_connection();
        for (table, column, kind) in COLUMNS {
            if !manager.has_column(table, column).await? {
                let sql = match column {
                    "refund_total" => refund_total(manager.get_database_backend()).to_owned(),
                    _ => format!("ALTER TABLE {table} ADD COLUMN {column} {kind}"),
                };
                db.execute_unprepared(&sql).await?;
            }
        }
        for (table, columns) in INDEXES {
            add_index(manager, table, columns).await?;
        }
        for sql in BACKFILL {
            db.execute_unprepared(sql).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in TABLES {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}

/// Never more goes back than came: the database itself refuses it.
fn refund_total(backend: DbBackend) -> &'static str {
    match backend {
        DbBackend::MySql => {
            "ALTER TABLE pays_transaction ADD COLUMN refund_total bigint NOT NULL DEFAULT 0, \
             ADD CONSTRAINT pays_transaction_refund_total CHECK (refund_total >= 0 AND refund_total <= amount)"
        }
        _ => {
            "ALTER TABLE pays_transaction ADD COLUMN refund_total bigint NOT NULL DEFAULT 0 \
             CHECK (refund_total >= 0 AND refund_total <= amount)"
        }
    }
}

/// What the rows that are there say in the new tables and columns. Each changes nothing the second time.
const BACKFILL: [&str; 5] = [
    "UPDATE pays_refund SET refunded_at = updated_at WHERE status = 'done' AND refunded_at IS NULL",
    "UPDATE pays_transaction SET refund_total = COALESCE((SELECT CASE WHEN SUM(r.amount) > pays_transaction.amount \
     THEN pays_transaction.amount ELSE SUM(r.amount) END FROM pays_refund r \
     WHERE r.trade_no = pays_transaction.trade_no AND r.status <> 'refused'), 0)",
    "INSERT INTO pays_ledger (movement, side, account, amount, order_id, trade_no, moved_at, created_at) \
     SELECT CONCAT('receipt:', t.trade_no), s.side, s.account, t.amount, t.order_id, t.trade_no, t.paid_at, t.created_at \
     FROM pays_transaction t JOIN (SELECT 'debit' AS side, 'provider' AS account UNION ALL SELECT 'credit', 'buyers') s \
     WHERE NOT EXISTS (SELECT 1 FROM pays_ledger l WHERE l.movement = CONCAT('receipt:', t.trade_no) AND l.side = s.side)",
    "INSERT INTO pays_ledger (movement, side, account, amount, order_id, trade_no, moved_at, created_at) \
     SELECT CONCAT('refund:', r.out_request_no), s.side, s.account, r.amount, r.order_id, r.trade_no, r.refunded_at, r.updated_at \
     FROM pays_refund r JOIN (SELECT 'debit' AS side, 'buyers' AS account UNION ALL SELECT 'credit', 'provider') s \
     WHERE r.status = 'done' AND NOT EXISTS \
     (SELECT 1 FROM pays_ledger l WHERE l.movement = CONCAT('refund:', r.out_request_no) AND l.side = s.side)",
    "UPDATE pays_notify_log SET last_verdict = verdict, last_at = at WHERE last_at IS NULL",
];

async fn add_index(
    manager: &SchemaManager<'_>,
    table: &'static str,
    columns: &[&'static str],
) -> Result<(), DbErr> {
    let name = format!("{table}_{}", columns.join("_"));
    if manager.has_index(table, &name).await? {
        return Ok(());
    }
    let mut index = Index::create();
    index.table(table).name(name);
    for column in columns {
        index.col(*column);
    }
    manager.create_index(index).await
}

fn time(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).custom("datetime(6)").to_owned()
}

fn text(name: &'static str, length: u32) -> ColumnDef {
    ColumnDef::new(name).string_len(length).not_null().to_owned()
}

fn id() -> ColumnDef {
    ColumnDef::new("id")
        .big_integer()
        .not_null()
        .auto_increment()
        .primary_key()
        .to_owned()
}

fn ledger() -> TableCreateStatement {
    Table::create()
        .table("pays_ledger")
        .col(id())
        .col(text("movement", 96))
        .col(text("side", 6).check(Expr::col("side").is_in(["debit", "credit"])))
        .col(text("account", 16))
        .col(
            ColumnDef::new("amount")
                .big_integer()
                .not_null()
                .check(Expr::col("amount").gt(0)),
        )
        .col(text("order_id", 64))
        .col(text("trade_no", 64))
        .col(time("moved_at").not_null())
        .col(time("created_at").not_null())
        .index(
            Index::create()
                .unique()
                .name("pays_ledger_movement")
                .col("movement")
                .col("side"),
        )
        .to_owned()
}

fn staff_act() -> TableCreateStatement {
    Table::create()
        .table("pays_staff_act")
        .col(id())
        .col(ColumnDef::new("user_id").big_integer().not_null())
        .col(text("username", 64))
        .col(text("action", 32))
        .col(text("reference", 128))
        .col(text("reason", 255))
        .col(time("at").not_null())
        .to_owned()
}

fn reconciliation() -> TableCreateStatement {
    Table::create()
        .table("pays_reconciliation")
        .col(ColumnDef::new("bill_date").char_len(10).not_null().primary_key())
        .col(text("state", 16))
        .col(ColumnDef::new("differences").unsigned().not_null())
        .col(ColumnDef::new("details").custom("mediumtext").not_null())
        .col(ColumnDef::new("tries").unsigned().not_null())
        .col(time("next_at"))
        .col(time("updated_at").not_null())
        .to_owned()
}
