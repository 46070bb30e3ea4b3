//! POST /v1/goods/search — launched SKUs by text (contract G5). The page sends a form; JSON is read too.

use actix_web::{Responder, web};
use common::error_reply::Failure;
use common::json::parse_int;
use common::money::Fen;
use common::reply;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::domain::catalogue::{Card, PageRequest};
use crate::domain::search::{Filter, Sort};
use crate::error::GoodsError;
use crate::flows::search_goods::search_goods;
use crate::state::AppState;

/// `q` and `page` are the page's; the others are for pages to come. Prices in yuan.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Question {
    q: Text,
    page: Text,
    pagesize: Text,
    catalog_id: Text,
    brand_id: Text,
    price_from: Text,
    price_to: Text,
    sort: Text,
}

/// Text, or in JSON a number.
#[derive(Default)]
struct Text(String);

pub(crate) async fn handle_post(
    state: web::Data<AppState>,
    body: web::Bytes,
) -> Result<impl Responder, Failure> {
    search(&state, Question::read(&body)?).await
}

pub(crate) async fn handle_get(
    state: web::Data<AppState>,
    question: web::Query<Question>,
) -> Result<impl Responder, Failure> {
    search(&state, question.into_inner()).await
}

async fn search(state: &AppState, question: Question) -> Result<impl Responder + use<>, Failure> {
    let (page, filter) = (question.page_request()?, question.filter()?);
    let sort = Sort::named(&question.sort.0).ok_or(GoodsError::NotANumber("sort"))?;
    let found = search_goods(state, unescape(&question.q.0), filter, sort, page).await?;
    let views: Vec<CardView> = found.cards.into_iter().map(CardView::from).collect();
    // The first load reads `baseurl`, paging reads `base_url` and prints `result` unless it is true (contract G5).
    Ok(reply::ok(views)
        .with(
            "paginator",
            json!({ "pagesize": page.size, "total": found.total }),
        )
        .with("result", true)
        .with("base_url", state.media_url.as_str())
        .with("baseurl", state.media_url.as_str()))
}

impl Question {
    fn read(body: &[u8]) -> Result<Self, GoodsError> {
        if body.trim_ascii_start().starts_with(b"{") {
            return serde_json::from_slice(body).map_err(|error| GoodsError::NotAQuestion(error.into()));
        }
        serde_urlencoded::from_bytes(body).map_err(|error| GoodsError::NotAQuestion(error.into()))
    }

    fn page_request(&self) -> Result<PageRequest, GoodsError> {
        let page = self.page.number("page")?.unwrap_or(1);
        let size = self
            .pagesize
            .number("pagesize")?
            .unwrap_or(PageRequest::DEFAULT_SIZE);
        if size < 1 {
            return Err(GoodsError::NotANumber("pagesize"));
        }
        if page < 1 {
            return Err(GoodsError::PageOutOfRange);
        }
        Ok(PageRequest {
            page,
            size: size.min(PageRequest::MAX_SIZE),
        })
    }

    fn filter(&self) -> Result<Filter, GoodsError> {
        Ok(Filter {
            catalog_id: self.catalog_id.number("catalog_id")?,
            brand_id: self.brand_id.number("brand_id")?,
            price_from: self.price_from.price("price_from")?,
            price_to: self.price_to.price("price_to")?,
        })
    }
}

impl Text {
    fn number(&self, name: &'static str) -> Result<Option<i64>, GoodsError> {
        if self.0.is_empty() {
            return Ok(None);
        }
        parse_int(&self.0).map(Some).ok_or(GoodsError::NotANumber(name))
    }

    fn price(&self, name: &'static str) -> Result<Option<Fen>, GoodsError> {
        if self.0.is_empty() {
            return Ok(None);
        }
        let price: Option<Fen> = self.0.parse().ok();
        price.map(Some).ok_or(GoodsError::NotANumber(name))
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::String(text) => Ok(Self(text)),
            Value::Number(number) => Ok(Self(number.to_string())),
            Value::Null => Ok(Self::default()),
            other => Err(serde::de::Error::custom(format_args!("{other} is no text"))),
        }
    }
}

/// The page's own address holds Chinese as `\uXXXX`, and so may what it sends.
fn unescape(text: &str) -> String {
    if !text.contains("\\u") {
        return text.to_owned();
    }
    let quoted = format!("\"{}\"", text.replace('"', " "));
    serde_json::from_str(&quoted).unwrap_or_else(|_| text.to_owned())
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
