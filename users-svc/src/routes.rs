//! Every URL of this service and its handler.

use actix_web::Resource;
use actix_web::web::{self, PayloadConfig, ServiceConfig};
use common::api_document;
use common::app::resource;
use common::contracts::internal_apis::users::{GET_ADDRESS, GET_TOKEN_EPOCH, LIST_ADDRESSES};

use crate::error_codes;
use crate::http::{
    activate, add_address, begin_weibo_login, bind_weibo, change_address, change_password, delete_address,
    internal_get_address, internal_get_token_epoch, internal_list_addresses, list_addresses, log_in, log_out,
    register, request_activation, request_password_reset, request_sms_code, reset_password,
    set_default_address, staff_get_user, staff_list_audit, staff_list_users, staff_set_standing,
    verify_reset_code, weibo_log_in, weibo_register,
};
use crate::state::AppState;

/// What this service answers through the gateway, route by route.
const OPENAPI: &str = include_str!("../openapi.yaml");

/// Largest body in bytes where a browser's cart comes along, as the gateway has it (reliability §5.13).
const BODY_WITH_CART: usize = 128 * 1024;

/// Adds the routes. Fixed paths stand before those with a user name in them (contract §6.6).
pub fn configure(app: &mut ServiceConfig, state: web::Data<AppState>) {
    app.app_data(state)
        .service(api_document::resource(OPENAPI, error_codes::ALL));
    for path in ["/v1/users/register", "/v1/users"] {
        app.service(with_cart(path).post(register::register));
    }
    for path in ["/v1/users/login", "/v1/tokens"] {
        app.service(with_cart(path).post(log_in::log_in));
    }
    anonymous(app);
    of_one_user(app);
    of_staff(app);
    internal(app);
}

fn anonymous(app: &mut ServiceConfig) {
    app.service(resource("/v1/users/activation").get(activate::activate))
        .service(resource("/v1/users/sms/code").post(request_sms_code::request_sms_code))
        .service(resource("/v1/users/password/sms").post(request_password_reset::request_password_reset))
        .service(resource("/v1/users/password/verification").post(verify_reset_code::verify_reset_code))
        .service(resource("/v1/users/password/new").post(reset_password::reset_password))
        .service(resource("/v1/users/weibo/authorization").get(begin_weibo_login::begin_weibo_login))
        .service(
            resource("/v1/users/weibo/users")
                .get(weibo_log_in::weibo_log_in)
                .post(weibo_register::weibo_register),
        )
        .service(resource("/v1/users/weibo/users/binduser").post(bind_weibo::bind_weibo));
}

fn of_one_user(app: &mut ServiceConfig) {
    app.service(resource("/v1/users/{username}/logout").post(log_out::log_out))
        .service(resource("/v1/users/{username}/password").post(change_password::change_password))
        .service(resource("/v1/users/{username}/activation").post(request_activation::request_activation))
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
        );
}

fn of_staff(app: &mut ServiceConfig) {
    app.service(resource("/v1/staff/users").get(staff_list_users::staff_list_users))
        .service(resource("/v1/staff/users/audit").get(staff_list_audit::staff_list_audit))
        .service(resource("/v1/staff/users/{id}").get(staff_get_user::staff_get_user))
        .service(resource("/v1/staff/users/{id}/deactivate").post(staff_set_standing::deactivate_user))
        .service(resource("/v1/staff/users/{id}/reactivate").post(staff_set_standing::reactivate_user));
}

fn internal(app: &mut ServiceConfig) {
    app.service(resource(LIST_ADDRESSES).get(internal_list_addresses::internal_list_addresses))
        .service(resource(GET_TOKEN_EPOCH).get(internal_get_token_epoch::internal_get_token_epoch))
        .service(resource(GET_ADDRESS).get(internal_get_address::internal_get_address));
}

fn with_cart(path: &str) -> Resource {
    resource(path).app_data(PayloadConfig::new(BODY_WITH_CART))
}
