//! The gateway's own pages, on a listener of their own that is not for the public.

use std::sync::Arc;

use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpResponse, get};
use common::telemetry::Metrics;
use tokio_util::sync::CancellationToken;

use crate::upstreams::Upstreams;

/// Registers the pages.
pub fn configure(
    app: &mut ServiceConfig,
    metrics: Metrics,
    draining: CancellationToken,
    upstreams: Arc<Upstreams>,
) {
    app.app_data(web::Data::new(metrics))
        .app_data(web::Data::new(draining))
        .app_data(web::Data::from(upstreams))
        .service((healthz, readyz, metrics_page));
}

#[get("/healthz")]
async fn healthz() -> &'static str {
    "ok"
}

/// A service that is down does not make the gateway unready: the other services are still reached through it.
#[get("/readyz")]
async fn readyz(draining: web::Data<CancellationToken>, upstreams: web::Data<Upstreams>) -> HttpResponse {
    if draining.is_cancelled() {
        HttpResponse::ServiceUnavailable().body("not ready: draining")
    } else if !upstreams.are_looked_up() {
        HttpResponse::ServiceUnavailable().body("not ready: a service's name is not known yet")
    } else {
        HttpResponse::Ok().body("ready")
    }
}

#[get("/metrics")]
async fn metrics_page(metrics: web::Data<Metrics>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/plain; version=0.0.4")
        .body(metrics.render())
}
