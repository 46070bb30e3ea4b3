//! PUT /v1/staff/goods/skus/{sku_id}/launch {"is_launched":true} — puts a SKU on sale or takes it off.

use actix_web::{Responder, web};
use common::contracts::ids::SkuId;
use common::error_reply::Failure;
use common::identity::Staff;
use common::json::{Body, parse_int};
use common::reply;
use serde::Deserialize;

use super::staff_rows::RowView;
use crate::error::GoodsError;
use crate::flows::launch_sku::{Launch, launch_sku};
use crate::state::AppState;

#[derive(Deserialize)]
pub(crate) struct LaunchBody {
    is_launched: bool,
}

pub(crate) async fn handle(
    staff: Staff,
    state: web::Data<AppState>,
    sku_id: web::Path<String>,
    body: Body<LaunchBody>,
) -> Result<impl Responder, Failure> {
    let sku_id = parse_int(&sku_id).map(SkuId).ok_or(GoodsError::RowNotFound)?;
    let launch = if body.0.is_launched {
        Launch::On
    } else {
        Launch::Off
    };
    let sku = launch_sku(&state, &staff.0, sku_id, launch).await?;
    Ok(reply::ok(RowView::from(sku)))
}
