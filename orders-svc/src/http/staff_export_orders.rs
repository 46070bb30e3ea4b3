//! `GET /v1/staff/orders/export`: what the list would show, as CSV for a spreadsheet, streamed batch by batch.

use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION};
use actix_web::web::Bytes;
use actix_web::{HttpResponse, web};
use common::clock::shop_text;
use common::error_reply::Failure;
use common::identity::Staff;
use futures_util::{StreamExt, TryStreamExt, stream};

use super::staff_list_orders::SearchQuery;
use crate::domain::order::Order;
use crate::error::OrderError;
use crate::flows;
use crate::state::AppState;

/// The first line, behind the mark by which spreadsheets know UTF-8.
const HEAD: &str = "\u{feff}order_id,user_id,status,order_time,total_amount,freight,refunded_amount,pieces,receiver,\
                    mobile,address,trade_no,carrier,tracking_no\r\n";

/// Handles it. A database that fails half-way breaks the download off, so that nobody takes a part for the whole.
pub async fn staff_export_orders(
    state: web::Data<AppState>,
    _staff: Staff,
    query: web::Query<SearchQuery>,
) -> Result<HttpResponse, Failure> {
    let batches = flows::search_orders::all_orders(state.get_ref().clone(), query.filter()?);
    let rows = batches.map_ok(|orders| Bytes::from(orders.iter().map(line).collect::<String>()));
    let rows = rows.inspect_err(|error| tracing::error!(?error, "export of orders broke off"));
    let head = stream::once(async { Ok::<_, OrderError>(Bytes::from_static(HEAD.as_bytes())) });
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((CONTENT_DISPOSITION, "attachment; filename=\"orders.csv\""))
        .streaming(head.chain(rows).map_err(BrokenOff)))
}

/// Why a download ended early. Its reader has the status already, so no code can be told.
#[derive(Debug, thiserror::Error)]
#[error("the export broke off")]
struct BrokenOff(#[source] OrderError);

fn line(order: &Order) -> String {
    let parcel = order.parcel.as_ref();
    let fields = [
        order.id.to_string(),
        order.user_id.to_string(),
        order.status.number().to_string(),
        shop_text(order.created_at),
        order.totals.amount.to_string(),
        order.totals.freight.to_string(),
        order.refunded.to_string(),
        order.totals.count.to_string(),
        quoted(&order.delivery.receiver),
        quoted(&order.delivery.mobile),
        quoted(&order.delivery.address),
        quoted(order.trade_no.as_deref().unwrap_or_default()),
        quoted(parcel.map_or("", |parcel| parcel.carrier.as_str())),
        quoted(parcel.map_or("", |parcel| parcel.tracking_no.as_str())),
    ];
    format!("{}\r\n", fields.join(","))
}

/// Text in quotes. What a spreadsheet would take for a formula gets an apostrophe before it: buyers write addresses.
fn quoted(text: &str) -> String {
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let guard = if is_formula { "'" } else { "" };
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn text_can_neither_break_a_line_nor_become_a_formula() {
        assert_eq!(quoted("东路8号, \"A\""), "\"东路8号, \"\"A\"\"\"");
        assert_eq!(quoted("=1+1"), "\"'=1+1\"");
    }
}
