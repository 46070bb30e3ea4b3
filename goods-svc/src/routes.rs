//! Every URL of this service and who answers it; nothing else.

use actix_web::web::{self, ServiceConfig};
use common::app::resource;
use common::contracts::internal_apis::goods::{QUERY_SKUS, RELEASE, RESERVE};

use crate::http;
use crate::state::AppState;

/// Adds the routes.
pub(crate) fn configure(app: &mut ServiceConfig, state: web::Data<AppState>) {
    app.app_data(state)
        .service(resource("/v1/goods/index").route(web::get().to(http::get_index::handle)))
        .service(resource("/v1/goods/catalogs/{catalog_id}").route(web::get().to(http::list_catalog::handle)))
        .service(resource("/v1/goods/detail/{sku_id}").route(web::get().to(http::get_detail::handle)))
        .service(
            resource("/v1/goods/sku")
                .route(web::post().to(http::switch_sku::handle_post))
                .route(web::get().to(http::switch_sku::handle_get)),
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
