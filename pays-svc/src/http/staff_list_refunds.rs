//! `GET /v1/staff/pays/refunds?status=new|sent|done|needs_human|refused&page=&page_size=`: refunds, newest first.

use actix_web::web::{Data, Query};
use common::clock::shop_text;
use common::error_reply::Failure;
use common::identity::Staff;
use common::money::Fen;
use common::reply::{self, Reply};
use serde::{Deserialize, Serialize};

use super::staff_paging::Paging;
use crate::domain::refund::{Refund, RefundStatus, reason_name};
use crate::error::PayError;
use crate::state::AppState;
use crate::store::refunds;

#[derive(Debug, Deserialize)]
pub(crate) struct Wanted {
    status: Option<String>,
    page: Option<u64>,
    page_size: Option<u64>,
}

/// `status` may be left out for those that need a person.
pub(crate) async fn list_refunds(
    _: Staff,
    state: Data<AppState>,
    wanted: Query<Wanted>,
) -> Result<Reply<Vec<RefundRow>>, Failure> {
    let status = RefundStatus::named(wanted.status.as_deref().unwrap_or("needs_human"));
    let status = status.ok_or(PayError::Invalid("status"))?;
    let page = Paging::new(wanted.page, wanted.page_size).page()?;
    let found = refunds::list(state.db.reader(), status, page)
        .await
        .map_err(PayError::from)?;
    Ok(reply::ok(found.iter().map(RefundRow::from).collect()))
}

/// A refund.
#[derive(Debug, Serialize)]
pub(crate) struct RefundRow {
    out_request_no: String,
    refund_no: Option<String>,
    order_id: String,
    trade_no: String,
    amount: Fen,
    reason: &'static str,
    status: &'static str,
    tries: u32,
    failure: Option<String>,
    created_at: String,
    refunded_at: Option<String>,
}

impl From<&Refund> for RefundRow {
    fn from(refund: &Refund) -> Self {
        Self {
            out_request_no: refund.out_request_no.clone(),
            refund_no: refund.refund_no.clone(),
            order_id: refund.order_id.to_string(),
            trade_no: refund.trade_no.clone(),
            amount: refund.amount,
            reason: reason_name(refund.reason),
            status: refund.status.name(),
            tries: refund.tries,
            failure: refund.failure.clone(),
            created_at: shop_text(refund.created_at),
            refunded_at: refund.refunded_at.map(shop_text),
        }
    }
}
