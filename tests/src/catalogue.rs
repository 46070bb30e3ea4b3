//! The goods that a shop under test opens with, and what its pages must show of them (contract §5).

use std::path::Path;

use serde_json::{Value, json};

use crate::workspace;

/// Names another catalogue than the one found, as a path.
const CHOICE: &str = "DADASHOP_TEST_CATALOGUE";
/// A real dump, where one lies beside the workspace; never part of it.
const REAL_DUMP: &str = "../shared/data/goods_data.json";
/// Our own catalogue.
const DEMO: &str = "goods-svc/demo/catalogue.json";

/// A dump in the format of Django's `dumpdata`.
#[derive(Clone, Debug)]
pub struct Catalogue {
    rows: Vec<Value>,
    /// SKUs whose stock a test chose, and that stock: what a shop that is open already has yet to be told.
    pub(crate) restocked: Vec<(i64, i64)>,
}

/// A SKU as the dump has it.
#[derive(Clone, Debug)]
pub struct Sku {
    /// Its id.
    pub id: i64,
    /// Its SPU.
    pub spu: i64,
    /// The catalog of its SPU.
    pub catalog: i64,
    /// Its name.
    pub name: String,
    /// The line below the name.
    pub caption: String,
    /// With two decimals.
    pub price: String,
    /// Pieces.
    pub stock: i64,
    /// Path below the media root.
    pub image: String,
    /// Names of its SPU's sale attributes, by id.
    pub attr_names: Vec<String>,
    /// Ids of those.
    pub attr_ids: Vec<i64>,
    /// Its values, one for each attribute.
    pub attr_values: Vec<String>,
    /// Ids of those.
    pub value_ids: Vec<i64>,
}

impl Catalogue {
    /// The real dump when there is one, else the demo catalogue.
    pub fn real_or_demo() -> Self {
        let chosen = std::env::var_os(CHOICE).map(|path| workspace::root().join(path));
        let real = workspace::root().join(REAL_DUMP);
        match chosen.or_else(|| real.exists().then_some(real)) {
            Some(path) => Self::read(&path),
            None => Self::demo(),
        }
    }

    /// The demo catalogue.
    pub fn demo() -> Self {
        Self::read(&workspace::root().join(DEMO))
    }

    fn read(path: &Path) -> Self {
        let text = std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let rows =
            serde_json::from_slice(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let restocked = Vec::new();
        Self { rows, restocked }
    }

    /// With `stock` pieces of a SKU.
    pub fn with_stock(mut self, sku_id: i64, stock: i64) -> Self {
        let mut skus = self.rows.iter_mut().filter(|row| row["model"] == "goods.sku");
        let row = skus.find(|row| row["pk"] == sku_id).expect("the SKU");
        row["fields"]["stock"] = json!(stock);
        self.restocked.push((sku_id, stock));
        self
    }

    /// Writes it where `loaddata` finds it.
    pub fn write(&self, path: &Path) {
        let text = serde_json::to_vec(&self.rows).expect("JSON");
        std::fs::write(path, text).expect("file");
    }

    /// The SKUs that are for sale, by id.
    pub fn skus(&self) -> Vec<Sku> {
        let launched = |row: &&Value| row["fields"]["is_launched"] == true;
        let mut skus: Vec<Sku> = self
            .of("goods.sku")
            .filter(launched)
            .map(|row| self.sku(row))
            .collect();
        skus.sort_by_key(|sku| sku.id);
        skus
    }

    /// Id and name of every catalog, by id.
    pub fn catalogs(&self) -> Vec<(i64, String)> {
        let mut catalogs: Vec<(i64, String)> = self
            .of("goods.catalog")
            .map(|row| (number(&row["pk"]), text(&row["fields"]["name"])))
            .collect();
        catalogs.sort();
        catalogs
    }

    /// Id and name of every value of a sale attribute, by id.
    pub fn values_of(&self, attr: i64) -> Vec<(i64, String)> {
        let mut values: Vec<(i64, String)> = self
            .of("goods.saleattrvalue")
            .filter(|row| row["fields"]["spu_sale_attr"] == attr)
            .map(|row| (number(&row["pk"]), text(&row["fields"]["name"])))
            .collect();
        values.sort();
        values
    }

    fn of<'a>(&'a self, model: &'a str) -> impl Iterator<Item = &'a Value> {
        self.rows.iter().filter(move |row| row["model"] == model)
    }

    fn sku(&self, row: &Value) -> Sku {
        let fields = &row["fields"];
        let spu = number(&fields["spu"]);
        let spu_row = self
            .of("goods.spu")
            .find(|row| row["pk"] == spu)
            .expect("its SPU");
        let mut attrs: Vec<(i64, String)> = self
            .of("goods.spusaleattr")
            .filter(|row| row["fields"]["spu"] == spu)
            .map(|row| (number(&row["pk"]), text(&row["fields"]["name"])))
            .collect();
        attrs.sort();
        let own = fields["sale_attr_value"].as_array().expect("values");
        let value_of = |attr: i64| {
            self.of("goods.saleattrvalue")
                .find(|row| row["fields"]["spu_sale_attr"] == attr && own.contains(&row["pk"]))
                .map(|row| (number(&row["pk"]), text(&row["fields"]["name"])))
                .expect("a value for each attribute")
        };
        let (value_ids, attr_values) = attrs.iter().map(|(attr, _)| value_of(*attr)).unzip();
        let (attr_ids, attr_names) = attrs.into_iter().unzip();
        Sku {
            id: number(&row["pk"]),
            spu,
            catalog: number(&spu_row["fields"]["catalog"]),
            name: text(&fields["name"]),
            caption: text(&fields["caption"]),
            price: text(&fields["price"]),
            stock: number(&fields["stock"]),
            image: text(&fields["default_image_url"]),
            attr_names,
            attr_ids,
            attr_values,
            value_ids,
        }
    }
}

fn number(value: &Value) -> i64 {
    value.as_i64().unwrap_or_else(|| panic!("{value} is no number"))
}

fn text(value: &Value) -> String {
    value
        .as_str()
        .unwrap_or_else(|| panic!("{value} is no text"))
        .to_owned()
}
