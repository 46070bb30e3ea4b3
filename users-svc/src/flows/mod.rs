//! What this service does: one file per operation, each with at most one transaction.

pub mod activate;
pub mod add_address;
pub mod change_address;
pub mod delete_address;
pub mod log_in;
pub mod log_out;
pub mod open_session;
pub mod prove_password;
pub mod register;
pub mod request_sms_code;
pub mod revoke_tokens;
pub mod send_activation_mail;
pub mod send_sms_code;
pub mod set_default_address;
