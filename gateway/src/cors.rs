//! Which pages may call from a browser (contract §0.7, §1.1.10).
//!
//! Not actix-cors: it answers 400 to preflights that ask for more than is allowed, and lets an OPTIONS without
//! `Origin` through to the routes. Here every OPTIONS is answered alike, before anything else looks at the request.

use common::settings::{SettingsError, Source, invalid};
use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_MAX_AGE, HeaderMap, HeaderValue, VARY,
};
use http::{Method, Response, StatusCode};

use crate::download::Content;
use crate::settings::CORS_ORIGINS;

const METHODS: &str = "DELETE, GET, OPTIONS, PATCH, POST, PUT";
const HEADERS: &str = "accept-encoding, authorization, content-type, dnt, idempotency-key, origin, user-agent, \
     x-csrftoken, x-requested-with";
/// How many seconds a browser may remember a preflight.
const MAX_AGE: &str = "600";

/// Which origins are told that they may read our answers.
#[derive(Clone, Debug)]
pub enum Cors {
    /// All of them.
    Any,
    /// These.
    Listed(Vec<String>),
}

impl Cors {
    /// What the settings say.
    ///
    /// # Errors
    /// When an entry is not an origin: scheme, host and port, without a path.
    pub fn read(source: &Source) -> Result<Self, SettingsError> {
        let origins = source.list(CORS_ORIGINS)?;
        if origins == ["*"] {
            return Ok(Self::Any);
        }
        match origins.iter().find(|origin| !is_origin(origin)) {
            Some(wrong) => Err(invalid(
                CORS_ORIGINS,
                format!("{wrong:?} is no origin, as http://host:port"),
            )),
            None => Ok(Self::Listed(origins)),
        }
    }

    /// The answer to any OPTIONS; `None` for other methods.
    pub fn preflight(method: &Method) -> Option<Response<Content>> {
        (method == Method::OPTIONS).then(|| {
            let mut answer = Response::new(Content::nothing());
            *answer.status_mut() = StatusCode::NO_CONTENT;
            let headers = answer.headers_mut();
            headers.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static(METHODS));
            headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static(HEADERS));
            headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static(MAX_AGE));
            answer
        })
    }

    /// Adds to any answer what the browser of its reader, a page of `origin`, must find there.
    pub fn mark(&self, origin: Option<HeaderValue>, headers: &mut HeaderMap) {
        match self {
            Self::Any => {
                headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
            }
            Self::Listed(origins) => {
                headers.append(VARY, HeaderValue::from_static("Origin"));
                let listed = |origin: &HeaderValue| {
                    let mut listed = origins.iter();
                    listed.any(|listed| listed.as_bytes() == origin.as_bytes())
                };
                if let Some(origin) = origin.filter(listed) {
                    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
                }
            }
        }
    }
}

fn is_origin(text: &str) -> bool {
    let rest = text
        .strip_prefix("http://")
        .or_else(|| text.strip_prefix("https://"));
    rest.is_some_and(|host| !host.is_empty() && !host.contains(['/', '*', '?', '#', '@', ' ']))
}
