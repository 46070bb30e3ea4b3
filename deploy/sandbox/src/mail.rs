//! A mail as it reached the inbox, with the links a reader would click.

use chrono::{DateTime, Utc};
use mail_parser::{Message, MessageParser, PartType};
use serde::Serialize;

/// One mail for one recipient.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Mail {
    /// The recipient of the envelope.
    pub(crate) to: String,
    /// Empty when the mail has none.
    pub(crate) subject: String,
    /// The plain text, made from the HTML when there is only that.
    pub(crate) text: String,
    /// The HTML; empty when there is only plain text.
    pub(crate) html: String,
    /// The web addresses in it, each once, in the order in which they stand.
    pub(crate) links: Vec<String>,
    /// When it arrived (UTC).
    pub(crate) at: DateTime<Utc>,
}

impl Mail {
    /// The mail `raw` (RFC 5322) for each of `recipients`; `None` if it cannot be read.
    pub(crate) fn read(raw: &[u8], recipients: &[String]) -> Option<Vec<Mail>> {
        let message = MessageParser::default().parse(raw)?;
        let text = message.body_text(0).unwrap_or_default().into_owned();
        let html = html_of(&message);
        let links = links(&html, &text);
        let mail = Mail {
            to: String::new(),
            subject: message.subject().unwrap_or_default().to_owned(),
            text,
            html,
            links,
            at: Utc::now(),
        };
        Some(
            recipients
                .iter()
                .map(|to| Mail {
                    to: to.clone(),
                    ..mail.clone()
                })
                .collect(),
        )
    }
}

fn html_of(message: &Message<'_>) -> String {
    let html = message.html_bodies().find_map(|part| match &part.body {
        PartType::Html(html) => Some(html.to_string()),
        _ => None,
    });
    html.unwrap_or_default()
}

fn links(html: &str, text: &str) -> Vec<String> {
    let mut links: Vec<String> = Vec::new();
    let in_html = web_addresses(html).map(|address| address.replace("&amp;", "&"));
    for address in in_html.chain(web_addresses(text).map(str::to_owned)) {
        if !links.contains(&address) {
            links.push(address);
        }
    }
    links
}

/// Runs of the characters that RFC 3986 allows, from `http://` or `https://` on, without the full stop,
/// comma or bracket of the sentence around.
fn web_addresses(text: &str) -> impl Iterator<Item = &str> {
    let is_url_char = |c: char| c.is_ascii_alphanumeric() || "-._~:/?#[]@!$&()*+,;=%".contains(c);
    text.match_indices("http").filter_map(move |(start, _)| {
        let rest = text.get(start..)?;
        let end = rest.find(|c| !is_url_char(c)).unwrap_or(rest.len());
        let address = rest
            .get(..end)?
            .trim_end_matches(['.', ',', ';', ':', '!', '?', ')', ']']);
        let host = address
            .strip_prefix("http://")
            .or_else(|| address.strip_prefix("https://"))?;
        (!host.is_empty()).then_some(address)
    })
}

#[cfg(test)]
mod tests {
    use super::{Mail, links};

    #[test]
    fn links_are_found_once_each_in_html_and_text() {
        let html =
            r#"<a href="http://a.cn/?x=1&amp;y=2">http://a.cn/?x=1&amp;y=2</a><a href='https://b.cn/'>b</a>"#;
        let text = "请点击http://a.cn/?x=1&y=2，或 (https://c.cn/p). http://";
        assert_eq!(
            links(html, text),
            ["http://a.cn/?x=1&y=2", "https://b.cn/", "https://c.cn/p"]
        );
    }

    #[test]
    fn an_encoded_mail_is_read_for_each_recipient() {
        let raw = "Subject: =?utf-8?B?6L6+6L6+5ZWG5Z+O?=\r\nContent-Type: text/html; charset=utf-8\r\n\
                   Content-Transfer-Encoding: base64\r\n\r\nPGI+5L2g5aW9PC9iPg==\r\n";
        let mails = Mail::read(raw.as_bytes(), &["a@b.cn".to_owned(), "c@d.cn".to_owned()]).unwrap();
        assert_eq!(mails.len(), 2);
        assert_eq!(
            (mails[1].to.as_str(), mails[1].subject.as_str()),
            ("c@d.cn", "达达商城")
        );
        assert_eq!(mails[1].html, "<b>你好</b>");
        assert_eq!(mails[1].text.trim(), "你好");
    }
}
