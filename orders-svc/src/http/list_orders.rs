//! `GET /v1/orders/{username}?type=0..4` (contract O3): a buyer's orders, newest first.
//!
//! Beyond the contract `page` and `pagesize` show a part; pages that send neither get the newest hundred.

use actix_web::{Responder, web};
use common::clock::shop_text;
use common::contracts::ids::{OrderId, SkuId};
use common::error_reply::Failure;
use common::identity::Owner;
use common::json::parse_int;
use common::money::Fen;
use common::reply;
use serde::{Deserialize, Serialize};

use crate::domain::order::{Delivery, SoldLine};
use crate::domain::order_state::OrderStatus;
use crate::error::OrderError;
use crate::flows;
use crate::flows::list_orders::ListedOrder;
use crate::state::AppState;
use crate::store::orders::Page;

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
}

/// Handles it.
pub async fn list_orders(
    state: web::Data<AppState>,
    Owner(buyer): Owner,
    query: web::Query<ListQuery>,
) -> Result<impl Responder, Failure> {
    let (statuses, page) = (query.statuses()?, query.page()?);
    let orders = flows::list_orders::list_orders(&state, buyer.user_id, statuses, page).await?;
    let orders_list = orders.into_iter().map(OrderView::from).collect();
    Ok(reply::ok(OrdersView { orders_list }).with("base_url", state.media_url.as_str()))
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

    fn page(&self) -> Result<Page, OrderError> {
        let number = |text: &Option<String>, default, max| match text.as_deref() {
            None => Ok(default),
            Some(text) => parse_int(text)
                .and_then(|number| u64::try_from(number).ok())
                .filter(|number| (1..=max).contains(number))
                .ok_or(OrderError::Invalid("page or pagesize is out of range")),
        };
        let limit = number(&self.pagesize, MAX_PAGE_SIZE, MAX_PAGE_SIZE)?;
        let offset = (number(&self.page, 1, MAX_PAGE)? - 1) * limit;
        Ok(Page { offset, limit })
    }
}

#[derive(Serialize)]
struct OrdersView {
    orders_list: Vec<OrderView>,
}

#[derive(Serialize)]
struct OrderView {
    order_id: OrderId,
    order_total_count: i64,
    order_total_amount: Fen,
    order_freight: Fen,
    address: DeliveryView,
    status: i16,
    order_time: String,
    order_sku: Vec<LineView>,
}

#[derive(Serialize)]
struct DeliveryView {
    title: String,
    address: String,
    mobile: String,
    receiver: String,
}

#[derive(Serialize)]
struct LineView {
    id: SkuId,
    default_image_url: String,
    name: String,
    price: Fen,
    count: i64,
    total_amount: Option<Fen>,
    sku_sale_attr_names: Vec<String>,
    sku_sale_attr_vals: Vec<String>,
}

impl From<ListedOrder> for OrderView {
    fn from(ListedOrder { order, lines }: ListedOrder) -> Self {
        Self {
            order_id: order.id,
            order_total_count: order.totals.count,
            order_total_amount: order.totals.amount,
            order_freight: order.totals.freight,
            address: DeliveryView::from(order.delivery),
            status: order.status.number(),
            order_time: shop_text(order.created_at),
            order_sku: lines.into_iter().map(LineView::from).collect(),
        }
    }
}

impl From<Delivery> for DeliveryView {
    fn from(delivery: Delivery) -> Self {
        Self {
            title: delivery.tag,
            address: delivery.address,
            mobile: delivery.mobile,
            receiver: delivery.receiver,
        }
    }
}

impl From<SoldLine> for LineView {
    fn from(line: SoldLine) -> Self {
        Self {
            id: line.sku_id,
            default_image_url: line.image.clone(),
            total_amount: line.total(),
            name: line.name,
            price: line.price,
            count: line.count,
            sku_sale_attr_names: line.attr_names,
            sku_sale_attr_vals: line.attr_values,
        }
    }
}
