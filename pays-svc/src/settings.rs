//! Every setting of this service: declared, documented and validated here.

use std::path::PathBuf;

use common::backends::database_url;
use common::contracts::internal_apis::users;
use common::settings::{
    self, Default, Mode, PUBLIC_API_URL, PUBLIC_WEB_URL, Setting, SettingsError, Source, invalid, setting,
};
use reqwest::Url;

/// Where this service listens.
pub const ADDR: Setting = setting(
    "PAYS_ADDR",
    Default::Value("127.0.0.1:8005"),
    "where pays-svc listens",
);
/// Its database.
pub const DATABASE_URL: Setting = database_url("PAYS_DATABASE_URL");
/// Our application at Alipay.
pub const ALIPAY_APP_ID: Setting = setting(
    "ALIPAY_APP_ID",
    Default::Required,
    "our application at Alipay; notifies for another one are refused",
);
/// Our account at Alipay.
pub const ALIPAY_SELLER_ID: Setting = setting(
    "ALIPAY_SELLER_ID",
    Default::Required,
    "our merchant account at Alipay (2088…); notifies for another one are refused",
);
/// Our private key.
pub const ALIPAY_PRIVATE_KEY_FILE: Setting = setting(
    "ALIPAY_PRIVATE_KEY_FILE",
    Default::Required,
    "file of our private RSA key: PKCS#1 or PKCS#8, PEM or bare base64, at least 2048 bits",
);
/// Alipay's public key.
pub const ALIPAY_PUBLIC_KEY_FILE: Setting = setting(
    "ALIPAY_PUBLIC_KEY_FILE",
    Default::Required,
    "file of ALIPAY's public RSA key, not ours: PEM or bare base64, at least 2048 bits",
);
/// Alipay's gateway.
pub const ALIPAY_GATEWAY_URL: Setting = setting(
    "ALIPAY_GATEWAY_URL",
    Default::Value("https://openapi.alipay.com/gateway.do"),
    "Alipay's gateway, or that of a sandbox",
);
/// Where Alipay tells us of payments.
pub const ALIPAY_NOTIFY_URL: Setting = setting(
    "ALIPAY_NOTIFY_URL",
    Default::Unset,
    "where Alipay tells us of payments, reachable from outside; by default `<PUBLIC_API_URL>/v1/pays/notify_url`",
);
/// Where Alipay sends the buyer afterwards.
pub const ALIPAY_RETURN_URL: Setting = setting(
    "ALIPAY_RETURN_URL",
    Default::Unset,
    "where Alipay sends the buyer afterwards; by default `<PUBLIC_WEB_URL>/dadashop/templates/pay_success.html`",
);

/// The settings that only this service reads.
pub const OWN: &[Setting] = &[
    ADDR,
    DATABASE_URL,
    ALIPAY_APP_ID,
    ALIPAY_SELLER_ID,
    ALIPAY_PRIVATE_KEY_FILE,
    ALIPAY_PUBLIC_KEY_FILE,
    ALIPAY_GATEWAY_URL,
    ALIPAY_NOTIFY_URL,
    ALIPAY_RETURN_URL,
];

/// Every setting that this service reads.
pub fn all() -> Vec<Setting> {
    [settings::COMMON, OWN, &[users::URLS]].concat()
}

/// The page of the shop that shows what became of a payment.
pub fn pay_success_page(source: &Source) -> Result<String, SettingsError> {
    let web = source.text(PUBLIC_WEB_URL)?;
    Ok(format!(
        "{}/dadashop/templates/pay_success.html",
        web.trim_end_matches('/')
    ))
}

/// Our account at Alipay, read once at the start.
#[derive(Clone, Debug)]
pub struct AlipaySettings {
    /// Our application.
    pub app_id: String,
    /// Our merchant account.
    pub seller_id: String,
    /// Where our private key is.
    pub private_key_file: PathBuf,
    /// Where Alipay's public key is.
    pub public_key_file: PathBuf,
    /// Alipay's gateway, without a query.
    pub gateway_url: String,
    /// Where Alipay tells us of payments.
    pub notify_url: String,
    /// Where Alipay sends the buyer afterwards.
    pub return_url: String,
}

impl AlipaySettings {
    /// Reads and checks them; warns of what will not work although it is well-formed.
    pub fn read(source: &Source) -> Result<Self, SettingsError> {
        let api = source.text(PUBLIC_API_URL)?;
        let notify_url = source
            .optional(ALIPAY_NOTIFY_URL)
            .unwrap_or_else(|| format!("{}/v1/pays/notify_url", api.trim_end_matches('/')));
        let return_url = match source.optional(ALIPAY_RETURN_URL) {
            Some(url) => url,
            None => pay_success_page(source)?,
        };
        let gateway_url = source.text(ALIPAY_GATEWAY_URL)?;
        let gateway_url = gateway_url.trim_end_matches('?').to_owned();
        if http_url(ALIPAY_GATEWAY_URL, &gateway_url)?.query().is_some() {
            return Err(invalid(ALIPAY_GATEWAY_URL, "must have no query".into()));
        }
        http_url(ALIPAY_RETURN_URL, &return_url)?;
        let is_production = Mode::of(source)? == Mode::Production;
        if is_loopback(&http_url(ALIPAY_NOTIFY_URL, &notify_url)?) && is_production {
            tracing::warn!(
                "DADASHOP_ALIPAY_NOTIFY_URL is {notify_url}, which Alipay cannot reach from outside"
            );
        }
        Ok(Self {
            app_id: source.text(ALIPAY_APP_ID)?,
            seller_id: source.text(ALIPAY_SELLER_ID)?,
            private_key_file: source.text(ALIPAY_PRIVATE_KEY_FILE)?.into(),
            public_key_file: source.text(ALIPAY_PUBLIC_KEY_FILE)?.into(),
            gateway_url,
            notify_url,
            return_url,
        })
    }
}

fn http_url(setting: Setting, text: &str) -> Result<Url, SettingsError> {
    let url =
        Url::parse(text).map_err(|error| invalid(setting, format!("{text:?} is no address: {error}")))?;
    match url.scheme() {
        "http" | "https" => Ok(url),
        other => Err(invalid(setting, format!("{other:?} is neither http nor https"))),
    }
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost"
        || host
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACCOUNT: [(Setting, &str); 4] = [
        (ALIPAY_APP_ID, "9021"),
        (ALIPAY_SELLER_ID, "2088"),
        (ALIPAY_PRIVATE_KEY_FILE, "a.pem"),
        (ALIPAY_PUBLIC_KEY_FILE, "b.pem"),
    ];

    #[test]
    fn notify_and_return_addresses_follow_from_the_public_ones() {
        let mut source = Source::of(ACCOUNT);
        source.supply(PUBLIC_API_URL, "https://api.shop.test/");
        source.supply(PUBLIC_WEB_URL, "https://shop.test");
        let settings = AlipaySettings::read(&source).unwrap();
        assert_eq!(settings.notify_url, "https://api.shop.test/v1/pays/notify_url");
        assert_eq!(
            settings.return_url,
            "https://shop.test/dadashop/templates/pay_success.html"
        );
    }

    #[test]
    fn what_is_missing_or_no_address_is_named() {
        let error = AlipaySettings::read(&Source::default()).unwrap_err();
        assert_eq!(error.to_string(), "DADASHOP_ALIPAY_APP_ID is not set");
        for wrong in ["ftp://x/gateway.do", "gateway.do", "http://x/gateway.do?a=b"] {
            let mut source = Source::of(ACCOUNT);
            source.supply(ALIPAY_GATEWAY_URL, wrong);
            let error = AlipaySettings::read(&source).unwrap_err().to_string();
            assert!(error.starts_with("DADASHOP_ALIPAY_GATEWAY_URL"), "{error}");
        }
    }

    #[test]
    fn loopback_is_known_by_name_and_number() {
        for text in ["http://localhost:1/", "http://127.0.0.2/", "http://[::1]:8000/x"] {
            assert!(is_loopback(&Url::parse(text).unwrap()), "{text}");
        }
        assert!(!is_loopback(&Url::parse("https://shop.test/").unwrap()));
    }
}
