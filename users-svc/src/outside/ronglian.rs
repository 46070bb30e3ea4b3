//! Ronglian (Cloopen), the provider of SMS: its template message call (contract §7.3).

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use common::clock::shop_time;
use common::http_client::outside_client;
use common::settings::Source;
use md5::{Digest, Md5};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};

use super::sms::SmsError;
use crate::domain::user::Phone;
use crate::settings::SmsAccount;

/// One call may take this long (reliability §5.12).
const LIMIT: Duration = Duration::from_secs(5);
/// Answers above this many bytes are cut off.
const ANSWER_LIMIT: usize = 64 * 1024;
/// `statusCode` of a message that was taken.
const TAKEN: &str = "000000";

/// Our account at the provider. Cheap to clone.
#[derive(Clone)]
pub struct Ronglian {
    account: SmsAccount,
    http: reqwest::Client,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TemplateSms<'a> {
    to: &'a str,
    app_id: &'a str,
    template_id: &'a str,
    datas: [&'a str; 2],
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    status_code: String,
}

/// What proves to the provider who calls; both parts carry the same time.
#[derive(Debug, PartialEq, Eq)]
struct Proof {
    /// Upper-case hexadecimal md5 of account, secret and time. The provider prescribes md5.
    sig: String,
    /// Base64 of `account:time`.
    authorization: String,
}

impl Ronglian {
    /// The configured account, if there is one.
    ///
    /// # Errors
    /// Names the setting that is missing.
    pub fn configured(source: &Source) -> anyhow::Result<Option<Self>> {
        let Some(account) = SmsAccount::read(source)? else {
            return Ok(None);
        };
        let http = outside_client(LIMIT)?;
        Ok(Some(Self { account, http }))
    }

    /// Sends a code and how many minutes it is good for, through the configured template.
    pub async fn send_code(
        &self,
        phone: &Phone,
        code: &str,
        lifetime: Duration,
        now: DateTime<Utc>,
    ) -> Result<(), SmsError> {
        let SmsAccount {
            url,
            sid,
            app_id,
            template_id,
            ..
        } = &self.account;
        let proof = self.proof(now);
        let minutes = (lifetime.as_secs() / 60).to_string();
        let body = TemplateSms {
            to: phone.as_str(),
            app_id,
            template_id,
            datas: [code, &minutes],
        };
        let answer = self
            .http
            .post(format!(
                "{url}/2013-12-26/Accounts/{sid}/SMS/TemplateSMS?sig={}",
                proof.sig
            ))
            .header(ACCEPT, "application/json")
            .header(CONTENT_TYPE, "application/json;charset=utf-8")
            .header(AUTHORIZATION, proof.authorization)
            .body(serde_json::to_vec(&body)?)
            .send()
            .await?;
        let status = answer.status();
        if !status.is_success() {
            return Err(SmsError::Status(status.as_u16()));
        }
        let answer: Answer = serde_json::from_slice(&read(answer).await?)?;
        if answer.status_code == TAKEN {
            Ok(())
        } else {
            Err(SmsError::Refused(answer.status_code))
        }
    }

    /// The provider checks the time, on the clock of its country.
    fn proof(&self, now: DateTime<Utc>) -> Proof {
        let SmsAccount { sid, token, .. } = &self.account;
        let time = shop_time(now).format("%Y%m%d%H%M%S").to_string();
        let digest = Md5::digest(format!("{sid}{}{time}", token.expose_secret()));
        Proof {
            sig: digest.iter().map(|byte| format!("{byte:02X}")).collect(),
            authorization: STANDARD.encode(format!("{sid}:{time}")),
        }
    }
}

async fn read(mut answer: reqwest::Response) -> Result<Vec<u8>, SmsError> {
    let mut bytes = Vec::new();
    while let Some(chunk) = answer.chunk().await? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > ANSWER_LIMIT {
            break;
        }
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone;

    #[test]
    fn the_proof_is_that_of_the_providers_document() {
        let account = SmsAccount {
            url: "https://example.com".into(),
            sid: "aaf98f8f4c".into(),
            token: "0123456789abcdef".into(),
            app_id: "app".into(),
            template_id: "1".into(),
        };
        let http = outside_client(LIMIT).unwrap();
        let now = Utc.with_ymd_and_hms(2026, 11, 21, 2, 3, 4).unwrap();
        let proof = Ronglian { account, http }.proof(now);
        // md5sum of "aaf98f8f4c0123456789abcdef20261121100304", base64 of "aaf98f8f4c:20261121100304"
        assert_eq!(
            proof,
            Proof {
                sig: "D27B3AF97F1BC83EC33D3AF7AEFBD83E".into(),
                authorization: "YWFmOThmOGY0YzoyMDI2MTEyMTEwMDMwNA==".into(),
            }
        );
    }
}
