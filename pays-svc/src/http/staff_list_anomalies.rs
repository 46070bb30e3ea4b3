//! `GET /v1/staff/pays/anomalies?state=open|resolved&page=&page_size=`: what a person must look at, newest first.

use actix_web::web::{Data, Query};
use common::clock::shop_text;
use common::error_reply::Failure;
use common::identity::Staff;
use common::reply::{self, Reply};
use serde::{Deserialize, Serialize};

use super::staff_paging::Paging;
use crate::error::PayError;
use crate::state::AppState;
use crate::store::anomalies::{self, Anomaly, Which};

#[derive(Debug, Deserialize)]
pub(crate) struct Wanted {
    state: Option<String>,
    page: Option<u64>,
    page_size: Option<u64>,
}

/// `state` may be left out for `open`.
pub(crate) async fn list_anomalies(
    _: Staff,
    state: Data<AppState>,
    wanted: Query<Wanted>,
) -> Result<Reply<Vec<AnomalyRow>>, Failure> {
    let which = match wanted.state.as_deref() {
        None | Some("open") => Which::Open,
        Some("resolved") => Which::Resolved,
        Some(_) => return Err(PayError::Invalid("state").into()),
    };
    let page = Paging::new(wanted.page, wanted.page_size).page()?;
    let found = anomalies::list(state.db.reader(), which, page)
        .await
        .map_err(PayError::from)?;
    Ok(reply::ok(found.iter().map(AnomalyRow::from).collect()))
}

/// One of them.
#[derive(Debug, Serialize)]
pub(crate) struct AnomalyRow {
    id: i64,
    code: u32,
    reference: String,
    details: String,
    at: String,
    resolved_at: Option<String>,
    resolved_by: Option<String>,
    resolution: Option<String>,
}

impl From<&Anomaly> for AnomalyRow {
    fn from(anomaly: &Anomaly) -> Self {
        let resolved = anomaly.resolved.as_ref();
        Self {
            id: anomaly.id,
            code: anomaly.code,
            reference: anomaly.reference.clone(),
            details: anomaly.details.clone(),
            at: shop_text(anomaly.at),
            resolved_at: resolved.map(|(at, _, _)| shop_text(*at)),
            resolved_by: resolved.map(|(_, by, _)| by.clone()),
            resolution: resolved.map(|(_, _, how)| how.clone()),
        }
    }
}
