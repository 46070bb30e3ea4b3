//! Every URL of this service and its handler.

use actix_web::web::{self, ServiceConfig};
use common::api_document;
use common::app::resource;
use common::contracts::internal_apis::carts::{GET_CART, MERGE, RESTORE, TAKE};

use crate::error_codes;
use crate::http::{
    add_to_cart, change_cart, internal_get_cart, internal_merge_cart, internal_restore_lines,
    internal_take_lines, list_cart, remove_from_cart,
};
use crate::state::AppState;

/// What this service answers through the gateway, route by route.
const OPENAPI: &str = include_str!("../openapi.yaml");

/// Adds the routes.
pub fn configure(app: &mut ServiceConfig, state: web::Data<AppState>) {
    app.app_data(state)
        .service(api_document::resource(OPENAPI, error_codes::ALL))
        .service(
            resource("/v1/carts/{username}")
                .post(add_to_cart::add_to_cart)
                .get(list_cart::list_cart)
                .put(change_cart::change_cart)
                .delete(remove_from_cart::remove_from_cart),
        )
        .service(resource(GET_CART).get(internal_get_cart::internal_get_cart))
        .service(resource(TAKE).put(internal_take_lines::internal_take_lines))
        .service(resource(RESTORE).put(internal_restore_lines::internal_restore_lines))
        .service(resource(MERGE).put(internal_merge_cart::internal_merge_cart));
}
