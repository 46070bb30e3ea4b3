//! Our books beside Alipay's bill: they match, and whoever changes one fen on either side is found out.

use common::contracts::events::orders::{RefundReason, RefundRequested};
use common::money::Fen;
use pays_svc::settings as own;
use serde_json::json;

use crate::sandbox::Pair;
use crate::shop::{keys, order};

const BILL_DIFFERS: &str = "SELECT CAST(COUNT(*) AS CHAR) FROM pays_anomaly WHERE code = 10515";

/// What a command of the binary said, and its exit code.
async fn run(pair: &Pair, arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_pays-svc"));
    command.args(arguments).env("DADASHOP_LOG", "off");
    for setting in [
        own::DATABASE_URL,
        own::ALIPAY_APP_ID,
        own::ALIPAY_SELLER_ID,
        own::ALIPAY_GATEWAY_URL,
    ] {
        let value = pair.shop.process.source.text(setting).unwrap();
        command.env(format!("DADASHOP_{}", setting.name), value);
    }
    command
        .env(
            "DADASHOP_ALIPAY_PRIVATE_KEY",
            std::fs::read_to_string(keys().join("app_private.pem")).unwrap(),
        )
        .env(
            "DADASHOP_ALIPAY_PUBLIC_KEY_FILE",
            keys().join("alipay_public.pem"),
        );
    let output = tokio::task::spawn_blocking(move || command.output().unwrap())
        .await
        .unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(text).unwrap())
}

fn today() -> String {
    common::clock::shop_text(chrono::Utc::now())[..10].to_owned()
}

/// A shop with one payment of 528.00, of which 100.00 went back.
async fn busy_shop() -> Pair {
    let pair = Pair::start().await;
    pair.open_cashier().await;
    pair.press("pay").await;
    pair.shop
        .until_text("SELECT status FROM pays_payment", "paid")
        .await;
    pair.shop
        .tell(&RefundRequested {
            order_id: order(),
            trade_no: pair.trade().await["trade_no"].as_str().unwrap().to_owned(),
            amount: Fen(10_000),
            reason: RefundReason::Buyer,
            refund_no: Some("AS1".into()),
        })
        .await;
    pair.shop
        .until_text("SELECT status FROM pays_refund", "done")
        .await;
    pair
}

#[tokio::test]
async fn books_and_bill_match_until_somebody_changes_a_fen() {
    let pair = busy_shop().await;
    let day = today();
    let compare = ["reconcile", "--date", day.as_str()];
    let (code, said) = run(&pair, &compare).await;
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("2 lines, all match"), "{said}");
    assert_eq!(run(&pair, &["check"]).await.0, Some(0));

    pair.turn(json!({"bill": "wrong_amount"})).await;
    let (code, said) = run(&pair, &compare).await;
    assert_eq!(code, Some(1), "{said}");
    assert!(
        said.contains("528.01") && said.contains("0.01 more in the bill"),
        "{said}"
    );
    pair.shop.until_text(BILL_DIFFERS, "1").await;

    pair.turn(json!({"bill": "missing_line"})).await;
    let (code, said) = run(&pair, &compare).await;
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("not in the bill: payment of 528.00"), "{said}");

    pair.turn(json!({"bill": "off"})).await;
    let (code, said) = run(&pair, &compare).await;
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("no bill"), "{said}");
    pair.stop().await;
}

#[tokio::test]
async fn one_fen_planted_in_our_own_books_is_found_twice() {
    let pair = busy_shop().await;
    let planted =
        "UPDATE pays_ledger SET amount = amount - 1 WHERE movement = 'refund:AS1' AND side = 'credit'";
    pair.shop.run(planted).await;
    let (code, said) = run(&pair, &["check"]).await;
    assert_eq!(code, Some(1), "{said}");
    assert!(
        said.contains("exactly one debit and one credit of the same sum: refund:AS1"),
        "{said}"
    );
    assert!(said.contains("debits and credits differ by"), "{said}");
    let day = today();
    let (code, said) = run(&pair, &["reconcile", "--date", day.as_str()]).await;
    assert_eq!(code, Some(1), "{said}");
    assert!(
        said.contains("AS1 of 100.00") && said.contains("AS1 of 99.99"),
        "{said}"
    );
    let kept = "SELECT state FROM pays_reconciliation WHERE differences = 1";
    assert_eq!(pair.shop.text(kept).await, "differs");
    pair.stop().await;
}

#[tokio::test]
async fn yesterday_is_compared_without_being_asked() {
    let pair = Pair::start().await;
    pair.shop
        .until_text("SELECT state FROM pays_reconciliation", "matches")
        .await;
    pair.stop().await;
}
