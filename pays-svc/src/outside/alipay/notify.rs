//! Notifies: from raw form bytes to a [`Notice`], if Alipay signed them; whether it may be applied is decided elsewhere.

use common::money::{Fen, NotMoney};

use super::form::{self, FormError, Pairs};
use super::signature::{self, SignatureError};
use super::{Alipay, parse_time};
use crate::domain::trade::{Notice, Recipient, RefundNote, Trade, TradeStatus};

/// The fields that only the news of a refund has.
const REFUND_FIELDS: [&str; 3] = ["refund_fee", "gmt_refund", "out_biz_no"];

/// What a notify tells of the buyer, which our tables need not know.
const PERSONAL: [&str; 5] = [
    "buyer_id",
    "buyer_open_id",
    "buyer_logon_id",
    "buyer_user_id",
    "fund_bill_list",
];

/// Longest id in a notify that we store.
const MAX_ID: usize = 64;
/// Longest `notify_id` (Alipay: 128).
const MAX_NOTIFY_ID: usize = 128;

/// Why a notify is refused before anything in it is believed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotifyError {
    /// The body is not one clean form.
    #[error("body is no clean form")]
    Form(#[from] FormError),
    /// A field is missing or has a value that no real notify has.
    #[error("field {name} is missing or wrong")]
    Field {
        /// Which field.
        name: &'static str,
    },
    /// A sum in a spelling that no real notify has.
    #[error("field {name} is no sum of money")]
    Amount {
        /// Which field.
        name: &'static str,
        /// What is wrong with it.
        source: NotMoney,
    },
    /// Not signed by Alipay.
    #[error("not signed by alipay")]
    BadSignature(#[from] SignatureError),
}

impl Alipay {
    /// Reads the body of a notify. Everything in the answer stands in the signed text.
    pub(crate) fn read_notify(&self, body: &[u8]) -> Result<Notice, NotifyError> {
        let pairs = form::parse(body)?;
        let fields = Fields(&pairs);
        // Not covered by the signature: a message may not choose how it is checked.
        fields.one_of("sign_type", "RSA2")?;
        let sign = fields.text("sign", usize::MAX)?;
        let signed =
            signature::notify_text(pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        signature::verify(&self.alipay_key, signed.as_bytes(), sign)?;
        fields.utf8_if_said()?;
        Ok(Notice {
            notify_id: fields.text("notify_id", MAX_NOTIFY_ID)?.to_owned(),
            recipient: Recipient {
                app_id: fields.text("app_id", MAX_ID)?.to_owned(),
                seller_id: fields.text("seller_id", MAX_ID)?.to_owned(),
            },
            trade: fields.trade()?,
            refund: fields.refund()?,
            evidence: evidence(&pairs),
        })
    }
}

/// The pairs, read field by field.
struct Fields<'a>(&'a Pairs);

impl<'a> Fields<'a> {
    fn optional(&self, name: &str) -> Option<&'a str> {
        self.0
            .get(name)
            .map(String::as_str)
            .filter(|value| !value.is_empty())
    }

    fn text(&self, name: &'static str, longest: usize) -> Result<&'a str, NotifyError> {
        self.optional(name)
            .filter(|value| value.len() <= longest)
            .ok_or(NotifyError::Field { name })
    }

    fn one_of(&self, name: &'static str, expected: &str) -> Result<(), NotifyError> {
        if self.optional(name) == Some(expected) {
            Ok(())
        } else {
            Err(NotifyError::Field { name })
        }
    }

    fn utf8_if_said(&self) -> Result<(), NotifyError> {
        match self.optional("charset") {
            Some(charset) if !charset.eq_ignore_ascii_case("utf-8") => {
                Err(NotifyError::Field { name: "charset" })
            }
            _ => Ok(()),
        }
    }

    fn amount(&self, name: &'static str) -> Result<Fen, NotifyError> {
        let amount = self.text(name, MAX_ID)?.parse();
        amount.map_err(|source| NotifyError::Amount { name, source })
    }

    fn trade(&self) -> Result<Trade, NotifyError> {
        let status = TradeStatus::from_wire(self.text("trade_status", MAX_ID)?);
        Ok(Trade {
            trade_no: self.trade_no()?.to_owned(),
            out_trade_no: self.text("out_trade_no", MAX_ID)?.to_owned(),
            amount: self.amount("total_amount")?,
            status: status.ok_or(NotifyError::Field { name: "trade_status" })?,
            paid_at: self.optional("gmt_payment").and_then(parse_time),
        })
    }

    /// Our tables compare trade numbers as text, so only plain ASCII ones are let in.
    fn trade_no(&self) -> Result<&'a str, NotifyError> {
        let name = "trade_no";
        let trade_no = self.text(name, MAX_ID)?;
        if trade_no.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            Ok(trade_no)
        } else {
            Err(NotifyError::Field { name })
        }
    }

    fn refund(&self) -> Result<Option<RefundNote>, NotifyError> {
        if REFUND_FIELDS.iter().all(|name| self.optional(name).is_none()) {
            return Ok(None);
        }
        let refunded = match self.optional("refund_fee") {
            Some(_) => self.amount("refund_fee")?,
            None => Fen::ZERO,
        };
        Ok(Some(RefundNote {
            refunded,
            request_no: self.optional("out_biz_no").map(str::to_owned),
            at: self.optional("gmt_refund").and_then(parse_time),
        }))
    }
}

/// The signed pairs, one a line, with the buyer's personal fields blotted out.
fn evidence(pairs: &Pairs) -> String {
    let mut text = String::new();
    for (name, value) in pairs.iter().filter(|(name, _)| *name != "sign") {
        let shown = if PERSONAL.contains(&name.as_str()) {
            "***"
        } else {
            value
        };
        text.push_str(name);
        text.push('=');
        text.push_str(shown);
        text.push('\n');
    }
    text
}
