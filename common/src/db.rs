//! The database: one pool to read, one to write, and `begin_write`, the only opener of transactions.
//!
//! Three traps of this stack are closed here (reliability L1, L8, L14): a connection rolls back when it returns to
//! the write pool, SQLite transactions begin IMMEDIATE, and MariaDB runs at READ COMMITTED with limits of its own
//! instead of clients that stop waiting.

use std::collections::HashSet;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, NaiveDateTime, Utc};
use sea_orm::prelude::async_trait::async_trait;
use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sea_orm::sqlx::{Executor, MySql};
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr,
    ExecResult, QueryResult, SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait,
};
use sea_orm_migration::MigratorTrait;
use tokio::sync::Notify;

use crate::clock::Clock;

/// How long to wait for a free connection before a request is turned away (reliability §5.12).
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(2);

/// A connection older than this is closed when it is given back, so that none outlives what lies between for long.
const MAX_LIFETIME: Duration = Duration::from_secs(15 * 60);

/// Limits that the server keeps, because a client that stops waiting would leave its transaction behind.
/// The isolation level has a statement of its own, because MariaDB 10 does not know the variable by MySQL's name.
const MYSQL_SESSION: [&str; 2] = [
    "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",
    "SET SESSION time_zone = '+00:00', sql_mode = CONCAT(@@sql_mode, ',STRICT_ALL_TABLES'), \
     innodb_lock_wait_timeout = 3, max_statement_time = 5",
];

/// The migrations of one service wait this many seconds for another replica's.
const MIGRATION_LOCK_SECONDS: u32 = 120;

/// One service's database. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Db {
    reader: DatabaseConnection,
    writer: DatabaseConnection,
    committed: Arc<Notify>,
    url: Arc<str>,
}

impl Db {
    /// Opens `sqlite:PATH` (created when missing) or `mysql://user:password@host:port/database`, with at most
    /// `max_connections` to write and half as many to read. SQLite has one writer, whatever the number.
    pub async fn open(url: &str, max_connections: u32) -> Result<Self, DbErr> {
        let writer = Database::connect(writer_options(url, max_connections)).await?;
        let reader = Database::connect(reader_options(url, (max_connections / 2).max(2))).await?;
        Ok(Self::of(writer, reader, url))
    }

    /// [`Db::open`] for what can be made again: on SQLite a commit does not wait for the disk.
    pub async fn open_for_cache(url: &str, max_connections: u32) -> Result<Self, DbErr> {
        let mut options = writer_options(url, max_connections);
        options.map_sqlx_sqlite_opts(|sqlite| sqlite_settings(sqlite, SqliteSynchronous::Normal));
        let writer = Database::connect(options).await?;
        let reader = Database::connect(reader_options(url, (max_connections / 2).max(2))).await?;
        Ok(Self::of(writer, reader, url))
    }

    fn of(writer: DatabaseConnection, reader: DatabaseConnection, url: &str) -> Self {
        Self {
            reader,
            writer,
            committed: Arc::default(),
            url: url.into(),
        }
    }

    /// Connections for reading. On SQLite they refuse to write.
    pub fn reader(&self) -> &DatabaseConnection {
        &self.reader
    }

    /// Connections for one statement that commits by itself. More than one statement: [`begin_write`].
    pub fn writer(&self) -> &DatabaseConnection {
        &self.writer
    }

    /// Rings after each commit of a transaction: what wakes the outbox relay.
    pub fn committed(&self) -> Arc<Notify> {
        self.committed.clone()
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), DbErr> {
        self.reader.ping().await
    }

    /// The database's time: of its server, for SQLite of this machine. Deadlines go by it.
    pub async fn now(&self) -> Result<DateTime<Utc>, DbErr> {
        if is_sqlite(&self.url) {
            return Ok(Clock::System.now());
        }
        let sql = Statement::from_string(DbBackend::MySql, "SELECT UTC_TIMESTAMP(6) AS now");
        let row = self.reader.query_one_raw(sql).await?;
        let now: Option<NaiveDateTime> = row.map(|row| row.try_get("", "now")).transpose()?;
        now.map(|now| now.and_utc())
            .ok_or_else(|| DbErr::RecordNotFound("the time".into()))
    }

    /// Brings the tables up to date. Replicas that start together take turns. Where nothing is to be done, no right to
    /// change tables is needed, and tables that a later version made are let be: it may be on its way in or out.
    pub async fn migrate<M: MigratorTrait>(&self) -> Result<(), DbErr> {
        let options = base_options(&self.url, 1);
        let connection = Database::connect(options).await?;
        if is_up_to_date::<M>(&connection).await {
            return connection.close().await;
        }
        let lock = MigrationLock::acquire(&connection, &self.url).await?;
        let outcome = M::up(&connection, None).await;
        lock.release(&connection).await?;
        connection.close().await?;
        outcome
    }

    /// Closes both pools.
    pub async fn close(self) -> Result<(), DbErr> {
        self.reader.close().await?;
        self.writer.close().await
    }
}

/// Whether every migration that this version knows was applied. The first time there is no table to ask.
async fn is_up_to_date<M: MigratorTrait>(connection: &DatabaseConnection) -> bool {
    let table = M::migration_table_name().to_string();
    let sql = Statement::from_string(
        connection.get_database_backend(),
        format!("SELECT version FROM {table}"),
    );
    let rows = connection.query_all_raw(sql).await.unwrap_or_default();
    let applied: HashSet<String> = rows
        .iter()
        .filter_map(|row| row.try_get("", "version").ok())
        .collect();
    M::migrations()
        .iter()
        .all(|migration| applied.contains(migration.name()))
}

fn is_sqlite(url: &str) -> bool {
    url.starts_with("sqlite:")
}

fn base_options(url: &str, max_connections: u32) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(max_connections)
        .min_connections(0)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .connect_timeout(ACQUIRE_TIMEOUT)
        // Without these the pool runs no maintenance task. sqlx 0.9.0's counts down an idle counter that wraps below
        // zero for an instant while connections come and go, and then never yields again.
        .idle_timeout(None::<Duration>)
        .max_lifetime(None::<Duration>)
        .test_before_acquire(false)
        .test_before_acquire_if_idle_for(Duration::from_secs(5))
        .sqlx_logging(false);
    options.map_sqlx_sqlite_opts(|sqlite| sqlite_settings(sqlite, SqliteSynchronous::Full));
    options
}

fn sqlite_settings(sqlite: SqliteConnectOptions, synchronous: SqliteSynchronous) -> SqliteConnectOptions {
    sqlite
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(synchronous)
        .busy_timeout(Duration::from_secs(5))
        .foreign_keys(true)
}

fn writer_options(url: &str, max_connections: u32) -> ConnectOptions {
    let max_connections = if is_sqlite(url) { 1 } else { max_connections };
    let mut options = base_options(url, max_connections);
    options.map_sqlx_mysql_pool_opts(|pool| {
        mysql_session(pool).after_release(|connection, released| {
            Box::pin(async move {
                connection.execute("ROLLBACK").await?;
                Ok(released.age < MAX_LIFETIME)
            })
        })
    });
    options
}

fn reader_options(url: &str, max_connections: u32) -> ConnectOptions {
    let mut options = base_options(url, max_connections);
    options.map_sqlx_mysql_pool_opts(|pool| {
        mysql_session(pool)
            .after_release(|_, released| Box::pin(async move { Ok(released.age < MAX_LIFETIME) }))
    });
    options.map_sqlx_sqlite_opts(|sqlite| {
        sqlite
            .busy_timeout(Duration::from_secs(5))
            .pragma("query_only", "ON")
    });
    options
}

type MySqlPoolOptions = sea_orm::sqlx::pool::PoolOptions<MySql>;

fn mysql_session(pool: MySqlPoolOptions) -> MySqlPoolOptions {
    pool.after_connect(|connection, _| {
        Box::pin(async move {
            for statement in MYSQL_SESSION {
                connection.execute(statement).await?;
            }
            Ok(())
        })
    })
}

/// A transaction that may write. Rolls back when dropped without [`WriteTxn::commit`].
#[derive(Debug)]
pub struct WriteTxn {
    txn: DatabaseTransaction,
    committed: Arc<Notify>,
}

/// Opens a transaction for writing: IMMEDIATE on SQLite, READ COMMITTED on MariaDB.
#[allow(clippy::disallowed_methods)] // the one place that may: see clippy.toml
pub async fn begin_write(db: &Db) -> Result<WriteTxn, DbErr> {
    let options = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    let txn = db.writer.begin_with_options(options).await?;
    Ok(WriteTxn {
        txn,
        committed: db.committed.clone(),
    })
}

impl WriteTxn {
    /// Makes the changes last, and wakes the outbox relay.
    pub async fn commit(self) -> Result<(), DbErr> {
        self.txn.commit().await?;
        self.committed.notify_one();
        Ok(())
    }

    /// Undoes the changes now, rather than when the connection is next used.
    pub async fn rollback(self) -> Result<(), DbErr> {
        self.txn.rollback().await
    }
}

#[async_trait]
impl ConnectionTrait for WriteTxn {
    fn get_database_backend(&self) -> DbBackend {
        self.txn.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.txn.execute_raw(statement).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.txn.execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.txn.query_one_raw(statement).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.txn.query_all_raw(statement).await
    }
}

/// What `retry_transient` asks an error.
pub trait Transient {
    /// The database error behind this error, if one is.
    fn database_error(&self) -> Option<&DbErr>;
}

impl Transient for DbErr {
    fn database_error(&self) -> Option<&DbErr> {
        Some(self)
    }
}

/// Tries of one transaction, the first included.
const TRANSACTION_TRIES: u32 = 4;

/// Runs a whole transaction again when the database gave it up for another's sake: deadlock, lock wait, snapshot
/// conflict (MariaDB 1213, 1205, 1020), or a busy SQLite file.
pub async fn retry_transient<T, E, F>(mut transaction: impl FnMut() -> F) -> Result<T, E>
where
    E: Transient,
    F: Future<Output = Result<T, E>>,
{
    let mut tries = 1;
    loop {
        match transaction().await {
            Err(error) if tries < TRANSACTION_TRIES && error.database_error().is_some_and(is_transient) => {
                tries += 1;
                tokio::time::sleep(Duration::from_millis(rand::random_range(5..40))).await;
            }
            outcome => return outcome,
        }
    }
}

fn is_transient(error: &DbErr) -> bool {
    const CODES: [&str; 5] = ["1213", "1205", "1020", "5", "517"];
    let (DbErr::Exec(runtime) | DbErr::Query(runtime)) = error else {
        return false;
    };
    let sea_orm::RuntimeErr::SqlxError(error) = runtime else {
        return false;
    };
    let Some(error) = error.as_database_error() else {
        return false;
    };
    match error.try_downcast_ref::<sea_orm::sqlx::mysql::MySqlDatabaseError>() {
        Some(mysql) => CODES.contains(&mysql.number().to_string().as_str()),
        None => error.code().is_some_and(|code| CODES.contains(&&*code)),
    }
}

/// Keeps two processes from migrating one database at the same time.
enum MigrationLock {
    /// `GET_LOCK` on the migrating connection; gone with it, should the process die.
    MySql,
    /// A lock file beside the database; the kernel frees it with the process.
    Sqlite(File),
}

impl MigrationLock {
    async fn acquire(connection: &DatabaseConnection, url: &str) -> Result<Self, DbErr> {
        if is_sqlite(url) {
            let path = sqlite_path(url).with_extension("migrate.lock");
            let file = tokio::task::spawn_blocking(move || lock_file(&path)).await;
            return match file {
                Ok(Ok(file)) => Ok(Self::Sqlite(file)),
                Ok(Err(error)) => Err(DbErr::Migration(format!("lock file beside {url}: {error}"))),
                Err(panic) => Err(DbErr::Migration(format!("lock file beside {url}: {panic}"))),
            };
        }
        let sql =
            format!("SELECT GET_LOCK(CONCAT('migrate ', DATABASE()), {MIGRATION_LOCK_SECONDS}) AS taken");
        let row = connection
            .query_one_raw(Statement::from_string(DbBackend::MySql, sql))
            .await?;
        let taken: Option<i64> = row.map(|row| row.try_get("", "taken")).transpose()?.flatten();
        match taken {
            Some(1) => Ok(Self::MySql),
            _ => Err(DbErr::Migration(
                "another process has been migrating this database for too long".into(),
            )),
        }
    }

    async fn release(self, connection: &DatabaseConnection) -> Result<(), DbErr> {
        match self {
            Self::MySql => {
                connection
                    .execute_unprepared("DO RELEASE_LOCK(CONCAT('migrate ', DATABASE()))")
                    .await?;
            }
            Self::Sqlite(file) => drop(file),
        }
        Ok(())
    }
}

fn sqlite_path(url: &str) -> PathBuf {
    let path = url.trim_start_matches("sqlite:").trim_start_matches("//");
    PathBuf::from(path.split('?').next().unwrap_or(path))
}

fn lock_file(path: &Path) -> std::io::Result<File> {
    let file = File::create(path)?;
    file.lock()?;
    Ok(file)
}
