//! What revoking tokens, logging in by Weibo and running the shop need: columns of accounts, and two tables.

use sea_orm_migration::prelude::async_trait::async_trait;
use sea_orm_migration::sea_orm::{DbBackend, DbErr};
use sea_orm_migration::sea_query::{
    ColumnDef, Expr, ForeignKey, ForeignKeyAction, Index, IndexCreateStatement, Table, TableCreateStatement,
};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager};

const USERS: &str = "users_user_profile";
const WEIBO: &str = "users_weibo_profile";
const AUDIT: &str = "users_audit";

/// The step.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0002_sessions_weibo_staff"
    }
}

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, column) in columns() {
            add_column(manager, name, column).await?;
        }
        for column in ["token_revoked_at", "email_folded"] {
            index(manager, USERS, &[column], &mut Index::create()).await?;
        }
        let backend = manager.get_database_backend();
        manager.create_table(table(weibo(), backend)).await?;
        for column in ["user_profile_id", "wuid"] {
            index(manager, WEIBO, &[column], Index::create().unique()).await?;
        }
        manager.create_table(table(audit(), backend)).await?;
        index(manager, AUDIT, &["target_id", "id"], &mut Index::create()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for name in [AUDIT, WEIBO] {
            manager.drop_table(Table::drop().table(name).to_owned()).await?;
        }
        for column in ["token_revoked_at", "email_folded"] {
            let index = Index::drop()
                .name(format!("{USERS}_{column}"))
                .table(USERS)
                .to_owned();
            manager.drop_index(index).await?;
        }
        for (column, _) in columns().into_iter().rev() {
            let drop = Table::alter().table(USERS).drop_column(column).to_owned();
            manager.alter_table(drop).await?;
        }
        Ok(())
    }
}

/// MariaDB commits each statement by itself: a step killed half-way finds what it did before.
async fn add_column(manager: &SchemaManager<'_>, name: &str, column: ColumnDef) -> Result<(), DbErr> {
    if manager.has_column(USERS, name).await? {
        return Ok(());
    }
    let alter = Table::alter().table(USERS).add_column(column).to_owned();
    manager.alter_table(alter).await
}

async fn index(
    manager: &SchemaManager<'_>,
    table: &'static str,
    columns: &[&'static str],
    create: &mut IndexCreateStatement,
) -> Result<(), DbErr> {
    let name = format!("{table}_{}", columns.join("_"));
    if manager.has_index(table, &name).await? {
        return Ok(());
    }
    create.name(name).table(table);
    for column in columns {
        create.col(*column);
    }
    manager.create_index(create.to_owned()).await
}

fn table(mut create: TableCreateStatement, backend: DbBackend) -> TableCreateStatement {
    create.if_not_exists();
    if backend == DbBackend::MySql {
        create.character_set("utf8mb4").collate("utf8mb4_bin");
    }
    create
}

/// `email_folded` is there to be searched by; whether an address is taken, `active_email` says.
fn columns() -> [(&'static str, ColumnDef); 4] {
    let mut is_disabled = ColumnDef::new("is_disabled");
    let mut token_epoch = ColumnDef::new("token_epoch");
    let mut email_folded = ColumnDef::new("email_folded");
    [
        (
            "is_disabled",
            is_disabled.boolean().not_null().default(false).to_owned(),
        ),
        (
            "token_epoch",
            token_epoch.big_integer().not_null().default(0).to_owned(),
        ),
        (
            "token_revoked_at",
            ColumnDef::new("token_revoked_at")
                .custom("datetime(6)")
                .to_owned(),
        ),
        (
            "email_folded",
            email_folded
                .string_len(254)
                .generated(Expr::cust("LOWER(email)"), false)
                .to_owned(),
        ),
    ]
}

fn id() -> ColumnDef {
    ColumnDef::new("id")
        .big_integer()
        .not_null()
        .auto_increment()
        .primary_key()
        .to_owned()
}

fn time(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).custom("datetime(6)").not_null().to_owned()
}

/// One row a user and one a Weibo account: that is what binds them.
fn weibo() -> TableCreateStatement {
    Table::create()
        .table(WEIBO)
        .col(id())
        .col(ColumnDef::new("user_profile_id").big_integer().not_null())
        .col(ColumnDef::new("wuid").string_len(64).not_null())
        .col(time("created_time"))
        .foreign_key(
            ForeignKey::create()
                .name("users_weibo_profile_user")
                .from(WEIBO, "user_profile_id")
                .to(USERS, "id")
                .on_delete(ForeignKeyAction::Cascade),
        )
        .to_owned()
}

/// Written, never changed. Names stand beside ids, because an account may be renamed or removed.
fn audit() -> TableCreateStatement {
    Table::create()
        .table(AUDIT)
        .col(id())
        .col(time("at"))
        .col(ColumnDef::new("actor_id").big_integer().not_null())
        .col(ColumnDef::new("actor_name").string_len(32).not_null())
        .col(ColumnDef::new("action").string_len(32).not_null())
        .col(ColumnDef::new("target_id").big_integer().not_null())
        .col(ColumnDef::new("target_name").string_len(32).not_null())
        .col(ColumnDef::new("reason").string_len(200).not_null())
        .to_owned()
}
