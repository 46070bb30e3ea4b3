//! The four calls that we make: query, close, refund, and what became of a refund.

use std::time::Duration;

use chrono::{DateTime, Utc};
use common::money::Fen;
use serde::{Deserialize, Serialize};

use super::request::{Method, Request};
use super::response::{AnswerError, Head, Verified, verified};
use super::{Alipay, AlipayError, parse_time};
use crate::domain::refund::{Refund, reason_name};
use crate::domain::trade::{Trade, TradeStatus};
use crate::outside::{CloseAnswer, RefundAnswer, RefundTrace, TradeAnswer};

/// No call lasts longer, the download of a bill included. Calls about trades have limits of their own
/// (reliability §5.12).
pub(super) const LONGEST_CALL: Duration = Duration::from_secs(20);
const REFUND_LIMIT: Duration = Duration::from_secs(10);
const CLOSE_LIMIT: Duration = Duration::from_secs(5);
const REFUND_QUERY_LIMIT: Duration = Duration::from_secs(5);

/// Real answers stay below 4 KB.
const MAX_ANSWER_BYTES: usize = 64 * 1024;

/// Done.
const SUCCESS: &str = "10000";
/// Understood and refused for a reason of business, which `sub_code` names.
const BUSINESS: &str = "40004";
const TRADE_NOT_EXIST: &str = "ACQ.TRADE_NOT_EXIST";
/// What `alipay.trade.close` says of a trade that does not wait for its buyer.
const NOT_WAITING: [&str; 4] = [
    "ACQ.TRADE_STATUS_ERROR",
    "ACQ.REASON_TRADE_STATUS_INVALID",
    "ACQ.REASON_ILLEGAL_STATUS",
    "ACQ.TRADE_HAS_FINISHED",
];
/// What a refund query says of money that went back. Alipay leaves the field out when the refund never arrived or failed.
const REFUND_SUCCESS: &str = "REFUND_SUCCESS";
/// A business refusal that means "try again".
const SYSTEM_ERROR: &str = "ACQ.SYSTEM_ERROR";

#[derive(Serialize)]
struct TradeName<'a> {
    out_trade_no: &'a str,
}

#[derive(Serialize)]
struct RefundRequest<'a> {
    trade_no: &'a str,
    refund_amount: Fen,
    out_request_no: &'a str,
    refund_reason: &'static str,
}

#[derive(Serialize)]
struct RefundName<'a> {
    trade_no: &'a str,
    out_request_no: &'a str,
}

#[derive(Deserialize)]
struct QueriedTrade {
    trade_no: String,
    out_trade_no: String,
    trade_status: String,
    total_amount: Fen,
    #[serde(default)]
    send_pay_date: String,
}

#[derive(Deserialize)]
struct Refunded {
    trade_no: String,
    #[serde(default)]
    fund_change: String,
    #[serde(default)]
    gmt_refund_pay: String,
}

#[derive(Deserialize)]
struct QueriedRefund {
    #[serde(default)]
    out_request_no: String,
    refund_amount: Option<Fen>,
    #[serde(default)]
    refund_status: String,
    #[serde(default)]
    gmt_refund_pay: String,
}

/// A believed answer, by its code.
pub(super) enum Answer<'a> {
    Success(Verified<'a>),
    /// A refusal by the rules of business; the `sub_code`.
    Business(String),
}

impl Alipay {
    /// `alipay.trade.query` by our order, answered within `limit`.
    pub(crate) async fn query(
        &self,
        out_trade_no: &str,
        now: DateTime<Utc>,
        limit: Duration,
    ) -> Result<TradeAnswer, AlipayError> {
        let request = Request::new(
            &self.settings.app_id,
            Method::Query,
            now,
            &TradeName { out_trade_no },
        )?;
        let body = self.post(&request, limit).await?;
        match self.answer(&body, Method::Query)? {
            Answer::Success(content) => Ok(TradeAnswer::Found(queried_trade(&content, out_trade_no)?)),
            Answer::Business(sub_code) if sub_code == TRADE_NOT_EXIST => Ok(TradeAnswer::NotExist),
            Answer::Business(sub_code) => Err(refused(BUSINESS, sub_code)),
        }
    }

    /// `alipay.trade.close` by our order.
    pub(crate) async fn close(
        &self,
        out_trade_no: &str,
        now: DateTime<Utc>,
    ) -> Result<CloseAnswer, AlipayError> {
        let request = Request::new(
            &self.settings.app_id,
            Method::Close,
            now,
            &TradeName { out_trade_no },
        )?;
        let body = self.post(&request, CLOSE_LIMIT).await?;
        match self.answer(&body, Method::Close)? {
            Answer::Success(_) => Ok(CloseAnswer::Closed),
            Answer::Business(sub_code) if sub_code == TRADE_NOT_EXIST => Ok(CloseAnswer::NotExist),
            Answer::Business(sub_code) if NOT_WAITING.contains(&sub_code.as_str()) => {
                Ok(CloseAnswer::NotWaiting)
            }
            Answer::Business(sub_code) => Err(refused(BUSINESS, sub_code)),
        }
    }

    /// `alipay.trade.refund`. Code 10000 alone does not say that money moved.
    pub(crate) async fn refund(
        &self,
        refund: &Refund,
        now: DateTime<Utc>,
    ) -> Result<RefundAnswer, AlipayError> {
        let content = RefundRequest {
            trade_no: &refund.trade_no,
            refund_amount: refund.amount,
            out_request_no: &refund.out_request_no,
            refund_reason: reason_name(refund.reason),
        };
        let request = Request::new(&self.settings.app_id, Method::Refund, now, &content)?;
        let body = self.post(&request, REFUND_LIMIT).await?;
        match self.answer(&body, Method::Refund)? {
            Answer::Success(content) => {
                let answer: Refunded = content.read()?;
                same_order(&refund.trade_no, &answer.trade_no)?;
                match answer.fund_change.as_str() {
                    "Y" => Ok(RefundAnswer::Done(parse_time(&answer.gmt_refund_pay))),
                    _ => Ok(RefundAnswer::Unchanged),
                }
            }
            Answer::Business(sub_code) => Ok(RefundAnswer::Refused(sub_code)),
        }
    }

    /// `alipay.trade.fastpay.refund.query`.
    pub(crate) async fn find_refund(
        &self,
        refund: &Refund,
        now: DateTime<Utc>,
    ) -> Result<RefundTrace, AlipayError> {
        let content = RefundName {
            trade_no: &refund.trade_no,
            out_request_no: &refund.out_request_no,
        };
        let request = Request::new(&self.settings.app_id, Method::RefundQuery, now, &content)?;
        let body = self.post(&request, REFUND_QUERY_LIMIT).await?;
        match self.answer(&body, Method::RefundQuery)? {
            Answer::Success(content) => {
                let found: QueriedRefund = content.read()?;
                let is_hit = found.out_request_no == refund.out_request_no
                    && found.refund_amount == Some(refund.amount)
                    && found.refund_status == REFUND_SUCCESS;
                Ok(if is_hit {
                    RefundTrace::Done(parse_time(&found.gmt_refund_pay))
                } else {
                    RefundTrace::NotFound
                })
            }
            Answer::Business(sub_code) if sub_code == TRADE_NOT_EXIST => Ok(RefundTrace::NotFound),
            Answer::Business(sub_code) => Err(refused(BUSINESS, sub_code)),
        }
    }

    pub(super) async fn post(&self, request: &Request, limit: Duration) -> Result<Vec<u8>, AlipayError> {
        let sign = self.sign(request.text()).await?;
        let url = format!("{}?{}", self.settings.gateway_url, request.post_query(&sign));
        let sent = self
            .http
            .post(url)
            .timeout(limit)
            .header(
                reqwest::header::CONTENT_TYPE,
                "application/x-www-form-urlencoded;charset=utf-8",
            )
            .body(request.post_body())
            .send()
            .await
            .map_err(unnamed)?;
        read_bounded(sent, MAX_ANSWER_BYTES).await
    }

    pub(super) fn answer<'a>(&self, body: &'a [u8], method: Method) -> Result<Answer<'a>, AlipayError> {
        let content = verified(body, method.answer_key(), &self.alipay_key)?;
        let head: Head = content.read()?;
        match head.code.as_str() {
            SUCCESS => Ok(Answer::Success(content)),
            BUSINESS if !head.sub_code.ends_with(SYSTEM_ERROR) => Ok(Answer::Business(head.sub_code)),
            code => Err(refused(code, head.sub_code)),
        }
    }
}

pub(super) async fn read_bounded(
    mut response: reqwest::Response,
    most: usize,
) -> Result<Vec<u8>, AlipayError> {
    if response.status() != reqwest::StatusCode::OK {
        return Err(AlipayError::Status(response.status()));
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(unnamed)? {
        if body.len() + chunk.len() > most {
            return Err(AlipayError::TooLong(most));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Without the address, which holds a signed request: it has no place in logs.
pub(super) fn unnamed(error: reqwest::Error) -> AlipayError {
    AlipayError::Transport(error.without_url())
}

fn queried_trade(content: &Verified<'_>, asked: &str) -> Result<Trade, AlipayError> {
    let found: QueriedTrade = content.read()?;
    same_order(asked, &found.out_trade_no)?;
    let status = TradeStatus::from_wire(&found.trade_status).ok_or_else(|| {
        AnswerError::Json(serde::de::Error::custom(format!(
            "unknown trade_status {:?}",
            found.trade_status
        )))
    })?;
    Ok(Trade {
        trade_no: found.trade_no,
        out_trade_no: found.out_trade_no,
        amount: found.total_amount,
        status,
        paid_at: parse_time(&found.send_pay_date),
    })
}

fn same_order(asked: &str, answered: &str) -> Result<(), AlipayError> {
    if asked == answered {
        Ok(())
    } else {
        Err(AlipayError::OtherOrder {
            asked: asked.to_owned(),
            answered: answered.to_owned(),
        })
    }
}

pub(super) fn refused(code: &str, sub_code: String) -> AlipayError {
    AlipayError::Refused {
        code: code.to_owned(),
        sub_code,
    }
}
