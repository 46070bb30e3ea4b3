//! Alipay's v1 gateway with RSA2, from the merchant's side.
//!
//! `keys` reads key files, `signature` says what is signed, `request` and `page_pay` make what we send, `response`
//! and `notify` believe nothing that is not signed, `client` holds the calls
//! about trades, `bill` and `statement` fetch and read the bill of a day.

mod bill;
mod client;
mod form;
mod keys;
mod notify;
mod page_pay;
mod request;
mod response;
mod signature;
mod statement;

use std::sync::Arc;

use anyhow::Context;
use chrono::{DateTime, NaiveDateTime, TimeZone, Utc};
use common::clock::shop_time;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Semaphore;

use crate::domain::trade::Recipient;
use crate::settings::{AlipaySettings, KeyPlace};
use keys::{PrivateKey, PublicKey};
use response::AnswerError;

pub(crate) use notify::NotifyError;

/// How Alipay writes times: on the clock of GMT+8, wherever the machine stands.
const TIME_FORMAT: &str = "%Y-%m-%d %H:%M:%S";

/// Our side of one account at Alipay.
pub(crate) struct Alipay {
    settings: AlipaySettings,
    recipient: Recipient,
    http: reqwest::Client,
    private_key: Arc<PrivateKey>,
    /// Bounds the threads that sign at once to the cores there are: more would only get in each other's way.
    signers: Semaphore,
    alipay_key: PublicKey,
}

/// Why Alipay gave no usable answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AlipayError {
    /// The request could not be signed.
    #[error("request cannot be signed")]
    Sign(#[from] keys::SignError),
    /// The thread that signs is gone.
    #[error("no thread to sign the request")]
    Signer(#[source] tokio::task::JoinError),
    /// We are stopping.
    #[error("no more signing: the process stops")]
    Stopping(#[from] tokio::sync::AcquireError),
    /// The request has no JSON form.
    #[error("request has no json form")]
    Encode(#[source] serde_json::Error),
    /// No answer, or not in time.
    #[error("no answer")]
    Transport(#[source] reqwest::Error),
    /// Alipay's gateway answered with another status than 200.
    #[error("gateway answered with status {0}")]
    Status(reqwest::StatusCode),
    /// The answer is longer than any real one.
    #[error("answer of more than {0} bytes")]
    TooLong(usize),
    /// The answer is not signed by Alipay, or unreadable.
    #[error("answer refused")]
    Answer(#[from] AnswerError),
    /// Alipay could not do it now, or our account is not set up.
    #[error("refused with code {code} {sub_code}")]
    Refused {
        /// Alipay's code.
        code: String,
        /// Alipay's detail code.
        sub_code: String,
    },
    /// The bill is not what a bill is.
    #[error("bill refused")]
    Statement(#[source] statement::StatementError),
    /// The answer is about another order.
    #[error("asked about {asked}, answered about {answered}")]
    OtherOrder {
        /// What we asked.
        asked: String,
        /// What came.
        answered: String,
    },
}

impl Alipay {
    /// Reads the keys and makes ready to call.
    ///
    /// # Errors
    /// Names the key file at fault, or says that TLS roots are missing.
    pub(crate) fn open(settings: AlipaySettings) -> anyhow::Result<Self> {
        let private_key = read_key(&settings.private_key, PrivateKey::parse)?;
        let alipay_key = read_key(&settings.public_key, PublicKey::parse)?;
        anyhow::ensure!(
            private_key.public() != &alipay_key,
            "DADASHOP_ALIPAY_PUBLIC_KEY_FILE holds our own public key; it must be the one that Alipay shows as its own"
        );
        let recipient = Recipient {
            app_id: settings.app_id.clone(),
            seller_id: settings.seller_id.clone(),
        };
        let cores = std::thread::available_parallelism().map_or(2, std::num::NonZeroUsize::get);
        Ok(Self {
            http: common::http_client::outside_client(client::LONGEST_CALL)?,
            settings,
            recipient,
            private_key: Arc::new(private_key),
            signers: Semaphore::new(cores),
            alipay_key,
        })
    }

    /// The account that notifies must be meant for.
    pub(crate) fn recipient(&self) -> &Recipient {
        &self.recipient
    }

    /// Signs on a thread of its own: half a millisecond of arithmetic would hold up every request of a worker.
    async fn sign(&self, text: String) -> Result<String, AlipayError> {
        let _permit = self.signers.acquire().await?;
        let key = self.private_key.clone();
        let signed = tokio::task::spawn_blocking(move || key.sign(text.as_bytes())).await;
        Ok(signed.map_err(AlipayError::Signer)??)
    }
}

fn read_key<K>(place: &KeyPlace, parse: impl Fn(&str) -> Result<K, keys::KeyError>) -> anyhow::Result<K> {
    match place {
        KeyPlace::File { setting, path } => {
            let text = std::fs::read_to_string(path)
                .map(SecretString::from)
                .with_context(|| format!("DADASHOP_{}: cannot read {}", setting.name, path.display()))?;
            parse(text.expose_secret())
                .with_context(|| format!("DADASHOP_{}: {}", setting.name, path.display()))
        }
        KeyPlace::Said { setting, text } => {
            parse(text.expose_secret()).with_context(|| format!("DADASHOP_{}", setting.name))
        }
    }
}

fn wire_time(at: DateTime<Utc>) -> String {
    shop_time(at).format(TIME_FORMAT).to_string()
}

/// Reads a time of Alipay's; fractions of a second, which refunds have, are cut off.
fn parse_time(text: &str) -> Option<DateTime<Utc>> {
    let local = NaiveDateTime::parse_from_str(text.get(..19)?, TIME_FORMAT).ok()?;
    let offset = shop_time(DateTime::UNIX_EPOCH).timezone();
    Some(offset.from_local_datetime(&local).single()?.with_timezone(&Utc))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_those_of_gmt_plus_eight() {
        let at = Utc.with_ymd_and_hms(2026, 11, 21, 20, 30, 45).unwrap();
        assert_eq!(wire_time(at), "2026-11-22 04:30:45");
        assert_eq!(parse_time("2026-11-22 04:30:45"), Some(at));
        assert_eq!(parse_time("2026-11-22 04:30:45.320"), Some(at));
    }

    #[test]
    fn what_is_no_time_is_none() {
        for text in ["", "2026-11-22", "2026-13-22 04:30:45", "２０26-11-22 04:30:45"] {
            assert_eq!(parse_time(text), None, "{text}");
        }
    }
}
