//! Logging in by Weibo: OAuth 2, the authorization code grant (contract §7.3).

use std::time::Duration;

use common::http_client::outside_client;
use common::settings::{Source, invalid};
use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use crate::settings::{
    WEIBO_AUTHORIZE_URL, WEIBO_CLIENT_ID, WEIBO_CLIENT_SECRET, WEIBO_TOKEN_URL, weibo_redirect_uri,
};

/// One call may take this long (reliability §5.12). It is not repeated: a code is good once.
const LIMIT: Duration = Duration::from_secs(5);
/// Answers above this many bytes are not read.
const ANSWER_LIMIT: usize = 64 * 1024;
/// Longest id at Weibo that we keep.
const WUID_CHARS: usize = 64;

/// Our application at Weibo. Cheap to clone.
#[derive(Clone)]
pub struct Weibo {
    client_id: String,
    client_secret: SecretString,
    authorize_url: Url,
    token_url: Url,
    redirect_uri: String,
    http: reqwest::Client,
}

/// Why nobody can be logged in by a code.
#[derive(Debug, thiserror::Error)]
pub enum WeiboError {
    #[error("weibo cannot be reached or does not answer")]
    Http(#[from] reqwest::Error),
    #[error("weibo refused the code: {0}")]
    Refused(String),
    #[error("weibo's answer with http status {status} makes no sense")]
    Answer {
        /// The HTTP status.
        status: u16,
    },
}

impl Weibo {
    /// The configured application, if there is one.
    ///
    /// # Errors
    /// Names the setting that is missing or wrong.
    pub fn configured(source: &Source) -> anyhow::Result<Option<Self>> {
        let Some(client_id) = source.optional(WEIBO_CLIENT_ID) else {
            return Ok(None);
        };
        let url = |setting| {
            let text = source.text(setting)?;
            Url::parse(&text).map_err(|error| invalid(setting, error.to_string()))
        };
        Ok(Some(Self {
            client_id,
            client_secret: source.secret(WEIBO_CLIENT_SECRET)?,
            authorize_url: url(WEIBO_AUTHORIZE_URL)?,
            token_url: url(WEIBO_TOKEN_URL)?,
            redirect_uri: weibo_redirect_uri(source)?,
            http: outside_client(LIMIT)?,
        }))
    }

    /// Where a browser is sent to log in.
    pub fn authorization_url(&self, state: &str) -> String {
        let mut url = self.authorize_url.clone();
        url.query_pairs_mut()
            .append_pair("client_id", &self.client_id)
            .append_pair("redirect_uri", &self.redirect_uri)
            .append_pair("response_type", "code")
            .append_pair("state", state);
        url.into()
    }

    /// Whose code it is: their id at Weibo. Their access token is forgotten at once.
    pub async fn exchange(&self, code: &str) -> Result<String, WeiboError> {
        let form = [
            ("client_id", self.client_id.as_str()),
            ("client_secret", self.client_secret.expose_secret()),
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &self.redirect_uri),
        ];
        let mut answer = self.http.post(self.token_url.clone()).form(&form).send().await?;
        let status = answer.status().as_u16();
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await? {
            body.extend_from_slice(&chunk);
            if body.len() > ANSWER_LIMIT {
                return Err(WeiboError::Answer { status });
            }
        }
        read(status, &body)
    }
}

/// Weibo answers errors in JSON too, some of them with status 200; its ids come as text or as numbers.
fn read(status: u16, body: &[u8]) -> Result<String, WeiboError> {
    let answer: Value = serde_json::from_slice(body).unwrap_or_default();
    if let Some(error) = answer["error"].as_str() {
        let error: String = error
            .chars()
            .filter(|letter| !letter.is_control())
            .take(100)
            .collect();
        return Err(WeiboError::Refused(error));
    }
    let wuid = match &answer["uid"] {
        Value::String(text) => text.clone(),
        Value::Number(number) if number.is_u64() => number.to_string(),
        _ => return Err(WeiboError::Answer { status }),
    };
    let is_id =
        (1..=WUID_CHARS).contains(&wuid.len()) && wuid.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if status == 200 && is_id {
        Ok(wuid)
    } else {
        Err(WeiboError::Answer { status })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{any, proptest};

    #[test]
    fn an_id_is_read_from_a_good_answer_alone() {
        for body in [
            r#"{"access_token":"t","uid":"1404376560"}"#,
            r#"{"uid":1404376560}"#,
        ] {
            assert_eq!(read(200, body.as_bytes()).unwrap(), "1404376560");
        }
        for body in [
            "",
            "<html>",
            "{}",
            r#"{"uid":null}"#,
            r#"{"uid":""}"#,
            r#"{"uid":"<b>"}"#,
            "[]",
        ] {
            assert!(
                matches!(read(200, body.as_bytes()), Err(WeiboError::Answer { .. })),
                "{body}"
            );
        }
        let refused = br#"{"error":"invalid_grant","error_code":21325,"uid":"1"}"#;
        for status in [200, 400] {
            assert!(matches!(read(status, refused), Err(WeiboError::Refused(_))));
        }
    }

    proptest! {
        #[test]
        fn no_answer_makes_reading_panic(status in any::<u16>(), body in any::<Vec<u8>>()) {
            drop(read(status, &body));
        }
    }
}
