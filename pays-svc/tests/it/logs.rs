//! Cases of which only the log speaks, by their codes; and what the log must never say.

use common::contracts::events::orders::{RefundReason, RefundRequested};
use common::contracts::internal_apis::pays::PaymentState;
use common::money::Fen;

use crate::alipay::Mode;
use crate::process::{Home, request_now};
use crate::shop::{keys, order};

#[tokio::test]
async fn each_case_is_logged_under_its_code_and_nothing_secret_is() {
    let home = Home::new().await;
    let life = home.start(None).await;
    life.pays.register(&order(), &request_now()).await.unwrap();

    let mut forged = home.alipay.notify(&[]);
    forged.push(("extra".into(), "x".into()));
    assert_eq!(life.notify(&forged).await.unwrap(), "fail");
    life.logs(10500).await;
    let unreadable = vec![("sign".to_owned(), "x".to_owned())];
    assert_eq!(life.notify(&unreadable).await.unwrap(), "fail");
    life.logs(10510).await;

    assert_eq!(life.pays.sync(&order()).await.unwrap(), PaymentState::Waiting);
    life.logs(10505).await;
    home.alipay.set_mode(Mode::AnswerLost);
    assert_eq!(life.pays.sync(&order()).await.unwrap(), PaymentState::Silent);
    life.logs(10502).await;
    home.run("ALTER TABLE pays_payment RENAME TO elsewhere").await;
    life.pays.sync(&order()).await.unwrap_err();
    life.logs(10599).await;
    home.run("ALTER TABLE elsewhere RENAME TO pays_payment").await;

    let log = life.log();
    for (file, what) in [
        ("app_private.pem", "our key"),
        ("alipay_public.pem", "Alipay's key"),
    ] {
        let pem = std::fs::read_to_string(keys().join(file)).unwrap();
        for line in pem.lines().filter(|line| !line.starts_with("-----")) {
            assert!(!log.contains(line), "{what}");
        }
    }
    for secret in ["sign=", "2088102116773037", "zho***@test.com"] {
        assert!(!log.contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn a_refund_of_money_that_never_came_is_logged_and_parked() {
    let home = Home::new().await;
    home.tell(&RefundRequested {
        order_id: order(),
        trade_no: "2026112122001".into(),
        amount: Fen(1),
        reason: RefundReason::Amount,
        refund_no: None,
    })
    .await;
    let life = home.start(None).await;
    life.logs(10513).await;
    assert_eq!(home.number("SELECT COUNT(*) FROM pays_refund").await, 0);
}
