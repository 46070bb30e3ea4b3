//! POST /v1/goods/sku — the SKU of a product with the chosen attribute values (contract G4).

use std::fmt;

use actix_web::{Responder, web};
use common::error_reply::Failure;
use common::json::{Body, IntLike};
use common::reply;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::domain::selection::Selection;
use crate::error::GoodsError;
use crate::flows::switch_sku::switch_sku;
use crate::state::AppState;

/// `{"spuid":6,"21":32}`: the keys are read one by one, because a map would hide that one stands twice.
pub(crate) struct Pairs(Vec<(String, i64)>);

pub(crate) async fn handle(
    state: web::Data<AppState>,
    pairs: Body<Pairs>,
) -> Result<impl Responder, Failure> {
    let selection = Selection::from_pairs(pairs.0.0).map_err(GoodsError::from)?;
    Ok(reply::ok(switch_sku(&state, &selection).await?.0))
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
