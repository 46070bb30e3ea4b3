//! Every key of this service in the key-value store: name, lifetime, type of value. The only file that touches it.

use std::time::Duration;

use common::kv::{Kv, KvError, Redeem};
use uuid::Uuid;

use crate::domain::activation_code::ActivationCode;
use crate::domain::user::{Phone, Username};

/// One message per phone in this time (contract U4).
const SMS_PAUSE: Duration = Duration::from_secs(60);
/// How long the code of a message is good for (contract U4).
pub const SMS_CODE_LIFETIME: Duration = Duration::from_secs(300);
/// Wrong tries after which a code is gone.
const SMS_CODE_TRIES: u32 = 5;
/// The window in which messages per phone are counted.
const DAY: Duration = Duration::from_secs(24 * 3600);
/// How long an activation link is good for (contract U3).
const ACTIVATION_LIFETIME: Duration = Duration::from_secs(3 * 24 * 3600);
/// An activation code has too many bits to be guessed; a limit would only let strangers use up somebody's link.
const ACTIVATION_TRIES: u32 = 1_000_000;

/// `sms_<phone>`, 60 s: somebody asked for a message to this phone. True = nobody else did within the last minute.
pub async fn claim_sms(kv: &Kv, phone: &Phone) -> Result<bool, KvError> {
    kv.set_if_absent(&sms(phone), b"1", SMS_PAUSE).await
}

/// Gives a claim back, because no message will be sent for it.
pub async fn release_sms(kv: &Kv, phone: &Phone) -> Result<(), KvError> {
    kv.delete(&sms(phone)).await?;
    Ok(())
}

/// `sms_day_<phone>`, a day: how many messages this phone was sent since the first of them.
pub async fn count_sms(kv: &Kv, phone: &Phone) -> Result<u64, KvError> {
    kv.count(&format!("sms_day_{}", phone.as_str()), DAY).await
}

/// `sms_made_<event id>`, 5 min: the code that was made for a request, for the message's later deliveries. In clear: the
/// digest of six digits would hide nothing.
pub async fn made_sms_code(kv: &Kv, request: Uuid) -> Result<Option<String>, KvError> {
    let code = kv.get(&sms_made(request)).await?;
    Ok(code.and_then(|bytes| String::from_utf8(bytes).ok()))
}

/// `sms_period_<phone>`, 5 min, 5 tries: the code that registration asks for. Then notes it as made for `request`.
pub async fn set_sms_code(kv: &Kv, request: Uuid, phone: &Phone, code: &str) -> Result<(), KvError> {
    kv.set_secret(
        &sms_period(phone),
        code.as_bytes(),
        SMS_CODE_LIFETIME,
        SMS_CODE_TRIES,
    )
    .await?;
    kv.set(&sms_made(request), code.as_bytes(), Some(SMS_CODE_LIFETIME))
        .await
}

/// Uses up the code sent to `phone`, if it is `code`.
pub async fn redeem_sms_code(kv: &Kv, phone: &Phone, code: &str) -> Result<Redeem, KvError> {
    kv.redeem(&sms_period(phone), code.as_bytes()).await
}

/// `email_active_<user name>`, 3 days: the random part of the newest activation link.
pub async fn set_activation_code(kv: &Kv, code: &ActivationCode) -> Result<(), KvError> {
    kv.set_secret(
        &email_active(&code.username),
        code.random.as_bytes(),
        ACTIVATION_LIFETIME,
        ACTIVATION_TRIES,
    )
    .await
}

/// Uses up the activation code, if it is the right one.
pub async fn redeem_activation_code(kv: &Kv, code: &ActivationCode) -> Result<Redeem, KvError> {
    kv.redeem(&email_active(&code.username), code.random.as_bytes())
        .await
}

fn sms(phone: &Phone) -> String {
    format!("sms_{}", phone.as_str())
}

fn sms_period(phone: &Phone) -> String {
    format!("sms_period_{}", phone.as_str())
}

fn sms_made(request: Uuid) -> String {
    format!("sms_made_{request}")
}

fn email_active(username: &Username) -> String {
    format!("email_active_{}", username.as_str())
}
