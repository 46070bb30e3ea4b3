//! `/alipay/gateway.do`: one address for all methods; a page for page pay, signed JSON for the others.

use std::time::Duration;

use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};
use tracing::{error, info};

use crate::alipay::bill;
use crate::alipay::cashier;
use crate::alipay::failure::Failure;
use crate::alipay::notify::{BUYER_ID, BUYER_LOGON_ID};
use crate::alipay::refund;
use crate::alipay::request::{GatewayRequest, Method};
use crate::clock::wire_time;
use crate::money::Fen;
use crate::state::State;
use crate::switches::{GatewaySwitch, QuerySwitch, RefundSwitch};

const QUERY_RESPONSE: &str = "alipay_trade_query_response";
/// How long a query hangs when the switch says so; longer than any merchant should wait.
const HANG: Duration = Duration::from_secs(30);
/// How much later everything is answered when the switch says so.
const SLOW: Duration = Duration::from_secs(2);

pub(crate) async fn serve(http: HttpRequest, body: Bytes, state: Data<State>) -> HttpResponse {
    let request = GatewayRequest::decode(&http, &body);
    let is_page = matches!(request.method(), Some(Method::PagePay | Method::WapPay));
    match state.switches.now().gateway {
        GatewaySwitch::Down if !is_page => return HttpResponse::BadGateway().body("502"),
        GatewaySwitch::Slow => {
            state.stopping.run_until_cancelled(tokio::time::sleep(SLOW)).await;
        }
        GatewaySwitch::Down | GatewaySwitch::On => {}
    }
    let (name, result) = match request.method() {
        Some(Method::PagePay | Method::WapPay) => return cashier::open(&state, &request),
        Some(Method::Bill) => (
            "alipay_data_dataservice_bill_downloadurl_query_response",
            bill::place(&http, &state, &request),
        ),
        Some(Method::Refund) if state.switches.now().refund == RefundSwitch::Lost => {
            drop(refund::refund(&state, &request));
            return HttpResponse::BadGateway().body("502");
        }
        Some(Method::Query) => (QUERY_RESPONSE, query(&state, &request).await),
        Some(Method::Close) => ("alipay_trade_close_response", close(&state, &request)),
        Some(Method::Refund) => ("alipay_trade_refund_response", refund::refund(&state, &request)),
        Some(Method::RefundQuery) => (
            "alipay_trade_fastpay_refund_query_response",
            refund::query(&state, &request),
        ),
        None => (
            "error_response",
            request.verify(&state).and(Err(Failure::InvalidMethod)),
        ),
    };
    answer(&state, name, result)
}

/// Which trade a method is about; `trade_no` counts when both are given.
#[derive(Deserialize)]
pub(crate) struct TradeName {
    out_trade_no: Option<String>,
    trade_no: Option<String>,
}

impl TradeName {
    pub(crate) fn out_trade_no(&self, state: &State) -> Result<String, Failure> {
        match (&self.trade_no, &self.out_trade_no) {
            (Some(trade_no), _) => state
                .trades
                .out_trade_no_of(trade_no)
                .ok_or(Failure::TradeNotExist),
            (None, Some(out_trade_no)) => Ok(out_trade_no.clone()),
            (None, None) => Err(Failure::InvalidParameter("out_trade_no, trade_no".to_owned())),
        }
    }
}

/// The JSON of a successful answer: `code`, `msg`, then `content`.
pub(crate) fn success(content: impl Serialize) -> Result<String, Failure> {
    #[derive(Serialize)]
    struct Success<T> {
        code: &'static str,
        msg: &'static str,
        #[serde(flatten)]
        content: T,
    }
    serde_json::to_string(&Success {
        code: "10000",
        msg: "Success",
        content,
    })
    .map_err(|cause| {
        error!(?cause, "answer not written as JSON");
        Failure::SystemError
    })
}

async fn query(state: &State, request: &GatewayRequest) -> Result<String, Failure> {
    #[derive(Serialize)]
    struct Queried {
        buyer_logon_id: &'static str,
        buyer_user_id: &'static str,
        out_trade_no: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        receipt_amount: Option<Fen>,
        #[serde(skip_serializing_if = "Option::is_none")]
        send_pay_date: Option<String>,
        total_amount: Fen,
        trade_no: String,
        trade_status: &'static str,
    }
    request.verify(state)?;
    match state.switches.now().query {
        QuerySwitch::On | QuerySwitch::WrongSign => {}
        QuerySwitch::Error => return Err(Failure::SystemError),
        QuerySwitch::Hang => {
            state.stopping.run_until_cancelled(tokio::time::sleep(HANG)).await;
            return Err(Failure::SystemError);
        }
    }
    let name: TradeName = request.biz_content()?;
    let trade = state.trades.find(&name.out_trade_no(state)?)?;
    success(Queried {
        buyer_logon_id: BUYER_LOGON_ID,
        buyer_user_id: BUYER_ID,
        receipt_amount: trade.paid_at.map(|_| trade.total_amount),
        send_pay_date: trade.paid_at.map(wire_time),
        total_amount: trade.total_amount,
        trade_status: trade.status.as_str(),
        out_trade_no: trade.out_trade_no,
        trade_no: trade.trade_no,
    })
}

fn close(state: &State, request: &GatewayRequest) -> Result<String, Failure> {
    #[derive(Serialize)]
    struct Closed {
        out_trade_no: String,
        trade_no: String,
    }
    request.verify(state)?;
    let name: TradeName = request.biz_content()?;
    let now = chrono::Utc::now();
    let (trade, ()) = state
        .trades
        .change(&name.out_trade_no(state)?, |trade| trade.close(now))?;
    success(Closed {
        out_trade_no: trade.out_trade_no,
        trade_no: trade.trade_no,
    })
}

/// `{"<name>":<content>,"sign":"…"}`, where the signature covers exactly the bytes of `<content>`.
fn answer(state: &State, name: &str, result: Result<String, Failure>) -> HttpResponse {
    // An unknown app has no key pair at Alipay, so that nothing can be signed for it.
    let is_signed = !matches!(
        result,
        Err(Failure::InvalidAppId | Failure::MissingParameter("app_id"))
    );
    let content = result.unwrap_or_else(|failure| {
        info!(%failure, "alipay refused a request: {failure}");
        refusal(&failure)
    });
    let mut body = format!(r#"{{"{name}":{content}"#);
    if is_signed {
        let is_spoilt = name == QUERY_RESPONSE && state.switches.now().query == QuerySwitch::WrongSign;
        let signed = if is_spoilt { format!("{content} ") } else { content };
        match state.keys.sign(&signed) {
            Ok(sign) => body.push_str(&format!(r#","sign":"{sign}""#)),
            Err(cause) => return crate::api::internal_error(&cause),
        }
    }
    body.push('}');
    HttpResponse::Ok()
        .content_type("application/json;charset=utf-8")
        .body(body)
}

fn refusal(failure: &Failure) -> String {
    let (code, msg, sub_code) = failure.codes();
    let sub_msg = failure.to_string();
    serde_json::json!({"code": code, "msg": msg, "sub_code": sub_code, "sub_msg": sub_msg}).to_string()
}
