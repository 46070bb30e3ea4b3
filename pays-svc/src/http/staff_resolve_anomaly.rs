//! `POST /v1/staff/pays/anomalies/{id}/resolve`, body `{"reason":"…"}`: somebody has dealt with it.

use actix_web::web::{Data, Path};
use common::error_reply::Failure;
use common::identity::Staff;
use common::json::Body;
use common::reply::{self, Reply};

use super::staff_reason::Because;
use crate::flows;
use crate::state::AppState;

/// Only for one that is open.
pub(crate) async fn resolve_anomaly(
    staff: Staff,
    state: Data<AppState>,
    id: Path<i64>,
    because: Body<Because>,
) -> Result<Reply<()>, Failure> {
    let clerk = because.0.clerk(staff)?;
    flows::resolve_anomaly::resolve_anomaly(&state, *id, &clerk).await?;
    Ok(reply::bare(200))
}
