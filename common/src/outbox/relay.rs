//! The relay: publishes what waits in the outbox. Any number of replicas share the work by leases.
//!
//! Rows are found by their state, never by "ids above the last one seen": a transaction with a smaller id may
//! commit later (reliability L6). No transaction is open while the broker is spoken to.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, DbErr, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::table::{Column, Entity, Model};
use crate::bus::{Bus, BusError, Message};
use crate::clock::Clock;
use crate::db::{Db, retry_transient};
use crate::task::Heartbeat;
use crate::{crashpoint, ids};

/// Most rows of one batch.
const BATCH_ROWS: u64 = 100;

/// A replica that dies keeps its rows to itself for this long. Far above what publishing a batch may take.
const LEASE: TimeDelta = TimeDelta::seconds(30);

/// A row that the broker refuses by itself waits this long, doubled at each try, at most five times.
const REFUSED_PAUSE: TimeDelta = TimeDelta::seconds(1);
const REFUSED_DOUBLINGS: u32 = 5;

/// Commits ring the relay; polling finds what dead replicas left. The pause doubles while nothing is found.
const POLL: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(5));

/// Soon, because a relay whose broker comes and goes starts anew each time.
const FIRST_SWEEP_AFTER: Duration = Duration::from_secs(60);

/// Pause between two looks for old rows.
const SWEEP_EVERY: Duration = Duration::from_secs(10 * 60);

/// Why the relay gave up a round; its supervisor starts it again after a pause.
#[derive(Debug, thiserror::Error)]
pub enum RelayError {
    /// The service's own database failed.
    #[error("outbox table")]
    Database(#[from] DbErr),
    /// The bus takes nothing for now.
    #[error("bus takes no events")]
    Bus(#[source] BusError),
}

/// Publishes the outbox of `db` until `stop`, woken by each commit. Body for [`crate::task::Tasks::supervise`].
pub async fn relay(
    db: Db,
    bus: Bus,
    stop: CancellationToken,
    heartbeat: Heartbeat,
) -> Result<(), RelayError> {
    let committed = db.committed();
    let relay = Relay {
        db,
        bus,
        owner: ids::fresh().to_string(),
    };
    let mut pause = POLL.0;
    let mut sweep_at = Instant::now() + FIRST_SWEEP_AFTER;
    while !stop.is_cancelled() {
        heartbeat.beat();
        if Instant::now() > sweep_at {
            super::sweep::sweep(&relay.db, Clock::System.now()).await?;
            sweep_at = Instant::now() + SWEEP_EVERY;
        }
        if relay.send_batch().await? > 0 {
            pause = POLL.0;
            continue;
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = committed.notified() => pause = POLL.0,
            () = tokio::time::sleep(pause) => pause = (pause * 2).min(POLL.1),
        }
    }
    Ok(())
}

struct Relay {
    db: Db,
    bus: Bus,
    /// Names this run of the relay in leases.
    owner: String,
}

impl Relay {
    /// Publishes one batch; answers how many rows it found.
    async fn send_batch(&self) -> Result<usize, RelayError> {
        let rows = self.lease().await?;
        if rows.is_empty() {
            return Ok(0);
        }
        let messages: Vec<Message> = rows.iter().map(message).collect();
        crashpoint!("outbox_before_publish");
        let outcomes = self.bus.publish(&messages).await;
        crashpoint!("outbox_after_publish");
        self.settle(&rows, outcomes).await?;
        Ok(rows.len())
    }

    /// Takes the oldest free rows for this replica.
    async fn lease(&self) -> Result<Vec<Model>, DbErr> {
        let now = Clock::System.now();
        let mut rows = Entity::find()
            .filter(is_free(now))
            .order_by_asc(Column::Id)
            .limit(BATCH_ROWS)
            .all(self.db.reader())
            .await?;
        if rows.is_empty() {
            return Ok(rows);
        }
        let lease = Entity::update_many()
            .col_expr(Column::LeaseOwner, Expr::value(self.owner.as_str()))
            .col_expr(Column::LeaseUntil, Expr::value(now + LEASE))
            .filter(Column::Id.is_in(rows.iter().map(|row| row.id)))
            .filter(is_free(now));
        let leased = retry_transient(|| lease.clone().exec(self.db.writer())).await?;
        if leased.rows_affected != rows.len() as u64 {
            let mine = self.leased_ids().await?;
            rows.retain(|row| mine.contains(&row.id));
        }
        Ok(rows)
    }

    /// Another replica was faster for some rows: asks which are ours.
    async fn leased_ids(&self) -> Result<Vec<i64>, DbErr> {
        Entity::find()
            .select_only()
            .column(Column::Id)
            .filter(Column::PublishedAt.is_null())
            .filter(Column::LeaseOwner.eq(self.owner.as_str()))
            .into_tuple()
            .all(self.db.writer())
            .await
    }

    /// Marks what the bus has, gives back the rest, and fails when the bus itself is the reason.
    async fn settle(&self, rows: &[Model], outcomes: Vec<Result<(), BusError>>) -> Result<(), RelayError> {
        let now = Clock::System.now();
        let (mut published, mut unsent, mut failure) = (Vec::new(), Vec::new(), None);
        for (row, outcome) in rows.iter().zip(outcomes) {
            match outcome {
                Ok(()) => published.push(row.id),
                Err(error) if error.concerns_one_message() => self.postpone(row, &error, now).await?,
                Err(error) => {
                    unsent.push(row.id);
                    failure.get_or_insert(error);
                }
            }
        }
        let count = u64::try_from(published.len()).unwrap_or(u64::MAX);
        self.release(published, Some(now), None).await?;
        metrics::counter!("outbox_published_total").increment(count);
        self.release(unsent, None, None).await?;
        failure.map_or(Ok(()), |error| Err(RelayError::Bus(error)))
    }

    /// Lets a refused row wait, so that it does not hold up the others.
    async fn postpone(&self, row: &Model, error: &BusError, now: DateTime<Utc>) -> Result<(), DbErr> {
        let (event_id, tries) = (&row.event_id, row.tries);
        tracing::error!(
            event.id = event_id,
            topic = row.topic,
            tries,
            ?error,
            "event {event_id} not taken by the bus"
        );
        let pause = REFUSED_PAUSE * (1 << Ord::min(tries, REFUSED_DOUBLINGS));
        self.release(vec![row.id], None, Some(now + pause)).await?;
        Ok(())
    }

    /// Ends our lease of `ids`: published, or not before `not_before`.
    async fn release(
        &self,
        ids: Vec<i64>,
        published_at: Option<DateTime<Utc>>,
        not_before: Option<DateTime<Utc>>,
    ) -> Result<(), DbErr> {
        if ids.is_empty() {
            return Ok(());
        }
        let failed = u32::from(published_at.is_none());
        let release = Entity::update_many()
            .col_expr(Column::PublishedAt, Expr::value(published_at))
            .col_expr(Column::LeaseOwner, Expr::value(None::<String>))
            .col_expr(Column::LeaseUntil, Expr::value(not_before))
            .col_expr(Column::Tries, Expr::col(Column::Tries).add(failed))
            .filter(Column::Id.is_in(ids))
            .filter(Column::PublishedAt.is_null());
        retry_transient(|| release.clone().exec(self.db.writer())).await?;
        Ok(())
    }
}

fn is_free(now: DateTime<Utc>) -> Condition {
    Condition::all().add(Column::PublishedAt.is_null()).add(
        Condition::any()
            .add(Column::LeaseUntil.is_null())
            .add(Column::LeaseUntil.lt(now)),
    )
}

/// The row as it travels. A row spoilt by hand travels all the same, to be parked by its readers where people look.
fn message(row: &Model) -> Message {
    Message {
        id: Uuid::parse_str(&row.event_id).unwrap_or_else(|_| ids::fresh()),
        topic: row.topic.clone(),
        version: row.version,
        key: row.event_key.clone(),
        occurred_at: row.created_at,
        trace: row.trace.clone(),
        data: serde_json::from_str(&row.payload).unwrap_or_else(|_| row.payload.clone().into()),
    }
}
