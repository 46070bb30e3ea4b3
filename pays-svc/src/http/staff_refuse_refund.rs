//! `POST /v1/staff/pays/refunds/{out_request_no}/refuse`, body `{"reason":"…"}`: given up for good, its money is free for other refunds.

use actix_web::web::{Data, Path};
use common::error_reply::Failure;
use common::identity::Staff;
use common::json::Body;
use common::reply::{self, Reply};

use super::staff_list_refunds::RefundRow;
use super::staff_reason::Because;
use crate::flows::resolve_refund;
use crate::state::AppState;

/// Only for a refund that needs a person. Answers where it stands then.
pub(crate) async fn refuse_refund(
    staff: Staff,
    state: Data<AppState>,
    number: Path<String>,
    because: Body<Because>,
) -> Result<Reply<RefundRow>, Failure> {
    let clerk = because.0.clerk(staff)?;
    let refund = resolve_refund::refuse_refund(&state, &number, &clerk).await?;
    Ok(reply::ok(RefundRow::from(&refund)))
}
