//! `GET /v1/pays/return_url?…`: the buyer comes back (contract P1). Proves nothing and changes nothing: passes them on
//! to the page, which asks.

use actix_web::http::header::{CACHE_CONTROL, LOCATION};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use crate::state::AppState;

/// 302 to our own page with the same query.
pub(crate) async fn return_url(state: Data<AppState>, request: HttpRequest) -> HttpResponse {
    HttpResponse::Found()
        .insert_header((LOCATION, target(&state.pay_success_page, request.query_string())))
        .insert_header((CACHE_CONTROL, "no-store"))
        .finish()
}

fn target(page: &str, query: &str) -> String {
    let mut target = page.to_owned();
    if !query.is_empty() {
        target.push('?');
        for byte in query.bytes() {
            escape(byte, &mut target);
        }
    }
    target
}

/// Keeps what a query may hold (RFC 3986, §3.4) and escapes the rest, quotes among it.
fn escape(byte: u8, target: &mut String) {
    if byte.is_ascii_alphanumeric() || b"-._~%&=+*,:@/?".contains(&byte) {
        target.push(char::from(byte));
    } else {
        target.push_str(&format!("%{byte:02X}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "https://shop.test/dadashop/templates/pay_success.html";

    #[test]
    fn the_query_stays_and_only_the_query() {
        assert_eq!(
            target(PAGE, "out_trade_no=1&sign=a%2Bb%3D"),
            format!("{PAGE}?out_trade_no=1&sign=a%2Bb%3D")
        );
        assert_eq!(target(PAGE, ""), PAGE);
    }

    #[test]
    fn nothing_that_a_browser_could_run_is_passed_on() {
        let target = target(PAGE, "out_trade_no=<script>'\"#\r\n");
        assert_eq!(target, format!("{PAGE}?out_trade_no=%3Cscript%3E%27%22%23%0D%0A"));
    }
}
