//! GET /v1/goods/detail/{sku_id} — a SKU on its own page (contract G3).

use std::collections::BTreeMap;

use actix_web::web::Bytes;
use actix_web::{Responder, web};
use common::contracts::ids::SkuId;
use common::error_reply::Failure;
use common::json::parse_int;
use common::reply;
use serde::Serialize;

use crate::domain::catalogue::{AttributeValue, Detail};
use crate::error::GoodsError;
use crate::flows::get_detail::get_detail;
use crate::state::AppState;

pub(crate) async fn handle(
    state: web::Data<AppState>,
    sku_id: web::Path<String>,
) -> Result<impl Responder, Failure> {
    let sku_id = parse_int(&sku_id).map(SkuId).ok_or(GoodsError::SkuNotFound)?;
    Ok(reply::encoded(get_detail(&state, sku_id, render).await?))
}

fn render(detail: Detail, media_url: &str) -> Result<Bytes, serde_json::Error> {
    reply::ok(DetailView::from(detail))
        .with("base_url", media_url)
        .encode()
}

/// The four lists stand in the order of the product's attributes: the i-th value is the one of the i-th attribute,
/// and both maps have a key for every attribute.
#[derive(Serialize)]
struct DetailView {
    catalog_id: i64,
    catalog_name: String,
    name: String,
    caption: String,
    price: String,
    image: String,
    spu: i64,
    detail_image: String,
    sku_sale_attr_id: Vec<i64>,
    sku_sale_attr_names: Vec<String>,
    sku_sale_attr_val_id: Vec<i64>,
    sku_sale_attr_val_names: Vec<String>,
    sku_all_sale_attr_vals_id: BTreeMap<i64, Vec<i64>>,
    sku_all_sale_attr_vals_name: BTreeMap<i64, Vec<String>>,
    spec: BTreeMap<String, String>,
}

impl From<Detail> for DetailView {
    fn from(detail: Detail) -> Self {
        let card = detail.card;
        let mut view = Self {
            catalog_id: detail.catalog_id,
            catalog_name: detail.catalog_name,
            name: card.name,
            caption: card.caption,
            price: card.price.to_string(),
            image: card.image,
            spu: detail.spu_id,
            detail_image: detail.detail_image,
            sku_sale_attr_id: Vec::new(),
            sku_sale_attr_names: Vec::new(),
            sku_sale_attr_val_id: Vec::new(),
            sku_sale_attr_val_names: Vec::new(),
            sku_all_sale_attr_vals_id: BTreeMap::new(),
            sku_all_sale_attr_vals_name: BTreeMap::new(),
            spec: detail.specs,
        };
        for attribute in detail.attributes {
            view.sku_sale_attr_id.push(attribute.id);
            view.sku_sale_attr_names.push(attribute.name);
            // No button bears the id 0: nothing is highlighted, and the attributes after this one keep their places.
            let chosen = attribute.chosen.unwrap_or(AttributeValue {
                id: 0,
                name: String::new(),
            });
            view.sku_sale_attr_val_id.push(chosen.id);
            view.sku_sale_attr_val_names.push(chosen.name);
            let (ids, names) = attribute
                .values
                .into_iter()
                .map(|value| (value.id, value.name))
                .unzip();
            view.sku_all_sale_attr_vals_id.insert(attribute.id, ids);
            view.sku_all_sale_attr_vals_name.insert(attribute.id, names);
        }
        view
    }
}
