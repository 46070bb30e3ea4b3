//! GET /v1/goods/catalogs/{catalog_id}?page=N&pagesize=M — a page of a category (contract G2).

use actix_web::web::Bytes;
use actix_web::{Responder, web};
use common::error_reply::Failure;
use common::json::parse_int;
use common::reply;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::domain::catalogue::{Card, CardPage, PageRequest};
use crate::error::GoodsError;
use crate::flows::list_catalog::list_catalog;
use crate::state::AppState;

/// The page also sends `launched=true`. It is not read: what is not for sale is shown to nobody.
#[derive(Deserialize)]
pub(crate) struct PageQuery {
    page: Option<String>,
    pagesize: Option<String>,
}

pub(crate) async fn handle(
    state: web::Data<AppState>,
    catalog_id: web::Path<String>,
    query: web::Query<PageQuery>,
) -> Result<impl Responder, Failure> {
    let request = query.page_request()?;
    // The page may send the text `undefined` (contract trap 6.12).
    let catalog_id = parse_int(&catalog_id).ok_or(GoodsError::CatalogNotFound)?;
    let body = list_catalog(&state, catalog_id, request, render).await?;
    Ok(reply::encoded(body))
}

fn render(page: CardPage, request: PageRequest, media_url: &str) -> Result<Bytes, serde_json::Error> {
    let views: Vec<CardView> = page.cards.into_iter().map(CardView::from).collect();
    let paginator = json!({ "pagesize": request.size, "total": page.total });
    reply::ok(views)
        .with("paginator", paginator)
        .with("base_url", media_url)
        .encode()
}

impl PageQuery {
    fn page_request(&self) -> Result<PageRequest, GoodsError> {
        let page = number(self.page.as_deref(), "page", 1)?;
        let size = number(self.pagesize.as_deref(), "pagesize", PageRequest::DEFAULT_SIZE)?;
        if size < 1 {
            return Err(GoodsError::NotANumber("pagesize"));
        }
        Ok(PageRequest {
            page,
            size: size.min(PageRequest::MAX_SIZE),
        })
    }
}

fn number(text: Option<&str>, name: &'static str, default: i64) -> Result<i64, GoodsError> {
    text.map_or(Ok(default), |text| {
        parse_int(text).ok_or(GoodsError::NotANumber(name))
    })
}

#[derive(Serialize)]
struct CardView {
    skuid: i64,
    name: String,
    price: String,
    image: String,
}

impl From<Card> for CardView {
    fn from(card: Card) -> Self {
        Self {
            skuid: card.sku_id.0,
            name: card.name,
            price: card.price.to_string(),
            image: card.image,
        }
    }
}
