//! Every URL of this service and its handler.

use actix_web::Resource;
use actix_web::web::{self, PayloadConfig, ServiceConfig};
use common::app::resource;
use common::contracts::internal_apis::users::{GET_ADDRESS, GET_TOKEN_EPOCH, LIST_ADDRESSES};

use crate::http::{
    activate, add_address, change_address, delete_address, internal_get_address, internal_get_token_epoch,
    internal_list_addresses, list_addresses, log_in, log_out, register, request_sms_code,
    set_default_address,
};
use crate::state::AppState;

/// Largest body in bytes where a browser's cart comes along, as the gateway has it (reliability §5.13).
const BODY_WITH_CART: usize = 128 * 1024;

/// Adds the routes. Fixed paths stand before those with a user name in them (contract §6.6).
pub fn configure(app: &mut ServiceConfig, state: web::Data<AppState>) {
    app.app_data(state);
    for path in ["/v1/users/register", "/v1/users"] {
        app.service(with_cart(path).post(register::register));
    }
    for path in ["/v1/users/login", "/v1/tokens"] {
        app.service(with_cart(path).post(log_in::log_in));
    }
    app.service(resource("/v1/users/{username}/logout").post(log_out::log_out))
        .service(resource("/v1/users/activation").get(activate::activate))
        .service(resource("/v1/users/sms/code").post(request_sms_code::request_sms_code))
        .service(
            resource("/v1/users/{username}/address")
                .get(list_addresses::list_addresses)
                .post(add_address::add_address),
        )
        .service(
            resource("/v1/users/{username}/address/default").post(set_default_address::set_default_address),
        )
        .service(
            resource("/v1/users/{username}/address/{id}")
                .put(change_address::change_address)
                .delete(delete_address::delete_address),
        )
        .service(resource(LIST_ADDRESSES).get(internal_list_addresses::internal_list_addresses))
        .service(resource(GET_TOKEN_EPOCH).get(internal_get_token_epoch::internal_get_token_epoch))
        .service(resource(GET_ADDRESS).get(internal_get_address::internal_get_address));
}

fn with_cart(path: &str) -> Resource {
    resource(path).app_data(PayloadConfig::new(BODY_WITH_CART))
}
