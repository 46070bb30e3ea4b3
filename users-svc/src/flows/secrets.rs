//! Secrets that prove something once: 256 random bits.

/// A fresh one, in hexadecimal digits.
pub(super) fn fresh_secret() -> String {
    format!("{:032x}{:032x}", rand::random::<u128>(), rand::random::<u128>())
}
