//! Notes down a refund, in the transaction of whoever decided on it, under a number that it will keep for ever.

use common::contracts::events::orders::RefundReason;
use common::db::WriteTxn;
use ring::digest::{SHA256, digest};

use crate::domain::refund::{Refund, reason_name};
use crate::error::PayError;
use crate::store::{refunds, transactions};

/// Hex digits of the digest in a request number; with its letter well below the provider's 64.
const REQUEST_NO_DIGITS: usize = 40;

/// Adds `refund`, and sets its money aside. False when it was noted down before. Refuses what is more than is left of
/// the money that the trade brought in for the order, and a number that means another sum.
pub(crate) async fn note_refund(txn: &WriteTxn, refund: &Refund) -> Result<bool, PayError> {
    let unfounded = || PayError::RefundUnfounded {
        order_id: refund.order_id.clone(),
        trade_no: refund.trade_no.clone(),
        amount: refund.amount,
    };
    if !refunds::add(txn, refund).await? {
        let before = refunds::find(txn, &refund.out_request_no).await?;
        return match before {
            Some(before) if before.amount == refund.amount && before.order_id == refund.order_id => Ok(false),
            Some(_) | None => Err(unfounded()),
        };
    }
    let money = (refund.trade_no.as_str(), &refund.order_id);
    if transactions::set_aside(txn, money, refund.amount).await? {
        Ok(true)
    } else {
        Err(unfounded())
    }
}

/// The number of the refund of `trade_no` for `reason`, where it was given none: always the same one, whoever asks and
/// however often.
pub(crate) fn out_request_no(trade_no: &str, reason: RefundReason) -> String {
    let text = format!("{trade_no}|{}", reason_name(reason));
    let hash = digest(&SHA256, text.as_bytes());
    let hex: String = hash.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("R{}", &hex[..REQUEST_NO_DIGITS])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refund_has_one_number_for_ever() {
        let trade_no = "2026112122001";
        let number = out_request_no(trade_no, RefundReason::Late);
        assert_eq!(number, "R6c11957e3c38b9342e53c27bfca86d1617715f64");
        assert_ne!(number, out_request_no(trade_no, RefundReason::Duplicate));
        assert_ne!(number, out_request_no("2026112122002", RefundReason::Late));
    }
}
