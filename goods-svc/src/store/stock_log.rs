//! The log of why stock changed: written in the transaction of the change, never altered (reliability I1, I21).

use chrono::{DateTime, Utc};
use common::contracts::ids::{OrderId, SkuId};
use common::db::WriteTxn;
use sea_orm::{ActiveValue, DbErr, EntityTrait};

use super::entity::stock_log;

/// Why stock changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause<'a> {
    /// An order took pieces.
    Reserved(&'a OrderId),
    /// An order gave them back.
    Released(&'a OrderId),
    /// A fixture set the stock.
    Loaded,
    /// A member of staff said so, for this reason.
    Adjusted(&'a str),
}

impl Cause<'_> {
    fn name(self) -> &'static str {
        match self {
            Self::Reserved(_) => "reserve",
            Self::Released(_) => "release",
            Self::Loaded => "loaddata",
            Self::Adjusted(_) => "staff",
        }
    }

    fn order_id(self) -> Option<String> {
        match self {
            Self::Reserved(order_id) | Self::Released(order_id) => Some(order_id.to_string()),
            Self::Loaded | Self::Adjusted(_) => None,
        }
    }

    fn reason(self) -> Option<String> {
        match self {
            Self::Adjusted(reason) => Some(reason.to_owned()),
            Self::Reserved(_) | Self::Released(_) | Self::Loaded => None,
        }
    }
}

/// Writes a line per change: its cause, the SKU, and the pieces added, or taken when negative.
pub(crate) async fn insert<'a>(
    txn: &WriteTxn,
    changes: impl IntoIterator<Item = (Cause<'a>, SkuId, i64)>,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let rows: Vec<stock_log::ActiveModel> = changes
        .into_iter()
        .map(|(cause, sku_id, delta)| stock_log::ActiveModel {
            sku_id: ActiveValue::Set(sku_id.0),
            order_id: ActiveValue::Set(cause.order_id()),
            delta: ActiveValue::Set(delta),
            cause: ActiveValue::Set(cause.name().to_owned()),
            reason: ActiveValue::Set(cause.reason()),
            created_time: ActiveValue::Set(now),
            ..Default::default()
        })
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    stock_log::Entity::insert_many(rows)
        .exec_without_returning(txn)
        .await?;
    Ok(())
}
