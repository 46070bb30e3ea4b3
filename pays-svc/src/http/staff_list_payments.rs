//! `GET /v1/staff/pays/payments?status=waiting|paid|closed&page=&page_size=`: payments, newest first.

use actix_web::web::{Data, Query};
use common::clock::shop_text;
use common::error_reply::Failure;
use common::identity::Staff;
use common::money::Fen;
use common::reply::{self, Reply};
use serde::{Deserialize, Serialize};

use super::staff_paging::Paging;
use crate::domain::payment::{Payment, PaymentStatus};
use crate::error::PayError;
use crate::state::AppState;
use crate::store::payments;

#[derive(Debug, Deserialize)]
pub(crate) struct Wanted {
    status: Option<String>,
    page: Option<u64>,
    page_size: Option<u64>,
}

/// `status` may be left out for `paid`.
pub(crate) async fn list_payments(
    _: Staff,
    state: Data<AppState>,
    wanted: Query<Wanted>,
) -> Result<Reply<Vec<PaymentRow>>, Failure> {
    let status = PaymentStatus::named(wanted.status.as_deref().unwrap_or("paid"));
    let status = status.ok_or(PayError::Invalid("status"))?;
    let page = Paging::new(wanted.page, wanted.page_size).page()?;
    let found = payments::list(state.db.reader(), status, page)
        .await
        .map_err(PayError::from)?;
    Ok(reply::ok(found.iter().map(PaymentRow::from).collect()))
}

/// A payment in a list.
#[derive(Debug, Serialize)]
pub(crate) struct PaymentRow {
    order_id: String,
    user_id: i64,
    pay_method: i16,
    amount: Fen,
    status: &'static str,
    created_at: String,
    expire_at: String,
    failed_queries: u32,
}

impl From<&Payment> for PaymentRow {
    fn from(payment: &Payment) -> Self {
        Self {
            order_id: payment.order_id.to_string(),
            user_id: payment.user_id.0,
            pay_method: payment.pay_method.number(),
            amount: payment.amount,
            status: payment.status.name(),
            created_at: shop_text(payment.created_at),
            expire_at: shop_text(payment.expire_at),
            failed_queries: payment.failed_queries,
        }
    }
}
