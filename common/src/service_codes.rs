//! Which rows of a service's error table the extractors in this crate answer with.

use actix_web::HttpRequest;

use crate::error_codes::{ErrorCode, shared};

/// The rows of a service's error table that extractors need.
#[derive(Clone, Copy, Debug)]
pub struct ServiceCodes {
    /// A field is missing or wrong.
    pub invalid: ErrorCode,
    /// The body is not JSON, or something went wrong on our side.
    pub unexpected: ErrorCode,
    /// The path names another user than the token.
    pub not_owner: ErrorCode,
    /// The path is for staff.
    pub not_staff: ErrorCode,
}

impl ServiceCodes {
    /// The codes of the service that got the request.
    pub fn of(request: &HttpRequest) -> Self {
        let transport = Self {
            invalid: shared::BAD_REQUEST,
            unexpected: shared::INTERNAL,
            not_owner: shared::LOGIN_REQUIRED,
            not_staff: shared::LOGIN_REQUIRED,
        };
        request.app_data::<Self>().copied().unwrap_or(transport)
    }
}
