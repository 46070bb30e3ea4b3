//! Reading a gateway request: decoding, and the checks that come before any method runs.

use actix_web::HttpRequest;
use serde::de::DeserializeOwned;

use crate::alipay::failure::Failure;
use crate::alipay::signature::{Params, request_text};
use crate::clock::parse_wire_time;
use crate::state::State;

/// The methods the stand-in knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Method {
    PagePay,
    WapPay,
    Query,
    Close,
    Refund,
    RefundQuery,
    Bill,
}

impl Method {
    fn named(name: &str) -> Option<Method> {
        match name {
            "alipay.trade.page.pay" => Some(Method::PagePay),
            "alipay.trade.wap.pay" => Some(Method::WapPay),
            "alipay.trade.query" => Some(Method::Query),
            "alipay.trade.close" => Some(Method::Close),
            "alipay.trade.refund" => Some(Method::Refund),
            "alipay.trade.fastpay.refund.query" => Some(Method::RefundQuery),
            "alipay.data.dataservice.bill.downloadurl.query" => Some(Method::Bill),
            _ => None,
        }
    }
}

/// A request as it came, decoded once and not yet trusted.
pub(crate) struct GatewayRequest {
    pub(crate) params: Params,
    charset_in_query: Option<String>,
    has_repeated_name: bool,
}

impl GatewayRequest {
    /// Parameters may be in the query, the form body, or both.
    pub(crate) fn decode(request: &HttpRequest, body: &[u8]) -> GatewayRequest {
        let query = pairs(request.query_string().as_bytes());
        let is_form = request
            .headers()
            .get("content-type")
            .is_some_and(|kind| kind.as_bytes().starts_with(b"application/x-www-form-urlencoded"));
        let form = if is_form { pairs(body) } else { Vec::new() };
        let charset_in_query = query
            .iter()
            .find(|(name, _)| name == "charset")
            .map(|(_, value)| value.clone());
        let sent = query.len() + form.len();
        let params: Params = query.into_iter().chain(form).collect();
        let has_repeated_name = params.len() < sent;
        GatewayRequest {
            params,
            charset_in_query,
            has_repeated_name,
        }
    }

    pub(crate) fn method(&self) -> Option<Method> {
        self.params.get("method").and_then(|name| Method::named(name))
    }

    /// The method, once everything about the request is as Alipay demands.
    pub(crate) fn verify(&self, state: &State) -> Result<Method, Failure> {
        if self.has_repeated_name {
            return Err(Failure::InvalidParameter("repeated name".to_owned()));
        }
        self.required("method")?;
        let method = self.method().ok_or(Failure::InvalidMethod)?;
        if self.required("app_id")? != state.settings.app_id {
            return Err(Failure::InvalidAppId);
        }
        // Without it in the query Alipay would decode the rest as GBK.
        if !self
            .charset_in_query
            .as_deref()
            .is_some_and(|charset| charset.eq_ignore_ascii_case("utf-8"))
        {
            return Err(Failure::InvalidCharset);
        }
        if self.required("sign_type")? != "RSA2" {
            return Err(Failure::InvalidSignType);
        }
        let text = request_text(&self.params);
        if !state.keys.is_merchants(&text, self.required("sign")?) {
            return Err(Failure::InvalidSignature(text));
        }
        parse_wire_time(self.required("timestamp")?).ok_or(Failure::InvalidTimestamp)?;
        if self.required("version")? != "1.0" {
            return Err(Failure::InvalidParameter("version".to_owned()));
        }
        if self
            .optional("format")
            .is_some_and(|format| !format.eq_ignore_ascii_case("json"))
        {
            return Err(Failure::InvalidParameter("format".to_owned()));
        }
        Ok(method)
    }

    /// The business parameters of a verified request.
    pub(crate) fn biz_content<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        let json = self.required("biz_content")?;
        serde_json::from_str(json).map_err(|error| Failure::InvalidParameter(format!("biz_content: {error}")))
    }

    /// Alipay treats an empty parameter as absent.
    pub(crate) fn optional(&self, name: &str) -> Option<&str> {
        self.params
            .get(name)
            .map(String::as_str)
            .filter(|value| !value.is_empty())
    }

    fn required(&self, name: &'static str) -> Result<&str, Failure> {
        self.optional(name).ok_or(Failure::MissingParameter(name))
    }
}

/// Decoded once: `+` is a space, `%2B` a plus. Bytes that are no UTF-8 spoil the signature.
fn pairs(encoded: &[u8]) -> Vec<(String, String)> {
    serde_urlencoded::from_bytes(encoded).unwrap_or_default()
}
