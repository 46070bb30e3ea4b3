//! The trade's state machine over every (action, status) pair, and its refunds.

use chrono::{DateTime, Utc};

use super::TradeStatus::{TradeClosed, TradeFinished, TradeSuccess, WaitBuyerPay};
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
        quit_url: None,
        cashier: Default::default(),
        notify_url: Some("http://127.0.0.1/".to_owned()),
    }
}

type Action = fn(&mut Trade) -> Result<(), Failure>;
/// From `WAIT_BUYER_PAY`, `TRADE_SUCCESS`, `TRADE_CLOSED` (unpaid), `TRADE_FINISHED`.
type Outcomes = [Result<TradeStatus, Failure>; 4];

const NOT_UNPAID: [Result<TradeStatus, Failure>; 3] = [
    Err(Failure::TradeHasSuccess),
    Err(Failure::TradeHasClose),
    Err(Failure::TradeHasSuccess),
];
const STATUS_ERROR: Result<TradeStatus, Failure> = Err(Failure::TradeStatusError);

fn table() -> [(&'static str, Action, Outcomes); 5] {
    let [paid, closed, finished] = NOT_UNPAID;
    let only_unpaid = |then| [Ok(then), paid.clone(), closed.clone(), finished.clone()];
    [
        ("pay", |trade| trade.pay(NOW), only_unpaid(TradeSuccess)),
        (
            "reopen",
            |trade| trade.reopen(order(Fen(1000))),
            only_unpaid(WaitBuyerPay),
        ),
        (
            "close",
            |trade| trade.close(NOW),
            [Ok(TradeClosed), STATUS_ERROR, STATUS_ERROR, STATUS_ERROR],
        ),
        (
            "finish",
            |trade| trade.finish(NOW),
            [STATUS_ERROR, Ok(TradeFinished), STATUS_ERROR, STATUS_ERROR],
        ),
        (
            "refund in full",
            |trade| trade.refund("R1".to_owned(), Fen(1000), NOW).map(drop),
            [
                STATUS_ERROR,
                Ok(TradeClosed),
                STATUS_ERROR,
                Err(Failure::TradeHasFinished),
            ],
        ),
    ]
}

#[test]
fn every_action_in_every_status_ends_as_the_table_says() {
    for (name, action, outcomes) in table() {
        let statuses = [WaitBuyerPay, TradeSuccess, TradeClosed, TradeFinished];
        for (status, outcome) in statuses.into_iter().zip(outcomes) {
            let mut trade = trade_in(status);
            let result = action(&mut trade).map(|()| trade.status);
            assert_eq!(result, outcome, "{name} from {status:?}");
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
