//! The failure envelope: code, message in the reader's language, problem+json on request; causes are logged here, once.

use std::error::Error;
use std::fmt;

use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::ServiceResponse;
use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use serde_json::{Map, Value};

use crate::error_codes::ErrorCode;

/// An error of a service, in words of its domain. Each case maps to one row of the service's table.
pub trait ServiceError: Error + Send + Sync + 'static {
    /// The row.
    fn code(&self) -> ErrorCode;

    /// What a program may want to know, such as which SKU fell short. Never secrets, SQL or traces.
    fn details(&self) -> Option<Value> {
        None
    }
}

/// A failed answer as text, for a server that is not actix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The HTTP status.
    pub status: u16,
    /// JSON of one kind or the other.
    pub content_type: &'static str,
    /// The envelope, or RFC 9457.
    pub body: String,
}

/// A failed request on its way to the caller. Any [`ServiceError`] becomes one by `?`.
#[derive(Debug)]
pub struct Failure {
    answer: Box<Answer>,
    cause: Option<Box<dyn Error + Send + Sync>>,
}

/// What the caller is told; kept with the response until the reader's language is known.
#[derive(Clone, Debug)]
struct Answer {
    code: ErrorCode,
    details: Option<Value>,
    siblings: Vec<(&'static str, Value)>,
    message_again_as: Option<&'static str>,
    has_true_status: bool,
}

impl Failure {
    /// A business failure: HTTP 200 with the envelope (contract §1.1.1).
    pub fn of(code: ErrorCode) -> Self {
        let answer = Answer {
            code,
            details: None,
            siblings: Vec::new(),
            message_again_as: None,
            has_true_status: false,
        };
        Self {
            answer: Box::new(answer),
            cause: None,
        }
    }

    /// A failure of transport, sent with its true HTTP status (contract §0.8).
    pub fn of_transport(code: ErrorCode) -> Self {
        let mut failure = Self::of(code);
        failure.answer.has_true_status = true;
        failure
    }

    /// Keeps what went wrong for the log.
    pub fn because(mut self, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    /// Adds a field beside `error`.
    pub fn with(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.answer.siblings.push((name, value.into()));
        self
    }

    /// Repeats the message under another name, for pages that read that one (contract §6.4).
    pub fn message_also_as(mut self, name: &'static str) -> Self {
        self.answer.message_again_as = Some(name);
        self
    }

    /// The row of the error table.
    pub fn code(&self) -> ErrorCode {
        self.answer.code
    }

    /// Logs the cause and writes the answer for who sent these headers. It is not to be stored by anybody.
    pub fn written(&self, accept: &str, accept_language: &str) -> Written {
        self.log();
        self.answer.write(Reader::new(accept, accept_language))
    }

    fn log(&self) {
        let code = self.answer.code;
        if code.status >= 500 {
            tracing::error!(code = code.code, "request failed: {self}");
        } else {
            tracing::debug!(code = code.code, "request refused: {self}");
        }
    }
}

impl<E: ServiceError> From<E> for Failure {
    fn from(error: E) -> Self {
        let mut failure = Self::of(error.code());
        failure.answer.details = error.details();
        failure.because(error)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.answer.code.code, self.answer.code.name)?;
        let mut cause: Option<&dyn Error> = self.cause.as_ref().map(|cause| &**cause as &dyn Error);
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}

impl ResponseError for Failure {
    fn status_code(&self) -> StatusCode {
        self.answer.http_status()
    }

    fn error_response(&self) -> HttpResponse {
        self.log();
        self.answer.render(Reader::default())
    }
}

/// How an answer is to be written for one caller.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Reader {
    language: Language,
    format: Format,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Language {
    #[default]
    Chinese,
    English,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Format {
    #[default]
    Envelope,
    /// RFC 9457.
    Problem,
}

impl Reader {
    fn of(request: &HttpRequest) -> Self {
        let header = |name| {
            request
                .headers()
                .get(name)
                .and_then(|value| value.to_str().ok())
                .unwrap_or_default()
        };
        Self::new(header(header::ACCEPT), header(header::ACCEPT_LANGUAGE))
    }

    fn new(accept: &str, accept_language: &str) -> Self {
        let first_language = accept_language.trim_start().get(..2).unwrap_or_default();
        let language = if first_language.eq_ignore_ascii_case("en") {
            Language::English
        } else {
            Language::Chinese
        };
        let wants_problem = accept.contains("application/problem+json");
        Self {
            language,
            format: if wants_problem {
                Format::Problem
            } else {
                Format::Envelope
            },
        }
    }
}

impl Answer {
    fn http_status(&self) -> StatusCode {
        if self.has_true_status {
            self.true_status()
        } else {
            StatusCode::OK
        }
    }

    fn true_status(&self) -> StatusCode {
        StatusCode::from_u16(self.code.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn write(&self, reader: Reader) -> Written {
        let message = match reader.language {
            Language::Chinese => self.code.zh,
            Language::English => self.code.en,
        };
        let (status, content_type, body) = match reader.format {
            Format::Envelope => (self.http_status(), "application/json", self.envelope(message)),
            Format::Problem => (
                self.true_status(),
                "application/problem+json",
                self.problem(message),
            ),
        };
        Written {
            status: status.as_u16(),
            content_type,
            body: Value::Object(body).to_string(),
        }
    }

    fn render(&self, reader: Reader) -> HttpResponse {
        let Written {
            status,
            content_type,
            body,
        } = self.write(reader);
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = HttpResponse::build(status);
        response
            .insert_header((header::CONTENT_TYPE, content_type))
            .insert_header((header::CACHE_CONTROL, "no-store"));
        let mut response = response.body(body);
        response.extensions_mut().insert(self.clone());
        response
    }

    fn envelope(&self, message: &str) -> Map<String, Value> {
        let mut body = Map::new();
        body.insert("code".into(), self.code.code.into());
        body.insert("error".into(), message.into());
        if let Some(name) = self.message_again_as {
            body.insert(name.into(), message.into());
        }
        body.extend(
            self.siblings
                .iter()
                .map(|(name, value)| ((*name).to_owned(), value.clone())),
        );
        if let Some(details) = &self.details {
            body.insert("details".into(), details.clone());
        }
        body
    }

    fn problem(&self, message: &str) -> Map<String, Value> {
        let mut body = self.envelope(message);
        body.insert("type".into(), "about:blank".into());
        body.insert("title".into(), message.into());
        body.insert("status".into(), self.true_status().as_u16().into());
        body
    }
}

/// Writes a failed response again when its caller reads English or problem+json; others pass as they are.
pub fn localise<B: MessageBody>(response: ServiceResponse<B>) -> ServiceResponse<EitherBody<B, BoxBody>> {
    let reader = Reader::of(response.request());
    let answer = response.response().extensions().get::<Answer>().cloned();
    match answer {
        Some(answer) if reader != Reader::default() => {
            let (request, old) = response.into_parts();
            let mut new = answer.render(reader);
            if let Some(retry_after) = old.headers().get(header::RETRY_AFTER) {
                new.headers_mut().insert(header::RETRY_AFTER, retry_after.clone());
            }
            ServiceResponse::new(request, new.map_into_right_body())
        }
        _ => response.map_into_left_body(),
    }
}

/// The error code of a failed response, for metrics.
pub fn code_of<B>(response: &ServiceResponse<B>) -> Option<u32> {
    response
        .response()
        .extensions()
        .get::<Answer>()
        .map(|answer| answer.code.code)
}
