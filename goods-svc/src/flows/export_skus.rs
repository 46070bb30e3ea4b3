//! The SKUs as a table for spreadsheets and warehouses (RFC 4180).

use std::io::Write;

use common::db::Db;

use crate::flows::dump_fixture::DumpError;
use crate::store::sku_export::{self, SkuLine};

/// Rows that are read at a time.
const ROWS: u64 = 500;

const HEAD: &str = "id,name,caption,catalog,brand,spu_id,spu,values,price,cost_price,market_price,stock,sales,is_launched,image,updated_time";

/// Writes every SKU, ascending by id; answers how many.
pub(crate) async fn export_skus(db: &Db, out: &mut (impl Write + Send)) -> Result<usize, DumpError> {
    let (mut written, mut last) = (0, 0);
    write!(out, "{HEAD}\r\n")?;
    loop {
        let lines = sku_export::lines_after(db.reader(), last, ROWS).await?;
        let Some(end) = lines.last() else { break };
        last = end.id;
        written += lines.len();
        for line in lines {
            write!(out, "{}\r\n", row(line))?;
        }
    }
    out.flush()?;
    Ok(written)
}

fn row(line: SkuLine) -> String {
    let cells = [
        line.id.to_string(),
        line.name,
        line.caption,
        line.catalog,
        line.brand,
        line.spu_id.to_string(),
        line.spu,
        line.values,
        line.price.to_string(),
        line.cost_price.to_string(),
        line.market_price.to_string(),
        line.stock.to_string(),
        line.sales.to_string(),
        line.is_launched.to_string(),
        line.image,
        common::clock::shop_text(line.updated),
    ];
    let cells: Vec<String> = cells.into_iter().map(cell).collect();
    cells.join(",")
}

/// In quotes where needed. A spreadsheet takes a text that begins like a formula for one: an apostrophe before it
/// says that it is none.
fn cell(mut text: String) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) && text.parse::<i64>().is_err() {
        text.insert(0, '\'');
    }
    if text.contains([',', '"', '\n', '\r']) {
        return format!("\"{}\"", text.replace('"', "\"\""));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_no_formula_gets_through() {
        for (text, expected) in [
            ("plain", "plain"),
            ("a,b", "\"a,b\""),
            ("15\" bag", "\"15\"\" bag\""),
            ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
            ("-3", "-3"),
            ("", ""),
        ] {
            assert_eq!(cell(text.to_owned()), expected);
        }
    }
}
