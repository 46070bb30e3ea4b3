//! A shop of many processes, on MariaDB, Redis and RabbitMQ.

use std::collections::BTreeMap;
use std::path::Path;

use super::options::ShopOptions;
use super::{Part, Plan, Ready, program};
use crate::fault_proxy::FaultProxy;
use crate::ports::free_address;
use crate::servers::{Servers, host_and_port};
use crate::stores::{OWNERS, Stores};

/// Names that the sandbox and pays-svc must both know; they exist nowhere else.
const ALIPAY_APP_ID: &str = "9021000100000001";
const ALIPAY_SELLER_ID: &str = "2088000100000001";

/// What is started for a production shop in `folder`, its databases made.
pub(super) async fn plan(options: &ShopOptions, folder: &Path, servers: &Servers) -> Plan {
    let mut stores = Stores::production(servers).await;
    if let Some(broker) = &options.broker_url {
        stores.set_broker(broker);
    }
    let database = match options.database_delay {
        Some(delay) => Some(FaultProxy::start(host_and_port(&servers.mysql, 3306), delay).await),
        None => None,
    };
    let addresses = Addresses::fresh(options.replicas);
    let data_dir = folder.join("data");
    let mut settings = options.settings.clone();
    for owner in OWNERS {
        let url = database_url(&stores.databases[owner], database.as_ref());
        settings.insert(format!("{}_DATABASE_URL", owner.to_uppercase()), url);
    }
    let broker = options.broker_url.as_ref().unwrap_or(&servers.amqp);
    set(
        &mut settings,
        [
            ("DATA_DIR", data_dir.display().to_string()),
            ("KV_URL", servers.redis.clone()),
            ("BUS_URL", broker.clone()),
            ("NAMESPACE", stores.namespace.clone()),
            ("JWT_SECRET", secret()),
            ("INTERNAL_SECRET", secret()),
            ("LOG_FORMAT", "pretty".to_owned()),
        ],
    );
    addresses.announce(&mut settings);
    provider_settings(&mut settings, &addresses.sandbox, &data_dir);
    let members = members(options, &settings, &addresses, folder);
    Plan {
        api_url: format!("http://{}", addresses.gateway),
        sandbox_url: format!("http://{}", addresses.sandbox),
        members,
        settings,
        stores,
        data_dir,
        database,
    }
}

/// Where everything will listen.
struct Addresses {
    gateway: String,
    gateway_admin: String,
    sandbox: String,
    users: String,
    goods: Vec<String>,
    carts: String,
    orders: Vec<String>,
    pays: String,
}

impl Addresses {
    fn fresh(replicas: usize) -> Self {
        Self {
            gateway: free_address(),
            gateway_admin: free_address(),
            sandbox: free_address(),
            users: free_address(),
            goods: (0..replicas).map(|_| free_address()).collect(),
            carts: free_address(),
            orders: (0..replicas).map(|_| free_address()).collect(),
            pays: free_address(),
        }
    }

    /// Tells every process where the others are.
    fn announce(&self, settings: &mut BTreeMap<String, String>) {
        let urls = |addresses: &[String]| {
            let urls: Vec<String> = addresses
                .iter()
                .map(|address| format!("http://{address}"))
                .collect();
            urls.join(",")
        };
        let own = std::slice::from_ref;
        set(
            settings,
            [
                ("GATEWAY_ADDR", self.gateway.clone()),
                ("GATEWAY_ADMIN_ADDR", self.gateway_admin.clone()),
                ("PUBLIC_API_URL", format!("http://{}", self.gateway)),
                ("SANDBOX_ADDR", self.sandbox.clone()),
                ("SANDBOX_SMTP_ADDR", free_address()),
                ("USERS_URLS", urls(own(&self.users))),
                ("GOODS_URLS", urls(&self.goods)),
                ("CARTS_URLS", urls(own(&self.carts))),
                ("ORDERS_URLS", urls(&self.orders)),
                ("PAYS_URLS", urls(own(&self.pays))),
            ],
        );
    }
}

/// Tells the shop that the sandbox is its Alipay, SMS and mail provider.
fn provider_settings(settings: &mut BTreeMap<String, String>, sandbox: &str, data_dir: &Path) {
    let key = |name: &str| data_dir.join("sandbox").join(name).display().to_string();
    let smtp = settings["SANDBOX_SMTP_ADDR"].clone();
    set(
        settings,
        [
            ("ALIPAY_APP_ID", ALIPAY_APP_ID.to_owned()),
            ("ALIPAY_SELLER_ID", ALIPAY_SELLER_ID.to_owned()),
            (
                "ALIPAY_GATEWAY_URL",
                format!("http://{sandbox}/alipay/gateway.do"),
            ),
            ("ALIPAY_PRIVATE_KEY_FILE", key("app_private.pem")),
            ("ALIPAY_PUBLIC_KEY_FILE", key("alipay_public.pem")),
            ("SMS_URL", format!("http://{sandbox}")),
            ("SMS_ACCOUNT_SID", secret()),
            ("SMS_AUTH_TOKEN", secret()),
            ("SMS_APP_ID", secret()),
            ("MAIL_SMTP_URL", format!("smtp://{smtp}")),
        ],
    );
}

/// The processes, the sandbox first: it makes the keys that pays-svc reads.
fn members(
    options: &ShopOptions,
    settings: &BTreeMap<String, String>,
    addresses: &Addresses,
    folder: &Path,
) -> Vec<(Part, super::Program, Ready)> {
    let serve = |part: Part, service: &str, address: &str| {
        let mut own = settings.clone();
        own.insert(format!("{}_ADDR", service.to_uppercase()), address.to_owned());
        let name = format!("{part:?}").to_lowercase();
        let member = program(&name, &[service, "serve"], options, &own, folder);
        (part, member, page(address))
    };
    let mut members = vec![
        (
            Part::Sandbox,
            program("sandbox", &["sandbox"], options, settings, folder),
            Ready::Line,
        ),
        serve(Part::Users, "users", &addresses.users),
        serve(Part::Carts, "carts", &addresses.carts),
        serve(Part::Pays, "pays", &addresses.pays),
    ];
    for (replica, address) in addresses.goods.iter().enumerate() {
        members.push(serve(Part::Goods(replica), "goods", address));
    }
    for (replica, address) in addresses.orders.iter().enumerate() {
        members.push(serve(Part::Orders(replica), "orders", address));
    }
    let gateway = program("gateway", &["gateway", "serve"], options, settings, folder);
    let ready = page(&addresses.gateway_admin);
    members.push((Part::Gateway, gateway, ready));
    members
}

fn page(address: &str) -> Ready {
    Ready::Page(address.parse().expect("an address of ours"))
}

/// The database as the services reach it: through the proxy, if there is one.
fn database_url(url: &str, proxy: Option<&FaultProxy>) -> String {
    match proxy {
        Some(proxy) => url.replace(&host_and_port(url, 3306), &proxy.address().to_string()),
        None => url.to_owned(),
    }
}

fn set<const N: usize>(settings: &mut BTreeMap<String, String>, values: [(&str, String); N]) {
    for (name, value) in values {
        settings.entry(name.to_owned()).or_insert(value);
    }
}

/// A fresh secret of 32 hexadecimal digits.
fn secret() -> String {
    format!("{:032x}", rand::random::<u128>())
}
