//! `alipay.data.dataservice.bill.downloadurl.query`, and the bills themselves: a zip of GBK tables, as Alipay makes them.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use chrono::{DateTime, NaiveDate, Utc};
use encoding_rs::GBK;
use rand::RngExt;
use serde::{Deserialize, Serialize};

use crate::alipay::archive;
use crate::alipay::failure::Failure;
use crate::alipay::gateway::success;
use crate::alipay::request::GatewayRequest;
use crate::alipay::trade::Trade;
use crate::clock::{gmt8, wire_time};
use crate::money::Fen;
use crate::state::State;
use crate::switches::BillSwitch;

/// How long the address of a bill holds.
const HOLDS: Duration = Duration::from_secs(30);
/// More than the book of trades has.
const ALL_TRADES: usize = usize::MAX;
/// The titles of the columns of the table of payments and refunds.
const TITLES: &str = "支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,\
订单金额（元）,商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）,券核销金额（元）,券名称,\
商家红包消费金额（元）,卡消费金额（元）,退款批次号/请求号,服务费（元）,分润（元）,备注";

/// Bills that can be fetched now, by their tokens.
#[derive(Default)]
pub(crate) struct Bills(Mutex<HashMap<String, (Instant, NaiveDate)>>);

impl Bills {
    fn offer(&self, date: NaiveDate) -> String {
        let token = format!("{:032x}", rand::rng().random::<u128>());
        let mut offered = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        offered.retain(|_, (since, _)| since.elapsed() < HOLDS);
        offered.insert(token.clone(), (Instant::now(), date));
        token
    }

    fn date_of(&self, token: &str) -> Option<NaiveDate> {
        let offered = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (since, date) = offered.get(token)?;
        (since.elapsed() < HOLDS).then_some(*date)
    }
}

#[derive(Deserialize)]
struct BillContent {
    bill_type: String,
    bill_date: String,
}

/// Where the bill of a day is. Unlike the real one, today's is there too, as far as it has come.
pub(crate) fn place(http: &HttpRequest, state: &State, request: &GatewayRequest) -> Result<String, Failure> {
    #[derive(Serialize)]
    struct Placed {
        bill_download_url: String,
    }
    request.verify(state)?;
    let content: BillContent = request.biz_content()?;
    if content.bill_type != "trade" {
        return Err(Failure::InvalidParameter("bill_type".to_owned()));
    }
    let date: NaiveDate = content
        .bill_date
        .parse()
        .map_err(|cause| Failure::InvalidParameter(format!("bill_date: {cause}")))?;
    if state.switches.now().bill == BillSwitch::Off || lines(state, date).is_empty() {
        return Err(Failure::BillNotExist);
    }
    let info = http.connection_info().clone();
    let token = state.bills.offer(date);
    success(Placed {
        bill_download_url: format!(
            "{}://{}/alipay/downloadBillFile.resource?bizType=trade&fileId={token}",
            info.scheme(),
            info.host()
        ),
    })
}

#[derive(Deserialize)]
pub(crate) struct Wanted {
    #[serde(rename = "fileId")]
    file_id: String,
}

/// `GET /alipay/downloadBillFile.resource`: the bill, for 30 seconds.
pub(crate) async fn download(wanted: Query<Wanted>, state: Data<State>) -> HttpResponse {
    let Some(date) = state.bills.date_of(&wanted.file_id) else {
        return HttpResponse::NotFound().body("the address has expired");
    };
    let lines = lines(&state, date);
    let name = |kind: &str| {
        let day = date.format("%Y%m%d");
        gbk(&format!("{}0156_{day}_{kind}.csv", state.settings.seller_id))
    };
    let files = [
        (name("业务明细"), gbk(&details(&state, date, &lines))),
        (name("业务明细(汇总)"), gbk(&summary(&lines))),
    ];
    match archive::pack(&files) {
        Ok(archive) => HttpResponse::Ok().content_type("application/zip").body(archive),
        Err(cause) => crate::api::internal_error(&cause.into()),
    }
}

fn gbk(text: &str) -> Vec<u8> {
    GBK.encode(text).0.into_owned()
}

/// A payment, or a refund with its number.
struct Line {
    trade: Trade,
    at: DateTime<Utc>,
    amount: Fen,
    request_no: Option<String>,
}

/// What happened on `date`, oldest first, spoilt as the switch says.
fn lines(state: &State, date: NaiveDate) -> Vec<Line> {
    let is_of_day = |at: DateTime<Utc>| gmt8(at, "%Y-%m-%d") == date.to_string();
    let mut lines = Vec::new();
    for trade in state.trades.newest_first(ALL_TRADES) {
        if let Some(at) = trade.paid_at.filter(|at| is_of_day(*at)) {
            lines.push(Line {
                at,
                amount: trade.total_amount,
                request_no: None,
                trade: trade.clone(),
            });
        }
        for refund in trade.refunds.iter().filter(|refund| is_of_day(refund.at)) {
            lines.push(Line {
                at: refund.at,
                amount: refund.amount,
                request_no: Some(refund.out_request_no.clone()),
                trade: trade.clone(),
            });
        }
    }
    lines.sort_by_key(|line| line.at);
    match (state.switches.now().bill, lines.first_mut()) {
        (BillSwitch::WrongAmount, Some(first)) => first.amount = Fen(first.amount.0 + 1),
        (BillSwitch::MissingLine, Some(_)) => drop(lines.remove(0)),
        (BillSwitch::On | BillSwitch::Off, _) | (_, None) => {}
    }
    lines
}

fn details(state: &State, date: NaiveDate, lines: &[Line]) -> String {
    let day = |date: NaiveDate| date.format("%Y年%m月%d日 00:00:00").to_string();
    let rows: String = lines.iter().map(row).collect();
    let (payments, refunds) = sums(lines);
    format!(
        "#支付宝业务明细查询\r\n#账号：[{}0156]\r\n#起始日期：[{}]   终止日期：[{}]\r\n\
         #-----------------------------------------业务明细列表----------------------------------------\r\n{TITLES}\r\n{rows}\
         #-----------------------------------------业务明细列表结束------------------------------------\r\n\
         #交易合计：{}笔，商家实收共{}元，商家优惠共0.00元\r\n#退款合计：{}笔，商家实收退款共-{}元，商家优惠退款共0.00元\r\n\
         #导出时间：[{}]\r\n",
        state.settings.seller_id,
        day(date),
        day(date.succ_opt().unwrap_or(date)),
        payments.0,
        payments.1,
        refunds.0,
        refunds.1,
        gmt8(Utc::now(), "%Y年%m月%d日 %H:%M:%S"),
    )
}

/// Every value ends in a tab.
fn row(line: &Line) -> String {
    let Line {
        trade, at, amount, ..
    } = line;
    let (kind, sign) = match line.request_no {
        None => ("交易", ""),
        Some(_) => ("退款", "-"),
    };
    let amount = format!("{sign}{amount}");
    let values = [
        trade.trade_no.as_str(),
        &trade.out_trade_no,
        kind,
        &trade.subject,
        &wire_time(trade.created_at),
        &wire_time(*at),
        "",
        "",
        "",
        "",
        "*达(dad***@example.com)",
        &amount,
        &amount,
        "0.00",
        "0.00",
        "0.00",
        "0.00",
        "0.00",
        "",
        "0.00",
        "0.00",
        line.request_no.as_deref().unwrap_or_default(),
        "0.00",
        "0.00",
        "",
    ];
    format!("{}\t\r\n", values.join("\t,"))
}

fn summary(lines: &[Line]) -> String {
    let (payments, refunds) = sums(lines);
    format!(
        "#支付宝业务汇总查询\r\n门店编号,门店名称,交易订单总笔数,退款订单总笔数,订单金额（元）,商家实收（元）\r\n\
         合计\t,\t,{}\t,{}\t,{}\t,{}\t\r\n",
        payments.0, refunds.0, payments.1, payments.1
    )
}

/// How many payments and how much, and the same of refunds.
fn sums(lines: &[Line]) -> ((usize, Fen), (usize, Fen)) {
    let sum = |is_refund: bool| {
        let of_kind = lines.iter().filter(|line| line.request_no.is_some() == is_refund);
        let (count, fen) = of_kind.fold((0, 0), |(count, fen), line| (count + 1, fen + line.amount.0));
        (count, Fen(fen))
    };
    (sum(false), sum(true))
}
