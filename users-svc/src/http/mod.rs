//! One file per endpoint: its request, its handler, its answer. Nothing is decided here.

pub mod activate;
pub mod add_address;
pub mod change_address;
pub mod delete_address;
pub mod internal_get_address;
pub mod internal_get_token_epoch;
pub mod internal_list_addresses;
pub mod list_addresses;
pub mod log_in;
pub mod log_out;
pub mod register;
pub mod request_sms_code;
pub mod set_default_address;

mod client;
mod offline_cart;
mod session_view;
