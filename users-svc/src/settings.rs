//! Every setting of this service: declared, documented and validated here.

use common::backends::database_url;
use common::contracts::internal_apis::carts;
use common::settings::{
    self, Default, LIMITS, Limits, PUBLIC_WEB_URL, Setting, SettingsError, Source, setting,
};
use secrecy::SecretString;

/// Where this service listens.
pub const ADDR: Setting = setting(
    "USERS_ADDR",
    Default::Value("127.0.0.1:8001"),
    "where users-svc listens",
);
/// Its database.
pub const DATABASE_URL: Setting = database_url("USERS_DATABASE_URL");
/// Whether registration asks for an SMS code.
pub const REQUIRE_SMS: Setting = setting(
    "USERS_REGISTER_REQUIRE_SMS",
    Default::Value("true"),
    "whether registration asks for an SMS code; false lets the page without one register",
);
/// Where Ronglian (Cloopen) takes SMS.
pub const SMS_URL: Setting = setting(
    "SMS_URL",
    Default::Value("https://app.cloopen.com:8883"),
    "base address of the SMS provider",
);
/// Our account there.
pub const SMS_ACCOUNT_SID: Setting = setting(
    "SMS_ACCOUNT_SID",
    Default::Unset,
    "account at the SMS provider; unset, no SMS is sent and codes are refused with 10132",
);
/// The account's secret.
pub const SMS_AUTH_TOKEN: Setting = setting(
    "SMS_AUTH_TOKEN",
    Default::Unset,
    "secret of the account at the SMS provider; needed with SMS_ACCOUNT_SID",
);
/// Our application there.
pub const SMS_APP_ID: Setting = setting(
    "SMS_APP_ID",
    Default::Unset,
    "application at the SMS provider; needed with SMS_ACCOUNT_SID",
);
/// The text that is sent.
pub const SMS_TEMPLATE_ID: Setting = setting(
    "SMS_TEMPLATE_ID",
    Default::Value("1"),
    "template at the SMS provider, filled with the code and its minutes",
);
/// Where mail is handed over.
pub const MAIL_SMTP_URL: Setting = setting(
    "MAIL_SMTP_URL",
    Default::Unset,
    "`smtps://user:password@host:465` or `smtp://host:25`; unset, no mail is sent",
);
/// Who mail is from.
pub const MAIL_FROM: Setting = setting(
    "MAIL_FROM",
    Default::Value("达达商城 <noreply@dadashop.example>"),
    "sender of mails",
);

/// The settings that only this service reads.
pub const OWN: &[Setting] = &[
    ADDR,
    DATABASE_URL,
    REQUIRE_SMS,
    SMS_URL,
    SMS_ACCOUNT_SID,
    SMS_AUTH_TOKEN,
    SMS_APP_ID,
    SMS_TEMPLATE_ID,
    MAIL_SMTP_URL,
    MAIL_FROM,
];

/// Every setting that this service reads.
pub fn all() -> Vec<Setting> {
    [settings::COMMON, OWN, &[carts::URLS]].concat()
}

/// The rules that operators set, read once at the start.
#[derive(Clone, Debug)]
pub struct UserSettings {
    /// Whether registration asks for an SMS code.
    pub register: RegisterRule,
    /// Whether caps per phone hold.
    pub limits: Limits,
    /// Where the pages are, without a slash at the end.
    pub web_url: String,
}

/// What registration asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RegisterRule {
    /// A code sent to the phone.
    WithSmsCode,
    /// Nothing to prove.
    WithoutProof,
}

impl UserSettings {
    /// Reads and checks them.
    pub fn read(source: &Source) -> Result<Self, SettingsError> {
        let register = if source.parsed(REQUIRE_SMS)? {
            RegisterRule::WithSmsCode
        } else {
            RegisterRule::WithoutProof
        };
        Ok(Self {
            register,
            limits: source.parsed(LIMITS)?,
            web_url: source.text(PUBLIC_WEB_URL)?.trim_end_matches('/').to_owned(),
        })
    }
}

/// Our account at the SMS provider.
#[derive(Clone, Debug)]
pub struct SmsAccount {
    /// Base address, without a slash at the end.
    pub url: String,
    /// Account.
    pub sid: String,
    /// Its secret.
    pub token: SecretString,
    /// Application.
    pub app_id: String,
    /// Template.
    pub template_id: String,
}

impl SmsAccount {
    /// Reads it; `None` when there is no account.
    pub fn read(source: &Source) -> Result<Option<Self>, SettingsError> {
        let Some(sid) = source.optional(SMS_ACCOUNT_SID) else {
            return Ok(None);
        };
        Ok(Some(Self {
            url: source.text(SMS_URL)?.trim_end_matches('/').to_owned(),
            sid,
            token: source.secret(SMS_AUTH_TOKEN)?,
            app_id: source.text(SMS_APP_ID)?,
            template_id: source.text(SMS_TEMPLATE_ID)?,
        }))
    }
}
