//! Queries on `pays_anomaly`.

use chrono::{DateTime, Utc};
use common::error_codes::ErrorCode;
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::{ConnectionTrait, DbErr};

use super::entity::anomaly::ActiveModel;
use super::insert_if_new;

/// Remembers what a person must look at. Repetitions leave no second row.
pub(crate) async fn add(
    db: &impl ConnectionTrait,
    code: ErrorCode,
    reference: &str,
    details: String,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let row = ActiveModel {
        id: NotSet,
        code: Set(code.code),
        reference: Set(reference.to_owned()),
        details: Set(details),
        at: Set(now),
    };
    insert_if_new(db, row).await?;
    Ok(())
}
