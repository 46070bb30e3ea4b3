//! The cart as the page reads it (contract C2).

use common::money::Fen;
use common::reply::{self, Reply};
use serde::Serialize;

use crate::domain::cart::Tick;
use crate::flows::list_cart::ListedLine;

/// One line. The two attribute arrays always exist and are equally long.
#[derive(Serialize)]
pub struct LineView {
    id: i64,
    name: String,
    count: i64,
    /// A number, because the page takes the text `"0"` for ticked.
    selected: u8,
    default_image_url: String,
    price: String,
    sku_sale_attr_name: Vec<String>,
    sku_sale_attr_val: Vec<String>,
    /// Whether it can be bought still; today's page does not look.
    available: bool,
}

/// `{"code":200,"data":[…],"base_url":…}`.
pub fn cart_reply(lines: Vec<ListedLine>, media_url: &str) -> Reply<Vec<LineView>> {
    let views = lines.into_iter().map(LineView::from).collect();
    reply::ok(views).with("base_url", media_url)
}

impl From<ListedLine> for LineView {
    fn from(listed: ListedLine) -> Self {
        let available = listed.sku.as_ref().is_some_and(|sku| sku.is_launched);
        let is_ticked = available && listed.line.tick == Tick::Selected;
        let view = Self {
            id: listed.sku_id.0,
            name: "商品已失效".to_owned(),
            count: listed.line.count,
            selected: u8::from(is_ticked),
            default_image_url: String::new(),
            price: Fen(0).to_string(),
            sku_sale_attr_name: Vec::new(),
            sku_sale_attr_val: Vec::new(),
            available,
        };
        match listed.sku {
            None => view,
            Some(sku) => Self {
                name: sku.name,
                default_image_url: sku.image,
                price: sku.price.to_string(),
                sku_sale_attr_name: sku.attr_names,
                sku_sale_attr_val: sku.attr_values,
                ..view
            },
        }
    }
}
