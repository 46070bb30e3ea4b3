//! The column types that the steps share, so that a name, an amount and a time are the same in every table.

use sea_orm::{DbBackend, DbErr};
use sea_orm_migration::SchemaManager;
use sea_orm_migration::sea_query::{
    ColumnDef, ForeignKey, ForeignKeyAction, ForeignKeyCreateStatement, Index, Table, TableCreateStatement,
};

/// An empty table of the course's kind: `id`, `created_time`, `updated_time` (contract §4).
pub(super) fn course_table(manager: &SchemaManager<'_>, name: &'static str) -> TableCreateStatement {
    let mut table = table(manager, name);
    table
        .col(
            ColumnDef::new("id")
                .big_integer()
                .not_null()
                .auto_increment()
                .primary_key(),
        )
        .col(time("created_time"))
        .col(time("updated_time"));
    table
}

/// An empty table. Chinese names need four bytes a letter on MariaDB; SQLite knows nothing else than UTF-8. There may
/// be one already: MariaDB keeps the first tables of a step that was killed half-way.
pub(super) fn table(manager: &SchemaManager<'_>, name: &'static str) -> TableCreateStatement {
    let mut table = Table::create();
    table.table(name).if_not_exists();
    if manager.get_database_backend() == DbBackend::MySql {
        table.character_set("utf8mb4");
    }
    table
}

/// Text of at most `letters`.
pub(super) fn text(name: &'static str, letters: u32) -> ColumnDef {
    let mut column = ColumnDef::new(name);
    column.string_len(letters).not_null();
    column
}

/// An id of another row, or an amount of fen.
pub(super) fn number(name: &'static str) -> ColumnDef {
    let mut column = ColumnDef::new(name);
    column.big_integer().not_null();
    column
}

/// A count that begins at zero.
pub(super) fn count(name: &'static str) -> ColumnDef {
    let mut column = number(name);
    column.default(0);
    column
}

/// An instant in UTC, to the microsecond.
pub(super) fn time(name: &'static str) -> ColumnDef {
    let mut column = ColumnDef::new(name);
    column.custom("datetime(6)").not_null();
    column
}

/// `table.column` names a row of `parent` and goes with it.
pub(super) fn belongs_to(
    table: &'static str,
    column: &'static str,
    parent: &'static str,
) -> ForeignKeyCreateStatement {
    ForeignKey::create()
        .name(format!("{table}_{column}"))
        .from(table, column)
        .to(parent, "id")
        .on_delete(ForeignKeyAction::Cascade)
        .to_owned()
}

/// An index, named after what it is of. There may be one already, as with tables.
pub(super) async fn create_index(
    manager: &SchemaManager<'_>,
    table: &'static str,
    columns: &[&'static str],
) -> Result<(), DbErr> {
    let name = format!("{table}_by_{}", columns.join("_"));
    if manager.has_index(table, &name).await? {
        return Ok(());
    }
    let mut index = Index::create();
    index.name(name).table(table);
    for column in columns {
        index.col(*column);
    }
    manager.create_index(index).await
}
