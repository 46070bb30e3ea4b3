//! Everything that a notify can be wrong in (reliability §3, row N): none pays, none is answered with `success`.

use reqwest::StatusCode;

use crate::alipay::Pairs;
use crate::shop::{APP_ID, Engine, ORDER, SELLER_ID, Shop, order, request};

async fn shop_with_an_order() -> Shop {
    let shop = Shop::start().await;
    shop.pays.register(&order(), &request()).await.unwrap();
    shop
}

impl Shop {
    async fn assert_refused(&self, pairs: &Pairs, what: &str) {
        let (status, body) = self.notify(pairs).await;
        assert_ne!(body, "success", "{what}");
        assert!(status.as_u16() < 500, "{what}: {status}");
        assert_eq!(body, "fail", "{what}");
        self.assert_untouched(what).await;
    }

    async fn assert_untouched(&self, what: &str) {
        assert_eq!(self.payment_status().await, "waiting", "{what}");
        for table in ["pays_transaction", "outbox"] {
            let rows = self.number(&format!("SELECT COUNT(*) FROM {table}")).await;
            assert_eq!(rows, 0, "{what}: {table}");
        }
    }

    /// How often an anomaly of this kind was noted down.
    async fn anomalies(&self, code: u32) -> i64 {
        self.number(&format!("SELECT COUNT(*) FROM pays_anomaly WHERE code = {code}"))
            .await
    }
}

fn with(mut pairs: Pairs, name: &str, value: &str) -> Pairs {
    pairs.retain(|(known, _)| known != name);
    pairs.push((name.to_owned(), value.to_owned()));
    pairs
}

fn without(mut pairs: Pairs, name: &str) -> Pairs {
    pairs.retain(|(known, _)| known != name);
    pairs
}

fn value(pairs: &Pairs, name: &str) -> String {
    let pair = pairs.iter().find(|(known, _)| known == name);
    pair.map(|(_, value)| value.clone()).unwrap_or_default()
}

#[tokio::test]
async fn the_same_shop_believes_a_right_notify() {
    let shop = shop_with_an_order().await;
    let (status, body) = shop.notify(&shop.alipay.notify(&[])).await;
    assert_eq!((status, body.as_str()), (StatusCode::OK, "success"));
    assert_eq!(shop.payment_status().await, "paid");
    shop.stop().await;
}

#[tokio::test]
async fn any_field_changed_added_or_left_out_after_signing_spoils_the_signature() {
    let shop = shop_with_an_order().await;
    let right = shop.alipay.notify(&[]);
    for (name, old) in right.iter().filter(|(name, _)| name != "sign_type") {
        shop.assert_refused(&with(right.clone(), name, &format!("{old}0")), name)
            .await;
        shop.assert_refused(&without(right.clone(), name), name).await;
    }
    shop.assert_refused(&with(right.clone(), "extra", ""), "extra")
        .await;
    // Even the one that is empty: blanks are signed.
    assert_eq!(value(&right, "body"), "");
    assert_eq!(shop.number("SELECT COUNT(*) FROM pays_notify_log").await, 0);
    shop.stop().await;
}

#[tokio::test]
async fn a_signature_in_another_spelling_or_by_another_key_is_refused() {
    let shop = shop_with_an_order().await;
    let right = shop.alipay.notify(&[]);
    let sign = value(&right, "sign");
    for wrong in [
        "",
        "null",
        &sign[1..],
        &sign[..343],
        &format!("{sign}A"),
        &format!(" {sign}"),
        &format!("{sign}\n"),
        &sign.replace('+', "-").replace('/', "_").replace('=', ""),
        &shop.alipay.sign("another text"),
        "!!!!",
    ] {
        shop.assert_refused(&with(right.clone(), "sign", wrong), wrong)
            .await;
    }
    for sign_type in ["RSA", "rsa2", "", "MD5", "RSA2 "] {
        shop.assert_refused(&with(right.clone(), "sign_type", sign_type), sign_type)
            .await;
    }
    shop.assert_refused(&without(right, "sign_type"), "no sign_type")
        .await;
    shop.stop().await;
}

#[tokio::test]
async fn a_rightly_signed_notify_lacking_what_binds_it_is_refused() {
    let shop = shop_with_an_order().await;
    for name in [
        "app_id",
        "seller_id",
        "out_trade_no",
        "trade_no",
        "total_amount",
        "trade_status",
        "notify_id",
    ] {
        for value in ["-", ""] {
            let pairs = shop.alipay.notify(&[(name, value)]);
            shop.assert_refused(&pairs, &format!("{name}={value}")).await;
        }
    }
    for (name, value) in [
        ("charset", "gbk"),
        ("trade_status", "TRADE_PENDING"),
        ("trade_status", "trade_success"),
        ("trade_no", "20261121 22001"),
        ("trade_no", "２０２６"),
        ("refund_fee", "all"),
    ] {
        let pairs = shop.alipay.notify(&[(name, value)]);
        shop.assert_refused(&pairs, &format!("{name}={value}")).await;
    }
    shop.stop().await;
}

#[tokio::test]
async fn a_rightly_signed_sum_that_is_not_the_orders_to_the_fen_is_refused() {
    let shop = shop_with_an_order().await;
    for amount in [
        "527.99",
        "528.01",
        "5.28",
        "52800",
        "0.00",
        "528.000",
        "528.0.0",
        "5.28e2",
        "+528.00",
        "-528.00",
        " 528.00",
        "528,00",
        "５２８.00",
        "0x210",
        "NaN",
    ] {
        shop.assert_refused(&shop.alipay.notify(&[("total_amount", amount)]), amount)
            .await;
    }
    assert_eq!(shop.anomalies(10503).await, 1, "one row for one trade");
    shop.stop().await;
}

#[tokio::test]
async fn one_sum_has_several_right_spellings() {
    for amount in ["528", "528.0", "528.00"] {
        let shop = shop_with_an_order().await;
        let (_, body) = shop
            .notify(&shop.alipay.notify(&[("total_amount", amount)]))
            .await;
        assert_eq!(body, "success", "{amount}");
        shop.stop().await;
    }
}

#[tokio::test]
async fn a_rightly_signed_notify_for_another_account_or_order_is_refused_and_reported() {
    let shop = shop_with_an_order().await;
    let other_app = APP_ID.replace('9', "8");
    let other_seller = SELLER_ID.replace('2', "3");
    for (name, wrong) in [("app_id", &other_app), ("seller_id", &other_seller)] {
        shop.assert_refused(&shop.alipay.notify(&[(name, wrong)]), name)
            .await;
    }
    assert_eq!(shop.anomalies(10504).await, 1);
    let longer = format!("{ORDER}0");
    for order in [
        longer.as_str(),
        "1",
        "2026112119304570 ",
        "' OR 1=1-- ",
        "202611211930457 ",
    ] {
        shop.assert_refused(&shop.alipay.notify(&[("out_trade_no", order)]), order)
            .await;
    }
    assert_eq!(shop.anomalies(10501).await, 1);
    assert!(
        shop.number("SELECT COUNT(*) FROM pays_notify_log WHERE verdict = 'anomaly'")
            .await
            > 0
    );
    shop.stop().await;
}

#[tokio::test]
async fn a_body_that_is_no_clean_form_is_refused() {
    let shop = shop_with_an_order().await;
    let right = serde_urlencoded::to_string(shop.alipay.notify(&[])).unwrap();
    let json = serde_json::to_string(&shop.alipay.notify(&[])).unwrap();
    for (what, body) in [
        ("empty", String::new()),
        ("json", json),
        ("sign twice", format!("{right}&sign=x")),
        ("total_amount twice", format!("total_amount=0.01&{right}")),
        ("escaped name twice", format!("{right}&total%5Famount=528.00")),
        ("bad escape", format!("{right}&x=%zz")),
        ("half an escape", format!("{right}&x=%4")),
        ("no utf-8", format!("{right}&x=%FF")),
        ("encoded twice", right.replace('%', "%25")),
        ("plus as plus", right.replace('+', "%2B")),
        (
            "multipart",
            format!("--b\r\ncontent-disposition: form-data\r\n\r\n{right}\r\n--b--"),
        ),
    ] {
        let (_, answer) = shop.notify_raw(body.into_bytes()).await;
        assert_eq!(answer, "fail", "{what}");
        shop.assert_untouched(what).await;
    }
    let (_, answer) = shop
        .notify_raw(b"a=\xff\xfe&sign=x&sign_type=RSA2".to_vec())
        .await;
    assert_eq!(answer, "fail");
    shop.stop().await;
}

#[tokio::test]
async fn a_body_beyond_64_kilobytes_is_refused_unread() {
    let shop = shop_with_an_order().await;
    let right = shop.alipay.notify(&[("passback_params", &"x".repeat(65_000))]);
    let (status, answer) = shop.notify(&right).await;
    assert_eq!((status, answer.as_str()), (StatusCode::PAYLOAD_TOO_LARGE, "fail"));
    shop.assert_untouched("large").await;
    shop.stop().await;
}

#[tokio::test]
async fn only_a_post_without_a_query_is_a_notify() {
    let shop = shop_with_an_order().await;
    let right = serde_urlencoded::to_string(shop.alipay.notify(&[])).unwrap();
    let url = format!("{}/v1/pays/notify_url", shop.url);
    let got = shop.http.get(format!("{url}?{right}")).send().await.unwrap();
    assert_eq!(got.status(), StatusCode::METHOD_NOT_ALLOWED);
    let posted = shop.http.post(format!("{url}?sign=x")).body(right).send().await;
    assert_eq!(posted.unwrap().text().await.unwrap(), "fail");
    shop.assert_untouched("query").await;
    shop.stop().await;
}

#[tokio::test]
async fn the_answer_is_bare_text_without_cookies() {
    let shop = shop_with_an_order().await;
    let right = serde_urlencoded::to_string(shop.alipay.notify(&[])).unwrap();
    let url = format!("{}/v1/pays/notify_url", shop.url);
    let request = shop.http.post(url).header("accept", "application/problem+json");
    let response = request.body(right).send().await.unwrap();
    let content_type = response.headers()["content-type"].to_str().unwrap().to_owned();
    assert!(content_type.starts_with("text/plain"), "{content_type}");
    assert!(!response.headers().contains_key("set-cookie"));
    assert_eq!(response.bytes().await.unwrap(), b"success"[..]);
    shop.stop().await;
}

#[tokio::test]
async fn without_a_database_alipay_is_asked_to_come_again() {
    let Some(shop) = Shop::start_on(Engine::MariaDb).await else {
        return;
    };
    shop.pays.register(&order(), &request()).await.unwrap();
    shop.run("RENAME TABLE pays_transaction TO elsewhere").await;
    let right = shop.alipay.notify(&[]);
    let (status, body) = shop.notify(&right).await;
    assert_eq!((status, body.as_str()), (StatusCode::SERVICE_UNAVAILABLE, "fail"));
    shop.run("RENAME TABLE elsewhere TO pays_transaction").await;
    shop.assert_untouched("no table").await;
    assert_eq!(shop.notify(&right).await.1, "success");
    assert_eq!(shop.payment_status().await, "paid");
    shop.stop().await;
}
