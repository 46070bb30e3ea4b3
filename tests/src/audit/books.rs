//! What the books of a shop say: read from its four databases at one moment, compared with nothing yet.

use std::collections::BTreeMap;

use super::rows::{Reader, Row, query};
use crate::stores::Stores;

/// Stock and sales of every SKU.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Books(pub BTreeMap<i64, Shelf>);

/// Of one SKU.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shelf {
    /// Pieces that can be bought.
    pub stock: i64,
    /// Pieces that were ordered and not given back.
    pub sales: i64,
}

/// Lines of an order or a reservation: count and price by SKU.
pub(super) type Lines = BTreeMap<i64, (i64, i64)>;

/// A reservation of goods-svc.
pub(super) struct Reservation {
    pub(super) state: String,
    pub(super) lines: Lines,
}

/// An order of orders-svc. Amounts in fen.
pub(super) struct Order {
    pub(super) status: i64,
    pub(super) total: i64,
    pub(super) freight: i64,
    pub(super) lines: Lines,
    /// Status after the last entry of its history.
    pub(super) last_entry: i64,
}

/// Money that arrived at pays-svc. Amounts in fen.
pub(super) struct Receipt {
    pub(super) order_id: String,
    pub(super) amount: i64,
}

/// All that the promises are about.
pub(super) struct Snapshot {
    pub(super) shelves: Books,
    pub(super) reservations: BTreeMap<String, Reservation>,
    pub(super) orders: BTreeMap<String, Order>,
    /// By the provider's trade.
    pub(super) receipts: BTreeMap<String, Receipt>,
    /// Refunded fen, all refunds together, and whether all are done, by trade.
    pub(super) refunds: BTreeMap<String, (i64, bool)>,
}

impl Books {
    /// Reads them.
    pub async fn read(stores: &Stores) -> Self {
        let goods = Reader::open(stores, "goods").await;
        let books = Self::of(&goods).await;
        goods.close().await;
        books
    }

    /// As they were before the first order: what is held or sold now, put back.
    pub(crate) async fn before_all_orders(stores: &Stores) -> Self {
        let goods = Reader::open(stores, "goods").await;
        let mut books = Self::of(&goods).await;
        let reservations = reservations(&goods).await;
        goods.close().await;
        let kept = reservations.values().filter(|one| one.state != "released");
        for (sku, (count, _)) in kept.flat_map(|one| &one.lines) {
            let shelf = books.0.get_mut(sku).expect("on the shelf");
            shelf.stock += count;
            shelf.sales -= count;
        }
        books
    }

    /// Of one SKU.
    pub fn shelf(&self, sku_id: i64) -> Shelf {
        self.0[&sku_id]
    }

    async fn of(goods: &Reader) -> Self {
        let rows = query(goods, "SELECT id, stock, sales FROM goods_sku").await;
        let shelf = |row: &Row| Shelf {
            stock: row.number("stock"),
            sales: row.number("sales"),
        };
        Self(rows.iter().map(|row| (row.number("id"), shelf(row))).collect())
    }
}

impl Snapshot {
    pub(super) async fn read(databases: &BTreeMap<&'static str, Reader>) -> Self {
        let (goods, orders, pays) = (&databases["goods"], &databases["orders"], &databases["pays"]);
        Self {
            shelves: Books::of(goods).await,
            reservations: reservations(goods).await,
            orders: read_orders(orders).await,
            receipts: receipts(pays).await,
            refunds: refunds(pays).await,
        }
    }
}

async fn reservations(goods: &Reader) -> BTreeMap<String, Reservation> {
    let heads = query(goods, "SELECT order_id, state FROM goods_reservation").await;
    let lines = "SELECT order_id, sku_id, count, price_fen AS price FROM goods_reservation_line";
    let mut lines = lines_by_order(goods, lines).await;
    let reservation = |row: &Row| {
        let order_id = row.text("order_id");
        let lines = lines.remove(&order_id).unwrap_or_default();
        let state = row.text("state");
        (order_id, Reservation { state, lines })
    };
    heads.iter().map(reservation).collect()
}

async fn read_orders(orders: &Reader) -> BTreeMap<String, Order> {
    let heads = "SELECT order_id, status, total_amount, freight FROM orders_order_info";
    let heads = query(orders, heads).await;
    let lines = "SELECT order_info_id AS order_id, sku_id, count, price FROM orders_order_goods";
    let mut lines = lines_by_order(orders, lines).await;
    let history = query(
        orders,
        "SELECT order_id, to_status FROM orders_order_event ORDER BY id",
    )
    .await;
    let last: BTreeMap<String, i64> = history
        .iter()
        .map(|row| (row.text("order_id"), row.number("to_status")))
        .collect();
    let order = |row: &Row| {
        let order_id = row.text("order_id");
        let order = Order {
            status: row.number("status"),
            total: row.number("total_amount"),
            freight: row.number("freight"),
            lines: lines.remove(&order_id).unwrap_or_default(),
            last_entry: last.get(&order_id).copied().unwrap_or_default(),
        };
        (order_id, order)
    };
    heads.iter().map(order).collect()
}

async fn lines_by_order(db: &Reader, sql: &str) -> BTreeMap<String, Lines> {
    let mut by_order: BTreeMap<String, Lines> = BTreeMap::new();
    for row in query(db, sql).await {
        let lines = by_order.entry(row.text("order_id")).or_default();
        lines.insert(row.number("sku_id"), (row.number("count"), row.number("price")));
    }
    by_order
}

async fn receipts(pays: &Reader) -> BTreeMap<String, Receipt> {
    let rows = query(pays, "SELECT trade_no, order_id, amount FROM pays_transaction").await;
    let receipt = |row: &Row| Receipt {
        order_id: row.text("order_id"),
        amount: row.number("amount"),
    };
    rows.iter()
        .map(|row| (row.text("trade_no"), receipt(row)))
        .collect()
}

async fn refunds(pays: &Reader) -> BTreeMap<String, (i64, bool)> {
    let sql = "SELECT trade_no, amount, status FROM pays_refund WHERE status <> 'refused'";
    let mut by_trade: BTreeMap<String, (i64, bool)> = BTreeMap::new();
    for row in query(pays, sql).await {
        let (amount, is_done) = by_trade.entry(row.text("trade_no")).or_insert((0, true));
        *amount += row.number("amount");
        *is_done &= row.text("status") == "done";
    }
    by_trade
}
