//! What is signed, held against a second, naive way to say it.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use proptest::collection::btree_map;
use proptest::prelude::{prop_assert_eq, prop_oneof, proptest};
use proptest::strategy::{Just, Strategy};

use super::super::form;
use super::super::keys::PrivateKey;
use super::super::keys::tests::{openssl_keys, read};
use super::{SignatureError, notify_text, request_text, verify};

fn of(pairs: &BTreeMap<String, String>) -> impl Iterator<Item = (&str, &str)> {
    pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()))
}

/// By the letter of the rule: keep, sort by bytes, join.
fn naive(pairs: &BTreeMap<String, String>, is_signed: impl Fn(&str, &str) -> bool) -> String {
    let mut kept: Vec<(&[u8], &str, &str)> = Vec::new();
    for (name, value) in pairs {
        if is_signed(name, value) {
            kept.push((name.as_bytes(), name, value));
        }
    }
    kept.sort_by(|left, right| left.0.cmp(right.0));
    let parts: Vec<String> = kept
        .iter()
        .map(|(_, name, value)| [name, "=", value].concat())
        .collect();
    parts.join("&")
}

fn fields() -> impl Strategy<Value = BTreeMap<String, String>> {
    let name = prop_oneof![
        Just("sign".to_owned()),
        Just("sign_type".to_owned()),
        Just("sign_typ".to_owned()),
        "[a-zA-Z_]{1,12}",
        "\\PC{1,5}",
    ];
    let value = prop_oneof![Just(String::new()), "[ -~]{0,20}", "\\PC{0,10}"];
    btree_map(name, value, 0..20)
}

proptest! {
    #[test]
    fn both_texts_agree_with_the_naive_ones(pairs in fields()) {
        let request = naive(&pairs, |name, value| name != "sign" && !value.is_empty());
        prop_assert_eq!(request_text(of(&pairs)), request);
        let notify = naive(&pairs, |name, _| name != "sign" && name != "sign_type");
        prop_assert_eq!(notify_text(of(&pairs)), notify);
    }

    #[test]
    fn a_notify_sent_as_a_form_is_signed_as_it_was_written(pairs in fields()) {
        let body = serde_urlencoded::to_string(&pairs).unwrap();
        let parsed = form::parse(body.as_bytes()).unwrap();
        prop_assert_eq!(notify_text(of(&parsed)), notify_text(of(&pairs)));
    }
}

#[test]
fn a_request_covers_its_sign_type_and_a_notify_covers_its_blanks() {
    let pairs: BTreeMap<String, String> = [("sign", "x"), ("sign_type", "RSA2"), ("body", ""), ("a", "1+ 2")]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
    assert_eq!(request_text(of(&pairs)), "a=1+ 2&sign_type=RSA2");
    assert_eq!(notify_text(of(&pairs)), "a=1+ 2&body=");
}

#[test]
fn a_signature_has_one_spelling() {
    let Some(dir) = openssl_keys() else { return };
    let key = PrivateKey::parse(&read(dir.path(), "pkcs8.pem")).ok().unwrap();
    let sign = key.sign(b"text").unwrap();
    assert!(verify(key.public(), b"text", &sign).is_ok());
    let url_safe = sign.replace('+', "-").replace('/', "_");
    let mut flipped = STANDARD.decode(&sign).unwrap();
    flipped[0] ^= 1;
    for wrong in [
        String::new(),
        format!(" {sign}"),
        format!("{sign}\n"),
        sign[..343].to_owned(),
        format!("{sign}="),
        format!("{}\n{}", &sign[..64], &sign[64..]),
        STANDARD.encode(&flipped),
        STANDARD.encode([flipped.as_slice(), &[0]].concat()),
        STANDARD.encode(&flipped[1..]),
    ] {
        assert!(verify(key.public(), b"text", &wrong).is_err(), "{wrong:?}");
    }
    if url_safe != sign {
        let refused = verify(key.public(), b"text", &url_safe);
        assert!(matches!(refused, Err(SignatureError::Base64(_))));
    }
    let forged = verify(key.public(), b"tex", &sign);
    assert!(matches!(forged, Err(SignatureError::Forged)));
}
