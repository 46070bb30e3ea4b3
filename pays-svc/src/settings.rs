//! Every setting of this service: declared, documented and validated here.

use std::path::PathBuf;

use common::backends::database_url;
use common::contracts::internal_apis::users;
use common::settings::{
    self, Default, LIMITS, Limits, Mode, PUBLIC_API_URL, PUBLIC_WEB_URL, Setting, SettingsError, Source,
    invalid, setting,
};
use reqwest::Url;
use secrecy::SecretString;

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
/// The same key itself.
pub const ALIPAY_PRIVATE_KEY: Setting = setting(
    "ALIPAY_PRIVATE_KEY",
    Default::Unset,
    "our private RSA key itself, in place of its file (a secret); `\\n` may stand for the ends of lines",
);
/// Alipay's public key.
pub const ALIPAY_PUBLIC_KEY_FILE: Setting = setting(
    "ALIPAY_PUBLIC_KEY_FILE",
    Default::Required,
    "file of ALIPAY's public RSA key, not ours: PEM or bare base64, at least 2048 bits",
);
/// The same key itself.
pub const ALIPAY_PUBLIC_KEY: Setting = setting(
    "ALIPAY_PUBLIC_KEY",
    Default::Unset,
    "ALIPAY's public RSA key itself, in place of its file",
);
/// How many notifies that Alipay never signed one address may send.
pub const NOTIFY_FAILURES: Setting = setting(
    "PAYS_NOTIFY_FAILURES_PER_MINUTE",
    Default::Value("300"),
    "so many notifies that are not Alipay's may come from one address in a minute; then it is not listened to",
);
/// Alipay's gateway.
pub const ALIPAY_GATEWAY_URL: Setting = setting(
    "ALIPAY_GATEWAY_URL",
    Default::Value("https://openapi.alipay.com/gateway.do"),
    "Alipay's gateway, or that of a sandbox",
);
/// Alipay's gateway as browsers reach it.
pub const ALIPAY_PAGE_URL: Setting = setting(
    "ALIPAY_PAGE_URL",
    Default::Unset,
    "where buyers' browsers pay; by default ALIPAY_GATEWAY_URL, from which only a sandbox in a container differs",
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
    ALIPAY_PRIVATE_KEY,
    ALIPAY_PUBLIC_KEY_FILE,
    ALIPAY_PUBLIC_KEY,
    ALIPAY_GATEWAY_URL,
    ALIPAY_PAGE_URL,
    ALIPAY_NOTIFY_URL,
    ALIPAY_RETURN_URL,
    NOTIFY_FAILURES,
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

/// How many wrong notifies one address may send in a minute; any number when limits are off.
pub fn notify_failures_per_minute(source: &Source) -> Result<Option<u32>, SettingsError> {
    match source.parsed(LIMITS)? {
        Limits::On => Ok(Some(source.parsed(NOTIFY_FAILURES)?)),
        Limits::Off => Ok(None),
    }
}

/// Where a key is.
#[derive(Clone, Debug)]
pub enum KeyPlace {
    /// In a file.
    File {
        /// The setting that names it.
        setting: Setting,
        /// Which.
        path: PathBuf,
    },
    /// In the configuration itself.
    Said {
        /// The setting whose value it is.
        setting: Setting,
        /// The key.
        text: SecretString,
    },
}

impl KeyPlace {
    /// The key itself wins over its file; nobody may set both.
    fn read(source: &Source, itself: Setting, file: Setting) -> Result<Self, SettingsError> {
        match source.optional(itself) {
            Some(_) if source.is_set(file) => Err(invalid(itself, format!("{} is set as well", file.name))),
            Some(text) => Ok(Self::Said {
                setting: itself,
                text: text.replace("\\n", "\n").into(),
            }),
            None => Ok(Self::File {
                setting: file,
                path: source.text(file)?.into(),
            }),
        }
    }
}

/// Our account at Alipay, read once at the start.
#[derive(Clone, Debug)]
pub struct AlipaySettings {
    /// Our application.
    pub app_id: String,
    /// Our merchant account.
    pub seller_id: String,
    /// Where our private key is.
    pub private_key: KeyPlace,
    /// Where Alipay's public key is.
    pub public_key: KeyPlace,
    /// Alipay's gateway, without a query.
    pub gateway_url: String,
    /// The same as browsers reach it.
    pub page_url: String,
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
        let app_id = source.text(ALIPAY_APP_ID)?;
        refuse_mix_up(&http_url(ALIPAY_GATEWAY_URL, &gateway_url)?, &app_id)?;
        let page_url = match source.optional(ALIPAY_PAGE_URL) {
            Some(url) => without_query(ALIPAY_PAGE_URL, &url)?,
            None => gateway_url.clone(),
        };
        http_url(ALIPAY_RETURN_URL, &return_url)?;
        let is_production = Mode::of(source)? == Mode::Production;
        if is_loopback(&http_url(ALIPAY_NOTIFY_URL, &notify_url)?) && is_production {
            tracing::warn!(
                "DADASHOP_ALIPAY_NOTIFY_URL is {notify_url}, which Alipay cannot reach from outside"
            );
        }
        Ok(Self {
            app_id,
            seller_id: source.text(ALIPAY_SELLER_ID)?,
            private_key: KeyPlace::read(source, ALIPAY_PRIVATE_KEY, ALIPAY_PRIVATE_KEY_FILE)?,
            public_key: KeyPlace::read(source, ALIPAY_PUBLIC_KEY, ALIPAY_PUBLIC_KEY_FILE)?,
            gateway_url,
            page_url,
            notify_url,
            return_url,
        })
    }
}

/// Alipay's own gateway, where money moves.
const PRODUCTION_HOST: &str = "openapi.alipay.com";
/// How the hosts of Alipay's own sandbox end; the older `openapi.alipaydev.com` moved in 2023.
const SANDBOX_HOSTS: &str = "alipaydev.com";
/// How applications of sandboxes begin, Alipay's and ours.
const SANDBOX_APPS: &str = "9021";
/// Sandbox applications of before that.
const OLD_SANDBOX_APPS: [&str; 2] = ["2016", "2021000"];

/// A production application must not sign for a sandbox, whose notifies would then count as money; nor the other way
/// round, where every call would fail.
fn refuse_mix_up(gateway: &Url, app_id: &str) -> Result<(), SettingsError> {
    let wrong = |reason: &str| Err(invalid(ALIPAY_GATEWAY_URL, format!("{gateway} {reason}")));
    let host = gateway.host_str().unwrap_or_default();
    let is_production = host == PRODUCTION_HOST;
    let is_sandbox = host.ends_with(SANDBOX_HOSTS);
    let is_old_sandbox_app = OLD_SANDBOX_APPS.iter().any(|begin| app_id.starts_with(begin));
    let is_production_app = app_id.len() == 16 && app_id.starts_with("20") && !is_old_sandbox_app;
    if gateway.query().is_some() {
        wrong("must have no query")
    } else if (is_production || is_sandbox) && gateway.scheme() != "https" {
        wrong("must be https")
    } else if is_production && app_id.starts_with(SANDBOX_APPS) {
        wrong("is Alipay's own, but DADASHOP_ALIPAY_APP_ID is one of a sandbox")
    } else if (is_sandbox || is_loopback(gateway)) && is_production_app {
        wrong("is a sandbox, but DADASHOP_ALIPAY_APP_ID is one of Alipay's own gateway")
    } else {
        Ok(())
    }
}

fn without_query(setting: Setting, text: &str) -> Result<String, SettingsError> {
    let url = text.trim_end_matches('?');
    match http_url(setting, url)?.query() {
        None => Ok(url.to_owned()),
        Some(_) => Err(invalid(setting, "must have no query".into())),
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
        (ALIPAY_APP_ID, "2021004100000001"),
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
        assert_eq!(settings.page_url, settings.gateway_url);
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
    fn sandbox_and_production_are_not_mixed() {
        let (sandbox_app, own_app) = ("9021000100000001", "2021004100000001");
        for (gateway, app_id, is_right) in [
            ("https://openapi.alipay.com/gateway.do", own_app, true),
            ("https://openapi.alipay.com/gateway.do", sandbox_app, false),
            ("http://openapi.alipay.com/gateway.do", own_app, false),
            (
                "https://openapi-sandbox.dl.alipaydev.com/gateway.do",
                sandbox_app,
                true,
            ),
            (
                "https://openapi-sandbox.dl.alipaydev.com/gateway.do",
                "2021000122600001",
                true,
            ),
            (
                "https://openapi-sandbox.dl.alipaydev.com/gateway.do",
                own_app,
                false,
            ),
            ("http://127.0.0.1:9000/alipay/gateway.do", sandbox_app, true),
            ("http://127.0.0.1:9000/alipay/gateway.do", own_app, false),
            ("http://sandbox:9000/alipay/gateway.do", sandbox_app, true),
        ] {
            let source = Source::of([
                (ALIPAY_GATEWAY_URL, gateway),
                (ALIPAY_APP_ID, app_id),
                (ALIPAY_SELLER_ID, "2088"),
                (ALIPAY_PRIVATE_KEY_FILE, "a.pem"),
                (ALIPAY_PUBLIC_KEY_FILE, "b.pem"),
            ]);
            let read = AlipaySettings::read(&source);
            assert_eq!(read.is_ok(), is_right, "{gateway} {app_id}");
        }
    }

    #[test]
    fn a_key_may_stand_in_the_configuration_but_not_in_two_places_nor_in_logs() {
        let mut source = Source::of([
            (ALIPAY_APP_ID, "2021004100000001"),
            (ALIPAY_SELLER_ID, "2088"),
            (ALIPAY_PRIVATE_KEY, "MIIsecret"),
            (ALIPAY_PUBLIC_KEY, "MIIpublic"),
        ]);
        let settings = AlipaySettings::read(&source).unwrap();
        assert!(!format!("{settings:?}").contains("MII"), "{settings:?}");
        source.supply(ALIPAY_PRIVATE_KEY_FILE, "of the sandbox");
        assert!(
            AlipaySettings::read(&source).is_ok(),
            "what the program supplies gives way"
        );
        let both = Source::of([
            (ALIPAY_APP_ID, "2021004100000001"),
            (ALIPAY_SELLER_ID, "2088"),
            (ALIPAY_PRIVATE_KEY, "MIIsecret"),
            (ALIPAY_PRIVATE_KEY_FILE, "a.pem"),
        ]);
        let error = AlipaySettings::read(&both).unwrap_err().to_string();
        assert_eq!(
            error,
            "DADASHOP_ALIPAY_PRIVATE_KEY: ALIPAY_PRIVATE_KEY_FILE is set as well"
        );
    }

    #[test]
    fn loopback_is_known_by_name_and_number() {
        for text in ["http://localhost:1/", "http://127.0.0.2/", "http://[::1]:8000/x"] {
            assert!(is_loopback(&Url::parse(text).unwrap()), "{text}");
        }
        assert!(!is_loopback(&Url::parse("https://shop.test/").unwrap()));
    }
}
