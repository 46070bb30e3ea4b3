//! The rows that the audit looks at, read alike from SQLite and MariaDB.

use common::db::Db;
use sea_orm::{ConnectionTrait, QueryResult, Statement};

use crate::deployment::{Deployment, TextRow};
use crate::stores::Stores;

/// A database that is only read.
pub(super) enum Reader {
    /// Through a connection.
    Connected(Db),
    /// Through the probe of a deployment.
    Probed(Deployment, &'static str),
}

impl Reader {
    /// Opens the database of `owner`.
    pub(super) async fn open(stores: &Stores, owner: &'static str) -> Self {
        match &stores.deployment {
            Some(deployment) => Self::Probed(deployment.clone(), owner),
            None => Self::Connected(stores.open(owner).await),
        }
    }

    /// Closes its connections.
    pub(super) async fn close(self) {
        match self {
            Self::Connected(db) => db.close().await.expect("close"),
            Self::Probed(..) => {}
        }
    }
}

/// Runs a query without parameters.
pub(super) async fn query(reader: &Reader, sql: &str) -> Vec<Row> {
    match reader {
        Reader::Connected(db) => connected(db, sql).await.into_iter().map(Row::Typed).collect(),
        Reader::Probed(deployment, owner) => {
            let rows = deployment.sql(owner, sql).await;
            rows.into_iter().map(Row::Text).collect()
        }
    }
}

async fn connected(db: &Db, sql: &str) -> Vec<QueryResult> {
    let backend = db.reader().get_database_backend();
    let rows = db
        .reader()
        .query_all_raw(Statement::from_string(backend, sql))
        .await;
    rows.unwrap_or_else(|error| panic!("{sql}: {error}"))
}

/// A row whose columns must be there.
pub(super) enum Row {
    /// With the types of the database.
    Typed(QueryResult),
    /// As a client prints it.
    Text(TextRow),
}

impl Row {
    /// An integer of whatever width.
    pub(super) fn number(&self, column: &str) -> i64 {
        let row = match self {
            Self::Typed(row) => row,
            Self::Text(row) => {
                return row[column]
                    .parse()
                    .unwrap_or_else(|error| panic!("{column}: {error}"));
            }
        };
        let wide = row.try_get::<i64>("", column);
        let narrow = || row.try_get::<i32>("", column).map(i64::from);
        let short = || row.try_get::<i16>("", column).map(i64::from);
        wide.or_else(|_| narrow())
            .or_else(|_| short())
            .unwrap_or_else(|error| panic!("{column}: {error}"))
    }

    /// A text.
    pub(super) fn text(&self, column: &str) -> String {
        match self {
            Self::Typed(row) => row
                .try_get("", column)
                .unwrap_or_else(|error| panic!("{column}: {error}")),
            Self::Text(row) => row[column].clone(),
        }
    }
}
