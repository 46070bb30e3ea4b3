//! Page and wap pay: opening the cashier, what its buttons do, and the way back to the shop.

use actix_web::HttpResponse;
use actix_web::web::{Bytes, Data, Path};
use chrono::Utc;
use rand::RngExt;
use reqwest::Url;
use serde::Deserialize;

use crate::alipay::cashier_page::{Account, PASSWORD, cashier_page};
use crate::alipay::failure::Failure;
use crate::alipay::request::{GatewayRequest, Method};
use crate::alipay::signature::{Params, notify_text};
use crate::alipay::trade::{CashierKind, PagePayOrder, Trade, TradeStatus};
use crate::clock::{gmt8, parse_wire_time, wire_time};
use crate::money::Fen;
use crate::pages::{self, escape};
use crate::state::State;
use crate::switches::BuyerSwitch;

/// A single payment at Alipay: 0.01 to 100,000,000 yuan.
const AMOUNTS: std::ops::RangeInclusive<Fen> = Fen(1)..=Fen(10_000_000_000);

/// The product of the page for large screens.
const PAGE_PRODUCT: &str = "FAST_INSTANT_TRADE_PAY";
/// The product of the page for phones: as Alipay's documents write it, and as widespread SDKs send it.
const WAP_PRODUCTS: [&str; 2] = ["QUICK_WAP_WAY", "QUICK_WAP_PAY"];

#[derive(Deserialize)]
struct PagePayContent {
    out_trade_no: String,
    product_code: String,
    total_amount: Fen,
    subject: String,
    time_expire: Option<String>,
    quit_url: Option<String>,
}

/// The browser follows the signed pay URL: the trade begins here, and not when the merchant signs.
pub(crate) fn open(state: &State, request: &GatewayRequest) -> HttpResponse {
    let opened = read_order(state, request)
        .and_then(|order| state.trades.open_trade(order, new_trade_no()))
        .map(|trade| cashier_page(state, &trade, Account::Rich, None));
    match opened {
        Ok(page) => page,
        Err(failure) => failure_page(&failure),
    }
}

fn read_order(state: &State, request: &GatewayRequest) -> Result<PagePayOrder, Failure> {
    let (cashier, product_codes): (_, &[&str]) = match request.verify(state)? {
        Method::WapPay => (CashierKind::Wap, &WAP_PRODUCTS),
        _ => (CashierKind::Page, &[PAGE_PRODUCT]),
    };
    let content: PagePayContent = request.biz_content()?;
    let invalid = |field: &str| Err(Failure::InvalidParameter(field.to_owned()));
    if !is_out_trade_no(&content.out_trade_no) {
        return invalid("out_trade_no");
    }
    if !product_codes.contains(&content.product_code.as_str()) {
        return invalid("product_code");
    }
    if !AMOUNTS.contains(&content.total_amount) {
        return invalid("total_amount");
    }
    let subject = content.subject;
    if !(1..=256).contains(&subject.chars().count()) || subject.chars().any(char::is_control) {
        return invalid("subject");
    }
    let expires_at = match content.time_expire.as_deref().map(parse_wire_time) {
        None => None,
        Some(Some(at)) if at > Utc::now() => Some(at),
        Some(_) => return invalid("time_expire"),
    };
    Ok(PagePayOrder {
        out_trade_no: content.out_trade_no,
        subject,
        total_amount: content.total_amount,
        expires_at,
        return_url: web_url("return_url", request.optional("return_url"))?,
        quit_url: web_url("quit_url", content.quit_url.as_deref())?,
        notify_url: web_url("notify_url", request.optional("notify_url"))?,
        cashier,
    })
}

fn is_out_trade_no(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// An address of the web in its normal form, in which it can also stand in a header.
fn web_url(name: &str, text: Option<&str>) -> Result<Option<String>, Failure> {
    let Some(text) = text else {
        return Ok(None);
    };
    match Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => Ok(Some(url.into())),
        Ok(_) | Err(_) => Err(Failure::InvalidParameter(name.to_owned())),
    }
}

/// 28 digits that begin with the date, like the real ones.
fn new_trade_no() -> String {
    let serial: u64 = rand::rng().random_range(0..10_u64.pow(15));
    format!("{}22001{serial:015}", gmt8(Utc::now(), "%Y%m%d"))
}

/// 付款: the buyer pays.
pub(crate) fn pay(state: &State, out_trade_no: &str) -> Result<Trade, Failure> {
    if state.switches.now().buyer == BuyerSwitch::Poor {
        return Err(Failure::BuyerBalanceNotEnough);
    }
    let now = Utc::now();
    state
        .trades
        .change(out_trade_no, |trade| trade.pay(now))
        .map(|(trade, ())| trade)
}

/// 取消: the buyer goes back to the shop; the trade stays open, and the pay URL good.
pub(crate) fn leave(state: &State, out_trade_no: &str) -> Result<Trade, Failure> {
    let trade = state.trades.find(out_trade_no)?;
    match trade.status {
        TradeStatus::WaitBuyerPay => Ok(trade),
        TradeStatus::TradeSuccess | TradeStatus::TradeFinished => Err(Failure::TradeHasSuccess),
        TradeStatus::TradeClosed => Err(Failure::TradeHasClose),
    }
}

/// The merchant's `return_url` with the signed synchronous parameters. They prove nothing by themselves.
pub(crate) fn signed_return_url(state: &State, trade: &Trade) -> anyhow::Result<Option<String>> {
    let Some(return_url) = &trade.return_url else {
        return Ok(None);
    };
    let method = match trade.cashier {
        CashierKind::Page => "alipay.trade.page.pay.return",
        CashierKind::Wap => "alipay.trade.wap.pay.return",
    };
    let mut params: Params = [
        ("app_id", state.settings.app_id.as_str()),
        ("auth_app_id", &state.settings.app_id),
        ("charset", "utf-8"),
        ("method", method),
        ("out_trade_no", &trade.out_trade_no),
        ("seller_id", &state.settings.seller_id),
        ("sign_type", "RSA2"),
        ("timestamp", &wire_time(Utc::now())),
        ("total_amount", &trade.total_amount.to_string()),
        ("trade_no", &trade.trade_no),
        ("version", "1.0"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into();
    let sign = state.keys.sign(&notify_text(&params))?;
    params.insert("sign".to_owned(), sign);
    let mut url = Url::parse(return_url)?;
    url.query_pairs_mut().extend_pairs(&params);
    Ok(Some(url.into()))
}

/// What the buyer fills in. Whoever leaves a field out, as programs do, means the first account and the right password.
#[derive(Default, Deserialize)]
struct Press {
    account: Option<String>,
    password: Option<String>,
}

/// The form behind 付款. A second press ends where the first did.
pub(crate) async fn press_pay(out_trade_no: Path<String>, body: Bytes, state: Data<State>) -> HttpResponse {
    let press: Press = serde_urlencoded::from_bytes(&body).unwrap_or_default();
    let account = Account::named(press.account.as_deref()).unwrap_or(Account::Rich);
    let again = |wrong: &str| match leave(&state, &out_trade_no) {
        Ok(trade) => cashier_page(&state, &trade, account, Some(wrong)),
        Err(failure) => failure_page(&failure),
    };
    let is_open = leave(&state, &out_trade_no).is_ok();
    if is_open && press.password.is_some_and(|password| password != PASSWORD) {
        return again("支付密码错误，请重新输入。 Wrong password.");
    }
    if is_open && account == Account::Poor {
        return again("余额不足，请更换付款账户。 The balance is too low.");
    }
    let paid = match pay(&state, &out_trade_no) {
        Err(Failure::TradeHasSuccess) => state.trades.find(&out_trade_no),
        Err(Failure::BuyerBalanceNotEnough) => {
            return again("余额不足，请稍后再试。 The balance is too low.");
        }
        other => other,
    };
    match paid.map(|trade| signed_return_url(&state, &trade)) {
        Ok(Ok(Some(url))) => see_other(&url),
        Ok(Ok(None)) => pages::page("支付成功 Paid", "<p>支付成功，可以关闭本页。</p>"),
        Ok(Err(cause)) => crate::api::internal_error(&cause),
        Err(failure) => failure_page(&failure),
    }
}

/// The form behind 取消.
pub(crate) async fn press_cancel(out_trade_no: Path<String>, state: Data<State>) -> HttpResponse {
    match leave(&state, &out_trade_no).map(|trade| trade.quit_url.or(trade.return_url)) {
        Ok(Some(url)) => see_other(&url),
        Ok(None) => pages::page("未付款 Not paid", "<p>没有付款，可以关闭本页。</p>"),
        Err(failure) => failure_page(&failure),
    }
}

fn see_other(url: &str) -> HttpResponse {
    HttpResponse::Found().insert_header(("location", url)).finish()
}

/// Like the real gateway, HTTP 200 and a page that names the cause.
fn failure_page(failure: &Failure) -> HttpResponse {
    let (code, msg, sub_code) = failure.codes();
    let body = format!(
        "<p>错误代码 <code>{sub_code}</code> ({code} {msg})</p><p>错误原因：{}</p>",
        escape(&failure.to_string()),
    );
    pages::page("收银台打不开 The cashier cannot open", &body)
}
