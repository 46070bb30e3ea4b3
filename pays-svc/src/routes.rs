//! Every URL of this service and its handler.

use actix_web::web::{self, ServiceConfig};
use common::api_document;
use common::app::resource;
use common::contracts::internal_apis::pays::{REGISTER_PAYMENT, SYNC_PAYMENT};

use crate::error_codes;
use crate::http::{
    internal_register_payment, internal_sync_payment, notify_url, return_url, staff_list_anomalies,
    staff_list_payments, staff_list_reconciliations, staff_list_refunds, staff_mark_refund_done,
    staff_refuse_refund, staff_resolve_anomaly, staff_retry_refund, staff_show_payment,
};
use crate::state::AppState;

/// What this service answers through the gateway, route by route.
const OPENAPI: &str = include_str!("../openapi.yaml");

/// Adds them to a server.
pub(crate) fn configure(app: &mut ServiceConfig, state: web::Data<AppState>) {
    app.app_data(state)
        .service(api_document::resource(OPENAPI, error_codes::ALL))
        .service(resource("/v1/pays/return_url").get(return_url::return_url))
        .service(resource("/v1/pays/notify_url").post(notify_url::notify_url))
        .service(resource(REGISTER_PAYMENT).put(internal_register_payment::register_payment))
        .service(resource(SYNC_PAYMENT).put(internal_sync_payment::sync_payment));
    configure_staff(app);
}

fn configure_staff(app: &mut ServiceConfig) {
    app.service(resource("/v1/staff/pays/payments").get(staff_list_payments::list_payments))
        .service(resource("/v1/staff/pays/payments/{order_id}").get(staff_show_payment::show))
        .service(resource("/v1/staff/pays/refunds").get(staff_list_refunds::list_refunds))
        .service(
            resource("/v1/staff/pays/refunds/{out_request_no}/retry").post(staff_retry_refund::retry_refund),
        )
        .service(
            resource("/v1/staff/pays/refunds/{out_request_no}/done")
                .post(staff_mark_refund_done::mark_refund_done),
        )
        .service(
            resource("/v1/staff/pays/refunds/{out_request_no}/refuse")
                .post(staff_refuse_refund::refuse_refund),
        )
        .service(resource("/v1/staff/pays/anomalies").get(staff_list_anomalies::list_anomalies))
        .service(
            resource("/v1/staff/pays/anomalies/{id}/resolve").post(staff_resolve_anomaly::resolve_anomaly),
        )
        .service(
            resource("/v1/staff/pays/reconciliations").get(staff_list_reconciliations::list_reconciliations),
        );
}
