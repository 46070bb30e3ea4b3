//! Mail, handed over to an SMTP server.

use std::time::Duration;

use common::settings::Source;
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp;
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use secrecy::ExposeSecret;

use crate::domain::user::Email;
use crate::settings::{MAIL_FROM, MAIL_SMTP_URL};

/// Each step of a delivery may take this long (reliability §5.12).
const LIMIT: Duration = Duration::from_secs(5);
/// Both languages in one mail: a new user has told us none.
const SUBJECT: &str = "激活您的达达商城账号 / Activate your dadashop account";
const TEXT: &str = include_str!("../../templates/activation.txt");
const HTML: &str = include_str!("../../templates/activation.html");

/// The configured mail server. Cheap to clone.
#[derive(Clone)]
pub struct Mailer {
    from: Mailbox,
    smtp: AsyncSmtpTransport<Tokio1Executor>,
}

/// The mail that proves an address. Its texts are safe in HTML: names and codes are made of letters and digits.
pub struct ActivationMail {
    /// Where it goes.
    pub to: Email,
    /// Who is addressed.
    pub username: String,
    /// What to open.
    pub link: String,
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
    /// The configured server, if there is one.
    ///
    /// # Errors
    /// Names the setting that is wrong.
    pub fn configured(source: &Source) -> anyhow::Result<Option<Self>> {
        let Some(url) = source.optional_secret(MAIL_SMTP_URL)? else {
            return Ok(None);
        };
        let smtp = AsyncSmtpTransport::<Tokio1Executor>::from_url(url.expose_secret())
            .map_err(|error| common::settings::invalid(MAIL_SMTP_URL, error.to_string()))?
            .timeout(Some(LIMIT))
            .build();
        Ok(Some(Self {
            from: source.parsed(MAIL_FROM)?,
            smtp,
        }))
    }

    /// Hands the mail over.
    pub async fn send_activation(&self, mail: ActivationMail) -> Result<(), MailError> {
        let fill = |template: &str| {
            template
                .replace("{username}", &mail.username)
                .replace("{link}", &mail.link)
        };
        let address: Address = mail.to.as_str().parse()?;
        let message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, address))
            .subject(SUBJECT)
            .multipart(MultiPart::alternative_plain_html(fill(TEXT), fill(HTML)))?;
        match self.smtp.send(message).await {
            Ok(_) => Ok(()),
            Err(error) if error.is_permanent() => Err(MailError::Refused(error)),
            Err(error) => Err(MailError::Transport(error)),
        }
    }
}
