//! The shop's HTTP interface as its pages use it: JSON through the gateway, and the outcome in `code` (contract §1.1).

use std::time::Duration;

use common::http_client::outside_client;
use reqwest::{Method, StatusCode};
use serde_json::Value;

use crate::document::{self, ApiDocument};
use crate::poll;

/// Longer than the gateway gives its services, so that its own answer is the one that is seen.
const CALL_LIMIT: Duration = Duration::from_secs(40);

/// A gateway, and a client of it. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Api {
    base_url: String,
    http: reqwest::Client,
    /// What every answer is held against.
    document: Option<&'static ApiDocument>,
}

/// One call of the interface.
#[derive(Clone, Debug)]
pub struct Call {
    method: Method,
    path: String,
    token: Option<String>,
    body: Option<Value>,
    key: Option<String>,
}

/// Why a call brought no answer of the shop itself: who called does not know what became of it.
#[derive(Debug)]
pub enum Trouble {
    /// No connection, or it broke.
    Transport(reqwest::Error),
    /// The gateway has no answer of the service.
    Gateway(StatusCode),
}

impl Call {
    /// `GET path`, without a body.
    pub fn get(path: impl Into<String>) -> Self {
        Self::of(Method::GET, path, None)
    }

    /// `POST path` with a JSON body.
    pub fn post(path: impl Into<String>, body: Value) -> Self {
        Self::of(Method::POST, path, Some(body))
    }

    /// `PUT path` with a JSON body.
    pub fn put(path: impl Into<String>, body: Value) -> Self {
        Self::of(Method::PUT, path, Some(body))
    }

    /// `DELETE path` with a JSON body.
    pub fn delete(path: impl Into<String>, body: Value) -> Self {
        Self::of(Method::DELETE, path, Some(body))
    }

    /// With the user's token in the header, bare as the pages send it.
    pub fn by(mut self, token: &str) -> Self {
        self.token = Some(token.to_owned());
        self
    }

    /// With an `Idempotency-Key`.
    pub fn keyed(mut self, key: &str) -> Self {
        self.key = Some(key.to_owned());
        self
    }

    fn of(method: Method, path: impl Into<String>, body: Option<Value>) -> Self {
        Self {
            method,
            path: path.into(),
            token: None,
            body,
            key: None,
        }
    }
}

impl Api {
    /// A client of the gateway at `base_url`. An answer that the API document does not allow fails the test.
    pub fn new(base_url: impl Into<String>) -> Self {
        Self {
            base_url: base_url.into(),
            http: outside_client(CALL_LIMIT).expect("HTTP client"),
            document: Some(document::of_sources()),
        }
    }

    /// The same without a look into the document, for measurements.
    pub fn unchecked(mut self) -> Self {
        self.document = None;
        self
    }

    /// Where the gateway is, as `http://127.0.0.1:8000`.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// The answer's body; the test fails unless the shop itself answered, with HTTP 200 and JSON.
    pub async fn call(&self, call: Call) -> Value {
        let what = format!("{} {}", call.method, call.path);
        self.try_call(call)
            .await
            .unwrap_or_else(|trouble| panic!("{what}: {trouble:?}"))
    }

    /// The answer's `data`, of a call that must succeed.
    pub async fn data(&self, call: Call) -> Value {
        let what = format!("{} {}", call.method, call.path);
        let mut answer = self.call(call).await;
        assert_eq!(answer["code"], 200, "{what}: {answer}");
        answer["data"].take()
    }

    /// Calls again until the shop answers: what a client does whose service was just killed.
    pub async fn call_until_answered(&self, call: Call) -> Value {
        let what = format!("{} {} is answered", call.method, call.path);
        poll::eventually(what, || async { self.try_call(call.clone()).await.ok() }).await
    }

    /// The answer's body, if the shop itself answered.
    pub async fn try_call(&self, call: Call) -> Result<Value, Trouble> {
        let mut request = self
            .http
            .request(call.method.clone(), format!("{}{}", self.base_url, call.path));
        if let Some(token) = &call.token {
            request = request.header("authorization", token);
        }
        if let Some(key) = &call.key {
            request = request.header("idempotency-key", key);
        }
        if let Some(body) = &call.body {
            request = request.json(body);
        }
        let response = request.send().await.map_err(Trouble::Transport)?;
        let status = response.status();
        if status.is_server_error() {
            return Err(Trouble::Gateway(status));
        }
        let is_json = response
            .headers()
            .get("content-type")
            .is_some_and(|value| value.as_bytes().starts_with(b"application/json"));
        let text = response.text().await.map_err(Trouble::Transport)?;
        assert!(
            status == StatusCode::OK && is_json,
            "{} {}: {status}, JSON: {is_json}: {text}",
            call.method,
            call.path
        );
        let answer = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
        self.hold_against_document(&call, &answer);
        Ok(answer)
    }
    fn hold_against_document(&self, call: &Call, answer: &Value) {
        if let Some(document) = self.document {
            let findings = document.findings(call.method.as_str(), &call.path, 200, answer);
            assert!(
                findings.is_empty(),
                "{} {}: not as documented: {findings:#?}\n{answer}",
                call.method,
                call.path
            );
        }
    }
}
