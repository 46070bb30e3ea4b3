//! `PUT /internal/payments/{order_id}`: makes an order payable.

use actix_web::web::{Data, Json, Path};
use common::contracts::ids::OrderId;
use common::contracts::internal_apis::pays::{Payable, RegisterPayment};
use common::error_reply::Failure;
use common::identity::ServiceCaller;
use common::json::Body;

use crate::flows;
use crate::state::AppState;

/// Idempotent: the same request is answered with an address of the same payment.
pub(crate) async fn register_payment(
    _: ServiceCaller,
    state: Data<AppState>,
    order_id: Path<OrderId>,
    request: Body<RegisterPayment>,
) -> Result<Json<Payable>, Failure> {
    let payable =
        flows::register_payment::register_payment(&state, order_id.into_inner(), &request.0).await?;
    Ok(Json(payable))
}
