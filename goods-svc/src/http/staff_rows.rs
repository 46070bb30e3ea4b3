//! What the calls of staff about rows share: which row a path names, and how a row is shown.

use actix_web::HttpRequest;
use actix_web::http::header::IF_MATCH;
use common::json::parse_int;
use serde::Serialize;

use crate::domain::fixture::{Model, Row};
use crate::domain::staff_edit::BadEdit;
use crate::error::GoodsError;
use crate::flows::staff::Versioned;

/// The model whose rows stand below this path.
pub(super) fn model(path: &str) -> Result<Model, GoodsError> {
    Model::in_path(path).ok_or(GoodsError::RowNotFound)
}

/// The model and the key that a path names.
pub(super) fn row((path, pk): (String, String)) -> Result<(Model, i64), GoodsError> {
    let pk = parse_int(&pk).filter(|pk| *pk > 0);
    Ok((model(&path)?, pk.ok_or(GoodsError::RowNotFound)?))
}

/// The version that an editor saw: as a field of the request, or as its `If-Match`.
pub(super) fn version(field: Option<String>, request: &HttpRequest) -> Result<String, GoodsError> {
    let header = request.headers().get(IF_MATCH);
    let tag = header
        .and_then(|tag| tag.to_str().ok())
        .map(|tag| tag.trim_start_matches("W/").trim_matches('"').to_owned());
    Ok(field.or(tag).ok_or(BadEdit::NoVersion)?)
}

/// A row as staff see it: the fields are named and written as in fixtures.
#[derive(Serialize)]
pub(super) struct RowView {
    pk: i64,
    version: String,
    fields: Row,
}

impl From<Versioned> for RowView {
    fn from(row: Versioned) -> Self {
        Self {
            pk: row.pk,
            version: row.version,
            fields: row.row,
        }
    }
}
