//! What our mails say: a text and a page each, in both languages, because users have told us none.

use crate::domain::user::Email;

/// A mail, ready to be sent.
pub struct Letter {
    /// Where it goes.
    pub to: Email,
    /// What it is about.
    pub subject: &'static str,
    /// For readers of plain text.
    pub text: String,
    /// For the others.
    pub html: String,
}

/// The link that proves an address.
pub fn activation(to: Email, username: &str, link: &str) -> Letter {
    Letter {
        to,
        subject: "激活您的达达商城账号 / Activate your dadashop account",
        text: fill(
            include_str!("../../templates/activation.txt"),
            username,
            ("link", link),
        ),
        html: fill(
            include_str!("../../templates/activation.html"),
            username,
            ("link", link),
        ),
    }
}

/// The code that proves whose a forgotten password is.
pub fn reset_code(to: Email, username: &str, code: &str) -> Letter {
    Letter {
        to,
        subject: "达达商城找回密码验证码 / Your dadashop password reset code",
        text: fill(
            include_str!("../../templates/reset_code.txt"),
            username,
            ("code", code),
        ),
        html: fill(
            include_str!("../../templates/reset_code.html"),
            username,
            ("code", code),
        ),
    }
}

/// The notice that a password was changed.
pub fn password_changed(to: Email, username: &str, at: &str) -> Letter {
    Letter {
        to,
        subject: "您的达达商城密码已修改 / Your dadashop password was changed",
        text: fill(
            include_str!("../../templates/password_changed.txt"),
            username,
            ("at", at),
        ),
        html: fill(
            include_str!("../../templates/password_changed.html"),
            username,
            ("at", at),
        ),
    }
}

/// What is filled in is safe in HTML: names, links, codes and times are made of harmless letters.
fn fill(template: &str, username: &str, (name, value): (&str, &str)) -> String {
    template
        .replace("{username}", username)
        .replace(&format!("{{{name}}}"), value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_letter_leaves_a_gap_and_each_speaks_both_languages() {
        let to = || Email::parse("dada@tedu.cn").unwrap();
        for letter in [
            activation(to(), "meixia01", "http://shop.example/x"),
            reset_code(to(), "meixia01", "012345"),
            password_changed(to(), "meixia01", "2026-11-21 19:30:45"),
        ] {
            for body in [&letter.text, &letter.html] {
                assert!(!body.contains('{'), "{body}");
                assert!(
                    body.contains("meixia01，您好") && body.contains("Hello meixia01"),
                    "{body}"
                );
            }
        }
    }
}
