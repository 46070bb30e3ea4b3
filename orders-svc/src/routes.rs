//! Every URL of this service and its handler.

use actix_web::guard::{GuardContext, fn_guard};
use actix_web::web::{self, ServiceConfig};
use common::api_document;
use common::app::resource;
use common::contracts::internal_apis::orders::ORDER_FATE;

use crate::error_codes;
use crate::http::{
    advance, cancel_order, confirm_receipt, hide_order, internal_order_fate, list_orders, pay_order,
    payment_result, place_order, request_refund, show_order, staff_add_note, staff_approve_refund,
    staff_decline_refund, staff_export_orders, staff_list_orders, staff_list_refunds, staff_refund_order,
    staff_ship_order, staff_show_order,
};
use crate::state::AppState;

/// What this service answers through the gateway, route by route.
const OPENAPI: &str = include_str!("../openapi.yaml");

/// Registers them. Fixed words stand before `{…}`, because the first match wins (contract §6.6).
pub fn configure(app: &mut ServiceConfig, state: web::Data<AppState>) {
    app.app_data(state)
        .service(api_document::resource(OPENAPI, error_codes::ALL))
        .service(resource(ORDER_FATE).get(internal_order_fate::internal_order_fate));
    configure_buyers(app);
    configure_staff(app);
}

fn configure_buyers(app: &mut ServiceConfig) {
    app.service(resource("/v1/orders/result").get(payment_result::payment_result))
        .service(resource("/v1/orders/{username}/advance").get(advance::advance))
        .service(
            resource("/v1/orders/{username}")
                .route(web::get().guard(fn_guard(asks_to_pay)).to(pay_order::pay_order))
                .get(list_orders::list_orders)
                .post(place_order::place_order)
                .put(confirm_receipt::confirm_receipt),
        )
        .service(resource("/v1/orders/{username}/{order_id}").get(show_order::show_order))
        .service(resource("/v1/orders/{username}/{order_id}/cancel").post(cancel_order::cancel_order))
        .service(resource("/v1/orders/{username}/{order_id}/hide").post(hide_order::hide_order))
        .service(resource("/v1/orders/{username}/{order_id}/refund").post(request_refund::request_refund));
}

fn configure_staff(app: &mut ServiceConfig) {
    app.service(resource("/v1/staff/orders").get(staff_list_orders::staff_list_orders))
        .service(resource("/v1/staff/orders/export").get(staff_export_orders::staff_export_orders))
        .service(resource("/v1/staff/orders/refunds").get(staff_list_refunds::staff_list_refunds))
        .service(resource("/v1/staff/orders/{order_id}").get(staff_show_order::staff_show_order))
        .service(resource("/v1/staff/orders/{order_id}/ship").post(staff_ship_order::staff_ship_order))
        .service(resource("/v1/staff/orders/{order_id}/notes").post(staff_add_note::staff_add_note))
        .service(resource("/v1/staff/orders/{order_id}/refunds").post(staff_refund_order::staff_refund_order))
        .service(
            resource("/v1/staff/orders/{order_id}/refunds/{refund_no}/approve")
                .post(staff_approve_refund::staff_approve_refund),
        )
        .service(
            resource("/v1/staff/orders/{order_id}/refunds/{refund_no}/decline")
                .post(staff_decline_refund::staff_decline_refund),
        );
}

/// List type 5 is no list: it means "pay this order" (contract O4).
fn asks_to_pay(request: &GuardContext<'_>) -> bool {
    let query = request.head().uri.query().unwrap_or_default();
    query.split('&').any(|pair| pair == "type=5")
}
