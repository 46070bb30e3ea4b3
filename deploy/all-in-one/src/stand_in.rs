//! The sandbox in place of Alipay, SMS and mail, and the settings that make the services call it.

use std::path::Path;

use anyhow::Context;
use common::backends::data_dir;
use common::process::stop_signal;
use common::settings::Source;
use common::task::Tasks;
use sandbox::{KeyPaths, Sandbox, SandboxSettings};
use tokio::task::JoinHandle;

use crate::{secrets, settings};

/// A sandbox that is about to start: making its keys takes tenths of a second the first time, during which the shop
/// does other things.
pub struct StandIn {
    settings: SandboxSettings,
    keys: JoinHandle<anyhow::Result<KeyPaths>>,
}

impl StandIn {
    /// Supplies the secrets and names that shop and sandbox share, and begins to make the keys.
    ///
    /// # Errors
    /// The setting or file at fault.
    pub fn prepare(source: &mut Source, data_dir: &Path) -> anyhow::Result<Self> {
        secrets::supply(source, data_dir)?;
        let settings = settings::sandbox(source, data_dir)?;
        let directory = settings.data_dir.clone();
        Ok(Self {
            settings,
            keys: tokio::task::spawn_blocking(move || sandbox::ensure_keys(&directory)),
        })
    }

    /// Starts it, and tells the services to come by `source` that it is their provider.
    ///
    /// # Errors
    /// The port or file at fault.
    pub async fn start(self, source: &mut Source) -> anyhow::Result<Sandbox> {
        let keys = self.keys.await??;
        let sandbox = Sandbox::start(self.settings)
            .await
            .context("see DADASHOP_SANDBOX_ADDR")?;
        source.supply(
            pays_svc::settings::ALIPAY_GATEWAY_URL,
            format!("{}/alipay/gateway.do", sandbox.url()),
        );
        source.supply(
            pays_svc::settings::ALIPAY_PRIVATE_KEY_FILE,
            keys.app_private.display().to_string(),
        );
        source.supply(
            pays_svc::settings::ALIPAY_PUBLIC_KEY_FILE,
            keys.alipay_public.display().to_string(),
        );
        source.supply(users_svc::settings::SMS_URL, sandbox.url());
        for (setting, path) in [
            (users_svc::settings::WEIBO_AUTHORIZE_URL, "authorize"),
            (users_svc::settings::WEIBO_TOKEN_URL, "access_token"),
        ] {
            source.supply(setting, format!("{}/weibo/{path}", sandbox.url()));
        }
        source.supply(
            users_svc::settings::MAIL_SMTP_URL,
            format!("smtp://{}", sandbox.smtp_addr()),
        );
        Ok(sandbox)
    }
}

/// Runs the sandbox alone, for a shop whose services are processes of their own.
///
/// # Errors
/// The port, file or setting at fault.
pub async fn run() -> anyhow::Result<()> {
    let mut source = Source::load()?;
    let data_dir = data_dir(&source)?;
    let background = Tasks::default();
    let stop = stop_signal(&background)?;
    let sandbox = StandIn::prepare(&mut source, &data_dir)?
        .start(&mut source)
        .await?;
    println!("ready: sandbox={} smtp={}", sandbox.url(), sandbox.smtp_addr());
    sandbox.run_until_stopped(stop).await;
    Ok(())
}
