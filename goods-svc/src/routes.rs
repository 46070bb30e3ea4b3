//! Every URL of this service and who answers it; nothing else.

use actix_web::web::{self, ServiceConfig};
use common::api_document;
use common::app::resource;
use common::contracts::internal_apis::goods::{QUERY_SKUS, RELEASE, RESERVE};

use crate::error_codes;
use crate::http;
use crate::state::AppState;

/// What this service answers through the gateway, route by route.
const OPENAPI: &str = include_str!("../openapi.yaml");

/// Adds the routes.
pub(crate) fn configure(app: &mut ServiceConfig, state: web::Data<AppState>) {
    app.app_data(state)
        .service(api_document::resource(OPENAPI, error_codes::ALL))
        .service(resource("/v1/goods/index").route(web::get().to(http::get_index::handle)))
        .service(resource("/v1/goods/catalogs/{catalog_id}").route(web::get().to(http::list_catalog::handle)))
        .service(resource("/v1/goods/detail/{sku_id}").route(web::get().to(http::get_detail::handle)))
        .service(
            resource("/v1/goods/sku")
                .route(web::post().to(http::switch_sku::handle))
                .route(web::get().to(http::switch_sku_by_query::handle)),
        )
        .service(resource("/v1/staff/goods/audit").route(web::get().to(http::staff_list_audit::handle)))
        .service(
            resource("/v1/staff/goods/skus/{sku_id}/launch")
                .route(web::put().to(http::staff_launch_sku::handle)),
        )
        .service(
            resource("/v1/staff/goods/skus/{sku_id}/stock")
                .route(web::post().to(http::staff_adjust_stock::handle)),
        )
        .service(resource("/v1/staff/goods/images").route(web::post().to(http::staff_upload_image::handle)))
        .service(
            resource("/v1/staff/goods/{table}")
                .route(web::get().to(http::staff_list_rows::handle))
                .route(web::post().to(http::staff_create_row::handle)),
        )
        .service(
            resource("/v1/staff/goods/{table}/{pk}")
                .route(web::get().to(http::staff_get_row::handle))
                .route(web::put().to(http::staff_change_row::handle))
                .route(web::delete().to(http::staff_delete_row::handle)),
        )
        .service(
            resource("/v1/goods/search")
                .route(web::post().to(http::search_goods::handle_post))
                .route(web::get().to(http::search_goods::handle_get)),
        )
        .service(
            resource("/media/{path:.*}")
                .route(web::get().to(http::get_media::handle))
                .route(web::head().to(http::get_media::handle)),
        )
        .service(resource(QUERY_SKUS).route(web::post().to(http::internal_query_skus::handle)))
        .service(resource(RELEASE).route(web::put().to(http::internal_release_stock::handle)))
        .service(resource(RESERVE).route(web::put().to(http::internal_reserve_stock::handle)));
}
