//! `alipay.trade.page.pay` and `alipay.trade.wap.pay`: the signed address of Alipay's cashier.

use chrono::{DateTime, Utc};
use common::contracts::ids::OrderId;
use common::contracts::internal_apis::pays::Cashier;
use common::money::Fen;
use serde::Serialize;

use super::request::{Method, Request};
use super::{Alipay, AlipayError, wire_time};
use crate::domain::payment::Payment;

/// `biz_content`. Amounts are strings with two decimals.
#[derive(Serialize)]
struct PagePay<'a> {
    out_trade_no: &'a OrderId,
    product_code: &'static str,
    total_amount: Fen,
    subject: &'a OrderId,
    /// From then on the cashier itself refuses, which spares most late payments.
    time_expire: String,
}

impl Alipay {
    /// The address to send the buyer to. One order has one trade: the same payment gives an address of it each time.
    pub(crate) async fn pay_url(
        &self,
        payment: &Payment,
        cashier: Cashier,
        now: DateTime<Utc>,
    ) -> Result<String, AlipayError> {
        let (method, product_code) = match cashier {
            Cashier::Page => (Method::PagePay, "FAST_INSTANT_TRADE_PAY"),
            Cashier::Wap => (Method::WapPay, "QUICK_WAP_WAY"),
        };
        let content = PagePay {
            out_trade_no: &payment.order_id,
            product_code,
            total_amount: payment.amount,
            subject: &payment.order_id,
            time_expire: wire_time(payment.expire_at),
        };
        let request = Request::new(&self.settings.app_id, method, now, &content)?
            .with("notify_url", &self.settings.notify_url)
            .with("return_url", &self.settings.return_url);
        let sign = self.sign(request.text()).await?;
        Ok(format!("{}?{}", self.settings.page_url, request.query(&sign)))
    }
}
