//! What the sandbox must be told: addresses, a directory, and the merchant accounts it stands in for.

use std::net::SocketAddr;
use std::path::PathBuf;

/// Settings of one sandbox; on the command line each is an option (`--data-dir`, …). The accounts are made
/// up: they exist nowhere else and protect nothing.
#[derive(Clone, Debug, clap::Parser)]
#[command(
    name = "sandbox",
    about = "Stands in for Alipay, Ronglian SMS, Weibo and an SMTP server"
)]
pub struct SandboxSettings {
    /// Where HTTP listens; port 0 = any free one.
    #[arg(long, default_value = "127.0.0.1:9000")]
    pub addr: SocketAddr,
    /// Where SMTP listens; port 0 = any free one.
    #[arg(long, default_value = "127.0.0.1:9025")]
    pub smtp_addr: SocketAddr,
    /// Keys, trades and the ladder's clock are kept here.
    #[arg(long, default_value = "./data/sandbox")]
    pub data_dir: PathBuf,
    /// The shop's `app_id` at Alipay.
    #[arg(long, default_value = "9021000100000001")]
    pub app_id: String,
    /// The shop's `seller_id` at Alipay.
    #[arg(long, default_value = "2088000100000001")]
    pub seller_id: String,
    /// The shop's account at Ronglian.
    #[arg(long, default_value = "00000000000000000000000000000001")]
    pub sms_account_sid: String,
    /// The token that goes with `sms_account_sid`.
    #[arg(long, default_value = "00000000000000000000000000000002")]
    pub sms_auth_token: String,
    /// The application at Ronglian that may send.
    #[arg(long, default_value = "00000000000000000000000000000003")]
    pub sms_app_id: String,
    /// The shop's application at Weibo.
    #[arg(long, default_value = "00000004")]
    pub weibo_client_id: String,
    /// The secret that goes with `weibo_client_id`.
    #[arg(long, default_value = "00000000000000000000000000000005")]
    pub weibo_client_secret: String,
}
