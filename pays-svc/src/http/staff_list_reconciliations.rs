//! `GET /v1/staff/pays/reconciliations?page=&page_size=`: what comparing with the provider's bills brought, newest day
//! first.

use actix_web::web::{Data, Query};
use common::error_reply::Failure;
use common::identity::Staff;
use common::reply::{self, Reply};
use serde::Serialize;

use super::staff_paging::Paging;
use crate::error::PayError;
use crate::state::AppState;
use crate::store::reconciliations::{self, Day};

/// One row a day.
pub(crate) async fn list_reconciliations(
    _: Staff,
    state: Data<AppState>,
    paging: Query<Paging>,
) -> Result<Reply<Vec<DayRow>>, Failure> {
    let page = paging.page()?;
    let days = reconciliations::list(state.db.reader(), page)
        .await
        .map_err(PayError::from)?;
    Ok(reply::ok(days.iter().map(DayRow::from).collect()))
}

/// One day.
#[derive(Debug, Serialize)]
pub(crate) struct DayRow {
    date: String,
    state: &'static str,
    differences: u32,
    details: Vec<String>,
    tries: u32,
}

impl From<&Day> for DayRow {
    fn from(day: &Day) -> Self {
        Self {
            date: day.bill_date.clone(),
            state: day.state,
            differences: day.differences,
            details: day.details.lines().map(str::to_owned).collect(),
            tries: day.tries,
        }
    }
}
