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
/// How a forgotten password is proven in its last step.
pub const RESET_REQUIRE_TOKEN: Setting = setting(
    "USERS_RESET_REQUIRE_TOKEN",
    Default::Value("false"),
    "whether the last step of a password reset needs the token of the step before; false also takes the same \
     address and browser within three minutes, as the existing pages need",
);
/// SMS that are sent at a time.
pub const SMS_WORKERS: Setting = setting(
    "USERS_SMS_WORKERS",
    Default::Value("256"),
    "SMS that a process sends at a time",
);
/// Mails that are sent at a time.
pub const MAIL_WORKERS: Setting = setting(
    "USERS_MAIL_WORKERS",
    Default::Value("16"),
    "mails that a process sends at a time, each over a connection of its own",
);
/// Who sends SMS.
pub const SMS_PROVIDER: Setting = setting(
    "SMS_PROVIDER",
    Default::Value("ronglian"),
    "`ronglian`, or `webhook`: a gateway of your own",
);
/// Where a gateway of one's own is.
pub const SMS_WEBHOOK_URL: Setting = setting(
    "SMS_WEBHOOK_URL",
    Default::Unset,
    "with SMS_PROVIDER=webhook: gets `{\"phone\",\"code\",\"minutes\"}` by POST",
);
/// What it knows us by.
pub const SMS_WEBHOOK_TOKEN: Setting = setting(
    "SMS_WEBHOOK_TOKEN",
    Default::Unset,
    "sent to SMS_WEBHOOK_URL as bearer token",
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

/// Our application at Weibo.
pub const WEIBO_CLIENT_ID: Setting = setting(
    "WEIBO_CLIENT_ID",
    Default::Unset,
    "application at Weibo; unset, nobody logs in by Weibo",
);
/// Its secret.
pub const WEIBO_CLIENT_SECRET: Setting = setting(
    "WEIBO_CLIENT_SECRET",
    Default::Unset,
    "secret of the application at Weibo; needed with WEIBO_CLIENT_ID",
);
/// Where browsers are sent.
pub const WEIBO_AUTHORIZE_URL: Setting = setting(
    "WEIBO_AUTHORIZE_URL",
    Default::Value("https://api.weibo.com/oauth2/authorize"),
    "Weibo's login page",
);
/// Where codes are exchanged.
pub const WEIBO_TOKEN_URL: Setting = setting(
    "WEIBO_TOKEN_URL",
    Default::Value("https://api.weibo.com/oauth2/access_token"),
    "where Weibo exchanges codes",
);
/// Where browsers come back to.
pub const WEIBO_REDIRECT_URI: Setting = setting(
    "WEIBO_REDIRECT_URI",
    Default::Unset,
    "page that Weibo sends browsers back to, as registered there; by default `callback.html` under PUBLIC_WEB_URL",
);
/// The password of a superuser to be made.
pub const SUPERUSER_PASSWORD: Setting = setting(
    "SUPERUSER_PASSWORD",
    Default::Unset,
    "password for `users createsuperuser`, for scripts; unset, it is asked for",
);

/// The settings that only this service reads.
pub const OWN: &[Setting] = &[
    ADDR,
    DATABASE_URL,
    REQUIRE_SMS,
    RESET_REQUIRE_TOKEN,
    SMS_WORKERS,
    MAIL_WORKERS,
    SMS_PROVIDER,
    SMS_WEBHOOK_URL,
    SMS_WEBHOOK_TOKEN,
    SMS_URL,
    SMS_ACCOUNT_SID,
    SMS_AUTH_TOKEN,
    SMS_APP_ID,
    SMS_TEMPLATE_ID,
    MAIL_SMTP_URL,
    MAIL_FROM,
    WEIBO_CLIENT_ID,
    WEIBO_CLIENT_SECRET,
    WEIBO_AUTHORIZE_URL,
    WEIBO_TOKEN_URL,
    WEIBO_REDIRECT_URI,
    SUPERUSER_PASSWORD,
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
    /// What the last step of a password reset asks for.
    pub reset: ResetRule,
    /// SMS that are sent at a time.
    pub sms_workers: usize,
    /// Mails that are sent at a time.
    pub mail_workers: usize,
    /// Whether caps per phone, address and account hold.
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

/// What the last step of a password reset asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResetRule {
    /// The token of the step before.
    Token,
    /// That, or the browser of the step before.
    TokenOrSameBrowser,
}

impl UserSettings {
    /// Reads and checks them.
    pub fn read(source: &Source) -> Result<Self, SettingsError> {
        let register = if source.parsed(REQUIRE_SMS)? {
            RegisterRule::WithSmsCode
        } else {
            RegisterRule::WithoutProof
        };
        let reset = if source.parsed(RESET_REQUIRE_TOKEN)? {
            ResetRule::Token
        } else {
            ResetRule::TokenOrSameBrowser
        };
        Ok(Self {
            register,
            reset,
            sms_workers: source.parsed(SMS_WORKERS)?,
            mail_workers: source.parsed(MAIL_WORKERS)?,
            limits: source.parsed(LIMITS)?,
            web_url: source.text(PUBLIC_WEB_URL)?.trim_end_matches('/').to_owned(),
        })
    }
}

/// The page that Weibo sends browsers back to.
pub fn weibo_redirect_uri(source: &Source) -> Result<String, SettingsError> {
    match source.optional(WEIBO_REDIRECT_URI) {
        Some(uri) => Ok(uri),
        None => Ok(format!(
            "{}/dadashop/templates/callback.html",
            source.text(PUBLIC_WEB_URL)?.trim_end_matches('/')
        )),
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
