//! Every key of this service in the key-value store: name, lifetime, type of value. The only file that touches it.

use std::collections::BTreeMap;
use std::time::Duration;

use common::contracts::ids::UserId;
use common::kv::{Kv, KvError, Redeem};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::domain::activation_code::ActivationCode;
use crate::domain::client::Client;
use crate::domain::throttle::{Throttle, Tries, Wait};
use crate::domain::user::{Email, Phone, Username, folded};

/// One message per phone in this time (contract U4).
const SMS_PAUSE: Duration = Duration::from_secs(60);
/// How long the code of a message is good for (contract U4).
pub const SMS_CODE_LIFETIME: Duration = Duration::from_secs(300);
/// Wrong tries after which a code is gone.
const SMS_CODE_TRIES: u32 = 5;
/// The windows in which messages are counted.
const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(24 * 3600);
/// How long an activation link is good for (contract U3).
const ACTIVATION_LIFETIME: Duration = Duration::from_secs(3 * 24 * 3600);
/// An activation code has too many bits to be guessed; a limit would only let strangers use up somebody's link.
const ACTIVATION_TRIES: u32 = 1_000_000;
/// One activation mail per user in this time, when they ask for it.
const ACTIVATION_PAUSE: Duration = Duration::from_secs(60);
/// How long the code of a reset is good for; no other is sent meanwhile (contract U11).
pub const RESET_CODE_LIFETIME: Duration = Duration::from_secs(600);
/// Wrong tries after which a reset's code is gone.
const RESET_CODE_TRIES: u32 = 5;
/// How long the proof of a checked code is good for, where the page sends it along.
const RESET_TOKEN_LIFETIME: Duration = Duration::from_secs(600);
/// The same where the page does not, and only the browser is recognised.
const RESET_BROWSER_LIFETIME: Duration = Duration::from_secs(180);
/// How long somebody may take at Weibo's page, and then at ours.
const WEIBO_LIFETIME: Duration = Duration::from_secs(600);
/// How long an address counts as one that a user logs in from.
const KNOWN_ADDRESS_LIFETIME: Duration = Duration::from_secs(30 * 24 * 3600);
/// Fields of the hash that counts tries.
const COUNT: &str = "count";
const CLOSED_UNTIL: &str = "closed_until";

/// `sms_<phone>`, 60 s: somebody asked for a message to this phone. True = nobody else did within the last minute.
pub async fn claim_sms(kv: &Kv, phone: &Phone) -> Result<bool, KvError> {
    kv.set_if_absent(&sms(phone), b"1", SMS_PAUSE).await
}

/// Gives a claim back, because no message will be sent for it.
pub async fn release_sms(kv: &Kv, phone: &Phone) -> Result<(), KvError> {
    kv.delete(&sms(phone)).await?;
    Ok(())
}

/// How many messages were asked for within an hour and within a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Messages {
    /// Within an hour of the first.
    pub in_hour: u64,
    /// Within a day of the first.
    pub in_day: u64,
}

impl Messages {
    /// Whether there are more of either than `cap` allows.
    pub fn exceed(self, cap: Self) -> bool {
        self.in_hour > cap.in_hour || self.in_day > cap.in_day
    }
}

/// `sms_hour_<phone>`, an hour, and `sms_day_<phone>`, a day: messages to this phone, this one included.
pub async fn count_sms(kv: &Kv, phone: &Phone) -> Result<Messages, KvError> {
    count_messages(kv, "sms", phone.as_str()).await
}

/// `sms_hour_<address>`, an hour, and `sms_day_<address>`, a day: messages asked for from there, this one included.
pub async fn count_sms_from(kv: &Kv, client: &Client) -> Result<Messages, KvError> {
    count_messages(kv, "sms", &client.address).await
}

/// `mail_hour_<address>`, an hour, and `mail_day_<address>`, a day: mails asked for from there, this one included.
pub async fn count_mails_from(kv: &Kv, client: &Client) -> Result<Messages, KvError> {
    count_messages(kv, "mail", &client.address).await
}

async fn count_messages(kv: &Kv, kind: &str, whose: &str) -> Result<Messages, KvError> {
    Ok(Messages {
        in_hour: kv.count(&format!("{kind}_hour_{whose}"), HOUR).await?,
        in_day: kv.count(&format!("{kind}_day_{whose}"), DAY).await?,
    })
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

/// `activation_mail_<user id>`, a minute: the user asked for another activation mail. True = not within the last minute.
pub async fn claim_activation_mail(kv: &Kv, user: UserId) -> Result<bool, KvError> {
    let key = format!("activation_mail_{user}");
    kv.set_if_absent(&key, b"1", ACTIVATION_PAUSE).await
}

/// `reset_mail_<address>`, 10 min: a reset's code was asked for. True = none is under way. Addresses of nobody are
/// claimed too, so that the answer does not tell whose they are.
pub async fn claim_reset_mail(kv: &Kv, email: &Email) -> Result<bool, KvError> {
    kv.set_if_absent(&of_email("reset_mail", email), b"1", RESET_CODE_LIFETIME)
        .await
}

/// Gives a claim back, because no mail will be sent for it.
pub async fn release_reset_mail(kv: &Kv, email: &Email) -> Result<(), KvError> {
    kv.delete(&of_email("reset_mail", email)).await?;
    Ok(())
}

/// `reset_made_<event id>`, 10 min: the code that was made for a request, for the mail's later deliveries.
pub async fn made_reset_code(kv: &Kv, request: Uuid) -> Result<Option<String>, KvError> {
    let code = kv.get(&reset_made(request)).await?;
    Ok(code.and_then(|bytes| String::from_utf8(bytes).ok()))
}

/// `reset_code_<address>`, 10 min, 5 tries: the code that step 2 asks for. Then notes it as made for `request`.
pub async fn set_reset_code(kv: &Kv, request: Uuid, email: &Email, code: &str) -> Result<(), KvError> {
    let key = of_email("reset_code", email);
    kv.set_secret(&key, code.as_bytes(), RESET_CODE_LIFETIME, RESET_CODE_TRIES)
        .await?;
    kv.set(&reset_made(request), code.as_bytes(), Some(RESET_CODE_LIFETIME))
        .await
}

/// Uses up the code mailed to `email`, if it is `code`.
pub async fn redeem_reset_code(kv: &Kv, email: &Email, code: &str) -> Result<Redeem, KvError> {
    kv.redeem(&of_email("reset_code", email), code.as_bytes()).await
}

/// `reset_token_<address>`, 10 min, and `reset_browser_<address>`, 3 min: what proves to step 3 that step 2 was done.
pub async fn set_reset_proof(kv: &Kv, email: &Email, token: &str, client: &Client) -> Result<(), KvError> {
    let (of_token, of_browser) = reset_proofs(email);
    kv.set_secret(
        &of_token,
        token.as_bytes(),
        RESET_TOKEN_LIFETIME,
        RESET_CODE_TRIES,
    )
    .await?;
    kv.set_secret(
        &of_browser,
        client.mark().as_bytes(),
        RESET_BROWSER_LIFETIME,
        RESET_CODE_TRIES,
    )
    .await
}

/// What somebody proves with that they did step 2.
pub enum ResetProof<'a> {
    /// The token that step 2 gave.
    Token(&'a str),
    /// The browser in which it was done.
    Browser(&'a Client),
}

/// Uses up the proof of step 2, and with it the other one. False = it is none.
pub async fn redeem_reset_proof(kv: &Kv, email: &Email, proof: ResetProof<'_>) -> Result<bool, KvError> {
    let (of_token, of_browser) = reset_proofs(email);
    let (redeemed, other) = match proof {
        ResetProof::Token(token) => (kv.redeem(&of_token, token.as_bytes()).await?, of_browser),
        ResetProof::Browser(client) => {
            let mark = client.mark();
            (kv.redeem(&of_browser, mark.as_bytes()).await?, of_token)
        }
    };
    if redeemed != Redeem::Accepted {
        return Ok(false);
    }
    kv.delete(&other).await?;
    Ok(true)
}

/// `weibo_state_<state>`, 10 min: somebody was sent to Weibo from this browser.
pub async fn set_weibo_state(kv: &Kv, state: &str, client: &Client) -> Result<(), KvError> {
    let key = format!("weibo_state_{}", digest(state));
    kv.set_secret(&key, client.mark().as_bytes(), WEIBO_LIFETIME, 1)
        .await
}

/// Uses up the state. False = nobody was sent to Weibo with it from this browser.
pub async fn redeem_weibo_state(kv: &Kv, state: &str, client: &Client) -> Result<bool, KvError> {
    let key = format!("weibo_state_{}", digest(state));
    Ok(kv.redeem(&key, client.mark().as_bytes()).await? == Redeem::Accepted)
}

/// A Weibo account that belongs to nobody here yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnboundWeibo {
    /// Its id at Weibo.
    pub wuid: String,
    /// Whether its owner was sent there by us: without, somebody may have slipped them a link of their own.
    pub was_sent_by_us: bool,
}

/// `weibo_ticket_<digest>`, 10 min: whose Weibo account the bearer of the ticket may bind.
pub async fn set_weibo_ticket(kv: &Kv, ticket: &str, weibo: &UnboundWeibo) -> Result<(), KvError> {
    let value = serde_json::to_vec(weibo).unwrap_or_default();
    kv.set(&weibo_ticket(ticket), &value, Some(WEIBO_LIFETIME)).await
}

/// The Weibo account of a ticket, if it is one.
pub async fn find_weibo_ticket(kv: &Kv, ticket: &str) -> Result<Option<UnboundWeibo>, KvError> {
    let value = kv.get(&weibo_ticket(ticket)).await?;
    Ok(value.and_then(|value| serde_json::from_slice(&value).ok()))
}

/// Uses the ticket up. The database decides who binds; this only makes a used one useless.
pub async fn use_up_weibo_ticket(kv: &Kv, ticket: &str) -> Result<(), KvError> {
    kv.delete(&weibo_ticket(ticket)).await?;
    Ok(())
}

/// Whose wrong passwords are counted.
#[derive(Clone, Copy, Debug)]
pub enum Counted<'a> {
    /// `login_<digest of name>_<address>`: those for a name, from an address.
    Pair(&'a str, &'a Client),
    /// `login_name_<digest of name>`: those for a name, from anywhere.
    Name(&'a str),
    /// `login_from_<address>`: those from an address, for anybody.
    Address(&'a Client),
}

impl Counted<'_> {
    fn key(self) -> String {
        match self {
            Self::Pair(name, client) => format!("login_{}_{}", digest(&folded(name)), client.address),
            Self::Name(name) => format!("login_name_{}", digest(&folded(name))),
            Self::Address(client) => format!("login_from_{}", client.address),
        }
    }
}

/// How long the door is closed to those whose tries were counted.
pub async fn read_wait(kv: &Kv, counted: Counted<'_>, now: i64) -> Result<Option<Wait>, KvError> {
    Ok(tries_in(&kv.read_hash(&counted.key()).await?).wait(now))
}

/// Counts a try; or, where the door is closed, tells for how long. Of any number at once no more pass than are free.
pub async fn count_try(
    kv: &Kv,
    counted: Counted<'_>,
    rule: Throttle,
    now: i64,
) -> Result<Option<Wait>, KvError> {
    let (key, lifetime) = (counted.key(), Duration::from_secs(rule.memory_seconds));
    let counting = kv.update_hash(&key, Some(lifetime), |fields| {
        let tries = tries_in(fields);
        if let Some(wait) = tries.wait(now) {
            return Some(wait);
        }
        let tries = rule.count(tries, now);
        fields.insert(COUNT.to_owned(), tries.count.to_string());
        fields.insert(CLOSED_UNTIL.to_owned(), tries.closed_until.to_string());
        None
    });
    counting.await
}

/// Forgets the wrong passwords for a name from an address, since the right one came.
pub async fn forgive_tries(kv: &Kv, name: &str, client: &Client) -> Result<(), KvError> {
    kv.delete(&Counted::Pair(name, client).key()).await?;
    if !is_known_address(kv, name, client).await? {
        kv.set(&known_address(name, client), b"1", Some(KNOWN_ADDRESS_LIFETIME))
            .await?;
    }
    Ok(())
}

/// `login_known_<digest of name>_<address>`, a month: the right password for a name came from there.
pub async fn is_known_address(kv: &Kv, name: &str, client: &Client) -> Result<bool, KvError> {
    Ok(kv.get(&known_address(name, client)).await?.is_some())
}

/// `token_epochs_copied`, for ever: the store holds a copy of every epoch. It is gone when the store lost its memory.
pub async fn has_epoch_copies(kv: &Kv) -> Result<bool, KvError> {
    Ok(kv.get(EPOCHS_COPIED).await?.is_some())
}

/// Notes that the store is being given a copy of every epoch.
pub async fn note_epoch_copies(kv: &Kv) -> Result<(), KvError> {
    kv.set(EPOCHS_COPIED, b"1", None).await
}

const EPOCHS_COPIED: &str = "token_epochs_copied";

fn known_address(name: &str, client: &Client) -> String {
    format!("login_known_{}_{}", digest(&folded(name)), client.address)
}

fn tries_in(fields: &BTreeMap<String, String>) -> Tries {
    let number = |name| fields.get(name).and_then(|text| text.parse::<i64>().ok());
    Tries {
        count: number(COUNT)
            .and_then(|count| count.try_into().ok())
            .unwrap_or_default(),
        closed_until: number(CLOSED_UNTIL).unwrap_or_default(),
    }
}

/// Short, and made of plain letters, whatever somebody entered.
fn digest(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

fn of_email(what: &str, email: &Email) -> String {
    format!("{what}_{}", folded(email.as_str()))
}

fn reset_proofs(email: &Email) -> (String, String) {
    (of_email("reset_token", email), of_email("reset_browser", email))
}

fn reset_made(request: Uuid) -> String {
    format!("reset_made_{request}")
}

fn weibo_ticket(ticket: &str) -> String {
    format!("weibo_ticket_{}", digest(ticket))
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
