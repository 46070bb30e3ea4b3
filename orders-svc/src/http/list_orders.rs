//! `GET /v1/orders/{username}?type=0..4` (contract O3): a buyer's orders, newest first.
//!
//! Beyond the contract `page` and `pagesize` show a part and count the whole; `after`, an order's id, shows what follows
//! it, however far down the list that is. Pages that send none of them get the newest hundred.

use actix_web::{Responder, web};
use common::contracts::ids::OrderId;
use common::error_reply::Failure;
use common::identity::Owner;
use common::json::parse_int;
use common::reply;
use serde::{Deserialize, Serialize};

use super::order_view::OrderView;
use crate::domain::order_state::OrderStatus;
use crate::error::OrderError;
use crate::flows;
use crate::flows::list_orders::{Asked, Counting, ListedPage, Start};
use crate::state::AppState;

/// Most orders of one page, and how many there are when nobody says.
const MAX_PAGE_SIZE: u64 = 100;
/// The last page that is looked for.
const MAX_PAGE: u64 = 10_000;

/// The query.
#[derive(Deserialize)]
pub struct ListQuery {
    r#type: Option<String>,
    page: Option<String>,
    pagesize: Option<String>,
    after: Option<String>,
}

/// Handles it.
pub async fn list_orders(
    state: web::Data<AppState>,
    Owner(buyer): Owner,
    query: web::Query<ListQuery>,
) -> Result<impl Responder, Failure> {
    let asked = query.asked()?;
    let page = flows::list_orders::list_orders(&state, buyer.user_id, &asked).await?;
    Ok(reply::ok(OrdersView::from(page)).with("base_url", state.media_url.as_str()))
}

impl ListQuery {
    fn statuses(&self) -> Result<&'static [OrderStatus], OrderError> {
        match self.r#type.as_deref() {
            Some("0") => Ok(&OrderStatus::LISTED),
            Some("1") => Ok(&[OrderStatus::Pending]),
            Some("2") => Ok(&[OrderStatus::Paid]),
            Some("3") => Ok(&[OrderStatus::Shipped]),
            Some("4") => Ok(&[OrderStatus::Done]),
            Some(_) | None => Err(OrderError::WrongListType),
        }
    }

    fn asked(&self) -> Result<Asked, OrderError> {
        let number = |text: &Option<String>, default, max| match text.as_deref() {
            None => Ok(default),
            Some(text) => parse_int(text)
                .and_then(|number| u64::try_from(number).ok())
                .filter(|number| (1..=max).contains(number))
                .ok_or(OrderError::Invalid("page or pagesize is out of range")),
        };
        let limit = number(&self.pagesize, MAX_PAGE_SIZE, MAX_PAGE_SIZE)?;
        let page = number(&self.page, 1, MAX_PAGE)?;
        let start = match self.after.as_deref().map(str::parse) {
            None => Start::Skip((page - 1) * limit),
            Some(Ok(id)) => Start::After(id),
            Some(Err(_not_an_id)) => return Err(OrderError::Invalid("after names no order")),
        };
        let is_paged = self.page.is_some() || self.pagesize.is_some() || self.after.is_some();
        Ok(Asked {
            statuses: self.statuses()?,
            start,
            limit,
            counting: if is_paged {
                Counting::All
            } else {
                Counting::Nothing
            },
        })
    }
}

#[derive(Serialize)]
struct OrdersView {
    orders_list: Vec<OrderView>,
    /// Orders of all pages.
    #[serde(skip_serializing_if = "Option::is_none")]
    total: Option<u64>,
    /// What to send as `after` to see more; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<OrderId>,
}

impl From<ListedPage> for OrdersView {
    fn from(page: ListedPage) -> Self {
        Self {
            next: page.next.filter(|_| page.total.is_some()),
            total: page.total,
            orders_list: page.orders.into_iter().map(OrderView::from).collect(),
        }
    }
}
