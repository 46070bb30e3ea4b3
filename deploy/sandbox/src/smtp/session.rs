//! One SMTP connection: commands, authentication (anyone may), and the mail itself.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tracing::info;

use crate::mail::Mail;
use crate::state::State;
use crate::switches::SmtpSwitch;

const MAX_MAIL_BYTES: usize = 1024 * 1024;
/// Far above the 1,000 of RFC 5321 §4.5.3.1.6, far below what would hurt.
const MAX_LINE_BYTES: u64 = 8 * 1024;
const MAX_RECIPIENTS: usize = 100;
/// Too large a mail is read to its end, so that the client gets to read the refusal, but not without end.
const MAX_DRAINED_BYTES: usize = 16 * MAX_MAIL_BYTES;
const LINE_TIMEOUT: Duration = Duration::from_secs(60);

/// How late each answer is with the switch `slow`.
const SLOW: Duration = Duration::from_secs(1);

const EHLO_REPLY: &str = "250-sandbox\r\n250-SIZE 1048576\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n\
                          250-PIPELINING\r\n250 AUTH PLAIN LOGIN\r\n";

pub(super) struct Session<'a> {
    stream: BufReader<TcpStream>,
    state: &'a State,
    /// `None` until `MAIL FROM`.
    recipients: Option<Vec<String>>,
}

enum Next {
    Continue,
    Quit,
}

impl<'a> Session<'a> {
    pub(super) fn new(stream: TcpStream, state: &'a State) -> Session<'a> {
        Session {
            stream: BufReader::new(stream),
            state,
            recipients: None,
        }
    }

    /// Serves the connection until `QUIT` or an error that ends it.
    pub(super) async fn run(mut self) -> io::Result<()> {
        self.reply("220 sandbox ESMTP\r\n").await?;
        loop {
            let line = self.read_line().await?;
            let Some(line) = line
                .strip_suffix(b"\r\n")
                .and_then(|line| str::from_utf8(line).ok())
            else {
                self.reply("500 5.5.2 commands are UTF-8 and end in CRLF\r\n")
                    .await?;
                continue;
            };
            match self.command(line).await? {
                Next::Continue => {}
                Next::Quit => return Ok(()),
            }
        }
    }

    async fn command(&mut self, line: &str) -> io::Result<Next> {
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        match verb.to_ascii_uppercase().as_str() {
            "EHLO" => {
                self.recipients = None;
                self.reply(EHLO_REPLY).await?;
            }
            "HELO" | "RSET" => {
                self.recipients = None;
                self.reply("250 2.0.0 ok\r\n").await?;
            }
            "AUTH" => self.authenticate(rest).await?,
            "MAIL" => self.mail_from(rest).await?,
            "RCPT" => self.rcpt_to(rest).await?,
            "DATA" => self.data().await?,
            "NOOP" => self.reply("250 2.0.0 ok\r\n").await?,
            "VRFY" => self.reply("252 2.5.0 send and see\r\n").await?,
            "QUIT" => {
                self.reply("221 2.0.0 bye\r\n").await?;
                return Ok(Next::Quit);
            }
            _ => self.reply("502 5.5.1 command not known\r\n").await?,
        }
        Ok(Next::Continue)
    }

    /// Anyone may: PLAIN with or without initial response, LOGIN with its two questions (RFC 4954).
    async fn authenticate(&mut self, arguments: &str) -> io::Result<()> {
        let mut words = arguments.split(' ');
        let mechanism = words.next().unwrap_or_default().to_ascii_uppercase();
        let questions: &[&str] = match mechanism.as_str() {
            "PLAIN" => &["334 \r\n"],
            "LOGIN" => &["334 VXNlcm5hbWU6\r\n", "334 UGFzc3dvcmQ6\r\n"],
            _ => return self.reply("504 5.5.4 PLAIN or LOGIN\r\n").await,
        };
        let answered = usize::from(words.next().is_some());
        for question in questions.iter().skip(answered) {
            self.reply(question).await?;
            if self.read_line().await? == b"*\r\n" {
                return self.reply("501 5.7.0 given up\r\n").await;
            }
        }
        self.reply("235 2.7.0 welcome\r\n").await
    }

    async fn mail_from(&mut self, arguments: &str) -> io::Result<()> {
        let Some((_, parameters)) = path(arguments, "FROM:") else {
            return self.reply("501 5.5.4 MAIL FROM:<address>\r\n").await;
        };
        if self.recipients.is_some() {
            return self.reply("503 5.5.1 one mail at a time\r\n").await;
        }
        let announced = parameters.split(' ').find_map(|word| word.strip_prefix("SIZE="));
        if announced.is_some_and(|size| size.parse().is_ok_and(|size: usize| size > MAX_MAIL_BYTES)) {
            return self.reply("552 5.3.4 larger than 1 MB\r\n").await;
        }
        match self.state.switches.now().smtp {
            SmtpSwitch::Error => self.reply("451 4.3.0 the switch says no\r\n").await,
            SmtpSwitch::On | SmtpSwitch::Refuse | SmtpSwitch::Slow | SmtpSwitch::Off => {
                self.recipients = Some(Vec::new());
                self.reply("250 2.1.0 ok\r\n").await
            }
        }
    }

    async fn rcpt_to(&mut self, arguments: &str) -> io::Result<()> {
        let reply = match (&mut self.recipients, path(arguments, "TO:")) {
            (None, _) => "503 5.5.1 MAIL first\r\n",
            (Some(_), None) => "501 5.5.4 RCPT TO:<address>\r\n",
            (Some(_), Some(_)) if self.state.switches.now().smtp == SmtpSwitch::Refuse => {
                "550 5.1.1 the switch says never\r\n"
            }
            (Some(_), Some(("", _))) => "553 5.1.3 no address\r\n",
            (Some(recipients), Some(_)) if recipients.len() == MAX_RECIPIENTS => "452 4.5.3 too many\r\n",
            (Some(recipients), Some((address, _))) => {
                recipients.push(address.to_owned());
                "250 2.1.5 ok\r\n"
            }
        };
        self.reply(reply).await
    }

    async fn data(&mut self) -> io::Result<()> {
        let recipients = match &self.recipients {
            Some(recipients) if !recipients.is_empty() => recipients.clone(),
            Some(_) | None => return self.reply("503 5.5.1 RCPT first\r\n").await,
        };
        self.reply("354 end with a full stop\r\n").await?;
        let raw = self.read_mail().await?;
        self.recipients = None;
        let Some(raw) = raw else {
            return self.reply("552 5.3.4 larger than 1 MB\r\n").await;
        };
        let Some(mails) = Mail::read(&raw, &recipients) else {
            return self.reply("554 5.6.0 no mail\r\n").await;
        };
        info!(
            recipients = mails.len(),
            bytes = raw.len(),
            "mail delivered to the inbox"
        );
        mails.into_iter().for_each(|mail| self.state.mail.put(mail));
        self.reply("250 2.0.0 taken\r\n").await
    }

    /// The mail without dot-stuffing, or `None` if it is too large. Only CRLF `.` CRLF ends it: taking a bare
    /// LF for a line end is what makes SMTP smuggling possible.
    async fn read_mail(&mut self) -> io::Result<Option<Vec<u8>>> {
        let (mut mail, mut drained) = (Vec::new(), 0);
        loop {
            let line = self.read_line().await?;
            if line == b".\r\n" {
                return Ok((drained == 0).then_some(mail));
            }
            let line = line.strip_prefix(b".").unwrap_or(&line);
            if drained == 0 && mail.len() + line.len() <= MAX_MAIL_BYTES {
                mail.extend_from_slice(line);
                continue;
            }
            drained += line.len();
            if drained > MAX_DRAINED_BYTES {
                return Err(io::Error::other("mail without end"));
            }
        }
    }

    /// One line with its line end. The end of the stream, too long a line and too long a wait are errors.
    async fn read_line(&mut self) -> io::Result<Vec<u8>> {
        let mut line = Vec::new();
        let mut limited = (&mut self.stream).take(MAX_LINE_BYTES);
        timeout(LINE_TIMEOUT, limited.read_until(b'\n', &mut line)).await??;
        if line.ends_with(b"\n") {
            return Ok(line);
        }
        if line.len() as u64 == MAX_LINE_BYTES {
            self.reply("500 5.5.2 line too long\r\n").await?;
        }
        Err(io::ErrorKind::UnexpectedEof.into())
    }

    async fn reply(&mut self, text: &str) -> io::Result<()> {
        if self.state.switches.now().smtp == SmtpSwitch::Slow {
            tokio::time::sleep(SLOW).await;
        }
        timeout(LINE_TIMEOUT, self.stream.get_mut().write_all(text.as_bytes())).await?
    }
}

/// Splits `FROM:<address> parameters` into address and parameters.
fn path<'a>(arguments: &'a str, keyword: &str) -> Option<(&'a str, &'a str)> {
    let (given, rest) = arguments.split_at_checked(keyword.len())?;
    if !given.eq_ignore_ascii_case(keyword) {
        return None;
    }
    rest.trim_start().strip_prefix('<')?.split_once('>')
}
