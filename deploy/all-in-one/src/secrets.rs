//! Secrets of an embedded shop: made at the first start, kept in the data directory, never in the sources.

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use common::settings::{INTERNAL_SECRET, JWT_SECRET, Setting, Source};
use pays_svc::settings::{ALIPAY_APP_ID, ALIPAY_SELLER_ID};
use users_svc::settings::{
    SMS_ACCOUNT_SID, SMS_APP_ID, SMS_AUTH_TOKEN, WEIBO_CLIENT_ID, WEIBO_CLIENT_SECRET,
};

use crate::data_dir::private_file;

/// Bytes of randomness in a secret.
const SECRET_BYTES: usize = 32;

/// Who we are to the sandbox: names, not secrets.
const IDENTITIES: [(Setting, &str); 4] = [
    (SMS_APP_ID, "sandbox-sms-app"),
    (WEIBO_CLIENT_ID, "sandbox-weibo-app"),
    (ALIPAY_APP_ID, "2021000000000001"),
    (ALIPAY_SELLER_ID, "2088000000000001"),
];

/// Supplies every secret that nobody set.
///
/// # Errors
/// When one can neither be read nor written.
pub fn supply(source: &mut Source, data_dir: &Path) -> anyhow::Result<()> {
    for (setting, identity) in IDENTITIES {
        source.supply(setting, identity);
    }
    for setting in [
        JWT_SECRET,
        INTERNAL_SECRET,
        SMS_ACCOUNT_SID,
        SMS_AUTH_TOKEN,
        WEIBO_CLIENT_SECRET,
    ] {
        supply_one(source, setting, data_dir)?;
    }
    Ok(())
}

/// The password of the demo account: a fresh one for every shop, so that none is known to strangers.
///
/// # Errors
/// When it can neither be read nor written.
pub fn demo_password(data_dir: &Path) -> anyhow::Result<String> {
    private_file(&data_dir.join("demo-password"), || random_text(6))
}

fn supply_one(source: &mut Source, setting: Setting, data_dir: &Path) -> anyhow::Result<()> {
    if !source.is_set(setting) {
        let file = data_dir.join(setting.name.to_lowercase().replace('_', "-"));
        source.supply(setting, private_file(&file, || random_text(SECRET_BYTES))?);
    }
    Ok(())
}

fn random_text(bytes: usize) -> String {
    let mut random = vec![0u8; bytes];
    rand::fill(random.as_mut_slice());
    URL_SAFE_NO_PAD.encode(random)
}
