//! What is refused by a look at the head alone, before anybody is asked: reliability §5.13.

use http::request::Parts;
use http::{HeaderMap, Method};

use crate::error::GatewayError;
use crate::path;

/// Longest path and query in bytes.
const TARGET_LIMIT: usize = 4 * 1024;
/// Most header fields.
const HEADER_COUNT_LIMIT: usize = 64;
/// Largest header block in bytes.
const HEADER_BYTES_LIMIT: usize = 16 * 1024;
/// What a header field costs beside its name and value: `: ` and the line's end.
const HEADER_OVERHEAD: usize = 4;

/// The path that was asked for, without its trailing slash; or why the request is not even looked at.
pub fn admit(request: &Parts) -> Result<&str, GatewayError> {
    let target = &request.uri;
    if target.path_and_query().map_or(0, |target| target.as_str().len()) > TARGET_LIMIT {
        return Err(GatewayError::TargetTooLong);
    }
    if !are_small(&request.headers) {
        return Err(GatewayError::HeadersTooLarge);
    }
    if !is_supported(&request.method) {
        return Err(GatewayError::MethodNotSupported);
    }
    if target.authority().is_some() {
        return Err(GatewayError::NotOriginForm);
    }
    path::plain(target.path()).ok_or(GatewayError::MalformedPath)
}

fn are_small(headers: &HeaderMap) -> bool {
    let bytes: usize = headers
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len() + HEADER_OVERHEAD)
        .sum();
    headers.len() <= HEADER_COUNT_LIMIT && bytes <= HEADER_BYTES_LIMIT
}

/// OPTIONS never comes here: `cors` answers it.
fn is_supported(method: &Method) -> bool {
    matches!(
        *method,
        Method::GET | Method::HEAD | Method::POST | Method::PUT | Method::PATCH | Method::DELETE
    )
}
