//! The pages for people's eyes: plain HTML without scripts, everything from outside escaped.

use actix_web::HttpResponse;
use actix_web::web::Data;
use serde_json::json;

use crate::alipay::notify::Notice;
use crate::alipay::trade::Trade;
use crate::clock::wire_time;
use crate::mail::Mail;
use crate::sms::Sms;
use crate::state::State;

/// How many trades the page shows.
const SHOWN_TRADES: usize = 100;
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";
const STYLE: &str = "body{font:16px/1.6 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#222}\
h1{font-size:1.4rem;border-bottom:2px solid #1677ff;padding-bottom:.4rem}table{border-collapse:collapse;width:100%}\
th,td{border-bottom:1px solid #ddd;padding:.4rem;text-align:left;vertical-align:top}pre{white-space:pre-wrap;margin:0}\
form{display:inline-block;margin-right:1rem}button{font:inherit;padding:.5rem 2rem;border:1px solid #bbb;border-radius:4px;\
background:#fff;cursor:pointer}.primary{background:#1677ff;border-color:#1677ff;color:#fff}.amount{font-size:2rem;color:#ff5722}\
.note{background:#fff7e6;padding:.5rem 1rem}dt{color:#777;float:left;width:9rem}dd{margin:0 0 .3rem 9rem}\
code{overflow-wrap:anywhere}";

/// Makes `text` safe as HTML text and in quoted attributes.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            _ => escaped.push(c),
        }
    }
    escaped
}

/// A whole page of the usual looks; `body` is HTML.
pub(crate) fn page(title: &str, body: &str) -> HttpResponse {
    styled(title, STYLE, &format!("<h1>{}</h1>{body}", escape(title)))
}

/// A whole page with looks of its own; `body` is HTML.
pub(crate) fn styled(title: &str, style: &str, body: &str) -> HttpResponse {
    let title = escape(title);
    HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header(("content-security-policy", POLICY))
        .insert_header(("cache-control", "no-store"))
        .body(format!(
            "<!doctype html><html lang=zh-CN><meta charset=utf-8>\
             <meta name=viewport content=\"width=device-width\"><title>{title}</title>\
             <style>{style}</style><body>{body}</body></html>"
        ))
}

pub(crate) async fn index(state: Data<State>) -> HttpResponse {
    let body = format!(
        "<p>代替支付宝、短信、微博与邮件服务，全部流程可离线走通。Stands in for Alipay, SMS, Weibo and mail.</p>\
         <ul><li><a href=/sms>短信 SMS</a><li><a href=/mail>邮件 Mail</a><li><a href=/alipay>支付宝交易 Alipay trades</a>\
         <li><a href=/api/switches>故障开关 Failure switches</a><li><a href=/api/clock>通知时钟 Notify clock</a></ul>\
         <p><code>{}</code></p>",
        escape(&json!(state.switches.now()).to_string()),
    );
    page("沙箱 Sandbox", &body)
}

pub(crate) async fn sms(state: Data<State>) -> HttpResponse {
    let row = |sms: &Sms| {
        format!(
            "<tr><td>{}<td>{}<td><b>{}</b><td>{}",
            wire_time(sms.at),
            escape(&sms.phone),
            escape(&sms.code),
            escape(&sms.text),
        )
    };
    let messages = state.sms.newest_first(|_| true);
    page(
        "短信 SMS",
        &table(&["时间", "手机", "验证码", "内容"], messages.iter().map(row)),
    )
}

pub(crate) async fn mail(state: Data<State>) -> HttpResponse {
    let link = |link: &String| format!("<br><a href=\"{0}\">{0}</a>", escape(link));
    let row = |mail: &Mail| {
        format!(
            "<tr><td>{}<td>{}<td><b>{}</b><pre>{}</pre>{}",
            wire_time(mail.at),
            escape(&mail.to),
            escape(&mail.subject),
            escape(&mail.text),
            mail.links.iter().map(link).collect::<String>(),
        )
    };
    let mails = state.mail.newest_first(|_| true);
    page(
        "邮件 Mail",
        &table(&["时间", "收件人", "邮件"], mails.iter().map(row)),
    )
}

pub(crate) async fn trades(state: Data<State>) -> HttpResponse {
    let notice = |notice: &Notice| {
        let fate = if notice.is_accepted() { "success" } else { "…" };
        format!(
            "{} ×{} {fate}<br>",
            notice.trade_status.as_str(),
            notice.attempts.len()
        )
    };
    let row = |trade: &Trade| {
        format!(
            "<tr><td>{}<td><a href=\"/api/alipay/trades/{number}\">{number}</a><td>{}<td>¥ {}<td>{}<td>{}",
            wire_time(trade.created_at),
            escape(&trade.subject),
            trade.total_amount,
            trade.status.as_str(),
            trade.notices.iter().map(notice).collect::<String>(),
            number = escape(&trade.out_trade_no),
        )
    };
    let trades = state.trades.newest_first(SHOWN_TRADES);
    let columns = ["时间", "订单号", "标题", "金额", "状态", "通知"];
    page(
        "支付宝交易 Alipay trades",
        &table(&columns, trades.iter().map(row)),
    )
}

fn table(columns: &[&str], rows: impl Iterator<Item = String>) -> String {
    let head: String = columns.iter().map(|column| format!("<th>{column}")).collect();
    format!(
        "<p><a href=/>← 沙箱</a></p><table><tr>{head}{}</table>",
        rows.collect::<String>()
    )
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn markup_becomes_text() {
        assert_eq!(
            escape(r#"<a href="x" id='y'>&达"#),
            "&lt;a href=&quot;x&quot; id=&#39;y&#39;&gt;&amp;达"
        );
    }
}
