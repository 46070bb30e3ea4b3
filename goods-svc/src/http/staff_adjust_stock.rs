//! POST /v1/staff/goods/skus/{sku_id}/stock {"delta":-3,"reason":"…"} — pieces that came or went by hand.

use actix_web::{Responder, web};
use common::contracts::ids::SkuId;
use common::error_reply::Failure;
use common::identity::Staff;
use common::json::{Body, IntLike, parse_int};
use common::reply;
use serde::Deserialize;
use serde_json::json;

use crate::error::GoodsError;
use crate::flows::adjust_stock::adjust_stock;
use crate::state::AppState;

#[derive(Deserialize)]
pub(crate) struct Adjustment {
    delta: IntLike,
    reason: String,
}

pub(crate) async fn handle(
    staff: Staff,
    state: web::Data<AppState>,
    sku_id: web::Path<String>,
    body: Body<Adjustment>,
) -> Result<impl Responder, Failure> {
    let sku_id = parse_int(&sku_id).map(SkuId).ok_or(GoodsError::RowNotFound)?;
    let Adjustment { delta, reason } = body.0;
    let stock = adjust_stock(&state, &staff.0, (sku_id, delta.0), &reason).await?;
    Ok(reply::ok(json!({ "stock": stock })))
}
