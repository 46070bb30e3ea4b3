//! `PUT /internal/payments/{order_id}/sync`: what is known of a payment, asked of the provider if need be.

use actix_web::web::{Data, Json, Path};
use common::contracts::ids::OrderId;
use common::contracts::internal_apis::pays::PaymentState;
use common::error_reply::Failure;
use common::identity::ServiceCaller;

use crate::flows;
use crate::state::AppState;

/// Takes three seconds at most.
pub(crate) async fn sync_payment(
    _: ServiceCaller,
    state: Data<AppState>,
    order_id: Path<OrderId>,
) -> Result<Json<PaymentState>, Failure> {
    Ok(Json(flows::sync_payment::sync_payment(&state, &order_id).await?))
}
