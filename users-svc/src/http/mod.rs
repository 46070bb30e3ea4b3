//! One file per endpoint: its request, its handler, its answer. Nothing is decided here.

pub mod activate;
pub mod add_address;
pub mod begin_weibo_login;
pub mod bind_weibo;
pub mod change_address;
pub mod change_password;
pub mod delete_address;
pub mod internal_get_address;
pub mod internal_get_token_epoch;
pub mod internal_list_addresses;
pub mod list_addresses;
pub mod log_in;
pub mod log_out;
pub mod register;
pub mod request_activation;
pub mod request_password_reset;
pub mod request_sms_code;
pub mod reset_password;
pub mod set_default_address;
pub mod staff_get_user;
pub mod staff_list_audit;
pub mod staff_list_users;
pub mod staff_set_standing;
pub mod verify_reset_code;
pub mod weibo_log_in;
pub mod weibo_register;

mod client;
mod offline_cart;
mod session_view;
mod staff_user_view;
