//! Everything that can go wrong in this service, and the code that each case maps to.

use common::db::Transient;
use common::error_codes::{ErrorCode, shared};
use common::error_reply::ServiceError;
use common::kv::KvError;
use common::token::TokenError;
use sea_orm::DbErr;
use serde_json::{Value, json};

use crate::domain::Invalid;
use crate::error_codes as codes;
use crate::outside::weibo::WeiboError;
use crate::passwords::HashingError;

/// An error of users-svc.
#[derive(Debug, thiserror::Error)]
pub enum UserError {
    #[error("the user name is taken")]
    UsernameTaken,
    #[error("the user name was taken while this registration ran")]
    UsernameTakenMeanwhile,
    #[error("the phone number is registered already")]
    PhoneTaken,
    #[error("another active account has this e-mail address")]
    EmailTaken,
    #[error("user name or password is wrong")]
    WrongLogin,
    #[error("too many wrong passwords, wait {seconds} s")]
    TooManyTries { seconds: i64 },
    #[error("staff deactivated the account")]
    AccountDisabled,
    #[error("activation link is malformed")]
    ActivationLinkMalformed,
    #[error("activation code is wrong, used or expired")]
    ActivationCodeWrong,
    #[error("user to activate does not exist")]
    ActivationUserUnknown,
    #[error("a mail was sent just now")]
    MailTooSoon,
    #[error("no mail server is configured")]
    NoMailServer,
    #[error("reset code is wrong, used up or expired")]
    ResetCodeWrong,
    #[error("nothing proves that the code was checked")]
    ResetNotProven,
    #[error("account does not exist any more")]
    UserGone,
    #[error("old password is wrong")]
    OldPasswordWrong,
    #[error("new password is the old one")]
    PasswordUnchanged,
    #[error("weibo is not configured")]
    NoWeibo,
    #[error("weibo code or state is missing, used or expired")]
    WeiboCodeWrong,
    #[error("weibo did not accept the code, or did not answer")]
    Weibo(#[from] WeiboError),
    #[error("weibo ticket is none of ours, or its account is bound")]
    WeiboNotBound,
    #[error("the user name is taken by another than who comes from weibo")]
    WeiboUsernameTaken,
    #[error("staff cannot deactivate themselves")]
    NotOnOneself,
    #[error("no such user")]
    UserNotFound,
    #[error("codes are asked for too often")]
    SmsTooSoon,
    #[error("sms code expired, used up, or never sent")]
    SmsCodeExpired,
    #[error("sms code is wrong")]
    SmsCodeWrong,
    #[error("no sms provider is configured")]
    NoSmsProvider,
    #[error("address to make the default does not exist")]
    NoAddressToPrefer,
    #[error("address to change does not exist")]
    NoAddressToChange,
    #[error("address to delete does not exist")]
    NoAddressToDelete,
    #[error("user has as many addresses as allowed")]
    TooManyAddresses,
    #[error("user of the token does not exist any more")]
    CallerUnknown,
    #[error(transparent)]
    Invalid(#[from] Invalid),
    #[error("sms request not stored")]
    SmsNotRequested(#[source] DbErr),
    #[error("code store does not answer")]
    CodeStore(#[from] KvError),
    #[error("password not hashed")]
    Hashing(#[from] HashingError),
    #[error("token not issued")]
    Token(#[from] TokenError),
    #[error("database failed")]
    Database(#[from] DbErr),
}

impl ServiceError for UserError {
    fn code(&self) -> ErrorCode {
        match self {
            Self::UsernameTaken => codes::USERNAME_TAKEN,
            Self::UsernameTakenMeanwhile => codes::USERNAME_TAKEN_MEANWHILE,
            Self::PhoneTaken => codes::PHONE_TAKEN,
            Self::EmailTaken => codes::EMAIL_TAKEN,
            Self::WrongLogin => codes::WRONG_LOGIN,
            Self::TooManyTries { .. } => codes::TOO_MANY_TRIES,
            Self::AccountDisabled => codes::ACCOUNT_DISABLED,
            Self::ActivationLinkMalformed => codes::ACTIVATION_LINK_MALFORMED,
            Self::ActivationCodeWrong => codes::ACTIVATION_CODE_WRONG,
            Self::ActivationUserUnknown => codes::ACTIVATION_USER_UNKNOWN,
            Self::MailTooSoon => codes::MAIL_TOO_SOON,
            Self::ResetCodeWrong => codes::RESET_CODE_WRONG,
            Self::ResetNotProven => codes::RESET_NOT_PROVEN,
            Self::UserGone => codes::USER_GONE,
            Self::OldPasswordWrong => codes::OLD_PASSWORD_WRONG,
            Self::PasswordUnchanged => codes::PASSWORD_UNCHANGED,
            Self::NoWeibo => codes::WEIBO_NOT_CONFIGURED,
            Self::WeiboCodeWrong | Self::Weibo(WeiboError::Refused(_)) => codes::WEIBO_REFUSED,
            Self::Weibo(WeiboError::Http(_) | WeiboError::Answer { .. }) => codes::WEIBO_SILENT,
            Self::WeiboNotBound => codes::WEIBO_NOT_BOUND,
            Self::WeiboUsernameTaken => codes::WEIBO_USERNAME_TAKEN,
            Self::NotOnOneself => codes::NOT_ON_ONESELF,
            Self::UserNotFound => codes::USER_NOT_FOUND,
            Self::SmsTooSoon => codes::SMS_TOO_SOON,
            Self::SmsCodeExpired => codes::SMS_CODE_EXPIRED,
            Self::SmsCodeWrong => codes::SMS_CODE_WRONG,
            Self::NoSmsProvider | Self::NoMailServer | Self::SmsNotRequested(_) | Self::CodeStore(_) => {
                codes::SMS_UNAVAILABLE
            }
            Self::NoAddressToPrefer => codes::DEFAULT_ADDRESS_NOT_SET,
            Self::NoAddressToChange => codes::ADDRESS_NOT_FOUND_TO_CHANGE,
            Self::NoAddressToDelete => codes::ADDRESS_NOT_FOUND_TO_DELETE,
            Self::TooManyAddresses => codes::ADDRESS_NOT_STORED,
            Self::CallerUnknown => shared::LOGIN_REQUIRED,
            Self::Invalid(Invalid::Username) => codes::INVALID_USERNAME,
            Self::Invalid(Invalid::Email) => codes::INVALID_EMAIL,
            Self::Invalid(Invalid::Phone) => codes::INVALID_PHONE,
            Self::Invalid(Invalid::PasswordsDiffer) => codes::NEW_PASSWORDS_DIFFER,
            Self::Invalid(Invalid::Field(_)) => codes::INVALID_PARAMETER,
            Self::Hashing(HashingError::Busy(_)) => codes::BUSY,
            Self::Hashing(
                HashingError::Closed(_) | HashingError::Argon2(_) | HashingError::Interrupted(_),
            )
            | Self::Token(_)
            | Self::Database(_) => codes::UNEXPECTED,
        }
    }

    fn details(&self) -> Option<Value> {
        if let Self::TooManyTries { seconds } = self {
            return Some(json!({ "retry_after_seconds": seconds }));
        }
        if let Self::Invalid(Invalid::Field(field)) = self {
            Some(json!({ "field": field }))
        } else {
            None
        }
    }
}

impl Transient for UserError {
    fn database_error(&self) -> Option<&DbErr> {
        if let Self::Database(error) = self {
            Some(error)
        } else {
            None
        }
    }
}
