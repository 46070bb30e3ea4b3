//! Every URL of this service and its handler.

use actix_web::web::{self, ServiceConfig};
use common::app::resource;
use common::contracts::internal_apis::users::{GET_ADDRESS, LIST_ADDRESSES};

use crate::http;
use crate::state::AppState;

/// Adds the routes. Fixed paths stand before those with a user name in them (contract §6.6).
pub fn configure(app: &mut ServiceConfig, state: web::Data<AppState>) {
    app.app_data(state);
    for path in ["/v1/users/register", "/v1/users"] {
        app.service(resource(path).post(http::register::register));
    }
    for path in ["/v1/users/login", "/v1/tokens"] {
        app.service(resource(path).post(http::log_in::log_in));
    }
    app.service(resource("/v1/users/activation").get(http::activate::activate))
        .service(resource("/v1/users/sms/code").post(http::request_sms_code::request_sms_code))
        .service(
            resource("/v1/users/{username}/address")
                .get(http::list_addresses::list_addresses)
                .post(http::add_address::add_address),
        )
        .service(
            resource("/v1/users/{username}/address/default")
                .post(http::set_default_address::set_default_address),
        )
        .service(
            resource("/v1/users/{username}/address/{id}")
                .put(http::change_address::change_address)
                .delete(http::delete_address::delete_address),
        )
        .service(resource(LIST_ADDRESSES).get(http::internal_list_addresses::internal_list_addresses))
        .service(resource(GET_ADDRESS).get(http::internal_get_address::internal_get_address));
}
