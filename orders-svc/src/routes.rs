//! Every URL of this service and its handler.

use actix_web::guard::{GuardContext, fn_guard};
use actix_web::web::{self, ServiceConfig};
use common::app::resource;
use common::contracts::internal_apis::orders::ORDER_FATE;

use crate::http::{
    advance, confirm_receipt, internal_order_fate, list_orders, pay_order, payment_result, place_order,
};
use crate::state::AppState;

/// Registers them. `result` stands before `{username}`, because the first match wins (contract §6.6).
pub fn configure(app: &mut ServiceConfig, state: web::Data<AppState>) {
    app.app_data(state)
        .service(resource(ORDER_FATE).get(internal_order_fate::internal_order_fate))
        .service(resource("/v1/orders/result").get(payment_result::payment_result))
        .service(resource("/v1/orders/{username}/advance").get(advance::advance))
        .service(
            resource("/v1/orders/{username}")
                .route(web::get().guard(fn_guard(asks_to_pay)).to(pay_order::pay_order))
                .get(list_orders::list_orders)
                .post(place_order::place_order)
                .put(confirm_receipt::confirm_receipt),
        );
}

/// List type 5 is no list: it means "pay this order" (contract O4).
fn asks_to_pay(request: &GuardContext<'_>) -> bool {
    let query = request.head().uri.query().unwrap_or_default();
    query.split('&').any(|pair| pair == "type=5")
}
