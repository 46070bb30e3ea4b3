//! The trade's state machine over every (action, status) pair, and its refunds.

use chrono::{DateTime, Utc};

use super::{FundChange, PagePayOrder, Trade, TradeStatus};
use crate::alipay::failure::Failure;
use crate::money::Fen;

const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

fn trade_in(status: TradeStatus) -> Trade {
    let order = order(Fen(1000));
    let mut trade = Trade::open(order, "2026".to_owned(), NOW);
    if matches!(status, TradeStatus::TradeSuccess | TradeStatus::TradeFinished) {
        trade.paid_at = Some(NOW);
    }
    trade.status = status;
    trade
}

fn order(total_amount: Fen) -> PagePayOrder {
    PagePayOrder {
        out_trade_no: "1".to_owned(),
        subject: "1".to_owned(),
        total_amount,
        expires_at: None,
        return_url: None,
        notify_url: Some("http://127.0.0.1/".to_owned()),
    }
}

#[test]
fn every_action_in_every_status_ends_as_the_table_says() {
    use TradeStatus::{TradeClosed, TradeFinished, TradeSuccess, WaitBuyerPay};
    let from = [WaitBuyerPay, TradeSuccess, TradeClosed, TradeFinished];
    type Action = fn(&mut Trade) -> Result<(), Failure>;
    type Outcomes = [Result<TradeStatus, Failure>; 4];
    let rows: [(&str, Action, Outcomes); 5] = [
        (
            "pay",
            |trade| trade.pay(NOW),
            [
                Ok(TradeSuccess),
                Err(Failure::TradeHasSuccess),
                Err(Failure::TradeHasClose),
                Err(Failure::TradeHasSuccess),
            ],
        ),
        (
            "reopen",
            |trade| trade.reopen(order(Fen(1000))),
            [
                Ok(WaitBuyerPay),
                Err(Failure::TradeHasSuccess),
                Err(Failure::TradeHasClose),
                Err(Failure::TradeHasSuccess),
            ],
        ),
        (
            "close",
            |trade| trade.close(NOW),
            [
                Ok(TradeClosed),
                Err(Failure::TradeStatusError),
                Err(Failure::TradeStatusError),
                Err(Failure::TradeStatusError),
            ],
        ),
        (
            "refund in full",
            |trade| trade.refund("R1".to_owned(), Fen(1000), NOW).map(drop),
            [
                Err(Failure::TradeStatusError),
                Ok(TradeClosed),
                Err(Failure::TradeStatusError),
                Err(Failure::TradeHasFinished),
            ],
        ),
        (
            "finish",
            |trade| trade.finish(NOW),
            [
                Err(Failure::TradeStatusError),
                Ok(TradeFinished),
                Err(Failure::TradeStatusError),
                Err(Failure::TradeStatusError),
            ],
        ),
    ];
    for (name, action, expected) in rows {
        for (status, expected) in from.into_iter().zip(expected) {
            let mut trade = trade_in(status);
            let result = action(&mut trade).map(|()| trade.status);
            assert_eq!(result, expected, "{name} from {status:?}");
        }
    }
}

#[test]
fn another_amount_under_the_same_number_is_refused() {
    let mut trade = trade_in(TradeStatus::WaitBuyerPay);
    assert_eq!(trade.reopen(order(Fen(1001))), Err(Failure::ContextInconsistent));
}

#[test]
fn refunds_add_up_once_per_number_and_never_exceed_the_payment() {
    let mut trade = trade_in(TradeStatus::WaitBuyerPay);
    trade.pay(NOW).unwrap();
    assert_eq!(trade.refund("A".to_owned(), Fen(400), NOW), Ok(FundChange::Yes));
    assert_eq!(trade.refund("A".to_owned(), Fen(400), NOW), Ok(FundChange::No));
    assert_eq!(
        trade.refund("A".to_owned(), Fen(401), NOW),
        Err(Failure::DiscordantRepeatRequest)
    );
    assert_eq!(
        trade.refund("B".to_owned(), Fen(601), NOW),
        Err(Failure::RefundExceedsPayment)
    );
    assert_eq!(trade.status, TradeStatus::TradeSuccess);
    assert_eq!(trade.refund("B".to_owned(), Fen(600), NOW), Ok(FundChange::Yes));
    assert_eq!(
        trade.refund("C".to_owned(), Fen(1), NOW),
        Err(Failure::RefundExceedsPayment)
    );
    assert_eq!(
        (trade.status, trade.refunded()),
        (TradeStatus::TradeClosed, Fen(1000))
    );
    let told: Vec<_> = trade.notices.iter().map(|notice| notice.trade_status).collect();
    assert_eq!(
        told,
        [
            TradeStatus::TradeSuccess,
            TradeStatus::TradeSuccess,
            TradeStatus::TradeClosed
        ]
    );
}
