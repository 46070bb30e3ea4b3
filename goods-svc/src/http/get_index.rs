//! GET /v1/goods/index — every category with its first three SKUs (contract G1).

use actix_web::web::Bytes;
use actix_web::{Responder, web};
use common::error_reply::Failure;
use common::reply;
use serde::Serialize;

use crate::domain::catalogue::{Card, Shelf};
use crate::flows::get_index::get_index;
use crate::state::AppState;

pub(crate) async fn handle(state: web::Data<AppState>) -> Result<impl Responder, Failure> {
    Ok(reply::encoded(get_index(&state, render).await?))
}

fn render(shelves: Vec<Shelf>, media_url: &str) -> Result<Bytes, serde_json::Error> {
    let views: Vec<ShelfView> = shelves.into_iter().map(ShelfView::from).collect();
    reply::ok(views).with("base_url", media_url).encode()
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
