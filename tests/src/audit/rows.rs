//! The rows that the audit looks at, read alike from SQLite and MariaDB.

use common::db::Db;
use sea_orm::{ConnectionTrait, QueryResult, Statement};

/// Runs a query without parameters.
pub(super) async fn query(db: &Db, sql: &str) -> Vec<Row> {
    let backend = db.reader().get_database_backend();
    let rows = db
        .reader()
        .query_all_raw(Statement::from_string(backend, sql))
        .await;
    let rows = rows.unwrap_or_else(|error| panic!("{sql}: {error}"));
    rows.into_iter().map(Row).collect()
}

/// A row whose columns must be there.
pub(super) struct Row(QueryResult);

impl Row {
    /// An integer of whatever width.
    pub(super) fn number(&self, column: &str) -> i64 {
        let wide = self.0.try_get::<i64>("", column);
        let narrow = || self.0.try_get::<i32>("", column).map(i64::from);
        let short = || self.0.try_get::<i16>("", column).map(i64::from);
        wide.or_else(|_| narrow())
            .or_else(|_| short())
            .unwrap_or_else(|error| panic!("{column}: {error}"))
    }

    /// A text.
    pub(super) fn text(&self, column: &str) -> String {
        self.0
            .try_get("", column)
            .unwrap_or_else(|error| panic!("{column}: {error}"))
    }
}
