//! A gateway for SMS of one's own: `POST` of phone, code and minutes in JSON; any status of success is a success.

use std::time::Duration;

use common::http_client::outside_client;
use common::settings::Source;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use super::sms::SmsError;
use crate::domain::user::Phone;
use crate::settings::{SMS_WEBHOOK_TOKEN, SMS_WEBHOOK_URL};

/// One call may take this long (reliability §5.12).
const LIMIT: Duration = Duration::from_secs(5);

/// Where it is. Cheap to clone.
#[derive(Clone)]
pub struct SmsWebhook {
    url: String,
    token: Option<SecretString>,
    http: reqwest::Client,
}

impl SmsWebhook {
    /// The configured address.
    ///
    /// # Errors
    /// Names the setting that is missing.
    pub fn configured(source: &Source) -> anyhow::Result<Self> {
        Ok(Self {
            url: source.text(SMS_WEBHOOK_URL)?,
            token: source.optional_secret(SMS_WEBHOOK_TOKEN)?,
            http: outside_client(LIMIT)?,
        })
    }

    /// Sends a code and how many minutes it is good for.
    pub async fn send_code(&self, phone: &Phone, code: &str, lifetime: Duration) -> Result<(), SmsError> {
        let body = json!({"phone": phone.as_str(), "code": code, "minutes": lifetime.as_secs() / 60});
        let mut request = self.http.post(&self.url).json(&body);
        if let Some(token) = &self.token {
            request = request.bearer_auth(token.expose_secret());
        }
        let status = request.send().await?.status();
        if status.is_success() {
            Ok(())
        } else {
            Err(SmsError::Status(status.as_u16()))
        }
    }
}
