//! A mail server, played by the test: takes every mail and keeps it.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use common::task::Tasks;
use mail_parser::MessageParser;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// A mail that was taken.
#[derive(Clone, Debug)]
pub struct Mail {
    pub to: String,
    pub subject: String,
    pub text: String,
    pub html: String,
}

/// The server.
#[derive(Clone)]
pub struct SmtpServer {
    pub url: String,
    mails: Arc<Mutex<Vec<Mail>>>,
    refusals: Arc<AtomicU32>,
    _tasks: Tasks,
}

impl SmtpServer {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("smtp://{}", listener.local_addr().unwrap());
        let mails = Arc::<Mutex<Vec<Mail>>>::default();
        let refusals = Arc::<AtomicU32>::default();
        let (tasks, inbox, refuse) = (Tasks::default(), mails.clone(), refusals.clone());
        let connections = tasks.clone();
        tasks.detach(async move {
            while let Ok((connection, _)) = listener.accept().await {
                if take_one(&refuse) {
                    continue; // hangs up
                }
                connections.detach(serve(connection, inbox.clone()));
            }
        });
        Self {
            url,
            mails,
            refusals,
            _tasks: tasks,
        }
    }

    /// Hangs up on the next `times` connections.
    pub fn refuse(&self, times: u32) {
        self.refusals.store(times, Ordering::SeqCst);
    }

    /// All mails to `address`, oldest first.
    pub fn to(&self, address: &str) -> Vec<Mail> {
        let mails = self.mails.lock().unwrap();
        mails.iter().filter(|mail| mail.to == address).cloned().collect()
    }

    /// The six digits of the newest mail to `address` about a forgotten password.
    pub fn reset_code(&self, address: &str) -> Option<String> {
        let mails = self.to(address);
        let newest = mails.iter().rev().find(|mail| mail.subject.contains("reset"))?;
        let digits = newest.text.split(|letter: char| !letter.is_ascii_digit());
        digits.filter(|run| run.len() == 6).map(str::to_owned).next()
    }

    /// The codes of the activation links mailed to `address`, oldest first.
    pub fn codes(&self, address: &str) -> Vec<String> {
        let link = "/dadashop/templates/active.html?code=";
        let code_of = |mail: Mail| {
            let (_, rest) = mail.text.split_once(link)?;
            Some(rest.split_whitespace().next()?.to_owned())
        };
        self.to(address).into_iter().filter_map(code_of).collect()
    }
}

fn take_one(left: &AtomicU32) -> bool {
    let taken = left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
    taken.is_ok()
}

async fn serve(connection: TcpStream, inbox: Arc<Mutex<Vec<Mail>>>) {
    let mut connection = BufReader::new(connection);
    let (mut line, mut data, mut is_data) = (String::new(), String::new(), false);
    connection.write_all(b"220 test ESMTP\r\n").await.unwrap();
    loop {
        line.clear();
        if connection.read_line(&mut line).await.unwrap_or(0) == 0 {
            return;
        }
        let answer = match (is_data, line.as_str()) {
            (true, ".\r\n") => {
                is_data = false;
                inbox.lock().unwrap().push(parse(&std::mem::take(&mut data)));
                "250 taken\r\n"
            }
            (true, text) => {
                data.push_str(text);
                continue;
            }
            (false, "DATA\r\n") => {
                is_data = true;
                "354 go on\r\n"
            }
            (false, "QUIT\r\n") => "221 bye\r\n",
            (false, _) => "250 ok\r\n",
        };
        connection.write_all(answer.as_bytes()).await.unwrap();
    }
}

fn parse(data: &str) -> Mail {
    let message = MessageParser::default().parse(data).unwrap();
    let to = message
        .to()
        .unwrap()
        .first()
        .unwrap()
        .address()
        .unwrap()
        .to_owned();
    Mail {
        to,
        subject: message.subject().unwrap().to_owned(),
        text: message.body_text(0).unwrap().into_owned(),
        html: message.body_html(0).unwrap().into_owned(),
    }
}
