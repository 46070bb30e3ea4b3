//! What a service says of its HTTP interface: its part of the OpenAPI document, and its error codes. The gateway asks
//! every service and puts the parts together, so that a service that is deployed anew is described as it now is.

use actix_web::{Resource, web};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::app;
use crate::error_codes::ErrorCode;
use crate::error_reply::Failure;
use crate::http_client::{CallError, InternalClient};
use crate::identity::ServiceCaller;
use crate::yaml::{self, YamlError};

/// `GET`, for other services: a [`ServiceDocument`].
pub const PATH: &str = "/internal/api-document";

/// A service's part of the API document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceDocument {
    /// `paths` and `components` of an OpenAPI document. References may also lead to what all services share.
    pub openapi: Value,
    /// Its error table: number → `name`, `status`, `zh`, `en`, `remedy`.
    pub error_codes: Map<String, Value>,
}

impl ServiceDocument {
    /// Reads a document that is written in YAML.
    ///
    /// # Errors
    /// When it is not YAML.
    pub fn read(openapi: &str, error_codes: &[ErrorCode]) -> Result<Self, YamlError> {
        Ok(Self {
            openapi: yaml::read(openapi)?,
            error_codes: rows(error_codes),
        })
    }

    /// Asks a service for its part.
    ///
    /// # Errors
    /// When it gives none.
    pub async fn ask(service: &InternalClient) -> Result<Self, CallError> {
        service.get(PATH).await
    }
}

/// An error table as the document has it.
pub fn rows(codes: &[ErrorCode]) -> Map<String, Value> {
    let row = |code: &ErrorCode| json!({"name": code.name, "status": code.status, "zh": code.zh, "en": code.en, "remedy": code.remedy});
    codes
        .iter()
        .map(|code| (code.code.to_string(), row(code)))
        .collect()
}

/// The resource under which a service answers its part.
pub fn resource(openapi: &'static str, error_codes: &'static [ErrorCode]) -> Resource {
    app::resource(PATH).get(
        async move |_: ServiceCaller| -> Result<web::Json<ServiceDocument>, Failure> {
            // A test reads every service's document, so the one that is compiled in can be read.
            ServiceDocument::read(openapi, error_codes)
                .map(web::Json)
                .map_err(|error| Failure::of(crate::error_codes::shared::INTERNAL).because(error))
        },
    )
}
