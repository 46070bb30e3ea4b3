//! `GET /v1/staff/orders`: all buyers' orders, newest first.
//!
//! `status`, `user_id`, `order_id`, `from` and `until` (days as `2026-11-21`, the last one included) narrow it;
//! `pagesize` and `after`, the id that the last answer gave as `next`, page it.

use actix_web::{Responder, web};
use chrono::{Days, NaiveDate};
use common::contracts::ids::{OrderId, UserId};
use common::error_reply::Failure;
use common::identity::Staff;
use common::json::parse_int;
use common::reply;
use serde::{Deserialize, Serialize};

use super::staff_order_view::StaffOrderView;
use crate::domain::order_state::OrderStatus;
use crate::error::OrderError;
use crate::flows;
use crate::flows::search_orders::FoundPage;
use crate::state::AppState;
use crate::store::search::Filter;

/// Most orders of one page.
const MAX_PAGE_SIZE: i64 = 200;
/// How many there are when nobody says.
const PAGE_SIZE: u64 = 50;

/// The query; the export takes the same.
#[derive(Deserialize)]
pub struct SearchQuery {
    order_id: Option<String>,
    status: Option<String>,
    user_id: Option<String>,
    from: Option<String>,
    until: Option<String>,
    after: Option<String>,
    pagesize: Option<String>,
}

/// Handles it.
pub async fn staff_list_orders(
    state: web::Data<AppState>,
    _staff: Staff,
    query: web::Query<SearchQuery>,
) -> Result<impl Responder, Failure> {
    let (filter, after, limit) = (query.filter()?, query.after()?, query.limit()?);
    let page = flows::search_orders::search_orders(&state, &filter, after.as_ref(), limit).await?;
    Ok(reply::ok(FoundView::from(page)))
}

impl SearchQuery {
    pub(super) fn filter(&self) -> Result<Filter, OrderError> {
        let status = optional(&self.status, "status is no status", |text| {
            let number = parse_int(text).and_then(|number| i16::try_from(number).ok());
            number.and_then(OrderStatus::from_number)
        })?;
        Ok(Filter {
            order_id: optional(&self.order_id, "order_id is no order id", |text| {
                text.parse().ok()
            })?,
            status,
            user_id: optional(&self.user_id, "user_id is no number", |text| {
                parse_int(text).map(UserId)
            })?,
            from: optional(&self.from, "from is no day", |text| day(text).map(first_id_of))?,
            until: optional(&self.until, "until is no day", |text| {
                day(text)?.checked_add_days(Days::new(1)).map(first_id_of)
            })?,
        })
    }

    fn after(&self) -> Result<Option<OrderId>, OrderError> {
        optional(&self.after, "after names no order", |text| text.parse().ok())
    }

    fn limit(&self) -> Result<u64, OrderError> {
        let limit = optional(&self.pagesize, "pagesize is out of range", |text| {
            let size = parse_int(text).filter(|size| (1..=MAX_PAGE_SIZE).contains(size))?;
            u64::try_from(size).ok()
        })?;
        Ok(limit.unwrap_or(PAGE_SIZE))
    }
}

/// An absent or empty field does not matter; one that cannot be read is refused.
fn optional<T>(
    field: &Option<String>,
    refusal: &'static str,
    read: impl FnOnce(&str) -> Option<T>,
) -> Result<Option<T>, OrderError> {
    match field.as_deref().filter(|text| !text.is_empty()) {
        None => Ok(None),
        Some(text) => read(text).map(Some).ok_or(OrderError::Invalid(refusal)),
    }
}

fn day(text: &str) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()
}

/// Ids begin with the shop's time, so that those of a day begin with its digits.
fn first_id_of(day: NaiveDate) -> String {
    day.format("%Y%m%d").to_string()
}

#[derive(Serialize)]
struct FoundView {
    orders: Vec<StaffOrderView>,
    /// What to send as `after` to see more; null on the last page.
    next: Option<OrderId>,
}

impl From<FoundPage> for FoundView {
    fn from(page: FoundPage) -> Self {
        Self {
            orders: page.orders.into_iter().map(StaffOrderView::from).collect(),
            next: page.next,
        }
    }
}
