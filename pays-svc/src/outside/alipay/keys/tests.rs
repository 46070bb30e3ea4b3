//! Keys as openssl makes them, in every spelling that people store; and what they sign, as openssl sees it.
#![allow(clippy::unwrap_used, reason = "a helper that fails must fail its test")]

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rsa::pkcs8::DecodePrivateKey;
use rsa::signature::Signer;

use super::{KeyError, PrivateKey, PublicKey};

/// A directory with a key pair by openssl in its usual spellings; `None` when there is no openssl here.
pub(in super::super) fn openssl_keys() -> Option<tempfile::TempDir> {
    if Command::new("openssl").arg("version").output().is_err() {
        println!("skipped: no openssl command");
        return None;
    }
    let dir = tempfile::tempdir().unwrap();
    for command in [
        "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out pkcs8.pem",
        "rsa -in pkcs8.pem -traditional -out pkcs1.pem",
        "pkey -in pkcs8.pem -pubout -out spki.pem",
        "rsa -in pkcs8.pem -RSAPublicKey_out -out pkcs1_public.pem",
        "pkey -in pkcs8.pem -aes256 -passout pass:x -out encrypted.pem",
        "rsa -in pkcs8.pem -traditional -aes256 -passout pass:x -out encrypted_pkcs1.pem",
        "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024 -out short.pem",
        "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out ec.pem",
        "req -new -x509 -key pkcs8.pem -subj /CN=x -out certificate.pem",
    ] {
        openssl(dir.path(), command);
    }
    Some(dir)
}

pub(in super::super) fn openssl(dir: &Path, command: &str) {
    let done = Command::new("openssl")
        .args(command.split(' '))
        .current_dir(dir)
        .output()
        .unwrap();
    assert!(done.status.success(), "{command}: {done:?}");
}

pub(in super::super) fn read(dir: &Path, name: &str) -> String {
    std::fs::read_to_string(dir.join(name)).unwrap()
}

/// The base64 of a PEM text without its marks, still with line breaks.
fn body(pem: &str) -> String {
    let lines = pem.lines().filter(|line| !line.starts_with("-----"));
    lines.map(|line| format!("{line}\n")).collect()
}

#[test]
fn private_keys_load_in_every_spelling_and_sign_the_same() {
    let Some(dir) = openssl_keys() else { return };
    let (pkcs8, pkcs1) = (read(dir.path(), "pkcs8.pem"), read(dir.path(), "pkcs1.pem"));
    let expected = PrivateKey::parse(&pkcs8).ok().unwrap().sign(b"text").unwrap();
    for text in [
        pkcs1.clone(),
        body(&pkcs8),
        body(&pkcs1),
        body(&pkcs8).replace('\n', ""),
        body(&pkcs1).replace('\n', "\r\n"),
        format!("\u{feff}{}", body(&pkcs1)),
        format!("some words before\n{pkcs8}"),
        format!(
            "-----BEGIN RSA PRIVATE KEY-----\n{}-----END RSA PRIVATE KEY-----\n",
            body(&pkcs8)
        ),
        format!(
            "-----BEGIN PRIVATE KEY-----\n{}-----END PRIVATE KEY-----",
            body(&pkcs1)
        ),
    ] {
        let key = PrivateKey::parse(&text).ok().unwrap();
        assert_eq!(key.sign(b"text").unwrap(), expected, "{}", &text[..40]);
    }
}

#[test]
fn public_keys_load_in_every_spelling_and_are_the_same() {
    let Some(dir) = openssl_keys() else { return };
    let spki = read(dir.path(), "spki.pem");
    let expected = PublicKey::parse(&spki).unwrap();
    for text in [
        body(&spki),
        body(&spki).replace('\n', ""),
        read(dir.path(), "pkcs1_public.pem"),
    ] {
        assert_eq!(PublicKey::parse(&text).unwrap(), expected);
    }
    let private = PrivateKey::parse(&read(dir.path(), "pkcs1.pem")).ok().unwrap();
    assert_eq!(private.public(), &expected);
}

#[test]
fn a_key_whose_smaller_prime_comes_first_signs_all_the_same() {
    let Some(dir) = openssl_keys() else { return };
    let key = rsa::RsaPrivateKey::from_pkcs8_pem(&read(dir.path(), "pkcs8.pem")).unwrap();
    let mut primes = rsa::traits::PrivateKeyParts::primes(&key).to_vec();
    primes.sort();
    let (n, e) = (
        rsa::traits::PublicKeyParts::n(&key),
        rsa::traits::PublicKeyParts::e(&key),
    );
    let d = rsa::traits::PrivateKeyParts::d(&key);
    let turned = rsa::RsaPrivateKey::from_components(n.clone(), e.clone(), d.clone(), primes).unwrap();
    let der = rsa::pkcs1::EncodeRsaPrivateKey::to_pkcs1_der(&turned).unwrap();
    assert!(PrivateKey::parse(&STANDARD.encode(der.as_bytes())).is_ok());
}

#[test]
fn what_is_no_fit_key_is_refused_with_the_reason() {
    let Some(dir) = openssl_keys() else { return };
    let private = |name| PrivateKey::parse(&read(dir.path(), name)).err().unwrap();
    assert!(matches!(private("encrypted.pem"), KeyError::Encrypted));
    assert!(matches!(private("encrypted_pkcs1.pem"), KeyError::Encrypted));
    assert!(matches!(private("short.pem"), KeyError::TooShort(1024)));
    assert!(matches!(private("ec.pem"), KeyError::NotPrivate(_)));
    assert!(matches!(private("spki.pem"), KeyError::PublicInstead));
    assert!(matches!(private("certificate.pem"), KeyError::Certificate));
    let cut_off = read(dir.path(), "pkcs8.pem").replace("-----END", "");
    assert!(matches!(PrivateKey::parse(&cut_off), Err(KeyError::CutOff)));
    assert!(matches!(PrivateKey::parse("no key"), Err(KeyError::Base64(_))));
    assert!(matches!(PrivateKey::parse(""), Err(KeyError::NotPrivate(_))));
    let public = PublicKey::parse(&read(dir.path(), "pkcs8.pem"));
    assert!(matches!(public, Err(KeyError::NotPublic(_))));
}

#[test]
fn openssl_accepts_what_we_sign_and_we_accept_what_openssl_signs() {
    let Some(dir) = openssl_keys() else { return };
    let key = PrivateKey::parse(&read(dir.path(), "pkcs8.pem")).ok().unwrap();
    let message = "app_id=1&biz_content={\"subject\":\"达达\"}&sign_type=RSA2";
    std::fs::write(dir.path().join("message"), message).unwrap();

    let ours = STANDARD.decode(key.sign(message.as_bytes()).unwrap()).unwrap();
    std::fs::write(dir.path().join("ours"), &ours).unwrap();
    openssl(
        dir.path(),
        "dgst -sha256 -verify spki.pem -signature ours message",
    );

    openssl(dir.path(), "dgst -sha256 -sign pkcs8.pem -out theirs message");
    let theirs = std::fs::read(dir.path().join("theirs")).unwrap();
    assert!(key.public().is_signed(message.as_bytes(), &theirs));
    assert_eq!(ours, theirs, "PKCS#1 v1.5 is deterministic");
    openssl(dir.path(), "dgst -sha1 -sign pkcs8.pem -out sha1 message");
    let sha1 = std::fs::read(dir.path().join("sha1")).unwrap();
    assert!(
        !key.public().is_signed(message.as_bytes(), &sha1),
        "RSA is not RSA2"
    );
}

/// Shows what a signature costs, in CPU time of this thread.
#[test]
#[ignore = "a measurement: cargo test -p pays-svc --lib -- --ignored --nocapture cost_of"]
fn cost_of_signing_and_verifying() {
    let dir = openssl_keys().unwrap();
    let pem = read(dir.path(), "pkcs8.pem");
    let ours = PrivateKey::parse(&pem).ok().unwrap();
    let theirs = rsa::pkcs1v15::SigningKey::<rsa::sha2::Sha256>::new(
        rsa::RsaPrivateKey::from_pkcs8_pem(&pem).unwrap(),
    );
    let message = "x".repeat(700);
    let signature = STANDARD.decode(ours.sign(message.as_bytes()).unwrap()).unwrap();
    let measure = |what: &str, rounds: u32, work: &dyn Fn()| {
        let started = cpu_time();
        (0..rounds).for_each(|_| work());
        println!("{what}: {:?}", (cpu_time() - started) / rounds);
    };
    measure("ring signs", 500, &|| {
        drop(ours.sign(message.as_bytes()).unwrap())
    });
    measure("rsa signs", 200, &|| drop(theirs.sign(message.as_bytes())));
    measure("ring verifies", 2000, &|| {
        assert!(ours.public().is_signed(message.as_bytes(), &signature));
    });
}

/// What this thread has run so far (Linux).
fn cpu_time() -> Duration {
    let schedstat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    Duration::from_nanos(schedstat.split(' ').next().unwrap().parse().unwrap())
}
