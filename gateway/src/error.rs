//! What can go wrong between a browser and a service, and the row of the shared error table that each case maps to.

use std::time::Duration;

use common::error_codes::{ErrorCode, shared};
use common::error_reply::Failure;

use crate::upstreams::Service;

/// When to come again after the gateway was full, or a service failed too often.
const BUSY_SECONDS: u64 = 1;

/// A request that did not get through. The caller sees a true HTTP status in the envelope (contract §0.8).
#[derive(Debug, thiserror::Error)]
pub enum GatewayError {
    /// The path is not written the one way in which we accept it.
    #[error("the path is malformed")]
    MalformedPath,
    /// The request names a whole address instead of a path.
    #[error("the request target is not a path")]
    NotOriginForm,
    /// `Host` is no name of ours.
    #[error("the request is addressed to another host")]
    WrongHost,
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
    /// No row of the route table fits.
    #[error("there is no such route")]
    NoSuchRoute,
    /// The address or the user asks too much.
    #[error("too many requests")]
    TooMany {
        /// When there is room again.
        wait: Duration,
    },
    /// As many requests are under way as there may be, in all or to one service.
    #[error("too many requests are under way to {service:?}")]
    Full {
        /// Which service this one was for.
        service: Service,
    },
    /// All replicas fail too often to be asked at present.
    #[error("every replica of {service:?} fails too often")]
    AllBroken {
        /// Which service.
        service: Service,
    },
    /// No replica is known.
    #[error("no replica of {service:?} is known")]
    NoReplica {
        /// Which service.
        service: Service,
    },
    /// No replica accepts connections: nothing was sent.
    #[error("{service:?} cannot be reached")]
    Unreachable {
        /// Which service.
        service: Service,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// The connection broke after something was sent: the request may have had its effect.
    #[error("the connection to {service:?} broke")]
    Broken {
        /// Which service.
        service: Service,
        /// What broke.
        #[source]
        source: hyper::Error,
    },
    /// The service did not answer within the route's limit: the request may have its effect yet.
    #[error("{service:?} did not answer in time")]
    TooLate {
        /// Which service.
        service: Service,
    },
}

/// A request that is refused: what its sender is told, and when to come again.
#[derive(Debug)]
pub struct Refused {
    /// The envelope.
    pub failure: Failure,
    /// `Retry-After`, in seconds.
    pub retry_after: Option<u64>,
}

impl GatewayError {
    fn code(&self) -> ErrorCode {
        match self {
            Self::MalformedPath | Self::NotOriginForm | Self::WrongHost | Self::Malformed(_) => {
                shared::BAD_REQUEST
            }
            Self::MethodNotSupported => shared::METHOD_NOT_ALLOWED,
            Self::TargetTooLong => shared::URI_TOO_LONG,
            Self::HeadersTooLarge => shared::HEADERS_TOO_LARGE,
            Self::BodyTooLarge => shared::TOO_LARGE,
            Self::NoSuchRoute => shared::NO_SUCH_ROUTE,
            Self::TooMany { .. } => shared::TOO_MANY,
            Self::Full { .. } | Self::AllBroken { .. } => shared::OVERLOADED,
            Self::NoReplica { .. } | Self::Unreachable { .. } | Self::Broken { .. } => {
                shared::UPSTREAM_FAILED
            }
            Self::TooLate { .. } => shared::UPSTREAM_TIMEOUT,
        }
    }

    fn retry_after(&self) -> Option<u64> {
        match self {
            Self::TooMany { wait } => Some(wait.as_secs() + u64::from(wait.subsec_nanos() > 0)),
            Self::Full { .. } | Self::AllBroken { .. } => Some(BUSY_SECONDS),
            _ => None,
        }
    }
}

impl From<GatewayError> for Refused {
    fn from(error: GatewayError) -> Self {
        Self {
            retry_after: error.retry_after(),
            failure: Failure::of_transport(error.code()).because(error),
        }
    }
}

impl From<Failure> for Refused {
    fn from(failure: Failure) -> Self {
        Self {
            failure,
            retry_after: None,
        }
    }
}
