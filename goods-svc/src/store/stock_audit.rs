//! The books of the stock as the tables have them, part by part; each part is one statement and so one moment, whatever
//! is sold meanwhile.

use common::contracts::ids::{OrderId, SkuId};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

use super::reservations::state_named;
use super::statement;
use crate::domain::reservation::StockLine;
use crate::domain::stock_audit::{LineBooks, SkuBooks};

#[derive(FromQueryResult)]
struct SkuRow {
    id: i64,
    stock: i64,
    received: i64,
    logged: i64,
    held: i64,
    sold: i64,
}

/// The books of at most `limit` SKUs above `after`, ascending.
pub(crate) async fn sku_books(
    db: &impl ConnectionTrait,
    after: SkuId,
    limit: u64,
) -> Result<Vec<SkuBooks>, DbErr> {
    let sum = |what: &str| format!("CAST(COALESCE(SUM({what}), 0) AS SIGNED)");
    let of_orders = |state: &str| {
        sum(&format!(
            "CASE WHEN log.cause = 'reserve' AND head.state = '{state}' THEN line.count ELSE 0 END"
        ))
    };
    let sql = format!(
        "SELECT sku.id, sku.stock, {} AS received, {} AS logged, {} AS held, {} AS sold \
         FROM (SELECT id, stock FROM goods_sku WHERE id > ? ORDER BY id LIMIT ?) sku \
         LEFT JOIN goods_stock_log log ON log.sku_id = sku.id \
         LEFT JOIN goods_reservation head ON head.order_id = log.order_id \
         LEFT JOIN goods_reservation_line line ON line.order_id = log.order_id AND line.sku_id = log.sku_id \
         GROUP BY sku.id, sku.stock ORDER BY sku.id",
        sum("CASE WHEN log.cause IN ('reserve', 'release') THEN 0 ELSE log.delta END"),
        sum("log.delta"),
        of_orders("held"),
        of_orders("sold"),
    );
    let rows = SkuRow::find_by_statement(statement(db, sql, [after.0.into(), limit.into()]))
        .all(db)
        .await?;
    let books = rows.into_iter().map(|row| SkuBooks {
        sku_id: SkuId(row.id),
        stock: row.stock,
        received: row.received,
        logged: row.logged,
        held: row.held,
        sold: row.sold,
    });
    Ok(books.collect())
}

/// The last of at most `limit` reservations above `after`; `None` when there are none.
pub(crate) async fn last_order(
    db: &impl ConnectionTrait,
    after: &str,
    limit: u64,
) -> Result<Option<String>, DbErr> {
    let sql = "SELECT MAX(order_id) AS last FROM \
         (SELECT order_id FROM goods_reservation WHERE order_id > ? ORDER BY order_id LIMIT ?) some";
    let row = db
        .query_one_raw(statement(db, sql, [after.into(), limit.into()]))
        .await?;
    Ok(row.map(|row| row.try_get("", "last")).transpose()?.flatten())
}

#[derive(FromQueryResult)]
struct LineRow {
    order_id: String,
    state: String,
    sku_id: i64,
    count: i64,
    own_sku: Option<i64>,
    taken: Option<i64>,
    returned: Option<i64>,
}

/// The books of the lines of all reservations above `after`, up to `last`.
pub(crate) async fn line_books(
    db: &impl ConnectionTrait,
    after: &str,
    last: &str,
) -> Result<Vec<LineBooks>, DbErr> {
    let sql = "SELECT head.order_id, head.state, line.sku_id, line.count, sku.id AS own_sku, \
                taken.delta AS taken, returned.delta AS returned \
         FROM goods_reservation head \
         JOIN goods_reservation_line line ON line.order_id = head.order_id \
         LEFT JOIN goods_sku sku ON sku.id = line.sku_id \
         LEFT JOIN goods_stock_log taken ON taken.order_id = line.order_id \
           AND taken.sku_id = line.sku_id AND taken.cause = 'reserve' \
         LEFT JOIN goods_stock_log returned ON returned.order_id = line.order_id \
           AND returned.sku_id = line.sku_id AND returned.cause = 'release' \
         WHERE head.order_id > ? AND head.order_id <= ?";
    let rows = LineRow::find_by_statement(statement(db, sql, [after.into(), last.into()]))
        .all(db)
        .await?;
    rows.into_iter().map(LineBooks::try_from).collect()
}

impl TryFrom<LineRow> for LineBooks {
    type Error = DbErr;

    fn try_from(row: LineRow) -> Result<Self, DbErr> {
        let order_id = OrderId::try_from(row.order_id).map_err(|error| DbErr::Type(error.to_string()))?;
        Ok(Self {
            order_id,
            state: state_named(&row.state)?,
            line: StockLine {
                sku_id: SkuId(row.sku_id),
                count: row.count,
            },
            has_sku: row.own_sku.is_some(),
            logged_taken: row.taken,
            logged_returned: row.returned,
        })
    }
}
