//! The success envelope: `{"code":200,"data":…}` and the siblings that the contract names.

use actix_web::body::BoxBody;
use actix_web::http::header;
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, Responder};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::Value;

/// A successful answer. Answers are private (`no-store`) unless [`Reply::public`] says otherwise.
#[derive(Debug)]
pub struct Reply<T> {
    code: u32,
    data: Option<T>,
    siblings: Vec<(&'static str, Value)>,
    cache_control: &'static str,
}

/// `{"code":200,"data":…}`.
pub fn ok<T: Serialize>(data: T) -> Reply<T> {
    Reply {
        code: 200,
        data: Some(data),
        siblings: Vec::new(),
        cache_control: "no-store",
    }
}

/// `{"code":N}` without data, for the calls whose answer lies in siblings or in the code alone.
pub fn bare(code: u32) -> Reply<()> {
    Reply {
        code,
        data: None,
        siblings: Vec::new(),
        cache_control: "no-store",
    }
}

impl<T> Reply<T> {
    /// Adds a field beside `data`.
    pub fn with(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.siblings.push((name, value.into()));
        self
    }

    /// Lets browsers and proxies keep the answer for `cache_control`, as in `public, max-age=60`.
    pub fn public(mut self, cache_control: &'static str) -> Self {
        self.cache_control = cache_control;
        self
    }
}

impl<T: Serialize> Serialize for Reply<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("code", &self.code)?;
        if let Some(data) = &self.data {
            map.serialize_entry("data", data)?;
        }
        for (name, value) in &self.siblings {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl<T: Serialize> Reply<T> {
    /// The answer's body, to be kept and sent as [`encoded`].
    ///
    /// # Errors
    /// When the data have no JSON form.
    pub fn encode(&self) -> Result<Bytes, serde_json::Error> {
        Ok(serde_json::to_vec(self)?.into())
    }
}

/// An answer that [`Reply::encode`] wrote before: it costs no work to send it again.
pub fn encoded(body: Bytes) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .content_type("application/json")
        .body(body)
}

impl<T: Serialize> Responder for Reply<T> {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        HttpResponse::Ok()
            .insert_header((header::CACHE_CONTROL, self.cache_control))
            .json(&self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn siblings_stand_beside_data() {
        let text = serde_json::to_string(&ok([1, 2]).with("base_url", "http://x/")).unwrap();
        assert_eq!(text, r#"{"code":200,"data":[1,2],"base_url":"http://x/"}"#);
    }

    #[test]
    fn a_bare_reply_has_no_data() {
        assert_eq!(
            serde_json::to_string(&bare(201).with("uid", "7")).unwrap(),
            r#"{"code":201,"uid":"7"}"#
        );
    }
}
