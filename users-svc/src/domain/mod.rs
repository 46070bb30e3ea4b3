//! The rules of accounts and addresses: pure values, made only from what is acceptable.

pub mod activation_code;
pub mod address;
pub mod audit;
pub mod client;
pub mod throttle;
pub mod user;
pub mod user_search;

/// Why what somebody entered is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    /// No user name, or a reserved one.
    #[error("user name is not acceptable")]
    Username,
    /// No e-mail address.
    #[error("e-mail address is not acceptable")]
    Email,
    /// No mobile number.
    #[error("phone number is not acceptable")]
    Phone,
    /// A new password and its repetition.
    #[error("the new passwords differ")]
    PasswordsDiffer,
    /// This field.
    #[error("field {0} is missing or not acceptable")]
    Field(&'static str),
}
