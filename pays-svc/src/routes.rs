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
    let staff = |path: &str| resource(&format!("/v1/staff/pays{path}"));
    let refund = |act: &str| staff(&format!("/refunds/{{out_request_no}}/{act}"));
    app.service(staff("/payments").get(staff_list_payments::list_payments))
        .service(staff("/payments/{order_id}").get(staff_show_payment::show))
        .service(staff("/refunds").get(staff_list_refunds::list_refunds))
        .service(refund("retry").post(staff_retry_refund::retry_refund))
        .service(refund("done").post(staff_mark_refund_done::mark_refund_done))
        .service(refund("refuse").post(staff_refuse_refund::refuse_refund))
        .service(staff("/anomalies").get(staff_list_anomalies::list_anomalies))
        .service(staff("/anomalies/{id}/resolve").post(staff_resolve_anomaly::resolve_anomaly))
        .service(staff("/reconciliations").get(staff_list_reconciliations::list_reconciliations));
}
