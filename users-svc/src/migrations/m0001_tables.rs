//! Accounts, addresses, outbox and inbox.
//!
//! Three rules are kept by the database through generated columns that are NULL where the rule does not apply: one
//! account per user name whatever its case, one active account per e-mail address, one default address per user.

use common::outbox;
use sea_orm_migration::prelude::async_trait::async_trait;
use sea_orm_migration::sea_orm::{DbBackend, DbErr};
use sea_orm_migration::sea_query::{
    ColumnDef, Expr, ForeignKey, ForeignKeyAction, Index, IndexCreateStatement, Table, TableCreateStatement,
};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager};

/// The step.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0001_tables"
    }
}

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let backend = manager.get_database_backend();
        manager.create_table(table(users(), backend)).await?;
        unique(manager, "users_user_profile", "username_folded").await?;
        unique(manager, "users_user_profile", "phone").await?;
        unique(manager, "users_user_profile", "active_email").await?;
        manager.create_table(table(addresses(), backend)).await?;
        unique(manager, "users_address", "default_of").await?;
        index(manager, "users_address", "user_profile_id", &mut Index::create()).await?;
        outbox::create_tables(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        outbox::drop_tables(manager).await?;
        for name in ["users_address", "users_user_profile"] {
            manager.drop_table(Table::drop().table(name).to_owned()).await?;
        }
        Ok(())
    }
}

async fn unique(manager: &SchemaManager<'_>, table: &'static str, column: &'static str) -> Result<(), DbErr> {
    index(manager, table, column, Index::create().unique()).await
}

async fn index(
    manager: &SchemaManager<'_>,
    table: &'static str,
    column: &'static str,
    create: &mut IndexCreateStatement,
) -> Result<(), DbErr> {
    let name = format!("{table}_{column}");
    if manager.has_index(table, &name).await? {
        return Ok(());
    }
    let index = create.name(name).table(table).col(column).to_owned();
    manager.create_index(index).await
}

/// MariaDB: any character, compared byte by byte as SQLite does. The table may be there already: MariaDB commits each
/// CREATE by itself, so a step killed half-way finds its first tables.
fn table(mut create: TableCreateStatement, backend: DbBackend) -> TableCreateStatement {
    create.if_not_exists();
    if backend == DbBackend::MySql {
        create.character_set("utf8mb4").collate("utf8mb4_bin");
    }
    create
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

fn users() -> TableCreateStatement {
    Table::create()
        .table("users_user_profile")
        .col(id())
        .col(ColumnDef::new("username").string_len(11).not_null())
        .col(ColumnDef::new("password").string_len(255).not_null())
        .col(ColumnDef::new("email").string_len(254).not_null())
        .col(ColumnDef::new("phone").string_len(11).not_null())
        .col(ColumnDef::new("is_active").boolean().not_null().default(false))
        .col(ColumnDef::new("role").string_len(10).not_null().default("buyer"))
        .col(time("created_time"))
        .col(time("updated_time"))
        .col(
            ColumnDef::new("username_folded")
                .string_len(11)
                .generated(Expr::cust("LOWER(username)"), false),
        )
        .col(
            ColumnDef::new("active_email")
                .string_len(254)
                .generated(Expr::cust("CASE WHEN is_active THEN LOWER(email) END"), false),
        )
        .to_owned()
}

fn addresses() -> TableCreateStatement {
    let default_of = "CASE WHEN is_default AND NOT is_delete THEN user_profile_id END";
    Table::create()
        .table("users_address")
        .col(id())
        .col(ColumnDef::new("user_profile_id").big_integer().not_null())
        .col(ColumnDef::new("receiver").string_len(10).not_null())
        .col(ColumnDef::new("address").string_len(100).not_null())
        .col(ColumnDef::new("postcode").string_len(6).not_null())
        .col(ColumnDef::new("receiver_mobile").string_len(11).not_null())
        .col(ColumnDef::new("tag").string_len(10).not_null())
        .col(ColumnDef::new("is_default").boolean().not_null().default(false))
        .col(ColumnDef::new("is_delete").boolean().not_null().default(false))
        .col(time("created_time"))
        .col(time("updated_time"))
        .col(
            ColumnDef::new("default_of")
                .big_integer()
                .generated(Expr::cust(default_of), false),
        )
        .foreign_key(
            ForeignKey::create()
                .name("users_address_user")
                .from("users_address", "user_profile_id")
                .to("users_user_profile", "id")
                .on_delete(ForeignKeyAction::Cascade),
        )
        .to_owned()
}
