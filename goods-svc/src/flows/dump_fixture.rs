//! Writing the catalogue as a fixture, row by row: what `loaddata` reads, and what this wrote before comes out again
//! byte for byte.

use std::io::{self, Write};

use common::db::Db;

use crate::domain::fixture::Model;
use crate::store::fixture::read::{self, Which};

/// Rows that are read at a time.
const ROWS: u64 = 500;

/// Why a dump broke off.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DumpError {
    #[error(
        "there is no model called {0:?}: goods, or goods. and one of catalog, brand, spu, spusaleattr, saleattrvalue, sku, skuimage, spuspec, skuspecvalue"
    )]
    NoSuchModel(String),
    #[error("the database refused to read")]
    Database(#[from] sea_orm::DbErr),
    #[error("the dump cannot be written")]
    Write(#[from] io::Error),
    #[error("a row has no json form")]
    Form(#[from] serde_json::Error),
}

/// The models that a label names: `goods` all of them, `goods.sku` one.
pub(crate) fn models(label: &str) -> Result<Vec<Model>, DumpError> {
    if label == "goods" {
        return Ok(Model::ALL.to_vec());
    }
    let named = Model::named(label).map(|model| vec![model]);
    named.ok_or_else(|| DumpError::NoSuchModel(label.to_owned()))
}

/// Writes every row of these models, parents before children, ascending by key. To be taken while nobody edits: rows
/// are read in several looks.
pub(crate) async fn dump_fixture(
    db: &Db,
    models: &[Model],
    out: &mut (impl Write + Send),
) -> Result<usize, DumpError> {
    let mut written = 0;
    out.write_all(b"[")?;
    for model in models {
        let mut last = 0;
        loop {
            let rows = read::rows(db.reader(), *model, Which::After(last, ROWS)).await?;
            let Some(end) = rows.last() else { break };
            last = end.pk;
            for row in &rows {
                let before = if written == 0 { "\n" } else { ",\n" };
                write!(out, "{before}{}", row.to_json()?)?;
                written += 1;
            }
        }
    }
    out.write_all(b"\n]\n")?;
    out.flush()?;
    Ok(written)
}
