//! A request to the gateway: the parameters that all methods share, the text to sign, and the query to send.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{AlipayError, form, signature, wire_time};

/// The parameter that holds what a method is about, as JSON.
const CONTENT: &str = "biz_content";

/// The methods that we use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Method {
    PagePay,
    WapPay,
    Query,
    Close,
    Refund,
    RefundQuery,
    Bill,
}

impl Method {
    /// Its name at the gateway.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::PagePay => "alipay.trade.page.pay",
            Self::WapPay => "alipay.trade.wap.pay",
            Self::Query => "alipay.trade.query",
            Self::Close => "alipay.trade.close",
            Self::Refund => "alipay.trade.refund",
            Self::RefundQuery => "alipay.trade.fastpay.refund.query",
            Self::Bill => "alipay.data.dataservice.bill.downloadurl.query",
        }
    }

    /// The key under which its answer stands.
    pub(super) fn answer_key(self) -> &'static str {
        match self {
            Self::PagePay => "alipay_trade_page_pay_response",
            Self::WapPay => "alipay_trade_wap_pay_response",
            Self::Query => "alipay_trade_query_response",
            Self::Close => "alipay_trade_close_response",
            Self::Refund => "alipay_trade_refund_response",
            Self::RefundQuery => "alipay_trade_fastpay_refund_query_response",
            Self::Bill => "alipay_data_dataservice_bill_downloadurl_query_response",
        }
    }
}

/// A request that is not yet signed.
pub(super) struct Request {
    params: BTreeMap<&'static str, String>,
}

impl Request {
    /// A request of `method` with `content` as compact JSON.
    pub(super) fn new(
        app_id: &str,
        method: Method,
        now: DateTime<Utc>,
        content: &impl Serialize,
    ) -> Result<Self, AlipayError> {
        let content = serde_json::to_string(content).map_err(AlipayError::Encode)?;
        let params = BTreeMap::from([
            ("app_id", app_id.to_owned()),
            ("method", method.name().to_owned()),
            ("format", "JSON".to_owned()),
            ("charset", "utf-8".to_owned()),
            ("sign_type", "RSA2".to_owned()),
            ("timestamp", wire_time(now)),
            ("version", "1.0".to_owned()),
            (CONTENT, content),
        ]);
        Ok(Self { params })
    }

    /// Adds a parameter beside `biz_content`.
    pub(super) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.params.insert(name, value.to_owned());
        self
    }

    /// What is signed.
    pub(super) fn text(&self) -> String {
        signature::request_text(self.params.iter().map(|(name, value)| (*name, value.as_str())))
    }

    /// Everything as one query string, every value encoded once and after signing.
    pub(super) fn query(&self, sign: &str) -> String {
        let mut query = self.encoded(|_| true);
        query.push_str("sign=");
        form::encode(sign, &mut query);
        query
    }

    /// The query of a call by POST: all but the content. `charset` has to stand there: Alipay would read the body
    /// as GBK without it.
    pub(super) fn post_query(&self, sign: &str) -> String {
        let mut query = self.encoded(|name| name != CONTENT);
        query.push_str("sign=");
        form::encode(sign, &mut query);
        query
    }

    /// The body of a call by POST: the content.
    pub(super) fn post_body(&self) -> String {
        self.encoded(|name| name == CONTENT)
    }

    fn encoded(&self, is_wanted: impl Fn(&str) -> bool) -> String {
        let mut encoded = String::new();
        for (name, value) in self.params.iter().filter(|(name, _)| is_wanted(name)) {
            encoded.push_str(name);
            encoded.push('=');
            form::encode(value, &mut encoded);
            encoded.push('&');
        }
        encoded
    }
}
