//! `alipay.trade.refund` and `alipay.trade.fastpay.refund.query`.

use chrono::Utc;
use serde::{Deserialize, Serialize};

use crate::alipay::failure::Failure;
use crate::alipay::gateway::{TradeName, success};
use crate::alipay::notify::{BUYER_ID, BUYER_LOGON_ID};
use crate::alipay::request::GatewayRequest;
use crate::alipay::trade::FundChange;
use crate::clock::wire_time;
use crate::money::Fen;
use crate::state::State;
use crate::switches::RefundSwitch;

#[derive(Deserialize)]
struct RefundContent {
    #[serde(flatten)]
    trade: TradeName,
    refund_amount: Fen,
    /// May be left out for a refund in full; Alipay then takes the trade's own number.
    out_request_no: Option<String>,
}

/// Code 10000 alone does not say that money moved: `fund_change` does.
pub(crate) fn refund(state: &State, request: &GatewayRequest) -> Result<String, Failure> {
    #[derive(Serialize)]
    struct Refunded {
        buyer_logon_id: &'static str,
        buyer_user_id: &'static str,
        fund_change: &'static str,
        gmt_refund_pay: Option<String>,
        out_trade_no: String,
        refund_fee: Fen,
        send_back_fee: Fen,
        trade_no: String,
    }
    request.verify(state)?;
    match state.switches.now().refund {
        RefundSwitch::On | RefundSwitch::Lost => {}
        RefundSwitch::Error => return Err(Failure::SystemError),
        RefundSwitch::Refused => return Err(Failure::SellerBalanceNotEnough),
    }
    let content: RefundContent = request.biz_content()?;
    let out_trade_no = content.trade.out_trade_no(state)?;
    let out_request_no = content.out_request_no.unwrap_or_else(|| out_trade_no.clone());
    let now = Utc::now();
    let (trade, fund_change) = state.trades.change(&out_trade_no, |trade| {
        trade.refund(out_request_no.clone(), content.refund_amount, now)
    })?;
    let (fund_change, send_back_fee) = match fund_change {
        FundChange::Yes => ("Y", content.refund_amount),
        FundChange::No => ("N", Fen(0)),
    };
    success(Refunded {
        buyer_logon_id: BUYER_LOGON_ID,
        buyer_user_id: BUYER_ID,
        fund_change,
        gmt_refund_pay: trade
            .refund_by(&out_request_no)
            .map(|refund| wire_time(refund.at)),
        refund_fee: trade.refunded(),
        send_back_fee,
        out_trade_no: trade.out_trade_no,
        trade_no: trade.trade_no,
    })
}

#[derive(Deserialize)]
struct RefundQueryContent {
    #[serde(flatten)]
    trade: TradeName,
    out_request_no: String,
}

/// An unknown refund of a known trade is answered with 10000 and no refund fields.
pub(crate) fn query(state: &State, request: &GatewayRequest) -> Result<String, Failure> {
    #[derive(Serialize)]
    struct QueriedRefund {
        gmt_refund_pay: String,
        out_request_no: String,
        out_trade_no: String,
        refund_amount: Fen,
        refund_status: &'static str,
        total_amount: Fen,
        trade_no: String,
    }
    request.verify(state)?;
    let content: RefundQueryContent = request.biz_content()?;
    let trade = state.trades.find(&content.trade.out_trade_no(state)?)?;
    success(
        trade
            .refund_by(&content.out_request_no)
            .map(|refund| QueriedRefund {
                gmt_refund_pay: wire_time(refund.at),
                out_request_no: refund.out_request_no.clone(),
                out_trade_no: trade.out_trade_no.clone(),
                refund_amount: refund.amount,
                refund_status: "REFUND_SUCCESS",
                total_amount: trade.total_amount,
                trade_no: trade.trade_no.clone(),
            }),
    )
}
