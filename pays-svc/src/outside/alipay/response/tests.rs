//! Answers as Alipay sends them, and as someone in between would like them.
#![allow(clippy::unwrap_used, reason = "a helper that fails must fail its test")]

use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};
use serde::Deserialize;

use super::super::keys::PrivateKey;
use super::super::keys::tests::{openssl_keys, read};
use super::{AnswerError, Head, verified};

const KEY: &str = "alipay_trade_query_response";

fn key() -> Option<PrivateKey> {
    let dir = openssl_keys()?;
    PrivateKey::parse(&read(dir.path(), "pkcs8.pem")).ok()
}

fn answer(key: &PrivateKey, content: &str) -> String {
    let sign = key.sign(content.as_bytes()).unwrap();
    format!(r#"{{"{KEY}":{content},"sign":"{sign}"}}"#)
}

#[derive(Debug, Deserialize)]
struct Content {
    store_name: String,
}

#[test]
fn the_bytes_that_were_signed_are_the_bytes_that_are_read() {
    let Some(key) = key() else { return };
    for (content, store_name) in [
        (r#"{"code":"10000","store_name":"a } { b"}"#, "a } { b"),
        (
            r#"{"code":"10000","store_name":"\"},\"sign\":\"x\""}"#,
            r#""},"sign":"x""#,
        ),
        (
            "{ \"code\" : \"10000\" ,\n\"store_name\":\"http:\\/\\/x\\u8fbe\"}",
            "http://x达",
        ),
        (
            r#"{"code":"10000","store_name":"达","alipay_trade_query_response":{"code":"1"}}"#,
            "达",
        ),
    ] {
        let body = answer(&key, content);
        let believed = verified(body.as_bytes(), KEY, key.public()).unwrap();
        assert_eq!(believed.read::<Content>().unwrap().store_name, store_name);
        assert_eq!(believed.read::<Head>().unwrap().code, "10000");
    }
}

#[test]
fn an_error_answer_is_believed_when_it_is_signed() {
    let Some(key) = key() else { return };
    let content = r#"{"code":"40002","msg":"Invalid Arguments","sub_code":"isv.invalid-app-id"}"#;
    let sign = key.sign(content.as_bytes()).unwrap();
    let body = format!(r#"{{"error_response":{content},"sign":"{sign}"}}"#);
    let head: Head = verified(body.as_bytes(), KEY, key.public())
        .unwrap()
        .read()
        .unwrap();
    assert_eq!(head.sub_code, "isv.invalid-app-id");
    let unsigned = format!(r#"{{"error_response":{content}}}"#);
    let refused = verified(unsigned.as_bytes(), KEY, key.public()).err().unwrap();
    assert!(matches!(&refused, AnswerError::Unsigned(text) if text.contains("isv.invalid-app-id")));
}

#[test]
fn whatever_can_be_read_in_two_ways_is_refused() {
    let Some(key) = key() else { return };
    let content = r#"{"code":"10000","store_name":"x"}"#;
    let sign = key.sign(content.as_bytes()).unwrap();
    let forged = r#"{"code":"10000","store_name":"y"}"#;
    for body in [
        format!(r#"{{"{KEY}":{forged},"sign":"{sign}"}}"#),
        format!(r#"{{"{KEY}":{content},"{KEY}":{forged},"sign":"{sign}"}}"#),
        format!(r#"{{"{KEY}":{forged},"{KEY}":{content},"sign":"{sign}"}}"#),
        format!(r#"{{"alipay\u005ftrade_query_response":{forged},"{KEY}":{content},"sign":"{sign}"}}"#),
        format!(r#"{{"{KEY}":{content},"error_response":{forged},"sign":"{sign}"}}"#),
        format!(r#"{{"{KEY}":{content},"sign":"{sign}","sign":"{sign}"}}"#),
        format!(r#"{{"{KEY}":{content},"sign":"{sign}"}} trailing"#),
        format!(r#"{{"{KEY}":{content} ,"sign":null}}"#),
        format!(r#"{{"other_response":{content},"sign":"{sign}"}}"#),
        format!(r#"{{"x":{{"{KEY}":{content},"sign":"{sign}"}}}}"#),
        format!("[{content}]"),
        "<html>".to_owned(),
        String::new(),
    ] {
        assert!(verified(body.as_bytes(), KEY, key.public()).is_err(), "{body}");
    }
}

#[test]
fn the_value_believed_is_always_the_value_signed() {
    let Some(key) = key() else { return };
    proptest!(|(store_name in any::<String>())| {
        let content = serde_json::json!({ "code": "10000", "store_name": store_name }).to_string();
        let body = answer(&key, &content);
        let believed = verified(body.as_bytes(), KEY, key.public()).unwrap();
        prop_assert_eq!(believed.read::<Content>().unwrap().store_name, store_name);
    });
    proptest!(|(body in any::<Vec<u8>>())| {
        prop_assert!(verified(&body, KEY, key.public()).is_err());
    });
}
