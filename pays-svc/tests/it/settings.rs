//! A service that cannot pay says so at its start.

use common::clock::Clock;
use common::settings::Source;
use pays_svc::{Application, settings as own};

use crate::shop::{keys, process, source};

async fn error_of(source: Source) -> String {
    let dir = tempfile::tempdir().unwrap();
    let mut source = source;
    source.supply(common::settings::DATA_DIR, dir.path().to_str().unwrap());
    let process = process(source, Clock::System).await;
    match Application::build(&process).await {
        Ok(_) => panic!("it started"),
        Err(error) => format!("{error:#}"),
    }
}

fn with(setting: common::settings::Setting, value: &str) -> Source {
    let mut source = source(keys(), "http://127.0.0.1:9/gateway.do");
    source.supply(setting, value);
    source
}

#[tokio::test]
async fn a_key_file_that_is_missing_or_the_wrong_one_is_named() {
    let file = |name| keys().join(name).to_str().unwrap().to_owned();
    let error = error_of(with(own::ALIPAY_PRIVATE_KEY_FILE, "/nowhere/key.pem")).await;
    assert!(
        error.starts_with("DADASHOP_ALIPAY_PRIVATE_KEY_FILE: cannot read /nowhere/key.pem"),
        "{error}"
    );
    let error = error_of(with(own::ALIPAY_PRIVATE_KEY_FILE, &file("app_public.pem"))).await;
    assert!(error.contains("this is a public key"), "{error}");
    let error = error_of(with(own::ALIPAY_PUBLIC_KEY_FILE, &file("app_private.pem"))).await;
    assert!(error.contains("not an RSA public key"), "{error}");
    assert!(!error.contains("MII"), "no key material: {error}");
}

#[tokio::test]
async fn our_own_public_key_in_place_of_alipays_is_noticed() {
    let own_public = keys().join("app_public.pem");
    let error = error_of(with(own::ALIPAY_PUBLIC_KEY_FILE, own_public.to_str().unwrap())).await;
    assert!(error.contains("our own public key"), "{error}");
}

#[tokio::test]
async fn without_an_account_it_does_not_start() {
    let error = error_of(with(own::ALIPAY_APP_ID, "")).await;
    assert_eq!(error, "DADASHOP_ALIPAY_APP_ID is not set");
}
