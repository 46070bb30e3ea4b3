//! The whole shop in one binary. Without a command it starts everything embedded: nothing else need be installed.
//!
//! `cli` knows the commands; `shop` starts `services`, the sandbox (`stand_in`) and the pages (`web`) in one process;
//! `secrets` and `data_dir` keep what must survive a restart; `banner` says where everything is.

pub mod cli;
pub mod settings;

mod banner;
mod data_dir;
mod events;
mod secrets;
mod services;
mod shop;
mod stand_in;
mod web;
