//! POST /internal/skus/query — SKUs as they are now, for other services.

use actix_web::{Responder, web};
use common::contracts::internal_apis::goods::{Sku, SkuQuery};
use common::error_reply::Failure;
use common::identity::ServiceCaller;
use common::json::Body;

use crate::domain::catalogue::SkuSnapshot;
use crate::flows::query_skus::query_skus;
use crate::state::AppState;

pub(crate) async fn handle(
    _caller: ServiceCaller,
    state: web::Data<AppState>,
    query: Body<SkuQuery>,
) -> Result<impl Responder, Failure> {
    let skus = query_skus(&state, &query.0.ids).await?;
    Ok(web::Json(skus.into_iter().map(Sku::from).collect::<Vec<_>>()))
}

impl From<SkuSnapshot> for Sku {
    fn from(snapshot: SkuSnapshot) -> Self {
        Self {
            id: snapshot.card.sku_id,
            name: snapshot.card.name,
            price: snapshot.card.price,
            image: snapshot.card.image,
            stock: snapshot.stock,
            is_launched: snapshot.is_launched,
            attr_names: snapshot.attr_names,
            attr_values: snapshot.attr_values,
        }
    }
}
