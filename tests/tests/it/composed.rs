//! What a deployment promises while its operator works on it: deploy/compose-test runs these, and does that work.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tests::api::Call;
use tests::audit;
use tests::buyer::{Buyer, fresh_key, order_id_and_pay_url};
use tests::poll;
use tests::sandbox::SandboxClient;
use tests::shop::{Mode, Shop};
use tokio::task::JoinSet;

use crate::options;

/// Names the file that ends the work once it exists.
const UNTIL: &str = "DADASHOP_DEPLOYMENT_UNTIL";
const BUYERS: usize = 6;
const PLENTY: i64 = 1_000_000;
/// Between two rounds of a buyer: a load that two cores carry beside the shop itself.
const PAUSE: Duration = Duration::from_millis(100);
/// A killed process leaves leases behind, and an event that failed comes again after a while.
const HEALING: Duration = Duration::from_secs(150);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_request_fails_while_containers_come_and_go() {
    let Some(visit) = Visit::begin().await else { return };
    let tally = Arc::new(Tally::begin());
    let orders = visit.crowd(|shopper| shopper.count_rounds(tally.clone())).await;

    println!("load: {}, {} orders", tally.summary(), orders.len());
    assert!(
        tally.failures().is_empty(),
        "requests failed: {:#?}",
        tally.failures()
    );
    visit.all_are_paid(&orders).await;
    audit::settle(&visit.shop).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_outlives_killed_containers() {
    let Some(visit) = Visit::begin().await else { return };
    let orders = visit.crowd(Shopper::insist).await;

    println!("load: {} orders acknowledged and paid", orders.len());
    visit.all_are_paid(&orders).await;
    audit::settle(&visit.shop).await;
}

/// A deployment while its operator works.
struct Visit {
    shop: Shop,
    sku_id: i64,
    until: PathBuf,
}

/// A buyer in it, at work until the operator is done.
struct Shopper {
    buyer: Buyer,
    address_id: i64,
    sku_id: i64,
    sandbox: SandboxClient,
    until: PathBuf,
}

impl Visit {
    /// `None` where no operator is at work.
    async fn begin() -> Option<Self> {
        let until = std::env::var_os(UNTIL)?.into();
        let catalogue = options().catalogue();
        let sku_id = catalogue.skus()[1].id;
        let options = options().selling(catalogue.with_stock(sku_id, PLENTY));
        let shop = Shop::start(Mode::Deployment, options).await?;
        Some(Self { shop, sku_id, until })
    }

    /// Lets everybody work until the operator is done; the ids of the orders that were acknowledged.
    async fn crowd<F, W>(&self, work: W) -> Vec<String>
    where
        F: Future<Output = Vec<String>> + Send + 'static,
        W: Fn(Shopper) -> F,
    {
        let mut shoppers = JoinSet::new();
        for _ in 0..BUYERS {
            let buyer = Buyer::register_without_code(&self.shop.api).await;
            let address_id = buyer.add_address().await;
            shoppers.spawn(work(Shopper {
                buyer,
                address_id,
                sku_id: self.sku_id,
                sandbox: self.shop.sandbox.clone(),
                until: self.until.clone(),
            }));
        }
        println!("load: begins");
        shoppers.join_all().await.into_iter().flatten().collect()
    }

    /// Nothing that was acknowledged is lost, and all of it comes to be paid.
    async fn all_are_paid(&self, orders: &[String]) {
        assert!(!orders.is_empty(), "nobody bought anything");
        poll::within(HEALING, "every acknowledged order is paid", || async {
            let paid = audit::paid_orders(&self.shop).await;
            orders
                .iter()
                .all(|order_id| paid.contains(order_id))
                .then_some(())
        })
        .await;
    }
}

impl Shopper {
    fn is_done(&self) -> bool {
        self.until.exists()
    }

    /// Goes through the shop round after round; every single request counts.
    async fn count_rounds(self, tally: Arc<Tally>) -> Vec<String> {
        let mut orders = Vec::new();
        while !self.is_done() {
            let cart = format!("/v1/carts/{}", self.buyer.username);
            let line = json!({"sku_id": self.sku_id, "count": 1});
            for call in [
                Call::get("/v1/goods/index"),
                Call::get(format!("/v1/goods/detail/{}", self.sku_id)),
                Call::post(&cart, line).by(&self.buyer.token),
                Call::get(&cart).by(&self.buyer.token),
                self.buyer.list_orders(1),
            ] {
                tally.call(&self.buyer, call).await;
            }
            let order = self.buyer.buy_now(self.address_id, self.sku_id, 1);
            if let Some(answer) = tally.call(&self.buyer, order.keyed(&fresh_key())).await {
                orders.push(self.pay(&answer).await);
            }
            tokio::time::sleep(PAUSE).await;
        }
        orders
    }

    /// Buys again and again; each purchase is repeated with its key until the shop acknowledges it.
    async fn insist(self) -> Vec<String> {
        let mut orders = Vec::new();
        while !self.is_done() {
            let order = self.buyer.buy_now(self.address_id, self.sku_id, 1);
            let order = order.keyed(&fresh_key());
            let answer = poll::within(HEALING, "an order is acknowledged", || async {
                let answer = self.buyer.api.try_call(order.clone()).await.ok()?;
                (answer["code"] == 200).then_some(answer)
            })
            .await;
            orders.push(self.pay(&answer).await);
        }
        orders
    }

    /// The order and where to pay it. A shop that could not reach its payments sends the buyer to a page of ours
    /// that asks again.
    async fn cashier(&self, answer: &Value) -> (String, String) {
        let (order_id, pay_url) = order_id_and_pay_url(&answer["data"]);
        if is_payable(&answer["data"]) {
            return (order_id, pay_url);
        }
        let ask = self.buyer.pay_order(&order_id);
        poll::within(HEALING, format!("{order_id} can be paid"), || async {
            let answer = self.buyer.api.try_call(ask.clone()).await.ok()?;
            is_payable(&answer["data"]).then(|| order_id_and_pay_url(&answer["data"]))
        })
        .await
    }

    async fn pay(&self, answer: &Value) -> String {
        let (order_id, pay_url) = self.cashier(answer).await;
        self.sandbox.pay_whatever_happens(&order_id, &pay_url).await;
        order_id
    }
}

/// Whether the buyer is sent to the provider's cashier.
fn is_payable(data: &Value) -> bool {
    let url = data["pay_url"].as_str();
    url.is_some_and(|url| url.contains("/gateway.do?"))
}

/// How every request fared.
struct Tally {
    begun: Instant,
    fared: Mutex<Fared>,
}

#[derive(Clone, Default)]
struct Fared {
    answered: usize,
    slowest: Duration,
    failures: Vec<String>,
}

impl Tally {
    fn begin() -> Self {
        Self {
            begun: Instant::now(),
            fared: Mutex::default(),
        }
    }

    /// The answer, if it is one and says that all is well.
    async fn call(&self, buyer: &Buyer, call: Call) -> Option<Value> {
        let (what, sent) = (format!("{call:?}"), Instant::now());
        let outcome = buyer.api.try_call(call).await;
        let mut fared = self.fared.lock().expect("no panic");
        fared.slowest = fared.slowest.max(sent.elapsed());
        match outcome {
            Ok(answer) if answer["code"] == 200 => {
                fared.answered += 1;
                Some(answer)
            }
            other => {
                let at = self.begun.elapsed();
                fared.failures.push(format!("{at:?}: {what}: {other:?}"));
                None
            }
        }
    }

    fn failures(&self) -> Vec<String> {
        self.fared.lock().expect("no panic").failures.clone()
    }

    fn summary(&self) -> String {
        let fared = self.fared.lock().expect("no panic").clone();
        let (answered, failed, slowest) = (fared.answered, fared.failures.len(), fared.slowest);
        format!("{answered} requests answered, {failed} failed, slowest {slowest:.0?}")
    }
}
