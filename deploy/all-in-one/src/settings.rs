//! The settings that only the all-in-one binary reads, and the list of all there are.

use std::path::Path;

use common::settings::{self, Default, Setting, SettingsError, Source, setting};
use sandbox::SandboxSettings;

/// Where the pages are served.
pub const WEB_ADDR: Setting = setting(
    "WEB_ADDR",
    Default::Value("127.0.0.1:7000"),
    "where the all-in-one binary serves the pages; port 0 = any free one",
);
/// Where the sandbox answers.
pub const SANDBOX_ADDR: Setting = setting(
    "SANDBOX_ADDR",
    Default::Value("127.0.0.1:9000"),
    "where the sandbox of Alipay and SMS answers, with its pages; port 0 = any free one",
);
/// Where the sandbox takes mail.
pub const SANDBOX_SMTP_ADDR: Setting = setting(
    "SANDBOX_SMTP_ADDR",
    Default::Value("127.0.0.1:0"),
    "where the sandbox takes mail (SMTP); port 0 = any free one",
);

/// The settings that only this binary reads.
pub const OWN: &[Setting] = &[WEB_ADDR, SANDBOX_ADDR, SANDBOX_SMTP_ADDR];

/// Every setting of the shop by who reads it: the reference page and the check for misspelt names come from here.
pub fn by_reader() -> [(&'static str, &'static [Setting]); 8] {
    [
        ("every process", settings::COMMON),
        ("all-in-one and sandbox", OWN),
        ("gateway", gateway::settings::OWN),
        ("users-svc", users_svc::settings::OWN),
        ("goods-svc", goods_svc::settings::OWN),
        ("carts-svc", carts_svc::settings::OWN),
        ("orders-svc", orders_svc::settings::OWN),
        ("pays-svc", pays_svc::settings::OWN),
    ]
}

/// Every setting of the shop.
pub fn all() -> Vec<Setting> {
    use common::contracts::internal_apis::{carts, goods, orders, pays, users};
    let own: Vec<&[Setting]> = by_reader().into_iter().map(|(_, settings)| settings).collect();
    let urls = [users::URLS, goods::URLS, carts::URLS, orders::URLS, pays::URLS];
    [own.concat(), urls.to_vec()].concat()
}

/// What the sandbox is told, its identities taken from the settings of those who call it.
pub fn sandbox(source: &Source, data_dir: &Path) -> Result<SandboxSettings, SettingsError> {
    Ok(SandboxSettings {
        addr: source.parsed(SANDBOX_ADDR)?,
        smtp_addr: source.parsed(SANDBOX_SMTP_ADDR)?,
        data_dir: data_dir.join("sandbox"),
        app_id: source.text(pays_svc::settings::ALIPAY_APP_ID)?,
        seller_id: source.text(pays_svc::settings::ALIPAY_SELLER_ID)?,
        sms_account_sid: source.text(users_svc::settings::SMS_ACCOUNT_SID)?,
        sms_auth_token: kept(source, users_svc::settings::SMS_AUTH_TOKEN)?,
        sms_app_id: source.text(users_svc::settings::SMS_APP_ID)?,
        weibo_client_id: source.text(users_svc::settings::WEIBO_CLIENT_ID)?,
        weibo_client_secret: kept(source, users_svc::settings::WEIBO_CLIENT_SECRET)?,
    })
}

/// A secret that the sandbox must know as its users do.
fn kept(source: &Source, secret: Setting) -> Result<String, SettingsError> {
    source
        .text_or_file(secret)?
        .ok_or(SettingsError::Missing(secret.name))
}
