//! What this service does: one file per operation, each with at most one transaction.

pub mod activate;
pub mod add_address;
pub mod begin_weibo_login;
pub mod bind_weibo;
pub mod change_address;
pub mod change_password;
pub mod create_superuser;
pub mod delete_address;
pub mod leave_cart;
pub mod log_in;
pub mod log_out;
pub mod open_session;
pub mod prove_password;
pub mod register;
pub mod request_activation;
pub mod request_password_reset;
pub mod request_sms_code;
pub mod reset_password;
pub mod revoke_tokens;
pub mod send_activation_mail;
pub mod send_password_notice;
pub mod send_reset_code;
pub mod send_sms_code;
pub mod set_default_address;
pub mod set_standing;
pub mod verify_reset_code;
pub mod weibo_log_in;
pub mod weibo_register;

mod secrets;
