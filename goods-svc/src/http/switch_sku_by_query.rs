//! GET /v1/goods/sku — the same as POST, asked by a page that puts the choice into the query (contract G4).

use actix_web::{Responder, web};
use common::error_reply::Failure;
use common::json::parse_int;
use common::reply;

use crate::domain::selection::Selection;
use crate::error::GoodsError;
use crate::flows::switch_sku::switch_sku;
use crate::state::AppState;

pub(crate) async fn handle(
    state: web::Data<AppState>,
    query: web::Query<Vec<(String, String)>>,
) -> Result<impl Responder, Failure> {
    let selection = Selection::from_pairs(pairs(query.into_inner())?).map_err(GoodsError::from)?;
    Ok(reply::ok(switch_sku(&state, &selection).await?.0))
}

fn pairs(query: Vec<(String, String)>) -> Result<Vec<(String, i64)>, GoodsError> {
    let pairs = query.into_iter().map(|(key, value)| {
        let value = parse_int(&value).ok_or(GoodsError::NotANumber("value"))?;
        Ok((key, value))
    });
    pairs.collect()
}
