//! The SMTP inbox, by a mail library and by hand.

use lettre::message::MultiPart;
use lettre::transport::smtp::authentication::Credentials;
use lettre::{Message, SmtpTransport, Transport};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::setup::TestSandbox;

/// Sends `input` in one piece (pipelined) and answers all replies until the server closes.
async fn talk(sandbox: &TestSandbox, input: &[u8]) -> String {
    let mut stream = TcpStream::connect(sandbox.smtp_addr).await.unwrap();
    stream.write_all(input).await.unwrap();
    let mut replies = String::new();
    stream.read_to_string(&mut replies).await.unwrap();
    replies
}

fn codes(replies: &str) -> Vec<&str> {
    replies
        .lines()
        .filter(|line| line.as_bytes()[3] == b' ')
        .map(|line| &line[..3])
        .collect()
}

#[tokio::test]
async fn a_mail_of_a_library_arrives_with_text_html_and_links() {
    let sandbox = TestSandbox::start().await;
    let html = r#"<p>激活：<a href="http://shop.test/active?code=a&amp;b=1">这里</a></p>"#;
    let mail = Message::builder()
        .from("达达商城 <shop@dadashop.test>".parse().unwrap())
        .to("Buyer@example.com".parse().unwrap())
        .subject("激活你的账号")
        .multipart(MultiPart::alternative_plain_html(
            "激活链接在网页里".to_owned(),
            html.to_owned(),
        ))
        .unwrap();
    let addr = sandbox.smtp_addr;
    let sending = tokio::task::spawn_blocking(move || {
        let transport = SmtpTransport::builder_dangerous(addr.ip().to_string())
            .port(addr.port())
            .credentials(Credentials::new("shop".to_owned(), "any".to_owned()))
            .build();
        transport.send(&mail)
    });
    sending.await.unwrap().unwrap();

    let (_, mails) = sandbox.get("/api/mail?to=buyer@example.com").await;
    let mail = &mails[0];
    assert_eq!(
        (mail["to"].as_str(), mail["subject"].as_str()),
        (Some("Buyer@example.com"), Some("激活你的账号"))
    );
    assert_eq!(mail["text"].as_str().unwrap().trim_end(), "激活链接在网页里");
    assert_eq!(mail["html"].as_str().unwrap().trim_end(), html);
    assert_eq!(
        mail["links"],
        serde_json::json!(["http://shop.test/active?code=a&b=1"])
    );
    assert_eq!(
        sandbox.get("/api/mail?to=other@example.com").await.1,
        serde_json::json!([])
    );
    let page = sandbox
        .client
        .get(format!("{}/mail", sandbox.url))
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert!(page.contains("激活你的账号"));
}

#[tokio::test]
async fn pipelined_commands_are_answered_in_order_and_dots_are_unstuffed() {
    let sandbox = TestSandbox::start().await;
    let input = "EHLO me\r\nAUTH LOGIN\r\ndQ==\r\ncA==\r\nMAIL FROM:<a@b.cn> SIZE=100\r\nRCPT TO:<c@d.cn>\r\n\
                 rcpt to: <e@f.cn>\r\nDATA\r\nSubject: dots\r\n\r\n..one\r\n.\n\r\nlast\r\n.\r\nQUIT\r\n";
    let replies = talk(&sandbox, input.as_bytes()).await;
    let expected = [
        "220", "250", "334", "334", "235", "250", "250", "250", "354", "250", "221",
    ];
    assert_eq!(codes(&replies), expected, "{replies}");
    let (_, mails) = sandbox.get("/api/mail").await;
    assert_eq!(
        (mails[0]["to"].as_str(), mails[1]["to"].as_str()),
        (Some("e@f.cn"), Some("c@d.cn"))
    );
    let text = mails[0]["text"].as_str().unwrap();
    assert!(
        text.starts_with(".one") && text.trim_end().ends_with("last"),
        "{text}"
    );
}

#[tokio::test]
async fn commands_out_of_order_and_unknown_ones_are_refused() {
    let sandbox = TestSandbox::start().await;
    let input = "NOOP\r\nDATA\r\nRCPT TO:<c@d.cn>\r\nMAIL a@b.cn\r\nMAIL FROM:<>\r\nMAIL FROM:<a@b.cn>\r\nDATA\r\n\
                 RCPT TO:<>\r\nRSET\r\nDATA\r\nFLY\r\nAUTH CRAM-MD5\r\nNOOP\nAUTH PLAIN\r\n*\r\nQUIT\r\n";
    let replies = talk(&sandbox, input.as_bytes()).await;
    let expected = [
        "220", "250", "503", "503", "501", "250", "503", "503", "553", "250", "503", "502", "504", "500",
        "334", "501", "221",
    ];
    assert_eq!(codes(&replies), expected, "{replies}");
}

#[tokio::test]
async fn too_large_a_mail_and_too_long_a_line_are_refused() {
    let sandbox = TestSandbox::start().await;
    let start = "EHLO me\r\nMAIL FROM:<a@b.cn>\r\nRCPT TO:<c@d.cn>\r\nDATA\r\n";
    let large = format!(
        "{start}{}.\r\nMAIL FROM:<a@b.cn> SIZE=9999999\r\nQUIT\r\n",
        "x\r\n".repeat(400_000)
    );
    let replies = talk(&sandbox, large.as_bytes()).await;
    assert_eq!(
        codes(&replies),
        ["220", "250", "250", "250", "354", "552", "552", "221"]
    );
    let replies = talk(&sandbox, "x".repeat(8 * 1024).as_bytes()).await;
    assert_eq!(codes(&replies), ["220", "500"]);
    let (_, mails) = sandbox.get("/api/mail").await;
    assert_eq!(mails, serde_json::json!([]));
}

#[tokio::test]
async fn the_switch_makes_sending_fail_for_now() {
    let sandbox = TestSandbox::start().await;
    sandbox.put("/api/switches", r#"{"smtp":"error"}"#).await;
    let replies = talk(&sandbox, b"EHLO me\r\nMAIL FROM:<a@b.cn>\r\nQUIT\r\n").await;
    assert_eq!(codes(&replies), ["220", "250", "451", "221"]);
}
