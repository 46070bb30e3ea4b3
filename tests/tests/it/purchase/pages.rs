//! What the pages must show, worked out from the dump alone.

use common::money::Fen;
use serde_json::{Map, Value, json};
use tests::catalogue::{Catalogue, Sku};
use tests::shop::Shop;

/// Of every order (contract §0.5).
pub(super) const FREIGHT: Fen = Fen(1_000);

/// What the shop sells, as its pages must show it.
pub(super) struct Sold {
    pub(super) base_url: String,
    catalogue: Catalogue,
    pub(super) goods: Vec<Sku>,
}

impl Sold {
    /// What `shop` opened with.
    pub(super) fn of(shop: &Shop) -> Self {
        Self {
            base_url: format!("{}/media/", shop.api.base_url()),
            catalogue: shop.catalogue.clone(),
            goods: shop.catalogue.skus(),
        }
    }

    /// Three SKUs that nobody will miss.
    pub(super) fn three(&self) -> [&Sku; 3] {
        let mut plenty = self.goods.iter().filter(|sku| sku.stock >= 10);
        std::array::from_fn(|_| plenty.next().expect("three SKUs in stock"))
    }

    /// What one catalog has for sale.
    pub(super) fn of_catalog(&self, catalog: i64) -> impl Iterator<Item = &Sku> {
        self.goods.iter().filter(move |sku| sku.catalog == catalog)
    }

    /// `data` of the home page (G1).
    pub(super) fn home_page(&self) -> Value {
        let mut shown = Vec::new();
        for (id, name) in self.catalogue.catalogs() {
            let first: Vec<Value> = self
                .of_catalog(id)
                .take(3)
                .map(|sku| card(sku, Caption::Shown))
                .collect();
            if first.len() == 3 {
                shown.push(json!({"catalog_id": id, "catalog_name": name, "sku": first}));
            }
        }
        json!(shown)
    }

    /// `data` of the first page of a catalog (G2).
    pub(super) fn catalog_page(&self, catalog: i64) -> Value {
        self.of_catalog(catalog)
            .take(9)
            .map(|sku| card(sku, Caption::Hidden))
            .collect()
    }

    /// `data` of a SKU's page, but for picture and specs, which vary (G3).
    pub(super) fn detail(&self, sku: &Sku) -> Value {
        let catalogs = self.catalogue.catalogs();
        let catalog_name = catalogs
            .iter()
            .find(|(id, _)| *id == sku.catalog)
            .map(|(_, name)| name);
        let (mut ids, mut names) = (Map::new(), Map::new());
        for attr in &sku.attr_ids {
            let (value_ids, value_names): (Vec<i64>, Vec<String>) =
                self.catalogue.values_of(*attr).into_iter().unzip();
            ids.insert(attr.to_string(), json!(value_ids));
            names.insert(attr.to_string(), json!(value_names));
        }
        json!({
            "catalog_id": sku.catalog, "catalog_name": catalog_name, "name": sku.name, "caption": sku.caption,
            "price": sku.price, "image": sku.image, "spu": sku.spu,
            "sku_sale_attr_id": sku.attr_ids, "sku_sale_attr_names": sku.attr_names,
            "sku_sale_attr_val_id": sku.value_ids, "sku_sale_attr_val_names": sku.attr_values,
            "sku_all_sale_attr_vals_id": ids, "sku_all_sale_attr_vals_name": names,
        })
    }

    /// A line of the confirmation page (O1).
    pub(super) fn line(&self, sku: &Sku, count: i64, selected: i64) -> Value {
        json!({
            "id": sku.id, "name": sku.name, "count": count, "selected": selected,
            "default_image_url": sku.image, "price": sku.price,
            "sku_sale_attr_name": sku.attr_names, "sku_sale_attr_val": sku.attr_values,
        })
    }

    /// A line of the cart (C2): also whether it can be bought.
    pub(super) fn cart_line(&self, sku: &Sku, count: i64, selected: i64) -> Value {
        let mut line = self.line(sku, count, selected);
        line["available"] = json!(true);
        line
    }

    /// A line of a listed order (O3).
    pub(super) fn order_line(&self, sku: &Sku, count: i64) -> Value {
        json!({
            "id": sku.id, "default_image_url": sku.image, "name": sku.name, "price": sku.price, "count": count,
            "total_amount": Fen(price(sku).0 * count).to_string(),
            "sku_sale_attr_names": sku.attr_names, "sku_sale_attr_vals": sku.attr_values,
        })
    }
}

enum Caption {
    Shown,
    Hidden,
}

/// A SKU among others (G1 with its caption, G2 without).
fn card(sku: &Sku, caption: Caption) -> Value {
    let mut card = json!({"skuid": sku.id, "name": sku.name, "price": sku.price, "image": sku.image});
    match caption {
        Caption::Shown => card["caption"] = json!(sku.caption),
        Caption::Hidden => {}
    }
    card
}

/// What these lines cost with freight.
pub(super) fn total_of(lines: &[(&Sku, i64)]) -> String {
    let goods: i64 = lines.iter().map(|(sku, count)| price(sku).0 * count).sum();
    Fen(goods + FREIGHT.0).to_string()
}

fn price(sku: &Sku) -> Fen {
    sku.price.parse().expect("a price")
}
