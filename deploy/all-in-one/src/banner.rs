//! What a newcomer reads once the shop is open, and the one line that programs wait for.

/// Where everything is.
pub struct Addresses {
    /// The pages.
    pub web: String,
    /// The gateway.
    pub api: String,
    /// The sandbox, in development.
    pub sandbox: Option<String>,
}

/// A demo account.
pub struct Account {
    /// Name to log in with.
    pub username: &'static str,
    /// Its password.
    pub password: String,
}

/// Prints banner and ready line to standard output.
pub fn print(addresses: &Addresses, account: Option<&Account>) {
    let Addresses { web, api, sandbox } = addresses;
    println!("\n  达达商城 dadashop is open\n");
    println!("    shop      {web}/");
    println!("    API       {api}/v1/docs   (every call, to be tried)");
    if let Some(sandbox) = sandbox {
        println!("    sandbox   {sandbox}/   (SMS, mail and Alipay's cashier end up here)");
    }
    if let Some(Account { username, password }) = account {
        println!("    log in    {username} / {password}");
    }
    println!("\n    Ctrl-C stops it; everything is kept in the data directory.\n");
    let sandbox = sandbox
        .as_ref()
        .map(|url| format!(" sandbox={url}"))
        .unwrap_or_default();
    println!("ready: web={web} api={api}{sandbox}");
}
