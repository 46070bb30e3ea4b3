//! POST and GET /v1/goods/sku — the SKU of a product with the chosen attribute values (contract G4).

use std::fmt;

use actix_web::{Responder, web};
use common::error_reply::Failure;
use common::json::{Body, IntLike, parse_int};
use common::reply;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::domain::selection::Selection;
use crate::error::GoodsError;
use crate::state::AppState;
use crate::store::details;

/// `{"spuid":6,"21":32}`: the keys are read one by one, because a map would hide that one stands twice.
pub(crate) struct Pairs(Vec<(String, i64)>);

pub(crate) async fn handle_post(
    state: web::Data<AppState>,
    pairs: Body<Pairs>,
) -> Result<impl Responder, Failure> {
    switch(&state, pairs.0.0).await
}

pub(crate) async fn handle_get(
    state: web::Data<AppState>,
    query: web::Query<Vec<(String, String)>>,
) -> Result<impl Responder, Failure> {
    let pairs = query.into_inner().into_iter().map(|(key, value)| {
        let value = parse_int(&value).ok_or(GoodsError::NotANumber("value"))?;
        Ok((key, value))
    });
    let pairs = pairs.collect::<Result<_, GoodsError>>()?;
    switch(&state, pairs).await
}

async fn switch(state: &AppState, pairs: Vec<(String, i64)>) -> Result<impl Responder + use<>, Failure> {
    let selection = Selection::from_pairs(pairs).map_err(GoodsError::from)?;
    let found = details::find_by_selection(state.db.reader(), &selection)
        .await
        .map_err(GoodsError::from)?;
    let sku_id = found.ok_or(GoodsError::NoSuchCombination)?;
    Ok(reply::ok(sku_id.0))
}

impl<'de> Deserialize<'de> for Pairs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct PairsVisitor;

        impl<'de> Visitor<'de> for PairsVisitor {
            type Value = Pairs;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of ids")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs, A::Error> {
                let mut pairs = Vec::new();
                while let Some((key, IntLike(value))) = map.next_entry()? {
                    pairs.push((key, value));
                }
                Ok(Pairs(pairs))
            }
        }

        deserializer.deserialize_map(PairsVisitor)
    }
}
