//! Mail, handed over to an SMTP server.

use std::time::Duration;

use common::settings::Source;
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::{self, PoolConfig};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use secrecy::ExposeSecret;

use super::letters::Letter;
use crate::settings::{MAIL_FROM, MAIL_SMTP_URL, MAIL_WORKERS};

/// Each step of a delivery may take this long (reliability §5.12).
const LIMIT: Duration = Duration::from_secs(5);

/// The configured mail server. Cheap to clone.
#[derive(Clone)]
pub struct Mailer {
    from: Mailbox,
    smtp: AsyncSmtpTransport<Tokio1Executor>,
}

/// Why a mail was not handed over.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    #[error("recipient is no mail address")]
    Address(#[from] lettre::address::AddressError),
    #[error("mail cannot be composed")]
    Compose(#[from] lettre::error::Error),
    #[error("mail server refused the mail for good")]
    Refused(#[source] smtp::Error),
    #[error("mail server did not take the mail")]
    Transport(#[source] smtp::Error),
}

impl Mailer {
    /// The configured server, if there is one. `smtps://` is TLS from the start, `?tls=required` STARTTLS.
    ///
    /// # Errors
    /// Names the setting that is wrong.
    pub fn configured(source: &Source) -> anyhow::Result<Option<Self>> {
        let Some(url) = source.optional_secret(MAIL_SMTP_URL)? else {
            return Ok(None);
        };
        // A connection for each worker: with fewer, workers would wait for each other's.
        let pool = PoolConfig::new().max_size(source.parsed(MAIL_WORKERS)?);
        let smtp = AsyncSmtpTransport::<Tokio1Executor>::from_url(url.expose_secret())
            .map_err(|error| common::settings::invalid(MAIL_SMTP_URL, error.to_string()))?
            .timeout(Some(LIMIT))
            .pool_config(pool)
            .build();
        Ok(Some(Self {
            from: source.parsed(MAIL_FROM)?,
            smtp,
        }))
    }

    /// Hands a letter over.
    pub async fn send(&self, letter: Letter) -> Result<(), MailError> {
        let address: Address = letter.to.as_str().parse()?;
        let message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, address))
            .subject(letter.subject)
            .multipart(MultiPart::alternative_plain_html(letter.text, letter.html))?;
        match self.smtp.send(message).await {
            Ok(_) => Ok(()),
            Err(error) if error.is_permanent() => Err(MailError::Refused(error)),
            Err(error) => Err(MailError::Transport(error)),
        }
    }
}
