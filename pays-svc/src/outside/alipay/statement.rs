//! Alipay's bill as it is downloaded: a zip of GBK tables, of which one lists every payment and refund of the day.

use std::io::{Cursor, Read};

use common::money::{Fen, NotMoney};
use encoding_rs::GBK;
use zip::ZipArchive;
use zip::result::ZipError;

use crate::domain::bill::{Bill, Entry, Kind, Totals};

/// A file that grows beyond this when it is unpacked is no bill.
const MAX_UNPACKED_BYTES: u64 = 512 * 1024 * 1024;
/// Real archives hold two files.
const MAX_FILES: usize = 16;

/// The columns that we read, by their titles.
const TRADE_NO: &str = "支付宝交易号";
const ORDER_ID: &str = "商户订单号";
const KIND: &str = "业务类型";
const SUBJECT: &str = "商品名称";
const AMOUNT: &str = "订单金额（元）";
const REQUEST_NO: &str = "退款批次号/请求号";

/// Why a bill cannot be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StatementError {
    /// Not a zip file, or a damaged one.
    #[error("the bill is no zip file")]
    Zip(#[from] ZipError),
    /// A file in it cannot be unpacked.
    #[error("the bill cannot be unpacked")]
    Unpack(#[source] std::io::Error),
    /// More than any bill has.
    #[error("the bill is too large")]
    TooLarge,
    /// Not GBK.
    #[error("the bill is not in GBK")]
    NotGbk,
    /// None of the files lists payments.
    #[error("no table of payments is in the bill")]
    NoTable,
    /// A column that we need is not there.
    #[error("the bill has no column {0}")]
    Column(&'static str),
    /// A line is not what its table promises.
    #[error("line {line} of the bill cannot be read: {what}")]
    Line {
        /// Counted from 1.
        line: usize,
        /// What is wrong.
        what: String,
    },
    /// A sum is none.
    #[error("line {line} of the bill has no sum of money")]
    Amount {
        /// Counted from 1.
        line: usize,
        /// Why not.
        source: NotMoney,
    },
}

/// Reads the zip file `packed`.
pub(super) fn read(packed: &[u8]) -> Result<Bill, StatementError> {
    let mut archive = ZipArchive::new(Cursor::new(packed))?;
    if archive.len() > MAX_FILES {
        return Err(StatementError::TooLarge);
    }
    for index in 0..archive.len() {
        let mut bytes = Vec::new();
        archive
            .by_index(index)?
            .take(MAX_UNPACKED_BYTES)
            .read_to_end(&mut bytes)
            .map_err(StatementError::Unpack)?;
        if u64::try_from(bytes.len()).is_ok_and(|length| length == MAX_UNPACKED_BYTES) {
            return Err(StatementError::TooLarge);
        }
        let (text, _, is_damaged) = GBK.decode(&bytes);
        if is_damaged {
            return Err(StatementError::NotGbk);
        }
        // Names of files are in GBK too, and change; the titles of the columns do not.
        if text.lines().any(is_head) {
            return table(&text);
        }
    }
    Err(StatementError::NoTable)
}

fn is_head(line: &str) -> bool {
    !line.starts_with('#') && line.contains(TRADE_NO) && line.contains(KIND)
}

fn table(text: &str) -> Result<Bill, StatementError> {
    let mut lines = text.lines().enumerate();
    let head = lines.by_ref().find(|(_, line)| is_head(line));
    let columns = Columns::of(head.map_or("", |(_, line)| line))?;
    let mut entries = Vec::new();
    let (mut payments, mut refunds) = (None, None);
    for (index, line) in lines {
        let number = index + 1;
        if let Some(said) = line.strip_prefix("#交易合计") {
            payments = Some(total(said, number)?);
        } else if let Some(said) = line.strip_prefix("#退款合计") {
            refunds = Some(total(said, number)?);
        } else if !line.starts_with('#') && !line.trim().is_empty() {
            entries.push(columns.entry(line, number)?);
        }
    }
    let totals = payments
        .zip(refunds)
        .map(|(payments, refunds)| Totals { payments, refunds });
    Ok(Bill { entries, totals })
}

/// Where the columns are. Those behind the subject are counted from the end: a subject may hold commas.
struct Columns {
    trade_no: usize,
    order_id: usize,
    kind: usize,
    amount_from_end: usize,
    request_no_from_end: usize,
    count: usize,
}

impl Columns {
    fn of(head: &str) -> Result<Self, StatementError> {
        let titles: Vec<&str> = head.split(',').map(str::trim).collect();
        let place = |title| {
            let found = titles.iter().position(|known| *known == title);
            found.ok_or(StatementError::Column(title))
        };
        let subject = place(SUBJECT)?;
        let before = |title| match place(title)? {
            index if index < subject => Ok(index),
            _ => Err(StatementError::Column(title)),
        };
        let behind = |title| match place(title)? {
            index if index > subject => Ok(titles.len() - index),
            _ => Err(StatementError::Column(title)),
        };
        Ok(Self {
            trade_no: before(TRADE_NO)?,
            order_id: before(ORDER_ID)?,
            kind: before(KIND)?,
            amount_from_end: behind(AMOUNT)?,
            request_no_from_end: behind(REQUEST_NO)?,
            count: titles.len(),
        })
    }

    fn entry(&self, line: &str, number: usize) -> Result<Entry, StatementError> {
        let wrong = |what: &str| StatementError::Line {
            line: number,
            what: what.to_owned(),
        };
        // Every value ends in a tab, so that spreadsheets do not take it for a number.
        let values: Vec<&str> = line.split(',').map(str::trim).collect();
        if values.len() < self.count {
            return Err(wrong("too few columns"));
        }
        let amount = |text: &str| {
            text.parse::<Fen>()
                .map_err(|source| StatementError::Amount { line: number, source })
        };
        let written = values[values.len() - self.amount_from_end];
        let (kind, amount) = match (values[self.kind], written.strip_prefix('-')) {
            ("交易", None) => (Kind::Payment, amount(written)?),
            ("退款", Some(positive)) => {
                let request_no = values[values.len() - self.request_no_from_end];
                (Kind::Refund(request_no.to_owned()), amount(positive)?)
            }
            ("交易" | "退款", _) => return Err(wrong("a sum with the wrong sign")),
            (kind, _) => return Err(wrong(&format!("unknown kind {kind:?}"))),
        };
        Ok(Entry {
            kind,
            trade_no: values[self.trade_no].to_owned(),
            order_id: values[self.order_id].to_owned(),
            amount,
        })
    }
}

/// `：3笔，商家实收共88.80元，商家优惠共0.00元`: how many, and what they cost before the shop's own coupons. Refunds are
/// written with or without a minus.
fn total(said: &str, line: usize) -> Result<(usize, Fen), StatementError> {
    let wrong = || StatementError::Line {
        line,
        what: "a total that cannot be read".to_owned(),
    };
    let (count, rest) = said
        .trim_start_matches(['：', ':'])
        .split_once('笔')
        .ok_or_else(wrong)?;
    let count = count
        .trim()
        .parse()
        .map_err(|error: std::num::ParseIntError| StatementError::Line {
            line,
            what: error.to_string(),
        })?;
    let mut sum = Fen::ZERO;
    for part in rest.split('共').skip(1) {
        let text = part.split_once('元').ok_or_else(wrong)?.0;
        let part: Fen = text
            .trim_start_matches('-')
            .parse()
            .map_err(|source| StatementError::Amount { line, source })?;
        sum = sum.checked_add(part).ok_or_else(wrong)?;
    }
    Ok((count, sum))
}

#[cfg(test)]
mod tests;
