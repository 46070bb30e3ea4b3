//! GET /v1/goods/index — every category with its first three SKUs (contract G1).

use actix_web::{Responder, web};
use common::error_reply::Failure;
use common::reply;
use serde::Serialize;

use crate::domain::catalogue::{Card, Shelf};
use crate::error::GoodsError;
use crate::state::AppState;
use crate::store::catalogs;

/// The page needs exactly so many of every category, or stays empty (contract trap 6.9).
const SHELF_LENGTH: i64 = 3;

pub(crate) async fn handle(state: web::Data<AppState>) -> Result<impl Responder, Failure> {
    let shelves = catalogs::shelves(state.db.reader(), SHELF_LENGTH)
        .await
        .map_err(GoodsError::from)?;
    let views: Vec<ShelfView> = shelves.into_iter().map(ShelfView::from).collect();
    Ok(reply::ok(views).with("base_url", state.media_url.as_str()))
}

#[derive(Serialize)]
struct ShelfView {
    catalog_id: i64,
    catalog_name: String,
    sku: Vec<CardView>,
}

#[derive(Serialize)]
struct CardView {
    skuid: i64,
    name: String,
    caption: String,
    price: String,
    image: String,
}

impl From<Shelf> for ShelfView {
    fn from(shelf: Shelf) -> Self {
        Self {
            catalog_id: shelf.catalog_id,
            catalog_name: shelf.catalog_name,
            sku: shelf.cards.into_iter().map(CardView::from).collect(),
        }
    }
}

impl From<Card> for CardView {
    fn from(card: Card) -> Self {
        Self {
            skuid: card.sku_id.0,
            name: card.name,
            caption: card.caption,
            price: card.price.to_string(),
            image: card.image,
        }
    }
}
