//! What makes a user name, a password, an e-mail address and a mobile number acceptable, and what an account is.

use chrono::{DateTime, Utc};
use common::contracts::ids::UserId;
use common::token::Role;

use super::Invalid;

/// Shortest and longest user name, in letters (contract U1).
const USERNAME_LETTERS: std::ops::RangeInclusive<usize> = 6..=11;
/// Shortest and longest password, in characters: what the pages ask for, and what one hash may cost.
const PASSWORD_CHARS: std::ops::RangeInclusive<usize> = 6..=128;
/// Longest e-mail address (contract §4).
const EMAIL_CHARS: usize = 254;
/// Words that stand where user names stand in our paths, or that pages send for "nobody" (contract §6.6).
const RESERVED: [&str; 8] = [
    "activation",
    "anonymous",
    "internal",
    "password",
    "processing",
    "register",
    "result",
    "undefined",
];

/// The name a user logs in with. It stands unescaped in paths, so it is made of ASCII letters, digits and `_`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Username(String);

impl Username {
    /// Reads a name as somebody entered it.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let is_word = text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let is_free = !RESERVED.iter().any(|word| word.eq_ignore_ascii_case(text));
        if is_word && is_free && USERNAME_LETTERS.contains(&text.len()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(Invalid::Username)
        }
    }

    /// The name as it was entered.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// How two names are compared: `Meixia01` and `meixia01` are one user, as in the course's database.
pub fn folded(name: &str) -> String {
    name.to_ascii_lowercase()
}

/// A password that may be set. It has no `Debug`, so that none enters a log.
#[derive(Clone)]
pub struct Password(String);

impl Password {
    /// Reads a password as somebody entered it: any characters, none cut off.
    pub fn parse(text: String) -> Result<Self, Invalid> {
        if PASSWORD_CHARS.contains(&text.chars().count()) {
            Ok(Self(text))
        } else {
            Err(Invalid::Field("password"))
        }
    }

    /// Reads a new password that was entered twice.
    pub fn chosen(first: String, second: &str) -> Result<Self, Invalid> {
        if first == second {
            Self::parse(first)
        } else {
            Err(Invalid::PasswordsDiffer)
        }
    }

    /// Whether two passwords are the same.
    pub fn is(&self, other: &Self) -> bool {
        self.0 == other.0
    }

    /// Reads a password at login: `None` when it can be nobody's and would only cost a hash. Shorter ones than may be
    /// set today are read, as accounts of the course's own database may have them.
    pub fn entered(text: String) -> Option<Self> {
        (text.chars().count() <= *PASSWORD_CHARS.end()).then_some(Self(text))
    }

    /// The password in clear.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// An e-mail address that is safe in headers and pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Email(String);

impl Email {
    /// Reads an address: dotted words before the `@`, a domain of two labels or more after it. Quoted local parts and
    /// non-ASCII domains are refused.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let (local, domain) = text.split_once('@').ok_or(Invalid::Email)?;
        let is_local = local.len() <= 64 && local.split('.').all(is_local_word);
        let labels: Vec<&str> = domain.split('.').collect();
        let is_domain = labels.len() >= 2 && labels.iter().all(|label| is_label(label));
        let has_letter_at_end = labels
            .last()
            .is_some_and(|label| label.len() >= 2 && label.bytes().any(|byte| byte.is_ascii_alphabetic()));
        if is_local && is_domain && has_letter_at_end && text.len() <= EMAIL_CHARS {
            Ok(Self(text.to_owned()))
        } else {
            Err(Invalid::Email)
        }
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_local_word(word: &str) -> bool {
    !word.is_empty()
        && word
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_%+-".contains(&byte))
}

fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// A mobile number of mainland China: `1[3-9]` and nine more digits (contract U1).
#[derive(Clone, PartialEq, Eq)]
pub struct Phone(String);

impl Phone {
    /// Reads a number as somebody entered it.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let is_mobile = matches!(text.as_bytes(), [b'1', b'3'..=b'9', rest @ ..]
            if rest.len() == 9 && rest.iter().all(u8::is_ascii_digit));
        if is_mobile {
            Ok(Self(text.to_owned()))
        } else {
            Err(Invalid::Phone)
        }
    }

    /// The eleven digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An account as flows see it.
#[derive(Clone)]
pub struct Account {
    /// Its id.
    pub id: UserId,
    /// The name, as it was entered at registration.
    pub username: String,
    /// What is stored of the password.
    pub password_hash: String,
    /// Where mail goes.
    pub email: String,
    /// The mobile number.
    pub phone: String,
    /// Whether the e-mail address is proven.
    pub is_active: bool,
    /// Whether anybody may log in.
    pub standing: Standing,
    /// What the user may do.
    pub role: Role,
    /// Tokens of earlier epochs are revoked.
    pub epoch: i64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

/// Whether anybody may log in to an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Its owner may.
    Good,
    /// Staff deactivated it.
    Disabled,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_names_are_six_to_eleven_word_letters() {
        for name in ["meixia", "Meixia_0001", "______", "1234567"] {
            assert!(Username::parse(name).is_ok(), "{name}");
        }
        for name in [
            "",
            "short",
            "twelve_chars",
            "mei xia",
            "mei-xia",
            "ｍｅｉｘｉａ",
            "美美美美美美",
            "a/b/c/d",
            "..%2f..",
            "zhao\u{200b}ly",
            "meixia\n",
            "<b>mei</b>",
            "'--xxxx",
        ] {
            assert_eq!(Username::parse(name), Err(Invalid::Username), "{name:?}");
        }
    }

    #[test]
    fn words_of_our_paths_are_no_user_names() {
        for name in [
            "register",
            "Password",
            "ACTIVATION",
            "undefined",
            "result",
            "processing",
        ] {
            assert_eq!(Username::parse(name), Err(Invalid::Username), "{name}");
        }
    }

    #[test]
    fn passwords_are_counted_in_characters() {
        for good in ["123456", "一二三四五六", &"x".repeat(128)] {
            assert!(Password::parse(good.to_owned()).is_ok(), "{good}");
        }
        for bad in ["", "12345", "一二三四五", &"x".repeat(129)] {
            assert!(Password::parse(bad.to_owned()).is_err(), "{bad}");
        }
    }

    #[test]
    fn email_addresses_cannot_carry_headers_or_markup() {
        for good in ["dada@tedu.cn", "a.b+c_d-e@mail.example.com", "x@xn--fiq228c.cn"] {
            assert!(Email::parse(good).is_ok(), "{good}");
        }
        let too_long = format!("a@{}.cn", "b.".repeat(126));
        for bad in [
            "",
            "dada",
            "@tedu.cn",
            "dada@",
            "dada@tedu",
            "a@b\r\nBcc:x@y.cn",
            "\"a b\"@x.cn",
            "a..b@x.cn",
            ".a@x.cn",
            "a@-x.cn",
            "a@x..cn",
            "a@x.1",
            "a@邮件.cn",
            "<a@x.cn>",
            "a@b@c.cn",
            "a'b@x.cn",
            &too_long,
        ] {
            assert_eq!(Email::parse(bad), Err(Invalid::Email), "{bad:?}");
        }
    }

    #[test]
    fn phones_are_eleven_ascii_digits_of_a_mobile() {
        assert!(Phone::parse("13800001111").is_ok());
        for bad in [
            "",
            "1380000111",
            "138000011112",
            "12800001111",
            "23800001111",
            "+8613800001111",
            "１３８００００１１１１",
            "13600000000;x",
            "1360000000x",
        ] {
            assert!(Phone::parse(bad).is_err(), "{bad}");
        }
    }
}
