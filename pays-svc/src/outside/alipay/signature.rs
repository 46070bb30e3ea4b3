//! What exactly is signed, in requests and in notifies, and the check of Alipay's signatures.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::keys::PublicKey;

/// Why a signature does not count.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SignatureError {
    /// Standard base64 without white space, or nothing: several spellings of one signature would be one too many.
    #[error("signature is not base64")]
    Base64(#[source] base64::DecodeError),
    /// Made with another key, or over another text.
    #[error("signature does not fit")]
    Forged,
}

/// The text of a request that is signed: all parameters but `sign` and empty ones, `sign_type` included.
/// `sorted` is in the byte order of the names; values are as they are before any encoding.
pub(super) fn request_text<'a>(sorted: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    joined(sorted.filter(|(name, value)| *name != "sign" && !value.is_empty()))
}

/// The text of a notify that is signed: all parameters but `sign` and `sign_type`, empty ones included.
pub(super) fn notify_text<'a>(sorted: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    joined(sorted.filter(|(name, _)| !matches!(*name, "sign" | "sign_type")))
}

fn joined<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let mut text = String::new();
    for (name, value) in pairs {
        if !text.is_empty() {
            text.push('&');
        }
        text.push_str(name);
        text.push('=');
        text.push_str(value);
    }
    text
}

/// Checks `sign`, in base64, over `text`. Always RSA2: what a message says of its own signature is not asked.
pub(super) fn verify(key: &PublicKey, text: &[u8], sign: &str) -> Result<(), SignatureError> {
    let signature = STANDARD.decode(sign).map_err(SignatureError::Base64)?;
    if key.is_signed(text, &signature) {
        Ok(())
    } else {
        Err(SignatureError::Forged)
    }
}

#[cfg(test)]
mod tests;
