//! The bill of a day, as Alipay packs it.

use std::io::{Cursor, Read};

use encoding_rs::GBK;
use serde_json::{Value, json};
use zip::ZipArchive;

use crate::merchant::{Merchant, shop};
use crate::setup::TestSandbox;

const METHOD: &str = "alipay.data.dataservice.bill.downloadurl.query";

fn today() -> String {
    let now = chrono::Utc::now() + chrono::TimeDelta::hours(8);
    now.format("%Y-%m-%d").to_string()
}

async fn ask(sandbox: &TestSandbox, merchant: &Merchant, date: &str) -> Value {
    let content = json!({"bill_type": "trade", "bill_date": date});
    merchant.call(sandbox, METHOD, &content).await
}

/// The names of the files of the bill, and the text of the first.
async fn bill(sandbox: &TestSandbox, merchant: &Merchant) -> (Vec<String>, String) {
    let placed = ask(sandbox, merchant, &today()).await;
    let url = placed["bill_download_url"].as_str().unwrap();
    let packed = sandbox
        .client
        .get(url)
        .send()
        .await
        .unwrap()
        .bytes()
        .await
        .unwrap();
    let mut archive = ZipArchive::new(Cursor::new(packed)).unwrap();
    let mut names = Vec::new();
    let mut first = Vec::new();
    for index in 0..archive.len() {
        let mut file = archive.by_index(index).unwrap();
        names.push(GBK.decode(file.name_raw()).0.into_owned());
        if index == 0 {
            file.read_to_end(&mut first).unwrap();
        }
    }
    (names, GBK.decode(&first).0.into_owned())
}

#[tokio::test]
async fn a_bill_lists_payments_and_refunds_in_gbk_with_totals() {
    let (sandbox, merchant, receiver) = shop().await;
    assert_eq!(
        ask(&sandbox, &merchant, &today()).await["sub_code"],
        "isp.bill_not_exist"
    );
    merchant.pay(&sandbox, "2026A", "10.00", &receiver).await;
    let refund = json!({"out_trade_no": "2026A", "refund_amount": "4.00", "out_request_no": "R1"});
    merchant.call(&sandbox, "alipay.trade.refund", &refund).await;
    let (names, text) = bill(&sandbox, &merchant).await;
    let day = today().replace('-', "");
    assert_eq!(
        names,
        [
            format!("20880001000000010156_{day}_业务明细.csv"),
            format!("20880001000000010156_{day}_业务明细(汇总).csv"),
        ]
    );
    assert!(text.starts_with("#支付宝业务明细查询\r\n"), "{text}");
    assert!(text.contains("\t,2026A\t,交易\t,"), "{text}");
    assert!(
        text.contains("\t,-4.00\t,") && text.contains("\t,R1\t,"),
        "{text}"
    );
    assert!(text.contains("#交易合计：1笔，商家实收共10.00元"), "{text}");
    assert!(text.contains("#退款合计：1笔，商家实收退款共-4.00元"), "{text}");
    sandbox.put("/api/switches", r#"{"bill":"wrong_amount"}"#).await;
    assert!(bill(&sandbox, &merchant).await.1.contains("\t,10.01\t,"));
    sandbox.put("/api/switches", r#"{"bill":"missing_line"}"#).await;
    assert!(!bill(&sandbox, &merchant).await.1.contains("交易\t,"));
}

#[tokio::test]
async fn other_bills_and_addresses_that_were_never_given_out_are_refused() {
    let (sandbox, merchant, _receiver) = shop().await;
    for date in ["2026-13-01", "yesterday", "2026-11"] {
        let answer = ask(&sandbox, &merchant, date).await;
        assert_eq!(answer["sub_code"], "ACQ.INVALID_PARAMETER", "{date}");
    }
    let url = format!("{}/alipay/downloadBillFile.resource?fileId=x", sandbox.url);
    assert_eq!(sandbox.client.get(url).send().await.unwrap().status(), 404);
}
