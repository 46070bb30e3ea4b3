//! What can go wrong between a browser and a service, and the row of the shared error table that each case maps to.

use common::error_codes::{ErrorCode, shared};
use common::error_reply::Failure;

use crate::upstreams::Service;

/// A request that did not get through. The caller sees a true HTTP status in the envelope (contract §0.8).
#[derive(Debug, thiserror::Error)]
pub enum GatewayError {
    /// The path is not written the one way in which we accept it.
    #[error("the path is malformed")]
    MalformedPath,
    /// The request names a whole address instead of a path.
    #[error("the request target is not a path")]
    NotOriginForm,
    /// Head or body could not be read or passed on.
    #[error("the request is malformed")]
    Malformed(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// TRACE, CONNECT, or a method nobody knows.
    #[error("the method is not supported")]
    MethodNotSupported,
    /// Path and query are longer than we read.
    #[error("the request target is too long")]
    TargetTooLong,
    /// The headers are too many or too large.
    #[error("the headers are too large")]
    HeadersTooLarge,
    /// The body is larger than the route takes.
    #[error("the body is too large")]
    BodyTooLarge,
    /// The body stopped coming.
    #[error("the body came too slowly")]
    BodyTooSlow,
    /// No row of the route table fits.
    #[error("there is no such route")]
    NoSuchRoute,
    /// No replica accepts connections: nothing was sent.
    #[error("{service:?} cannot be reached")]
    Unreachable {
        /// Which service.
        service: Service,
        /// Why not.
        #[source]
        source: hyper_util::client::legacy::Error,
    },
    /// The connection broke after something was sent: the request may have had its effect.
    #[error("the connection to {service:?} broke")]
    Broken {
        /// Which service.
        service: Service,
        /// What broke.
        #[source]
        source: hyper_util::client::legacy::Error,
    },
    /// The service did not answer within the route's limit: the request may have its effect yet.
    #[error("{service:?} did not answer in time")]
    TooLate {
        /// Which service.
        service: Service,
    },
}

impl GatewayError {
    fn code(&self) -> ErrorCode {
        match self {
            Self::MalformedPath | Self::NotOriginForm | Self::Malformed(_) => shared::BAD_REQUEST,
            Self::MethodNotSupported => shared::METHOD_NOT_ALLOWED,
            Self::TargetTooLong => shared::URI_TOO_LONG,
            Self::HeadersTooLarge => shared::HEADERS_TOO_LARGE,
            Self::BodyTooLarge => shared::TOO_LARGE,
            Self::BodyTooSlow => shared::REQUEST_TIMEOUT,
            Self::NoSuchRoute => shared::NO_SUCH_ROUTE,
            Self::Unreachable { .. } | Self::Broken { .. } => shared::UPSTREAM_FAILED,
            Self::TooLate { .. } => shared::UPSTREAM_TIMEOUT,
        }
    }
}

impl From<GatewayError> for Failure {
    fn from(error: GatewayError) -> Self {
        Self::of_transport(error.code()).because(error)
    }
}
