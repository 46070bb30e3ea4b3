//! Whoever sends our SMS: one of the providers that the settings choose from.

use std::time::Duration;

use chrono::{DateTime, Utc};
use common::settings::{Source, invalid};

use super::ronglian::Ronglian;
use super::sms_webhook::SmsWebhook;
use crate::domain::user::Phone;
use crate::settings::SMS_PROVIDER;

/// The configured provider. Cheap to clone.
#[derive(Clone)]
pub enum SmsSender {
    /// Ronglian (Cloopen).
    Ronglian(Ronglian),
    /// A gateway of one's own, told by a plain HTTP call.
    Webhook(SmsWebhook),
}

/// Why a message was not taken, as far as we know.
#[derive(Debug, thiserror::Error)]
pub enum SmsError {
    #[error("sms provider cannot be reached or does not answer")]
    Http(#[from] reqwest::Error),
    #[error("answer of the sms provider is unreadable")]
    Answer(#[from] serde_json::Error),
    #[error("sms provider answered with http status {0}")]
    Status(u16),
    #[error("sms provider refused the message with status code {0}")]
    Refused(String),
}

impl SmsSender {
    /// The configured provider, if there is one.
    ///
    /// # Errors
    /// Names the setting that is missing or wrong.
    pub fn configured(source: &Source) -> anyhow::Result<Option<Self>> {
        match source.text(SMS_PROVIDER)?.as_str() {
            "ronglian" => Ok(Ronglian::configured(source)?.map(Self::Ronglian)),
            "webhook" => Ok(Some(Self::Webhook(SmsWebhook::configured(source)?))),
            _ => Err(invalid(SMS_PROVIDER, "expected ronglian or webhook".into()).into()),
        }
    }

    /// Sends a code and how long it is good for.
    pub async fn send_code(
        &self,
        phone: &Phone,
        code: &str,
        lifetime: Duration,
        now: DateTime<Utc>,
    ) -> Result<(), SmsError> {
        match self {
            Self::Ronglian(ronglian) => ronglian.send_code(phone, code, lifetime, now).await,
            Self::Webhook(webhook) => webhook.send_code(phone, code, lifetime).await,
        }
    }
}
