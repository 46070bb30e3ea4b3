//! How an order is shown to its buyer, in lists and by itself (contract O3).

use common::clock::shop_text;
use common::contracts::ids::{OrderId, SkuId};
use common::money::Fen;
use serde::Serialize;

use crate::domain::order::{Delivery, SoldLine};
use crate::flows::list_orders::ListedOrder;

/// An order with its lines; the names of the fields are the pages'.
#[derive(Serialize)]
pub(super) struct OrderView {
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
pub(super) struct DeliveryView {
    title: String,
    address: String,
    mobile: String,
    receiver: String,
}

#[derive(Serialize)]
pub(super) struct LineView {
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
