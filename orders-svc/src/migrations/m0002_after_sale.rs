//! Step 2: parcels, refunds, hidden orders, notes, and the row that start-up proves the isolation level with.

use sea_orm::DbBackend;
use sea_orm_migration::prelude::{
    ColumnDef, DbErr, DeriveMigrationName, Expr, ExprTrait, Index, IndexCreateStatement, MigrationTrait,
    SchemaManager, Table, TableCreateStatement, async_trait,
};

/// See the file's head.
#[derive(DeriveMigrationName)]
pub struct Migration;

const ORDERS: &str = "orders_order_info";
const EVENTS: &str = "orders_order_event";
const REFUNDS: &str = "orders_refund";
const PROBE: &str = "orders_isolation_probe";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// Each part looks whether it is there: MariaDB commits them one by one, so a killed step begins again.
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, name, mut column) in columns() {
            if !manager.has_column(table, name).await? {
                let step = Table::alter().table(table).add_column(&mut column).to_owned();
                manager.alter_table(step).await?;
            }
        }
        for mut table in [refunds(), probe()] {
            if manager.get_database_backend() == DbBackend::MySql {
                table.character_set("utf8mb4").collate("utf8mb4_bin");
            }
            manager.create_table(table.if_not_exists().to_owned()).await?;
        }
        for (table, name, index) in indexes() {
            if !manager.has_index(table, name).await? {
                manager.create_index(index).await?;
            }
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, name, _) in indexes() {
            let step = Index::drop().table(table).name(name).to_owned();
            manager.drop_index(step).await?;
        }
        for table in [PROBE, REFUNDS] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        for (table, name, _) in columns() {
            let step = Table::alter().table(table).drop_column(name).to_owned();
            manager.alter_table(step).await?;
        }
        Ok(())
    }
}

fn text(name: &'static str, length: u32) -> ColumnDef {
    ColumnDef::new(name).string_len(length).to_owned()
}

fn time(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).custom("datetime(6)").to_owned()
}

fn number(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).big_integer().not_null().to_owned()
}

fn columns() -> [(&'static str, &'static str, ColumnDef); 6] {
    [
        (ORDERS, "carrier", text("carrier", 40)),
        (ORDERS, "tracking_no", text("tracking_no", 64)),
        (ORDERS, "complete_at", time("complete_at")),
        (ORDERS, "hidden_time", time("hidden_time")),
        (
            ORDERS,
            "refund_total",
            number("refund_total").default(0).to_owned(),
        ),
        (EVENTS, "detail", text("detail", 500)),
    ]
}

fn refunds() -> TableCreateStatement {
    Table::create()
        .table(REFUNDS)
        .col(text("refund_no", 40).not_null().primary_key())
        .col(text("order_id", 64).not_null())
        .col(number("amount"))
        .col(ColumnDef::new("status").small_integer().not_null())
        .col(ColumnDef::new("is_closing").boolean().not_null())
        .col(text("reason", 200).not_null())
        .col(text("asked_by", 40).not_null())
        .col(time("created_time").not_null())
        .col(time("updated_time").not_null())
        .check(Expr::col("amount").gt(0))
        .check(Expr::col("status").is_in([1, 2, 3, 4, 5]))
        .to_owned()
}

fn probe() -> TableCreateStatement {
    Table::create()
        .table(PROBE)
        .col(ColumnDef::new("id").integer().not_null().primary_key().to_owned())
        .col(number("looked_at"))
        .to_owned()
}

/// They serve, in this order, the staff's list by status, automatic completion, the refunds of one order, and the
/// refunds that wait for staff.
fn indexes() -> [(&'static str, &'static str, IndexCreateStatement); 4] {
    let index = |table: &'static str, name: &'static str, columns: &[&'static str]| {
        let mut index = Index::create().name(name).table(table).to_owned();
        for column in columns {
            index.col(*column);
        }
        (table, name, index)
    };
    [
        index(ORDERS, "orders_order_status", &["status", "order_id"]),
        index(ORDERS, "orders_order_complete", &["complete_at"]),
        index(REFUNDS, "orders_refund_order", &["order_id", "created_time"]),
        index(REFUNDS, "orders_refund_status", &["status", "created_time"]),
    ]
}
