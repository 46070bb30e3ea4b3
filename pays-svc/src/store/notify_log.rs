//! Queries on `pays_notify_log`.

use chrono::{DateTime, Utc};
use ring::digest::{SHA256, digest};
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::{ConnectionTrait, DbErr};

use super::entity::notify_log::ActiveModel;
use super::insert_if_new;
use crate::domain::trade::Notice;

/// Remembers a rightly signed notify and what became of it. Repetitions leave no second row.
pub(crate) async fn add(
    db: &impl ConnectionTrait,
    notice: &Notice,
    verdict: &str,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let hash = digest(&SHA256, notice.evidence.as_bytes());
    let row = ActiveModel {
        id: NotSet,
        notify_id: Set(notice.notify_id.clone()),
        digest: Set(hash.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()),
        raw: Set(notice.evidence.clone()),
        verdict: Set(verdict.to_owned()),
        at: Set(now),
    };
    insert_if_new(db, row).await?;
    Ok(())
}
