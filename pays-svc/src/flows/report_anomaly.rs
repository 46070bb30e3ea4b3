//! A genuine word of the provider fits nothing of ours: keep it for a person, and say so loudly.

use common::error_reply::ServiceError;

use crate::error::PayError;
use crate::state::AppState;
use crate::store::anomalies;

/// Stores `error` once per trade or refund (`reference`) and kind.
pub(crate) async fn report_anomaly(
    state: &AppState,
    error: &PayError,
    reference: &str,
) -> Result<(), PayError> {
    let code = error.code();
    metrics::counter!("pays_anomalies_total", "code" => code.code.to_string()).increment(1);
    tracing::error!(
        code = code.code,
        reference,
        ?error,
        "anomaly at {reference}: {error}; someone must look"
    );
    Ok(anomalies::add(
        state.db.writer(),
        code,
        reference,
        error.to_string(),
        state.clock.now(),
    )
    .await?)
}
