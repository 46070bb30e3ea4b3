//! Every URL of this service and its handler.

use actix_web::web::{self, ServiceConfig};
use common::api_document;
use common::app::resource;
use common::contracts::internal_apis::pays::{REGISTER_PAYMENT, SYNC_PAYMENT};

use crate::error_codes;
use crate::http::{internal_register_payment, internal_sync_payment, notify_url, return_url};
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
}
