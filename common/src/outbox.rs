//! The outbox: events written in the transaction of the change they tell of, and the relay that publishes them.

mod relay;
mod sweep;
mod table;

use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue, ColumnTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter};
use serde::Serialize;
use uuid::Uuid;

use crate::bus::Bus;
use crate::db::{Db, WriteTxn};
use crate::task::{Heartbeat, Tasks};
use crate::{ids, trace};

pub use relay::{RelayError, relay};
pub use table::{create_tables, drop_tables};

/// A fact that others may want to know.
pub trait Event: Serialize {
    /// Noun and past tense, as `order.paid`.
    const TOPIC: &'static str;
    /// Grows when a field changes its meaning; readers park versions newer than theirs.
    const VERSION: u32 = 1;

    /// Whom it happened to, as the order's id; at most 80 letters.
    fn key(&self) -> String;
}

/// Adds `event` to the outbox, to be published once `txn` commits. Answers the event's id.
pub async fn add<E: Event>(txn: &WriteTxn, now: DateTime<Utc>, event: &E) -> Result<Uuid, DbErr> {
    let event_id = ids::fresh();
    table::Entity::insert(row(event_id, now, event)?)
        .exec_without_returning(txn)
        .await?;
    Ok(event_id)
}

/// [`add`] for several events of one kind, in one statement.
pub async fn add_all<E: Event>(txn: &WriteTxn, now: DateTime<Utc>, events: &[E]) -> Result<(), DbErr> {
    if events.is_empty() {
        return Ok(());
    }
    let rows: Vec<table::ActiveModel> = events
        .iter()
        .map(|event| row(ids::fresh(), now, event))
        .collect::<Result<_, _>>()?;
    table::Entity::insert_many(rows)
        .exec_without_returning(txn)
        .await?;
    Ok(())
}

/// Starts the relay of a service's outbox as background work.
pub fn start(db: &Db, bus: &Bus, tasks: &Tasks) -> Heartbeat {
    let (db, bus) = (db.clone(), bus.clone());
    tasks.supervise("outbox relay", move |stop, heartbeat| {
        relay(db.clone(), bus.clone(), stop, heartbeat)
    })
}

/// How many events wait to be published: a metric, and what tests wait for.
pub async fn unsent(db: &Db) -> Result<u64, DbErr> {
    table::Entity::find()
        .filter(table::Column::PublishedAt.is_null())
        .count(db.reader())
        .await
}

fn row<E: Event>(event_id: Uuid, now: DateTime<Utc>, event: &E) -> Result<table::ActiveModel, DbErr> {
    let payload =
        serde_json::to_string(event).map_err(|error| DbErr::Json(format!("event {}: {error}", E::TOPIC)))?;
    Ok(table::ActiveModel {
        event_id: ActiveValue::Set(event_id.to_string()),
        topic: ActiveValue::Set(E::TOPIC.to_owned()),
        version: ActiveValue::Set(E::VERSION),
        event_key: ActiveValue::Set(event.key()),
        payload: ActiveValue::Set(payload),
        trace: ActiveValue::Set(trace::current()),
        created_at: ActiveValue::Set(now),
        tries: ActiveValue::Set(0),
        ..Default::default()
    })
}
